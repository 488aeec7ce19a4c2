import { beforeEach, describe, expect, test } from 'vitest';
import { makeLink } from '../src/auth/links/links.js';
import { db } from '../src/db/client.js';
import { type Browser, letters, signedIn, useApp, visitor } from './support/app.js';
import { aProgram } from './support/program.js';

useApp({ APP_URL: 'https://parts.example.com', SIGN_UP: 'domain:example.com' });

const NEW = 'another correct horse';
const GONE = 'This link is not good any more';

beforeEach(() => letters.splice(0));

/** Letters leave when nobody waits for them: the one to this address, as soon as it is there. */
async function letterTo(email: string) {
  for (let tries = 0; tries < 200; tries += 1) {
    const letter = letters.find(({ to }) => to === email);
    if (letter) return letter;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no letter to ${email}`);
}

async function linkTo(email: string): Promise<{ path: string; token: string }> {
  const { text } = await letterTo(email);
  const url = new URL(/https:\S+/.exec(text)?.[0] ?? '');
  expect(url.origin).toBe('https://parts.example.com');
  return { path: url.pathname, token: url.searchParams.get('token') ?? '' };
}

async function opened(somebody: Browser, email: string) {
  const { path, token } = await linkTo(email);
  const page = await somebody.get(`${path}?token=${token}`);
  expect(page.status).toBe(200);
  expect(page.headers['referrer-policy']).toBe('no-referrer');
  expect(page.headers['cache-control']).toContain('no-store');
  return { path, token };
}

describe('a new password by a link', () => {
  test('is set once, ends every session, and is told by mail', async () => {
    const { person, ...theirs } = await signedIn('editor');
    const somebody = await visitor();
    await somebody.post('/password-reset/new', { email: person.email.toUpperCase() });
    const { path, token } = await opened(somebody, person.email);
    letters.splice(0);
    const wrong = await somebody.post(path, { token, password: 'short' });
    expect(wrong.status).toBe(422);
    expect((await somebody.post(path, { token, password: NEW })).headers.location).toBe('/sign-in');
    expect((await letterTo(person.email)).subject).toContain('was changed');
    expect((await theirs.get('/systems')).headers.location).toMatch(/^\/sign-in/);
    expect((await somebody.post(path, { token, password: `${NEW} 2` })).text).toContain(GONE);
    expect((await somebody.signIn(person.email)).status).toBe(422);
    expect((await somebody.signIn(person.email, NEW)).status).toBe(303);
  });

  test('takes what else lets one in along, where the person says that somebody may have known the old one', async () => {
    const { person } = await signedIn('editor');
    const program = await aProgram(person);
    const token = await makeLink('reset', { userId: person.id });
    const somebody = await visitor();
    expect((await somebody.post('/password-reset', { token, password: NEW, all: 'on' })).status).toBe(303);
    expect((await program.get('/systems')).status).toBe(401);
  });

  test('a second link makes the first one void, and an hour later none is good', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    await somebody.post('/password-reset/new', { email: person.email });
    const first = await linkTo(person.email);
    letters.splice(0);
    await somebody.post('/password-reset/new', { email: person.email });
    const second = await linkTo(person.email);
    expect((await somebody.get(`${first.path}?token=${first.token}`)).status).toBe(404);
    expect((await somebody.get(`${second.path}?token=${second.token}`)).status).toBe(200);
    await db.mailedLink.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await somebody.get(`${second.path}?token=${second.token}`)).status).toBe(404);
  });

  test('what is kept is a hash, and a link does only what it is for', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    await somebody.post('/password-reset/new', { email: person.email });
    const { token } = await linkTo(person.email);
    expect(JSON.stringify(await db.mailedLink.findMany())).not.toContain(token);
    for (const path of ['/confirmation', '/unlock', '/invitation']) {
      expect({ path, status: (await somebody.get(`${path}?token=${token}`)).status }).toEqual({
        path,
        status: 404,
      });
    }
  });

  test('two at the same moment: one is used', async () => {
    const { person } = await signedIn('viewer');
    const [one, other] = [await visitor(), await visitor()];
    await one.post('/password-reset/new', { email: person.email });
    const { path, token } = await linkTo(person.email);
    await Promise.all([one.get('/sign-in'), other.get('/sign-in')]);
    const answers = await Promise.all([one, other].map((each) => each.post(path, { token, password: NEW })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);
  });

  test('the answer does not tell whether an address has an account, and nobody else is written to', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    const known = await somebody.post('/password-reset/new', { email: person.email });
    await letterTo(person.email);
    letters.splice(0);
    const unknown = await somebody.post('/password-reset/new', { email: 'nobody@example.com' });
    const told = (text: string, email: string) => text.replaceAll(email, '').replace(/value="[^"]+"/g, '');
    expect(told(unknown.text, 'nobody@example.com')).toBe(told(known.text, person.email));
    expect(letters).toEqual([]);
  });

  test('the address in a mail is the setting’s, whatever host the request names', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    await somebody.get('/password-reset/new');
    await somebody.agent
      .post('/password-reset/new')
      .set('X-Forwarded-Host', 'evil.example')
      .type('form')
      .send(new URLSearchParams({ _csrf: somebody.token(), email: person.email }).toString());
    expect((await letterTo(person.email)).text).not.toContain('evil');
  });
});

describe('signing up', () => {
  const fields = (email: string) => ({ name: 'Ada', email, password: NEW });

  test('needs an address of the domain, confirmed, before it lets anybody in', async () => {
    await signedIn('admin');
    const somebody = await visitor();
    expect((await somebody.post('/sign-up', fields('ada@elsewhere.com'))).text).toContain(
      'address of example.com',
    );
    await somebody.post('/sign-up', fields('ada@example.com'));
    await letterTo('ada@example.com');
    letters.splice(0);
    expect((await somebody.signIn('ada@example.com', NEW)).text).toContain('not confirmed yet');
    const { path, token } = await opened(somebody, 'ada@example.com');
    expect((await somebody.post(path, { token })).headers.location).toBe('/sign-in');
    expect((await somebody.signIn('ada@example.com', NEW)).status).toBe(303);
    expect(await db.user.findFirst({ where: { email: 'ada@example.com' } })).toMatchObject({
      role: 'editor',
    });
  });

  test('with an address that has an account answers the same, and writes to who has it', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    const fresh = await somebody.post('/sign-up', fields('fresh@example.com'));
    const taken = await somebody.post('/sign-up', fields(person.email));
    const told = (text: string) => text.replace(/value="[^"]+"|[\w.-]+@example\.com/g, '');
    expect(taken.status).toBe(200);
    expect(told(taken.text)).toBe(told(fresh.text));
    expect((await letterTo(person.email)).subject).toContain('already');
  });

  test('refuses the most common passwords, short ones, and no others', async () => {
    const somebody = await visitor();
    const tried = async (password: string) =>
      (await somebody.post('/sign-up', { ...fields('pw@example.com'), password })).text;
    expect(await tried('qwertyuiop')).toContain('most common');
    expect(await tried('PASSWORD123')).toContain('most common');
    expect(await tried('nine chars')).toContain('Look into your mail');
    expect(await tried('a'.repeat(201))).toContain('too long');
  });
});

describe('another address', () => {
  test('asks for the password, is confirmed by the new one, and the old one is told', async () => {
    const { person, ...editor } = await signedIn('editor');
    const wrong = await editor.post('/account/address', { email: 'next@example.com', password: 'not it' });
    expect(wrong.text).toContain('not your password');
    await editor.post('/account/address', { email: 'next@example.com', password: 'correct horse battery' });
    expect((await editor.get('/account')).text).toContain('waits to be confirmed');
    const { path, token } = await opened(editor, 'next@example.com');
    await editor.post(path, { token });
    expect((await letterTo(person.email)).text).toContain('next@example.com');
    expect((await (await visitor()).signIn('next@example.com')).status).toBe(303);
    expect((await (await visitor()).signIn(person.email)).status).toBe(422);
  });

  test('that somebody else has by then is refused, and nothing changes', async () => {
    const { person, ...editor } = await signedIn('editor');
    await editor.post('/account/address', { email: 'wanted@example.com', password: 'correct horse battery' });
    const { path, token } = await linkTo('wanted@example.com');
    await db.user.create({ data: { email: 'WANTED@example.com', name: 'Sooner' } });
    expect((await editor.post(path, { token })).status).toBe(409);
    expect((await db.user.findUniqueOrThrow({ where: { id: person.id } })).email).toBe(person.email);
  });
});
