import passport from 'passport';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { changePassword } from '../src/auth/account/changes.js';
import { findAccountByEmail } from '../src/auth/accounts.js';
import { leave } from '../src/auth/leaving.js';
import { link } from '../src/auth/providers/identities.js';
import { leaveFor, providersIn } from '../src/auth/providers/providers.js';
import { createAccount } from '../src/auth/sign-up.js';
import { takeTry, tryKeys } from '../src/auth/tries.js';
import type { Provider } from '../src/auth/ways-in.js';
import { db } from '../src/db/client.js';
import { readSettings, USUAL_HASH } from '../src/settings.js';
import { app, type Browser, letters, signedIn, useApp, visitor } from './support/app.js';
import { aLink } from './support/links.js';
import { GITHUB_APP, OPENID_CLIENT, startGitHub, startOpenId } from './support/providers.js';

const openid = await startOpenId();
const github = await startGitHub();

useApp({
  OIDC_ISSUER: openid.issuer,
  OIDC_CLIENT_ID: OPENID_CLIENT.id,
  OIDC_CLIENT_SECRET: OPENID_CLIENT.secret,
  OIDC_NAME: 'Example ID',
  GITHUB_CLIENT_ID: GITHUB_APP.id,
  GITHUB_CLIENT_SECRET: GITHUB_APP.secret,
  GITHUB_URL: github.url,
});

afterAll(async () => {
  await openid.stop();
  await github.stop();
});

afterEach(() => {
  Object.assign(openid.state, { isDown: false, forge: false, tamper: null });
  Object.assign(github.state, { refuses: false });
  signUpIs('invite');
});

const PASSWORD = 'correct horse battery';

function signUpIs(SIGN_UP: string): void {
  app.get('auth').settings.signUp = readSettings({ SIGN_UP }).signUp;
}

let people = 0;

/** Somebody whom the provider knows, by a subject and an address of their own. */
function somebody(more: { email?: string; email_verified?: boolean } = {}) {
  people += 1;
  const known = {
    sub: `subject-${people}`,
    email: `person-${people}@example.com`,
    email_verified: true,
    name: `Person ${people}`,
    ...more,
  };
  const { sub, ...claims } = known;
  openid.people.set(sub, claims);
  return known;
}

/** Leaves for the provider; gives the address that the browser goes on to. */
async function leaveBy(browser: Browser, path: string, fields: Record<string, string> = {}) {
  const answer = await browser.post(path, fields);
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return String(answer.headers.refresh).replace(/^0; url=/, '');
}

/** The whole way to the OpenID provider and back. */
async function signInAs(browser: Browser, sub: string, fields: Record<string, string> = {}) {
  const back = await openid.signIn(await leaveBy(browser, '/sign-in/with/openid', fields), sub);
  return browser.get(back);
}

/** What the next page says of how it went. */
async function toldTo(browser: Browser): Promise<string> {
  const { text } = await browser
    .get('/sign-in')
    .then((answer) => (answer.status === 303 ? browser.get('/') : answer));
  return /class="flash"[^>]*>\s*<p>([^<]+)</.exec(text)?.[1] ?? '';
}

/** The last line of the trail, which says of whom it is and why they did not come in. */
async function lastFailure() {
  const line = await db.change.findFirstOrThrow({ orderBy: { id: 'desc' } });
  expect(line).toMatchObject({ action: 'failed to sign in', noun: 'people', address: '127.0.0.1' });
  return [line.label, line.after];
}

const isIn = async (browser: Browser) => (await browser.get('/account')).status === 200;

async function anAccount(email: string, role: 'viewer' | 'editor' = 'editor') {
  const person = await createAccount(
    { name: 'Ada', email, password: PASSWORD, role },
    { isConfirmed: true, ip: '', cost: USUAL_HASH },
  );
  return person!;
}

