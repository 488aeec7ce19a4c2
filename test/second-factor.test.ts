import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { changePassword } from '../src/auth/account/changes.js';
import { findAccount } from '../src/auth/accounts.js';
import { seal, unseal } from '../src/auth/sealed.js';
import { turnOn } from '../src/auth/second-factor/second-factor.js';
import { db } from '../src/db/client.js';
import { app, type Browser, letters, PASSWORD, signedIn, useApp, visitor } from './support/app.js';
import {
  beginSecondFactor,
  codeOf,
  forgetLastCode,
  turnOnSecondFactor,
  wrongCode,
} from './support/second-factor.js';

useApp();

// The clock stands in the middle of a code's 30 seconds: no test begins with one code and ends with the next.
beforeEach(() => {
  const middle = Math.floor(Date.now() / 30_000) * 30_000 + 15_000;
  vi.useFakeTimers({ toFake: ['Date'], now: middle });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody whose second factor is on, and a browser of theirs that has shown the password and no code yet. */
async function halfway() {
  const owner = await signedIn('editor');
  const { secret, codes } = await turnOnSecondFactor(owner);
  await forgetLastCode(owner.person.id);
  const browser = await visitor();
  const sent = await browser.post('/sign-in', {
    email: owner.person.email,
    password: PASSWORD,
    to: '/plans',
  });
  await browser.get('/sign-in/code');
  return { owner, browser, secret, codes, sent };
}

const isSignedIn = async (browser: Browser) => (await browser.get('/account')).status === 200;

const told = (text: string) => /id="\w+-error">([^<]+)</.exec(text)?.[1];

const trailOf = async (recordId: number) =>
  (await db.change.findMany({ where: { noun: 'people', recordId }, orderBy: { id: 'asc' } })).map(
    ({ action, after }) => [action, after],
  );

describe('turning the second factor on and off', () => {
  test('a secret that no code has confirmed counts for nothing, and stands sealed in the database', async () => {
    const owner = await signedIn('editor');
    const secret = await beginSecondFactor(owner);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const refused = await owner.post('/account/second-factor/confirmation', { code: wrongCode(secret) });
    expect(refused.status).toBe(422);
    const row = await db.user.findUniqueOrThrow({ where: { id: owner.person.id } });
    expect(row.totpSince).toBeNull();
    expect(row.totpSecret).not.toContain(secret);
    const again = await visitor();
    expect((await again.signIn(owner.person.email)).headers.location).toBe('/');
  });

  test('one that was begun is over with a new password: who knew the old one may know its secret', async () => {
    const owner = await signedIn('editor');
    const secret = await beginSecondFactor(owner);
    const seen = (await findAccount(owner.person.id))!;
    const from = { userId: seen.id, address: '' };
    const generation = await changePassword(seen, { hash: 'hash', revokesAllElse: false }, from);
    const late = { ...seen, generation };
    expect(await turnOn(late, codeOf(secret), from, app.get('auth').settings.sessionSecret)).toBeNull();
    const row = await db.user.findUniqueOrThrow({ where: { id: seen.id } });
    expect([row.totpSecret, row.totpSince]).toEqual([null, null]);
  });

  test('the page shows a QR code that is made anew with each secret, and keeps it out of JSON and caches', async () => {
    const owner = await signedIn('viewer');
    const first = await beginSecondFactor(owner);
    const shown = await owner.get('/account/second-factor');
    expect(shown.text).toMatch(/<svg [^>]*>.*<path fill="black"/);
    expect(shown.headers['cache-control']).toBe('no-store');
    expect(JSON.stringify(await owner.json('/account/second-factor'))).not.toContain(first);
    expect(await beginSecondFactor(owner)).not.toBe(first);
  });

  test('the first code turns it on: ten codes once, the other sessions end, this one has a new id', async () => {
    const owner = await signedIn('editor');
    const elsewhere = await visitor();
    await elsewhere.signIn(owner.person.email);
    const [before] = await db.session.findMany({
      where: { userId: owner.person.id },
      orderBy: { createdAt: 'asc' },
    });
    const { secret, codes } = await turnOnSecondFactor(owner);
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
    expect(await isSignedIn(owner)).toBe(true);
    expect(await isSignedIn(elsewhere)).toBe(false);
    const after = await db.session.findMany({ where: { userId: owner.person.id } });
    expect(after).toHaveLength(1);
    expect(after[0]?.id).not.toBe(before?.id);
    const kept = await db.recoveryCode.findMany({ where: { userId: owner.person.id } });
    expect(kept.map(({ id }) => id).filter((id) => codes.includes(id))).toEqual([]);
    expect((await owner.get('/account/second-factor')).text).not.toContain(codes[0]);
    expect((await trailOf(owner.person.id)).at(-1)).toEqual(['changed', { secondFactor: 'on' }]);
    expect(JSON.stringify(await trailOf(owner.person.id))).not.toContain(secret);
  });

  test('the page that shows the codes has forms of the new session', async () => {
    const owner = await signedIn('editor');
    await turnOnSecondFactor(owner);
    expect((await owner.post('/sign-out')).status).toBe(303);
    expect(await isSignedIn(owner)).toBe(false);
  });

  test('confirming it again, or beginning anew, does nothing while it is on', async () => {
    const owner = await signedIn('editor');
    const { secret } = await turnOnSecondFactor(owner);
    const before = await db.user.findUniqueOrThrow({ where: { id: owner.person.id } });
    await owner.post('/account/second-factor');
    const again = await owner.post('/account/second-factor/confirmation', { code: codeOf(secret, 1) });
    expect(again.status).toBe(303);
    expect(await db.user.findUniqueOrThrow({ where: { id: owner.person.id } })).toEqual(before);
  });

  test('turning it off asks for the password, ends the other sessions and is told by mail', async () => {
    const { owner, browser, secret } = await halfway();
    await browser.post('/sign-in/code', { code: codeOf(secret) });
    expect(await isSignedIn(browser)).toBe(true);
    const refused = await owner.post('/account/second-factor/deletion', { password: 'not this one' });
    expect([refused.status, told(refused.text)]).toEqual([422, 'This is not your password.']);
    expect((await owner.post('/account/second-factor/deletion', { password: PASSWORD })).status).toBe(303);
    expect([await isSignedIn(owner), await isSignedIn(browser)]).toEqual([true, false]);
    const row = await db.user.findUniqueOrThrow({ where: { id: owner.person.id } });
    expect([row.totpSecret, row.totpSince]).toEqual([null, null]);
    expect(await db.recoveryCode.count({ where: { userId: owner.person.id } })).toBe(0);
    expect((await trailOf(owner.person.id)).at(-1)).toEqual(['changed', { secondFactor: 'off' }]);
    expect(letters.at(-1)).toMatchObject({
      to: owner.person.email,
      subject: expect.stringContaining('turned off'),
    });
    expect((await (await visitor()).signIn(owner.person.email)).headers.location).toBe('/');
  });

  test('new recovery codes ask for the password, and those before are good no more', async () => {
    const { owner, browser, codes } = await halfway();
    expect((await owner.post('/account/second-factor/recovery-codes', { current: 'wrong' })).status).toBe(
      422,
    );
    const made = await owner.postAndSee('/account/second-factor/recovery-codes', { current: PASSWORD });
    await expect.poll(() => letters.at(-1)?.subject).toContain('recovery codes');
    // A reload shows them no more, and makes no others.
    expect((await owner.get('/account/second-factor/recovery-codes')).headers.location).toBe(
      '/account/second-factor',
    );
    const fresh = [...made.text.matchAll(/<li><code>([^<]+)</g)].map((match) => match[1] ?? '');
    expect(fresh).toHaveLength(10);
    expect((await browser.post('/sign-in/code', { code: codes[0]! })).status).toBe(422);
    expect((await browser.post('/sign-in/code', { code: fresh[0]! })).status).toBe(303);
  });

  test('an admin turns off the one of somebody whose phone is lost, but not their own', async () => {
    const { owner, browser, secret } = await halfway();
    const admin = await signedIn('admin');
    const done = await admin.post(`/people/${owner.person.id}/second-factor-deletion`);
    expect(done.status).toBe(303);
    expect(await isSignedIn(owner)).toBe(false);
    expect((await trailOf(owner.person.id)).at(-1)).toEqual(['changed', { secondFactor: 'off' }]);
    // What was begun before is over as well.
    expect((await browser.post('/sign-in/code', { code: codeOf(secret) })).headers.location).toBe('/sign-in');
    expect((await (await visitor()).signIn(owner.person.email)).headers.location).toBe('/');

    await turnOnSecondFactor(admin);
    expect((await admin.post(`/people/${admin.person.id}/second-factor-deletion`)).status).toBe(403);
    expect((await admin.get(`/people/${admin.person.id}`)).text).not.toContain('second-factor-deletion');
  });
});

describe('signing in with a second factor', () => {
  test('the password alone makes no session; the code does, and leads to the page that was wanted', async () => {
    const { owner, browser, secret, sent } = await halfway();
    expect(sent.headers.location).toBe('/sign-in/code');
    expect(String(sent.headers['set-cookie'])).not.toMatch(/session=/);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await browser.get('/sign-in/code')).status).toBe(200);
    const arrived = await browser.post('/sign-in/code', { code: codeOf(secret) });
    expect([arrived.status, arrived.headers.location]).toEqual([303, '/plans']);
    expect(await isSignedIn(browser)).toBe(true);
    expect((await trailOf(owner.person.id)).at(-1)).toEqual(['signed in', { by: 'password and code' }]);
  });

  test.each([-1, 0, 1])('a clock may be %i times 30 seconds off, and apps write spaces', async (steps) => {
    const { browser, secret } = await halfway();
    const code = codeOf(secret, steps);
    const arrived = await browser.post('/sign-in/code', { code: ` ${code.slice(0, 3)} ${code.slice(3)}` });
    expect(arrived.status).toBe(303);
  });

  test('a minute or more off it is refused', async () => {
    const { browser, secret } = await halfway();
    const good = [-1, 0, 1, 2].map((steps) => codeOf(secret, steps));
    const old = [-3, 4].map((steps) => codeOf(secret, steps)).filter((code) => !good.includes(code));
    for (const code of old) expect((await browser.post('/sign-in/code', { code })).status).toBe(422);
  });

  test('a code is good once, in another browser and for the one that turned it on too', async () => {
    const owner = await signedIn('editor');
    const { secret } = await turnOnSecondFactor(owner);
    const [first, second] = [await visitor(), await visitor()];
    for (const browser of [first, second]) {
      await browser.post('/sign-in', { email: owner.person.email, password: PASSWORD });
      await browser.get('/sign-in/code');
    }
    expect((await first.post('/sign-in/code', { code: codeOf(secret) })).status).toBe(422);
    await forgetLastCode(owner.person.id);
    const code = codeOf(secret);
    const both = await Promise.all([first, second].map((one) => one.post('/sign-in/code', { code })));
    expect(both.map(({ status }) => status).sort()).toEqual([303, 422]);
  });

  test('a recovery code is good once, however it is typed, and it is said how many are left', async () => {
    const { owner, browser, codes } = await halfway();
    const [code] = codes;
    const arrived = await browser.post('/sign-in/code', {
      code: ` ${code!.replaceAll('-', '').toUpperCase()} `,
    });
    expect(arrived.status).toBe(303);
    expect((await browser.get('/')).text).toContain('You have 9 recovery codes left.');
    expect((await trailOf(owner.person.id)).at(-1)).toEqual([
      'signed in',
      { by: 'password and recovery code' },
    ]);
    const next = await visitor();
    await next.signIn(owner.person.email);
    expect((await next.post('/sign-in/code', { code: code! })).status).toBe(422);
  });

  test('somebody else’s recovery code opens nothing', async () => {
    const { browser } = await halfway();
    const { codes } = await halfway();
    expect((await browser.post('/sign-in/code', { code: codes[0]! })).status).toBe(422);
  });

  test('the step of one browser does nothing in another, and ends with the success', async () => {
    const { browser, secret } = await halfway();
    const other = await visitor();
    await other.get('/sign-in');
    const refused = await other.post('/sign-in/code', { code: codeOf(secret) });
    expect(refused.headers.location).toBe('/sign-in');
    expect((await other.get('/sign-in/code')).headers.location).toBe('/sign-in');
    expect((await browser.post('/sign-in/code', { code: codeOf(secret) })).status).toBe(303);
    await browser.get('/');
    const again = await browser.post('/sign-in/code', { code: codeOf(secret, 1) });
    expect(again.headers.location).toBe('/sign-in');
  });

  test('a step is over with a new password, and after ten minutes', async () => {
    const first = await halfway();
    await first.owner.post('/account/password', { current: PASSWORD, password: 'another long password' });
    const refused = await first.browser.post('/sign-in/code', { code: codeOf(first.secret) });
    expect(refused.headers.location).toBe('/sign-in');
    const second = await halfway();
    await db.step.updateMany({
      where: { userId: second.owner.person.id },
      data: { expiresAt: new Date(Date.now() - 1) },
    });
    const late = await second.browser.post('/sign-in/code', { code: codeOf(second.secret) });
    expect(late.headers.location).toBe('/sign-in');
  });

  test('twenty failures lock, a right code too, and whoever has the account is told', async () => {
    const { owner, browser, secret } = await halfway();
    for (let failures = 0; failures < 20; failures += 1) {
      expect((await browser.post('/sign-in/code', { code: wrongCode(secret) })).status).toBe(422);
      // After the tenth one waits, 1 s, 2 s and on; here the time has passed.
      await db.tries.updateMany({ data: { lastAt: new Date(Date.now() - 20 * 3_600_000) } });
    }
    const refused = await browser.post('/sign-in/code', { code: codeOf(secret) });
    expect([refused.status, told(refused.text)]).toEqual([429, expect.stringContaining('locked for a day')]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_600);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await trailOf(owner.person.id)).at(-1)).toEqual(['was locked', { by: 'code' }]);
    await expect.poll(() => letters.at(-1)?.text).toContain('they know your password');

    const admin = await signedIn('admin');
    await admin.post(`/people/${owner.person.id}/unlocking`);
    expect((await browser.post('/sign-in/code', { code: codeOf(secret) })).status).toBe(303);
  });

  test('with another SESSION_SECRET no code can be checked: it is said, and a recovery code lets in', async () => {
    const { owner, browser, secret, codes } = await halfway();
    const totpSecret = seal(secret, 'another secret of thirty-two letters', `user ${owner.person.id}`);
    await db.user.update({ where: { id: owner.person.id }, data: { totpSecret } });
    expect((await browser.get('/sign-in/code')).text).toContain('SESSION_SECRET');
    expect((await browser.post('/sign-in/code', { code: codeOf(secret) })).status).toBe(422);
    expect((await browser.post('/sign-in/code', { code: codes[0]! })).status).toBe(303);
    expect((await browser.get('/account/second-factor')).text).toContain('SESSION_SECRET');
  });
});

