import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { findAccount } from '../src/auth/accounts.js';
import { leave } from '../src/auth/leaving.js';
import { resetBy, unlockBy } from '../src/auth/links/by-link.js';
import { addMailedLink, findMailedLink } from '../src/auth/mailed-links.js';
import { changeRole, handOutReset, invite, unlockAccount } from '../src/auth/people/people.js';
import { hashOf } from '../src/auth/secrets.js';
import { listTokens, makeToken, revokeToken } from '../src/auth/tokens/tokens.js';
import { takeTry, tryKeys } from '../src/auth/tries.js';
import { db } from '../src/db/client.js';
import { app, type Browser, letters, PASSWORD, signedIn, useApp, visitor } from './support/app.js';
import { aLink } from './support/links.js';
import { aProgram } from './support/program.js';

useApp({ APP_URL: 'https://parts.example.com', SIGN_UP: 'domain:example.com' });

/** How many passwords have been hashed, to be kept or to be compared. */
const hashed = vi.hoisted(() => ({ count: 0 }));

vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  const hash: typeof real.hash = (...given) => {
    hashed.count += 1;
    return real.hash(...given);
  };
  const verify: typeof real.verify = (...given) => {
    hashed.count += 1;
    return real.verify(...given);
  };
  return { ...real, hash, verify };
});