describe('a provider that is down', () => {
  test('is told on the sign-in page, and tried anew the next time', async () => {
    const ada = somebody();
    await anAccount(ada.email);
    const browser = await visitor();
    openid.state.isDown = true;
    const refused = await browser.post('/sign-in/with/openid');
    expect([refused.status, refused.headers.location]).toEqual([303, '/sign-in']);
    expect(await toldTo(browser)).toContain('Example ID cannot be reached now.');
    expect(await lastFailure()).toEqual([
      'somebody from Example ID',
      { by: 'Example ID', why: 'out of reach' },
    ]);
    openid.state.isDown = false;
    const url = await leaveBy(browser, '/sign-in/with/openid');
    const back = await openid.signIn(url, ada.sub);
    openid.state.isDown = true;
    expect((await browser.get(back)).headers.location).toBe('/sign-in');
    expect(await toldTo(browser)).toContain('Example ID did not tell us who you are.');
    openid.state.isDown = false;
    await signInAs(browser, ada.sub);
    expect(await isIn(browser)).toBe(true);
  });
});

describe('before anybody is here', () => {
  beforeAll(async () => {
    await db.adminKept.deleteMany();
    await db.user.deleteMany();
  });

  test('nobody becomes anything by a provider: the first account is made on its own page', async () => {
    signUpIs('open');
    const browser = await visitor();
    await signInAs(browser, somebody().sub);
    expect(await toldTo(browser)).toContain('Make the first one');
    expect(await db.user.count()).toBe(0);
    await anAccount('first@example.com');
  });
});