describe('a sealed text', () => {
  const key = 'a secret of thirty-two characters';

  test('opens with its secret, for its owner, and is another each time', () => {
    const sealed = seal('JBSWY3DP', key, 'user 1');
    expect(unseal(sealed, key, 'user 1')).toBe('JBSWY3DP');
    expect(seal('JBSWY3DP', key, 'user 1')).not.toBe(sealed);
    expect(sealed).not.toContain('JBSWY3DP');
  });

  test('does not open otherwise, nor once it was touched', () => {
    const sealed = seal('JBSWY3DP', key, 'user 1');
    const touched = sealed.slice(0, -2) + (sealed.endsWith('A') ? 'BB' : 'AA');
    expect(unseal(sealed, `${key}!`, 'user 1')).toBeNull();
    expect(unseal(sealed, key, 'user 2')).toBeNull();
    for (const bad of [touched, '', 'x', sealed.slice(0, 20)]) expect(unseal(bad, key, 'user 1')).toBeNull();
  });
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)'])(
  'who comes in is led to no other site: %s',
  async (to) => {
    const { person, ...browser } = await signedIn('viewer');
    const byPassword = await (await visitor()).post('/sign-in', {
      email: person.email,
      password: PASSWORD,
      to,
    });
    expect(byPassword.headers.location).toBe('/');
    const { secret } = await turnOnSecondFactor(browser);
    await forgetLastCode(person.id);
    const halfway = await visitor();
    await halfway.post('/sign-in', { email: person.email, password: PASSWORD, to });
    const byCode = await halfway.post('/sign-in/code', { code: codeOf(secret), to });
    expect(byCode.headers.location).toBe('/');
  },
);

test('who comes in as their account changes is told so, and no reason that is none stands in the trail', async () => {
  const { owner, browser, secret } = await halfway();
  const { id } = owner.person;
  await db.user.update({ where: { id }, data: { generation: { increment: 1 } } });
  expect((await browser.post('/sign-in/code', { code: codeOf(secret) })).status).toBe(409);
  const lines = await db.change.findMany({ where: { recordId: id, action: 'failed to sign in' } });
  expect(lines).toEqual([]);
});