const NEW = 'another correct horse';
const GONE = 'This link is not good';

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
  expect(page.headers['referrer-policy']).toBe('strict-origin');
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
    const token = await aLink('reset', { userId: person.id });
    const somebody = await visitor();
    expect((await somebody.post('/password-reset', { token, password: NEW, all: 'on' })).status).toBe(303);
    expect((await program.get('/systems')).status).toBe(401);
  });

  test('is void once another was used, an hour later none is good, and of five that are good no sixth is sent', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    const links: Awaited<ReturnType<typeof linkTo>>[] = [];
    for (let n = 0; n < 5; n += 1) {
      letters.splice(0);
      await somebody.post('/password-reset/new', { email: person.email });
      links.push(await linkTo(person.email));
    }
    letters.splice(0);
    expect((await somebody.post('/password-reset/new', { email: person.email })).status).toBe(200);
    const statuses = async () =>
      Promise.all(
        links.map(async ({ path, token }) => (await somebody.get(`${path}?token=${token}`)).status),
      );
    expect(await statuses()).toEqual([200, 200, 200, 200, 200]);
    expect(letters).toEqual([]);
    await db.mailedLink.updateMany({
      where: { id: hashOf(links[0]!.token) },
      data: { expiresAt: new Date(0) },
    });
    expect(await statuses()).toEqual([404, 200, 200, 200, 200]);
    await somebody.post('/password-reset', { token: links[2]!.token, password: NEW });
    expect(await statuses()).toEqual([404, 404, 404, 404, 404]);
  });

  test('is void once an admin hands another out, and that one once a further is', async () => {
    const [{ person }, admin] = [await signedIn('viewer'), await signedIn('admin')];
    const account = (await findAccount(person.id))!;
    const by = { userId: admin.person.id, address: '' };
    const secrets = [
      await addMailedLink('reset', { userId: person.id, email: person.email }),
      await handOutReset(account, by),
      await handOutReset(account, by),
    ];
    const somebody = await visitor();
    const pages = secrets.map((secret) => somebody.get(`/password-reset?token=${secret}`));
    expect((await Promise.all(pages)).map(({ status }) => status)).toEqual([404, 404, 200]);
  });

  test('is good for an hour; one that confirms for three days, one that unlocks for one, an invitation for a week', async () => {
    const [{ person }, admin] = [await signedIn('viewer'), await signedIn('admin')];
    const to = { userId: person.id, email: person.email };
    for (const purpose of ['reset', 'confirmation', 'unlock'] as const) await addMailedLink(purpose, to);
    const invited = { email: `invited-${person.id}@example.com`, role: 'viewer' as const };
    await invite(invited, { userId: admin.person.id, address: '' });
    const links = await db.mailedLink.findMany({ where: { email: { in: [person.email, invited.email] } } });
    const hours = links.map(({ purpose, createdAt, expiresAt }) => [
      purpose,
      Math.round((expiresAt.getTime() - createdAt.getTime()) / 3_600_000),
    ]);
    expect(Object.fromEntries(hours)).toEqual({ reset: 1, confirmation: 72, unlock: 24, invitation: 168 });
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

  test('two links at the same moment: one is used, and neither waits for the other for ever', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { person } = await signedIn('viewer');
      const tokens = [
        await addMailedLink('reset', { userId: person.id, email: person.email }),
        await addMailedLink('reset', { userId: person.id, email: person.email }),
      ];
      const browsers = [await visitor(), await visitor()];
      await Promise.all(browsers.map((each) => each.get('/sign-in')));
      const answers = await Promise.all(
        browsers.map((each, n) => each.post('/password-reset', { token: tokens[n] ?? '', password: NEW })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);
    }
  });

  test('whatever else is done to the account at the same moment waits, and nothing is refused for it', async () => {
    const from = { userId: null, address: '' };
    // So that one remains.
    await signedIn('admin');
    for (let round = 0; round < 10; round += 1) {
      const { person } = await signedIn('admin');
      const { id, email } = person;
      const byLink = async (purpose: 'unlock' | 'reset') =>
        (await findMailedLink(purpose, await aLink(purpose, { userId: id, email })))!;
      const set = { hash: 'hash', revokesAllElse: false };
      const [unlock, reset] = [await byLink('unlock'), await byLink('reset')];
      await Promise.all([unlockBy(unlock, ''), resetBy(reset, set, '')]);
      const another = await byLink('reset');
      const seen = (await findAccount(id))!;
      const handOut = () => handOutReset(seen, { userId: id, address: '' });
      const resetByOther = () => resetBy(another, set, '');
      const inTurns = round % 2 === 0 ? [handOut, resetByOther] : [resetByOther, handOut];
      const done = await Promise.allSettled<unknown>(inTurns.map((one) => one()));
      // What is handed out is of the account as it was looked at.
      for (const one of done) if (one.status === 'rejected') expect(one.reason.status).toBe(409);
      const account = (await findAccount(id))!;
      await db.$executeRaw`UPDATE admin_kept SET user_id = ${id}`;
      const both = [changeRole(account, 'viewer', from), leave(account, true, from)];
      // The second finds the account as it is by then.
      const refusals = (await Promise.allSettled(both)).flatMap((one) =>
        one.status === 'rejected' ? [one.reason.status] : [],
      );
      expect(refusals).toEqual([409]);
    }
  });

  test('to lift a lock or to revoke a token one holds the person first, as for all else', async () => {
    const [admin, { person }] = [await signedIn('admin'), await signedIn('editor')];
    const account = (await findAccount(person.id))!;
    const [byAdmin, bySelf] = [admin.person, person].map(({ id }) => ({ userId: id, address: '' }));
    await makeToken(account, { name: 'CI', scope: 'read', days: 1 }, bySelf!);
    const [token] = await listTokens(person.id);
    await db.tries.deleteMany();
    await takeTry(tryKeys.password(person.email));
    const begun = await db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${person.id} FOR UPDATE`;
      const both = Promise.all([unlockAccount(account, byAdmin!), revokeToken(person, token!.id, bySelf!)]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      // Both wait, and keep nobody who has the person from what is theirs.
      expect(await tx.$queryRaw`SELECT 1 FROM tries FOR UPDATE NOWAIT`).toHaveLength(1);
      await tx.$queryRaw`SELECT 1 FROM api_tokens WHERE user_id = ${person.id} FOR UPDATE NOWAIT`;
      return { both };
    });
    expect(await begun.both).toEqual([undefined, 'CI']);
  });

  test('who hangs up before the answer is written to all the same', async () => {
    const { person, ...editor } = await signedIn('editor');
    const server = app.listen(0);
    const { port } = server.address() as AddressInfo;
    const cookie = editor.agent.jar.getCookies({
      domain: '127.0.0.1',
      path: '/',
      secure: false,
      script: false,
    } as never);
    await editor.get('/account/password');
    const body = new URLSearchParams({ _csrf: editor.token(), current: PASSWORD, password: NEW });
    const hangUp = new AbortController();
    const before = await db.tries.count();
    const isGone = fetch(`http://127.0.0.1:${port}/account/password`, {
      method: 'POST',
      body,
      signal: hangUp.signal,
      redirect: 'manual',
      headers: { cookie: cookie.toValueString() },
    }).catch(() => true);
    // The try is counted, and the password is being looked at.
    await vi.waitFor(async () => expect(await db.tries.count()).toBe(before + 1), { interval: 1 });
    hangUp.abort();
    expect(await isGone).toBe(true);
    expect((await letterTo(person.email)).subject).toContain('was changed');
    await new Promise((resolve) => server.close(resolve));
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
      .set('Host', 'evil.example')
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
    const privileged = { role: 'admin', confirmedAt: '2026-01-01', isConfirmed: 'on', userId: 1, id: 1 };
    await somebody.post('/sign-up', { ...fields('ada@example.com'), ...privileged });
    await letterTo('ada@example.com');
    letters.splice(0);
    expect((await somebody.signIn('ada@example.com', NEW)).text).toContain('not confirmed yet');
    expect(await db.change.findFirst({ orderBy: { id: 'desc' } })).toMatchObject({
      label: 'Ada',
      action: 'failed to sign in',
      after: { by: 'password', why: 'not confirmed' },
    });
    const { path, token } = await opened(somebody, 'ada@example.com');
    const unproven = await somebody.post(path, { token, password: 'somebody else’s guess' });
    expect([unproven.status, unproven.text]).toEqual([422, expect.stringContaining('not your password')]);
    expect((await somebody.post(path, { token, password: NEW })).headers.location).toBe('/sign-in');
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

  test('sends no name that anybody typed to an address that nobody has shown to be theirs', async () => {
    const somebody = await visitor();
    const email = 'stranger@example.com';
    await somebody.post('/sign-up', { ...fields(email), name: 'You won' });
    await somebody.post('/sign-up', fields(email));
    await somebody.post('/password-reset/new', { email });
    await expect.poll(() => letters.filter(({ to }) => to === email).length).toBe(3);
    for (const { subject, text } of letters) expect(subject + text).not.toMatch(/You won|Ada/);
  });

  test('is offered on the start page where it is open', async () => {
    expect((await (await visitor()).get('/')).text).toContain('<a href="/sign-up">Make an account</a>');
  });

  test('refuses the most common passwords, one’s own address, short ones, and no others', async () => {
    const somebody = await visitor();
    const tried = async (password: string) =>
      (await somebody.post('/sign-up', { ...fields('pw@example.com'), password })).text;
    expect(await tried('qwertyuiop')).toContain('most common');
    expect(await tried('PASSWORD123')).toContain('most common');
    expect(await tried('Moving Parts')).toContain('most common');
    expect(await tried('PW@example.com')).toContain('your address, or how it begins');
    expect(await tried('nine chars')).toContain('Check your mail');
    expect(await tried('a'.repeat(201))).toContain('too long');
  });
});