describe('signing in through OpenID Connect', () => {
  test('the sign-in page has a button for each provider that is set up', async () => {
    const { text } = await (await visitor()).get('/sign-in?to=/plans');
    expect(text).toContain('Sign in with GitHub');
    expect(text).toContain('Sign in with Example ID');
    expect(text.match(/name="to" value="\/plans"/g)).toHaveLength(3);
  });

  test('one goes there by a code with PKCE, state and nonce, to be sent to the address in the settings', async () => {
    const browser = await visitor();
    await browser.get('/sign-in');
    const answer = await browser.agent
      .post('/sign-in/with/openid')
      .set('X-Forwarded-Host', 'evil.example')
      .type('form')
      .send(new URLSearchParams({ _csrf: browser.token() }).toString());
    const { searchParams } = new URL(String(answer.headers.refresh).replace(/^0; url=/, ''));
    const { state, nonce, code_challenge, ...rest } = Object.fromEntries(searchParams);
    expect([state, nonce, code_challenge].map((text) => (text ?? '').length)).toEqual([43, 43, 43]);
    expect(rest).toEqual({
      client_id: OPENID_CLIENT.id,
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid email profile',
      redirect_uri: 'http://localhost:3000/sign-in/with/openid/callback',
    });
    const [, step] = /step=([^;]+)/.exec(String(answer.headers['set-cookie'])) ?? [];
    expect(String(answer.headers['set-cookie'])).toMatch(/step=[^;]+;[^,]*Path=\/;.*HttpOnly; SameSite=Lax/);
    expect(JSON.stringify(await db.step.findMany())).not.toContain(step);
  });

  test('an account with the address is linked, once the provider says that it is verified, and a letter tells so', async () => {
    const ada = somebody();
    const account = await anAccount(ada.email);
    const browser = await visitor();
    const arrived = await signInAs(browser, ada.sub, { to: '/plans?q=x' });
    expect([arrived.status, arrived.headers.location]).toEqual([303, '/plans?q=x']);
    expect((await browser.get('/account')).text).toContain(ada.email);
    expect(letters.filter(({ to }) => to === ada.email).map(({ subject }) => subject)).toEqual([
      'You can sign in to Moving Parts through Example ID now',
    ]);
    const trail = await db.change.findMany({
      where: { recordId: account.id, noun: 'people' },
      orderBy: { id: 'asc' },
    });
    expect(trail.map(({ action, after }) => [action, after])).toEqual([
      ['signed up', { role: 'editor' }],
      ['changed', { linked: `${openid.issuer}/` }],
      ['signed in', { by: 'Example ID' }],
    ]);
    expect(JSON.stringify(await db.identity.findMany())).not.toMatch(/token/i);
  });

  test('somebody known comes in with another address there too, under a new session, and no letter is sent', async () => {
    const ada = somebody();
    const account = await anAccount(ada.email);
    const first = await visitor();
    await signInAs(first, ada.sub);
    openid.people.set(ada.sub, { email: 'elsewhere@example.com', email_verified: false });
    const sent = letters.length;
    const second = await visitor();
    await signInAs(second, ada.sub);
    expect((await second.get('/account')).text).toContain(ada.email);
    expect(letters).toHaveLength(sent);
    expect(await db.session.count({ where: { userId: account.id } })).toBe(2);
  });

  test.each([
    ['not verified', { email_verified: false }],
    ['not said to be verified', { email_verified: undefined }],
    ['not there', { email: undefined }],
    ['no address', { email: 'ada@localhost\n' }],
  ])('an address that is %s is linked to nothing', async (_what, more) => {
    const ada = somebody();
    await anAccount(ada.email);
    openid.people.set(ada.sub, { email: ada.email, email_verified: true, ...more });
    signUpIs('open');
    const [browser, before] = [await visitor(), await db.user.count()];
    const answer = await signInAs(browser, ada.sub);
    expect([answer.status, answer.headers.location]).toEqual([303, '/sign-in']);
    expect(await toldTo(browser)).toContain('does not say that your address there is verified');
    expect(await isIn(browser)).toBe(false);
    expect(await lastFailure()).toEqual([
      'somebody from Example ID',
      { by: 'Example ID', why: 'unverified' },
    ]);
    expect(await db.identity.count({ where: { subject: ada.sub } })).toBe(0);
    expect(await db.user.count()).toBe(before);
  });

  test('an invitation takes the place of an account whose address was never confirmed', async () => {
    const ada = somebody();
    await aLink('invitation', { email: ada.email, role: 'editor' });
    const cost = { memoryKib: 8_192, passes: 1 };
    const squatter = { name: 'Not Ada', email: ada.email, password: PASSWORD, role: 'viewer' as const };
    await createAccount(squatter, { isConfirmed: false, ip: '', cost });
    const browser = await visitor();
    await signInAs(browser, ada.sub);
    expect(await isIn(browser)).toBe(true);
    expect(await findAccountByEmail(ada.email)).toMatchObject({
      name: ada.name,
      role: 'editor',
      hasPassword: false,
      confirmedAt: expect.any(Date),
    });
    expect((await (await visitor()).post('/sign-in', { email: ada.email, password: PASSWORD })).status).toBe(
      422,
    );
  });

  test('a second factor is asked for all the same', async () => {
    const ada = somebody();
    const account = await anAccount(ada.email);
    await db.user.update({ where: { id: account.id }, data: { totpSince: new Date() } });
    const browser = await visitor();
    const answer = await signInAs(browser, ada.sub, { to: '/plans' });
    expect(answer.headers.location).toBe('/sign-in/code');
    expect(await isIn(browser)).toBe(false);
    const step = await db.step.findFirstOrThrow({ where: { userId: account.id } });
    expect(step).toMatchObject({ purpose: 'second factor', data: { keep: false, to: '/plans' } });
    // Whoever tries codes there has not their password, but what the provider knows them by.
    await takeTry(tryKeys.code(account.id));
    await db.tries.updateMany({ data: { failures: 19, lastAt: new Date(Date.now() - 20 * 3_600_000) } });
    await browser.post('/sign-in/code', { code: '000000' });
    await expect
      .poll(() => letters.findLast(({ to }) => to === ada.email)?.text)
      .toContain('they have your account at Example ID');
  });

  test('an address that was given up at that very moment links to nothing', async () => {
    const ada = somebody();
    await anAccount(ada.email);
    const account = { ...(await findAccountByEmail(ada.email))!, email: 'given-up@example.com' };
    const known = { provider: app.get('auth').providers[0], profile: { ...ada, subject: ada.sub } };
    const late = link(account, known, { userId: account.id, address: '' });
    await expect(late).rejects.toMatchObject({ status: 409 });
    expect(await db.identity.count({ where: { userId: account.id } })).toBe(0);
  });

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example/'])(
    'never to another site afterwards: %s',
    async (to) => {
      const ada = somebody();
      await anAccount(ada.email);
      expect((await signInAs(await visitor(), ada.sub, { to })).headers.location).toBe('/');
    },
  );

  test('people who come in at the same moment are not taken for each other', async () => {
    const known = Array.from({ length: 6 }, () => somebody());
    await Promise.all(known.map(({ email }) => anAccount(email)));
    const browsers = await Promise.all(known.map(() => visitor()));
    await Promise.all(known.map(({ sub }, i) => signInAs(browsers[i]!, sub)));
    const pages = await Promise.all(browsers.map((browser) => browser.get('/account')));
    expect(pages.map(({ text }, i) => text.includes(known[i]!.email))).toEqual(known.map(() => true));
  });
});