test('one’s own address is no password wherever one chooses it, nor how it begins', async () => {
  const { person, ...here } = await signedIn('viewer');
  const [start = ''] = person.email.split('@');
  const refused = (text: string) => text.includes('your address, or how it begins');
  const changed = await here.post('/account/password', { current: PASSWORD, password: start });
  const somebody = await visitor();
  const token = await aLink('reset', { userId: person.id });
  const reset = await somebody.post('/password-reset', { token, password: person.email });
  const email = 'invited.person@example.com';
  const invitation = await aLink('invitation', { email, role: 'viewer' });
  const fields = { token: invitation, name: 'Ada', password: 'Invited.Person' };
  const accepted = await somebody.post('/invitation', fields);
  const answers = [changed, reset, accepted];
  expect(answers.map(({ status, text }) => [status, refused(text)])).toEqual(Array(3).fill([422, true]));
});

describe('whether an address has an account', () => {
  const fields = (email: string, password = PASSWORD) => ({ name: 'Ada', email, password });

  /** What has been done for an address so far. */
  const doneFor = async (email: string) => ({
    hashes: hashed.count,
    links: await db.mailedLink.count({ where: { email } }),
    letters: letters.filter(({ to }) => to === email).length,
  });

  /** Sends a form with this address, and gives what has been done for it by the moment that the answer is ready to leave. */
  async function doneByTheAnswer(path: string, email: string, as: string) {
    let done: Awaited<ReturnType<typeof doneFor>> | null = null;
    const watched = (req: IncomingMessage, res: ServerResponse) => {
      const end = res.end.bind(res) as (...given: unknown[]) => void;
      res.end = (...given: unknown[]) => {
        void doneFor(email).then((now) => {
          done ??= now;
          end(...given);
        });
        return res;
      };
      app(req, res);
    };
    const somebody = await visitor(watched as Express);
    if (path.startsWith('/account')) await somebody.signIn(as);
    await somebody.get('/sign-in');
    hashed.count = 0;
    done = null;
    const answer = await somebody.post(path, fields(email, path === '/sign-in' ? NEW : PASSWORD));
    const { location } = answer.headers;
    const told = (location ? await somebody.get(location) : answer).text
      .replaceAll(email, '(the address)')
      .replaceAll(as, '(their own)')
      .replace(/<input type="hidden"[^>]*>|\d+/g, '');
    return { status: answer.status, done, told };
  }

  test.each([
    ['/password-reset/new', 200, 0],
    ['/sign-up', 200, 1],
    ['/account/address', 303, 1],
    ['/sign-in', 422, 1],
  ])(
    'is not told by what %s says, nor by how long it takes: as much is done before the answer, and the letter after it',
    async (path, status, hashes) => {
      const { person } = await signedIn('viewer');
      const pages: string[] = [];
      for (const email of [person.email, `nobody-${person.id}@example.com`]) {
        const asker = await signedIn('viewer');
        const { told, ...answer } = await doneByTheAnswer(path, email, asker.person.email);
        expect({ email, ...answer }).toEqual({ email, status, done: { hashes, links: 0, letters: 0 } });
        pages.push(told);
      }
      expect(pages[0]).toBe(pages[1]);
      if (path !== '/sign-in') await letterTo(person.email);
    },
  );

  test('is not told by waiting either: whoever holds it, the links and the tries holds up no answer', async (context) => {
    if (!process.env.TEST_DATABASE_URL) return context.skip('the embedded database has one connection');
    const [{ person }, somebody] = [await signedIn('viewer'), await visitor()];
    await somebody.get('/sign-in');
    const statuses = await db.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${person.id} FOR UPDATE`;
        await tx.$executeRaw`LOCK TABLE mailed_links, tries IN ACCESS EXCLUSIVE MODE`;
        const paths = ['/password-reset/new', '/sign-up'];
        const answers = paths.map(async (path) => (await somebody.post(path, fields(person.email))).status);
        return Promise.all(answers);
      },
      { timeout: 30_000 },
    );
    expect(statuses).toEqual([200, 200]);
    await expect.poll(() => letters.filter(({ to }) => to === person.email).length).toBe(2);
  });
});

describe('another address', () => {
  test('asks for the password, is confirmed by the new one, and the old one is told', async () => {
    const { person, ...editor } = await signedIn('editor');
    const wrong = await editor.post('/account/address', { email: 'next@example.com', password: 'not it' });
    expect(wrong.text).toContain('not your password');
    const same = await editor.post('/account/address', {
      email: person.email,
      password: PASSWORD,
    });
    expect(same.text).toContain('is your address already');
    await editor.post('/account/address', { email: 'next@example.com', password: 'correct horse battery' });
    expect((await editor.get('/account')).text).toContain('waits to be confirmed');
    expect((await letterTo(person.email)).subject).toContain('asked for');
    const { path, token } = await opened(editor, 'next@example.com');
    letters.splice(0);
    await editor.post(path, { token });
    expect((await letterTo(person.email)).subject).toContain('was changed');
    expect((await (await visitor()).signIn('next@example.com')).status).toBe(303);
    expect((await (await visitor()).signIn(person.email)).status).toBe(422);
  });

  test('that somebody else has by then is refused, and nothing changes', async () => {
    const { person, ...editor } = await signedIn('editor');
    await editor.post('/account/address', { email: 'wanted@example.com', password: 'correct horse battery' });
    const { path, token } = await linkTo('wanted@example.com');
    await db.user.create({
      data: { email: 'WANTED@example.com', name: 'Sooner', confirmedAt: new Date() },
    });
    expect((await editor.post(path, { token })).status).toBe(409);
    expect((await db.user.findUniqueOrThrow({ where: { id: person.id } })).email).toBe(person.email);
  });

  test('takes the place of an account that somebody made with it and never confirmed', async () => {
    const [squatter, { person, ...editor }] = [await visitor(), await signedIn('editor')];
    await squatter.post('/sign-up', { name: 'Squatter', email: 'squatted@example.com', password: NEW });
    await letterTo('squatted@example.com');
    letters.splice(0);
    await editor.post('/account/address', { email: 'squatted@example.com', password: PASSWORD });
    const { path, token } = await opened(editor, 'squatted@example.com');
    expect((await editor.post(path, { token })).headers.location).toBe('/account');
    const rows = await db.user.findMany({ where: { email: 'squatted@example.com' } });
    expect(rows.map(({ id }) => id)).toEqual([person.id]);
  });

  test('is not theirs who asked for it with a password that was stolen, once that is changed', async () => {
    const { person, ...thief } = await signedIn('editor');
    await thief.post('/account/address', { email: 'thief@example.com', password: PASSWORD });
    const { path, token } = await linkTo('thief@example.com');
    const reset = await aLink('reset', { userId: person.id });
    await (await visitor()).post('/password-reset', { token: reset, password: NEW });
    expect((await thief.get(`${path}?token=${token}`)).status).toBe(404);
    const stranger = await visitor();
    await stranger.get('/sign-in');
    expect((await stranger.post(path, { token })).status).toBe(404);
    const { email, newEmail } = await db.user.findUniqueOrThrow({ where: { id: person.id } });
    expect([email, newEmail]).toEqual([person.email, null]);
  });

  test('is confirmed by the link that was sent to it, and by no other', async () => {
    const { person, ...editor } = await signedIn('editor');
    await editor.post('/account/address', { email: 'mine@example.com', password: PASSWORD });
    const { path, token } = await linkTo('mine@example.com');
    await editor.post('/account/address', { email: 'ceo@example.com', password: PASSWORD });
    expect((await editor.get(`${path}?token=${token}`)).status).toBe(404);
    expect((await editor.post(path, { token })).status).toBe(404);
    expect((await db.user.findUniqueOrThrow({ where: { id: person.id } })).email).toBe(person.email);
  });

  test('is written to each time, however often one makes up one’s mind', async () => {
    const editor = await signedIn('editor');
    for (let n = 0; n < 7; n += 1) {
      await editor.post('/account/address', { email: `mind-${n}@example.com`, password: PASSWORD });
      expect((await letterTo(`mind-${n}@example.com`)).subject).toContain('Confirm');
    }
    await editor.post('/account/address/withdrawal');
    expect((await editor.get('/account')).text).not.toContain('waits to be confirmed');
    const { path, token } = await linkTo('mind-6@example.com');
    expect((await editor.get(`${path}?token=${token}`)).status).toBe(404);
  });

  test('stays within the domain that lets people in, for who came in by it', async () => {
    const { person, ...editor } = await signedIn('editor');
    const gone = await editor.post('/account/address', { email: 'me@elsewhere.com', password: PASSWORD });
    expect([gone.status, gone.text]).toEqual([
      422,
      expect.stringContaining('must stay an address of example.com'),
    ]);
    await db.user.update({ where: { id: person.id }, data: { email: 'guest@elsewhere.com' } });
    await editor.post('/account/address', { email: 'guest@another.com', password: PASSWORD });
    expect((await letterTo('guest@another.com')).subject).toContain('Confirm');
  });

  test('makes the links void that went to the old one', async () => {
    const { person, ...editor } = await signedIn('editor');
    const old = await aLink('reset', { userId: person.id });
    await editor.post('/account/address', { email: 'moved@example.com', password: PASSWORD });
    const { path, token } = await linkTo('moved@example.com');
    await editor.post(path, { token });
    expect((await (await visitor()).get(`/password-reset?token=${old}`)).status).toBe(404);
  });

  test('and the one for a new password that is on its way to the old one at that very moment', async () => {
    const { person } = await signedIn('editor');
    const token = await addMailedLink('reset', { userId: person.id, email: person.email });
    const late = (await findMailedLink('reset', String(token)))!;
    await db.user.update({ where: { id: person.id }, data: { email: `moved-${person.id}@example.com` } });
    const somebody = await visitor();
    expect((await somebody.get(`/password-reset?token=${token}`)).status).toBe(404);
    expect(await resetBy(late, { hash: 'hash', revokesAllElse: false }, '')).toBeNull();
    const unlock = await addMailedLink('unlock', { userId: person.id, email: person.email });
    expect(await unlockBy((await findMailedLink('unlock', String(unlock)))!, '')).toBeNull();
    expect((await somebody.signIn(`moved-${person.id}@example.com`)).status).toBe(303);
  });
});

describe('an invitation', () => {
  test('takes the place of an account that somebody else made with the address, and never confirmed', async () => {
    const [admin, squatter, guest] = [await signedIn('admin'), await visitor(), await visitor()];
    await squatter.post('/sign-up', { name: 'Squatter', email: 'guest@example.com', password: NEW });
    const invited = await admin.postAndSee('/invitations', { email: 'guest@example.com', role: 'viewer' });
    const token = /token=([\w-]+)/.exec(invited.text)?.[1] ?? '';
    expect((await guest.post('/invitation', { token, name: 'Guest', password: `${NEW}!` })).status).toBe(303);
    const rows = await db.user.findMany({ where: { email: 'guest@example.com' } });
    expect(rows).toMatchObject([{ name: 'Guest', role: 'viewer' }]);
    expect((await squatter.signIn('guest@example.com', NEW)).status).toBe(422);
  });

  test('and a reset that was handed out end with the rights of who made them', async () => {
    const [first, second, victim] = [
      await signedIn('admin'),
      await signedIn('admin'),
      await signedIn('editor'),
    ];
    const texts = [
      (await second.postAndSee('/invitations', { email: 'friend@example.com', role: 'admin' })).text,
      (await second.postAndSee(`/people/${victim.person.id}/password-reset`)).text,
    ];
    const paths = texts.map(
      (text) => /https:\/\/parts\.example\.com(\/[\w-]+\?token=[\w-]+)/.exec(text)?.[1] ?? '',
    );
    const stranger = await visitor();
    for (const path of paths) expect((await stranger.get(path)).status).toBe(200);
    await first.post(`/people/${second.person.id}/role`, { role: 'viewer' });
    for (const path of paths) expect((await stranger.get(path)).status).toBe(404);
  });

  test('of one’s own account to a new password is not made: that asks for the old one', async () => {
    const admin = await signedIn('admin');
    expect((await admin.post(`/people/${admin.person.id}/password-reset`)).status).toBe(403);
  });
});