describe('somebody with an address that nobody here has', () => {
  test('is told to ask for an invitation, where sign-up is by invitation', async () => {
    const ada = somebody();
    const browser = await visitor();
    const answer = await signInAs(browser, ada.sub);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('Ask an admin to invite you');
    expect(await findAccountByEmail(ada.email)).toBeNull();
    expect(await lastFailure()).toEqual([
      'somebody from Example ID',
      { by: 'Example ID', why: 'not invited' },
    ]);
  });

  test('becomes a viewer where sign-up is open', async () => {
    signUpIs('open');
    const ada = somebody();
    const browser = await visitor();
    expect((await signInAs(browser, ada.sub)).status).toBe(303);
    expect(await findAccountByEmail(ada.email)).toMatchObject({
      name: ada.name,
      role: 'viewer',
      hasPassword: false,
      signInCount: 1,
    });
    expect(await toldTo(browser)).toContain('Welcome');
  });

  test('becomes an editor where the address is of the domain, and of no other', async () => {
    signUpIs('domain:example.com');
    const [ours, theirs, like] = [
      somebody(),
      somebody({ email: 'x@elsewhere.com' }),
      somebody({ email: 'x@notexample.com' }),
    ];
    expect((await signInAs(await visitor(), ours.sub)).status).toBe(303);
    expect(await findAccountByEmail(ours.email)).toMatchObject({ role: 'editor' });
    expect((await signInAs(await visitor(), theirs.sub)).status).toBe(403);
    expect((await signInAs(await visitor(), like.sub)).status).toBe(403);
  });

  test('uses an invitation of exactly this address up, with its role', async () => {
    const ada = somebody({ email: 'Ada_1@Example.com' });
    await aLink('invitation', { email: 'adax1@example.com', role: 'admin' });
    expect((await signInAs(await visitor(), ada.sub)).status).toBe(403);
    const token = await aLink('invitation', { email: 'ada_1@example.com', role: 'editor' });
    expect((await signInAs(await visitor(), ada.sub)).status).toBe(303);
    expect(await findAccountByEmail('ada_1@example.com')).toMatchObject({ role: 'editor' });
    expect((await (await visitor()).get(`/invitation?token=${token}`)).status).toBe(404);
  });

  test('is not let in by an invitation that has expired', async () => {
    const ada = somebody();
    await aLink('invitation', { email: ada.email, role: 'admin' });
    await db.mailedLink.updateMany({ where: { email: ada.email }, data: { expiresAt: new Date(0) } });
    expect((await signInAs(await visitor(), ada.sub)).status).toBe(403);
  });

  test('had an account once, and left: is a stranger again', async () => {
    const ada = somebody();
    const account = await anAccount(ada.email);
    await signInAs(await visitor(), ada.sub);
    await leave(account, true, { userId: account.id, address: '' });
    const answer = await signInAs(await visitor(), ada.sub);
    expect(answer.status).toBe(403);
    // Were a link of theirs still there, it would open nothing either.
    await db.identity.create({
      data: { userId: account.id, provider: `${openid.issuer}/`, subject: ada.sub },
    });
    const browser = await visitor();
    await signInAs(browser, ada.sub);
    expect(await toldTo(browser)).toContain('is gone');
  });
});

describe('coming back', () => {
  const begun = async () => {
    const ada = somebody();
    await anAccount(ada.email);
    const browser = await visitor();
    const back = await openid.signIn(await leaveBy(browser, '/sign-in/with/openid'), ada.sub);
    return { ada, browser, back };
  };

  const isRefused = async (browser: Browser, path: string) => {
    const answer = await browser.get(path);
    expect([answer.status, answer.headers.location]).toEqual([303, '/sign-in']);
    expect(await isIn(browser)).toBe(false);
    const told = await toldTo(browser);
    // Where nobody has begun anything, any page can lead.
    const last = await db.change.findFirst({ orderBy: { id: 'desc' } });
    if (told.includes('began elsewhere')) expect(last?.action).not.toBe('failed to sign in');
    else {
      const why = expect.stringMatching(/^(turned back|not told)$/);
      expect(await lastFailure()).toEqual(['somebody from Example ID', { by: 'Example ID', why }]);
    }
    return told;
  };

  test('twice is once too often', async () => {
    const { browser, back } = await begun();
    const cookies = browser.agent.jar.getCookies({
      path: '/',
      domain: '127.0.0.1',
      secure: false,
      script: false,
    });
    const step = cookies.find(({ name }) => name === 'step');
    expect((await browser.get(back)).headers.location).toBe('/');
    await browser.get('/');
    await browser.post('/sign-out');
    browser.agent.jar.setCookie(`step=${step?.value}; path=/`, '127.0.0.1');
    expect(await isRefused(browser, back)).toContain('took too long, or began elsewhere');
  });

  test('of two at the same moment one comes in', async () => {
    const { browser, back } = await begun();
    const answers = await Promise.all([browser.get(back), browser.get(back)]);
    expect(answers.map(({ headers }) => headers.location).sort()).toEqual(['/', '/sign-in']);
  });

  test('of whom the provider knows, while somebody else signs in there, is no failure of theirs', async () => {
    const browser = await visitor();
    const { sub } = somebody();
    const back = await openid.signIn(await leaveBy(browser, '/sign-in/with/openid'), sub);
    const { person } = await signedIn('viewer');
    await browser.get('/sign-in');
    await browser.signIn(person.email);
    await browser.get(back);
    expect(await lastFailure()).toEqual([
      'somebody from Example ID',
      { by: 'Example ID', why: 'not invited' },
    ]);
  });

  test('in another browser is refused', async () => {
    const { back } = await begun();
    expect(await isRefused(await visitor(), back)).toContain('began elsewhere');
    const other = await visitor();
    await leaveBy(other, '/sign-in/with/openid');
    expect(await isRefused(other, back)).toContain('did not tell us who you are');
  });

  test('after ten minutes is too late', async () => {
    const { browser, back } = await begun();
    await db.step.updateMany({ data: { expiresAt: new Date(0) } });
    expect(await isRefused(browser, back)).toContain('took too long');
  });

  test.each([
    ['another state', (back: string) => back.replace(/state=[^&]+/, 'state=another')],
    ['no state', (back: string) => back.replace(/&?state=[^&]+/, '')],
    ['two states', (back: string) => `${back}&state=another`],
    ['another issuer', (back: string) => back.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example')],
    ['another code', (back: string) => back.replace(/code=[^&]+/, 'code=another')],
    ['nothing at all', (back: string) => back.replace(/\?.*/, '')],
    ['an error', (back: string) => back.replace(/code=[^&]+/, 'error=server_error')],
  ])('with %s is refused', async (_what, change) => {
    const { browser, back } = await begun();
    await isRefused(browser, change(back));
  });

  test('with what is wrong is logged without code, state or secret', async () => {
    const { browser, back } = await begun();
    const auth = app.get('auth');
    const lines: unknown[] = [];
    const { log } = auth;
    auth.log = { ...log, warn: (line: unknown) => lines.push(line) };
    await isRefused(browser, back.replace(/code=[^&]+/, 'code=of-somebody-else'));
    openid.state.tamper = (claims) => ({ ...claims, nonce: 'another' });
    const again = await begun();
    await isRefused(again.browser, again.back);
    auth.log = log;
    expect(lines).toMatchObject([
      { provider: 'openid', error: 'invalid_grant' },
      { provider: 'openid', code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' },
    ]);
    const state = (path: string) => new URL(path, 'http://here.invalid').searchParams.get('state') ?? 'none';
    for (const secret of ['of-somebody-else', state(back), state(again.back), OPENID_CLIENT.secret, 'eyJ']) {
      expect(JSON.stringify(lines)).not.toContain(secret);
    }
  });

  test('to another provider’s address is refused', async () => {
    const { browser, back } = await begun();
    expect(await isRefused(browser, back.replace('/openid/', '/github/'))).toContain('Try again');
  });

  test('having turned back there is told plainly', async () => {
    const { browser, back } = await begun();
    const denied = back.replace(/code=[^&]+/, 'error=access_denied&error_description=%3Cb%3Eevil');
    expect(await isRefused(browser, denied)).toBe('You turned back at Example ID.');
  });

  test.each([
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'somebody-else' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an end that has passed', { exp: 1_000_000_000 }],
    ['no subject', { sub: undefined }],
  ])('with an id token that has %s is refused', async (_what, change) => {
    const { browser, back } = await begun();
    openid.state.tamper = (claims) => ({ ...claims, ...change });
    expect(await isRefused(browser, back)).toContain('did not tell us who you are');
  });

  test('with an id token of somebody who is another person to the provider when asked is refused', async () => {
    const { ada, browser, back } = await begun();
    openid.state.tamper = (claims) => ({ ...claims, sub: `${ada.sub}-another` });
    expect(await isRefused(browser, back)).toContain('did not tell us who you are');
  });

  test('with an id token that the provider did not sign is refused, and with one that is as it was, not', async () => {
    const { browser, back } = await begun();
    openid.state.forge = true;
    expect(await isRefused(browser, back)).toContain('did not tell us who you are');
    openid.state.forge = false;
    openid.state.tamper = (claims) => claims;
    const again = await begun();
    await again.browser.get(again.back);
    expect(await isIn(again.browser)).toBe(true);
  });
});

describe('signing in through GitHub', () => {
  const onGitHub = (emails: { email: string; primary: boolean; verified: boolean }[]) => {
    people += 1;
    github.state.person = { id: 1_000 + people, login: `octo-${people}`, name: null, emails };
    return github.state.person;
  };
  const come = async (browser: Browser) =>
    browser.get(await github.signIn(await leaveBy(browser, '/sign-in/with/github')));

  test('links by the address that is primary and verified, and knows the person after that', async () => {
    const { id } = onGitHub([
      { email: 'other@example.com', primary: false, verified: true },
      { email: 'octo@example.com', primary: true, verified: true },
    ]);
    const account = await anAccount('octo@example.com');
    const browser = await visitor();
    expect((await come(browser)).headers.location).toBe('/');
    expect(await db.identity.findMany({ where: { userId: account.id } })).toMatchObject([
      { provider: `${github.url}/login/oauth`, subject: String(id) },
    ]);
    github.state.person!.emails = [];
    const again = await visitor();
    await come(again);
    expect(await isIn(again)).toBe(true);
  });

  test.each([
    ['not verified', { primary: true, verified: false }],
    ['not the primary one', { primary: false, verified: true }],
  ])('an address that is %s is linked to nothing', async (_what, how) => {
    people += 1;
    const email = `octo-${people}@example.com`;
    await anAccount(email);
    onGitHub([{ email, ...how }]);
    const browser = await visitor();
    await come(browser);
    expect(await toldTo(browser)).toContain('does not say that your address there is verified');
  });

  test('a newcomer without a name there goes by the login', async () => {
    signUpIs('open');
    const { login } = onGitHub([{ email: 'newcomer@example.com', primary: true, verified: true }]);
    await come(await visitor());
    expect(await findAccountByEmail('newcomer@example.com')).toMatchObject({ name: login });
  });

  test('a code that was used, a state that is another’s, and turning back end on the sign-in page', async () => {
    onGitHub([{ email: 'first@example.com', primary: true, verified: true }]);
    const [browser, other] = [await visitor(), await visitor()];
    const back = await github.signIn(await leaveBy(browser, '/sign-in/with/github'));
    const otherBack = await github.signIn(await leaveBy(other, '/sign-in/with/github'));
    const code = /code=([^&]+)/.exec(back)?.[1];
    // The code is another's: PKCE holds it to the browser that it was made for.
    await other.get(otherBack.replace(/code=[^&]+/, `code=${code}`));
    expect(await toldTo(other)).toContain('GitHub did not tell us who you are');
    github.state.refuses = true;
    const turned = await visitor();
    await come(turned);
    expect(await toldTo(turned)).toBe('You turned back at GitHub.');
  });
});

describe('linking to the account that is signed in', () => {
  const linkAs = async (browser: Browser, sub: string) =>
    browser.get(
      await openid.signIn(await leaveBy(browser, '/account/identities/openid', { password: PASSWORD }), sub),
    );

  test('asks for the password, and then links whatever address the provider knows', async () => {
    const { person, ...browser } = await signedIn('editor');
    const ada = somebody({ email_verified: false });
    expect((await browser.get('/account')).text).toContain('href="/account/identities"');
    const wrong = await browser.post('/account/identities/openid', { password: 'not this one' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('This is not your password.');
    expect((await linkAs(browser, ada.sub)).headers.location).toBe('/account/identities');
    expect((await browser.get('/account/identities')).text).toContain('Example ID is linked.');
    expect(letters.at(-1)).toMatchObject({
      to: person.email,
      subject: expect.stringContaining('Example ID'),
    });
    const elsewhere = await visitor();
    await signInAs(elsewhere, ada.sub);
    expect((await elsewhere.get('/account')).text).toContain(person.email);
  });

  test('what is linked to somebody else is not taken from them', async () => {
    const [first, second] = [await signedIn(), await signedIn()];
    const ada = somebody();
    await linkAs(first, ada.sub);
    await linkAs(second, ada.sub);
    expect((await second.get('/account/identities')).text).toContain('Somebody else’s account');
    const failure = { by: 'Example ID, to link it', why: 'taken' };
    expect(await lastFailure()).toEqual([second.person.name, failure]);
    expect(await db.identity.findMany({ where: { subject: ada.sub } })).toMatchObject([
      { userId: first.person.id },
    ]);
  });

  test('whoever left to link with the old password links nothing once there is a new one', async () => {
    const { person, ...browser } = await signedIn('editor');
    const url = await leaveBy(browser, '/account/identities/openid', { password: PASSWORD });
    const back = await openid.signIn(url, somebody().sub);
    const [provider] = app.get('auth').providers.filter(({ slug }: Provider) => slug === 'openid');
    const { prepare } = provider;
    // While the provider is being asked, which takes its time.
    provider.prepare = async (passport: never) => {
      const account = (await findAccountByEmail(person.email))!;
      await changePassword(
        account,
        { hash: 'hash', revokesAllElse: true },
        { userId: person.id, address: '' },
      );
      return prepare(passport);
    };
    const answer = await browser.get(back);
    provider.prepare = prepare;
    expect(answer.status).toBe(409);
    expect(await db.identity.count({ where: { userId: person.id } })).toBe(0);
  });

  test('who turns back, is not told of or does not get there stands in the trail by name', async () => {
    const { person, ...browser } = await signedIn('editor');
    const at = '/account/identities/openid';
    const by = 'Example ID, to link it';
    const back = await openid.signIn(await leaveBy(browser, at, { password: PASSWORD }), somebody().sub);
    await browser.get(back.replace(/code=[^&]+/, 'error=access_denied'));
    expect(await lastFailure()).toEqual([person.name, { by, why: 'turned back' }]);
    const other = await openid.signIn(await leaveBy(browser, at, { password: PASSWORD }), somebody().sub);
    await browser.get(other.replace(/code=[^&]+/, 'code=another'));
    expect(await lastFailure()).toEqual([person.name, { by, why: 'not told' }]);
    openid.state.isDown = true;
    app.get('auth').providers = providersIn(app.get('auth').settings);
    await browser.post(at, { password: PASSWORD });
    expect(await lastFailure()).toEqual([person.name, { by, why: 'out of reach' }]);
  });

  test('only the one who left to link is linked', async () => {
    const [first, second] = [await signedIn(), await signedIn()];
    const ada = somebody();
    const url = await leaveBy(first, '/account/identities/openid', { password: PASSWORD });
    const back = await openid.signIn(url, ada.sub);
    await first.post('/sign-out');
    await first.get('/sign-in');
    await first.signIn(second.person.email);
    await first.get(back);
    expect((await first.get('/account/identities')).text).toContain('nothing was linked');
    const failure = { by: 'Example ID, to link it', why: 'signed out' };
    expect(await lastFailure()).toEqual([first.person.name, failure]);
    expect(await db.identity.count({ where: { subject: ada.sub } })).toBe(0);
  });

  test('a link can be taken away, and is in the trail; somebody else’s cannot', async () => {
    const [first, second] = [await signedIn(), await signedIn()];
    await linkAs(first, somebody().sub);
    const { id } = await db.identity.findFirstOrThrow({ where: { userId: first.person.id } });
    expect((await second.post('/account/identities/deletion', { id })).status).toBe(404);
    expect((await first.post('/account/identities/deletion', { id })).status).toBe(303);
    expect((await first.post('/account/identities/deletion', { id })).status).toBe(404);
    const last = await db.change.findFirst({ where: { recordId: first.person.id }, orderBy: { id: 'desc' } });
    expect(last).toMatchObject({ action: 'changed', before: { linked: `${openid.issuer}/` } });
    await expect.poll(() => letters.at(-1)?.text).toContain('was just taken away');
  });

  test('the last way in stays, of several at the same moment too', async () => {
    signUpIs('open');
    const ada = somebody();
    const browser = await visitor();
    await signInAs(browser, ada.sub);
    const account = await findAccountByEmail(ada.email);
    const userId = account?.id ?? 0;
    const identity = await db.identity.findFirstOrThrow({ where: { userId } });
    await browser.get('/account/identities');
    const refused = await browser.post('/account/identities/deletion', { id: identity.id });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Nothing else would sign you in');
    // A provider that is set up no more is no way in.
    await db.identity.create({
      data: { userId, provider: 'https://old.example/', subject: 'x' },
    });
    expect((await browser.get('/account/identities')).text).toContain('old.example');
    expect((await browser.post('/account/identities/deletion', { id: identity.id })).status).toBe(422);
    const second = await db.identity.create({
      data: { userId, provider: `${github.url}/login/oauth`, subject: 'y' },
    });
    const both = await Promise.all(
      [identity, second].map(({ id }) => browser.post('/account/identities/deletion', { id })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([303, 422]);
    expect(await db.identity.count({ where: { userId } })).toBe(2);
  });
});

test('GitHub’s own address is the usual one', async () => {
  const settings = readSettings({ GITHUB_CLIENT_ID: 'x', GITHUB_CLIENT_SECRET: 'y', PORT: '4000' });
  const [provider] = providersIn(settings);
  const left = await leaveFor(new passport.Passport(), provider!);
  const url = new URL('url' in left ? left.url : '');
  expect(url.origin + url.pathname).toBe('https://github.com/login/oauth/authorize');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    redirect_uri: 'http://localhost:4000/sign-in/with/github/callback',
    scope: 'read:user user:email',
    code_challenge_method: 'S256',
  });
});

test('a provider that is not set up is not found', async () => {
  const browser = await visitor();
  expect((await browser.post('/sign-in/with/nobody')).status).toBe(404);
  expect((await browser.get('/sign-in/with/nobody/callback?code=x&state=y')).status).toBe(404);
  expect((await browser.post('/sign-in/with/constructor')).status).toBe(404);
});
