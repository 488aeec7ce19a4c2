import { describe, expect, test } from 'vitest';
import { relyingPartyOf } from '../src/auth/ways-in.js';
import { db } from '../src/db/client.js';
import { app, type Browser, letters, signedIn, useApp, visitor } from './support/app.js';
import { aDevice, type Device } from './support/authenticator.js';
import { addPasskey as add, askAsScript as ask, askToAddPasskey as challenge } from './support/passkeys.js';
import { turnOnSecondFactor } from './support/second-factor.js';

useApp();

async function enter(
  browser: Browser,
  device: Device,
  answer: Partial<Parameters<Device['get']>[0]> = {},
  more = {},
) {
  const { body: options } = await ask(browser, '/sign-in/passkey/challenge');
  const credential = device.get({ challenge: options.challenge, ...answer });
  return ask(browser, '/sign-in/passkey', { credential, ...more });
}

const isSignedIn = async (browser: Browser) => (await browser.get('/account')).status === 200;

const lastOf = async (recordId: number) => {
  const change = await db.change.findFirst({ where: { noun: 'people', recordId }, orderBy: { id: 'desc' } });
  return [change?.action, change?.after];
};

/** Somebody with a passkey, on a device of theirs. */
async function owner(role: 'viewer' | 'editor' = 'editor') {
  const browser = await signedIn(role);
  const device = aDevice();
  await add(browser, device);
  return { ...browser, device };
}

describe('adding a passkey', () => {
  test('asks for the password again, of those who have one', async () => {
    const browser = await signedIn('viewer');
    for (const wrong of ['', 'not it, surely']) {
      const refused = await challenge(browser, wrong);
      expect([refused.status, refused.body.message]).toEqual([422, 'This is not your password.']);
    }
    await db.user.update({ where: { id: browser.person.id }, data: { passwordHash: null } });
    expect((await challenge(browser, '')).status).toBe(200);
  });

  test('is asked for with the address of the settings, kept, listed, told by mail and in the trail', async () => {
    const browser = await signedIn('viewer');
    const { body: options } = await challenge(browser);
    expect(options).toMatchObject({
      rp: { id: 'localhost' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [],
    });
    const device = aDevice();
    const added = await ask(browser, '/account/passkeys', {
      name: ' Ada’s phone ',
      credential: device.create(options),
    });
    expect([added.status, added.body]).toEqual([200, { to: '/account/passkeys' }]);
    const shown = await browser.get('/account/passkeys');
    expect(shown.text).toContain('<th scope="row">Ada’s phone</th>');
    expect(shown.text).toContain('“Ada’s phone” is added.');
    expect(await lastOf(browser.person.id)).toEqual(['changed', { passkeyAdded: 'Ada’s phone' }]);
    await expect.poll(() => letters.at(-1)?.subject).toContain('A passkey was added');
    const { body: next } = await challenge(browser);
    expect(next.excludeCredentials).toMatchObject([{ id: device.id, transports: ['internal'] }]);
  });

  test.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://localhost:3001' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['another challenge', { challenge: 'AAAA' }],
    ['a device that asked for nothing', { isVerified: false }],
  ])('%s is refused', async (_name, answer) => {
    const browser = await signedIn('viewer');
    expect((await add(browser, aDevice(), answer)).status).toBe(422);
    expect(await browser.json('/account/passkeys')).toMatchObject({ rows: [] });
  });

  test('a challenge is good once, in the browser that asked for it, for whoever did', async () => {
    const browser = await signedIn('viewer');
    const { body: options } = await challenge(browser);
    const body = () => ({ name: 'Phone', credential: aDevice().create(options) });
    const other = await signedIn('viewer');
    expect((await ask(other, '/account/passkeys', body())).status).toBe(422);
    expect((await ask(browser, '/account/passkeys', body())).status).toBe(200);
    expect((await ask(browser, '/account/passkeys', body())).status).toBe(422);
    await challenge(browser);
    await browser.post('/sign-out');
    await browser.get('/sign-in');
    await browser.signIn(other.person.email);
    expect((await ask(browser, '/account/passkeys', body())).status).toBe(422);
  });

  test('a challenge for signing in adds no passkey, and one for adding signs nobody in', async () => {
    const browser = await owner();
    const { body: forSignIn } = await ask(browser, '/sign-in/passkey/challenge');
    const credential = aDevice().create({ ...forSignIn, user: { id: 'AAAA' } });
    expect((await ask(browser, '/account/passkeys', { name: 'x', credential })).status).toBe(422);
    const { body: forAdding } = await challenge(browser);
    const shown = browser.device.get({ challenge: forAdding.challenge });
    expect((await ask(browser, '/sign-in/passkey', { credential: shown })).status).toBe(422);
  });

  test('the same passkey again is refused, whoever adds it', async () => {
    const browser = await owner();
    expect((await add(browser, browser.device)).status).toBe(409);
    expect((await add(await signedIn('viewer'), browser.device)).status).toBe(409);
  });

  test('what is no passkey is told so, not logged as ours', async () => {
    const browser = await signedIn('viewer');
    const whole = aDevice().create({ challenge: 'AAAA', user: { id: 'AAAA' } });
    const odd = [{}, [], { name: 'x' }, { name: 'x', credential: 'x' }, { name: '', credential: whole }];
    const odder = [
      { ...whole, id: { a: 1 } },
      { ...whole, response: null },
      { ...whole, type: 'x' },
    ];
    for (const body of [...odd, ...odder.map((credential) => ({ name: 'x', credential }))]) {
      await challenge(browser);
      const answer = await ask(browser, '/account/passkeys', body);
      expect({ body, status: answer.status }).toEqual({ body, status: 422 });
    }
    await challenge(browser);
    const junk = { ...whole, response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' } };
    expect((await ask(browser, '/account/passkeys', { name: 'x', credential: junk })).status).toBe(422);
    expect((await ask(browser, '/account/passkeys', { name: 'x'.repeat(60_000) })).status).toBe(413);
    expect((await browser.post('/account/passkeys', { name: 'x' })).status).toBe(422);
    await challenge(browser);
    const half = await ask(browser, '/account/passkeys', { name: 'x\ud800y', credential: junk });
    expect([half.status, half.body.message]).toEqual([422, expect.stringContaining('cannot be shown')]);
    expect((await browser.post('/account/passkeys/deletion', { id: 'a\0b' })).status).toBe(404);
  });
});

describe('signing in with a passkey', () => {
  test('leads to the page that was wanted, and never to another site', async () => {
    const { device, person } = await owner();
    const browser = await visitor();
    const { body: options } = await ask(browser, '/sign-in/passkey/challenge');
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
    expect(options.allowCredentials ?? []).toEqual([]);
    const arrived = await enter(browser, device, {}, { to: '/plans', keep: 'on' });
    expect([arrived.status, arrived.body]).toEqual([200, { to: '/plans' }]);
    expect(String(arrived.headers['set-cookie'])).toMatch(/session=[^;]+;.* Expires=.*HttpOnly/);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await lastOf(person.id)).toEqual(['signed in', { by: 'passkey' }]);
    const [row] = (await browser.json('/account/passkeys')).rows;
    expect(row.usedAt).toEqual(expect.any(String));
    const elsewhere = await enter(await visitor(), device, {}, { to: 'https://evil.example/' });
    expect(elsewhere.body).toEqual({ to: '/' });
  });

  test('counts as both factors', async () => {
    const { device, ...browser } = await owner();
    await turnOnSecondFactor(browser);
    const arrived = await visitor();
    expect((await enter(arrived, device)).body).toEqual({ to: '/' });
    expect(await isSignedIn(arrived)).toBe(true);
  });

  test.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['another challenge', { challenge: 'AAAA' }],
    ['a device that asked for nothing', { isVerified: false }],
    ['another person’s handle', { userHandle: Buffer.from('moving-parts 1').toString('base64url') }],
    ['no handle', { userHandle: '' }],
  ])('%s is refused, and stands in the trail', async (_name, answer) => {
    const { device, person } = await owner();
    const browser = await visitor();
    expect((await enter(browser, device, answer)).status).toBe(422);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await lastOf(person.id)).toEqual(['failed to sign in', { by: 'passkey' }]);
  });

  test('a passkey that nobody has, and the signature of another key, open nothing', async () => {
    const { device } = await owner();
    const browser = await visitor();
    expect((await enter(browser, aDevice())).status).toBe(422);
    const line = await db.change.findFirst({ where: { label: 'a passkey that nobody has' } });
    expect(line).toMatchObject({ action: 'failed to sign in', after: { by: 'passkey' } });
    const { body: options } = await ask(browser, '/sign-in/passkey/challenge');
    const mine = device.get({ challenge: options.challenge });
    const { signature } = aDevice().get({ challenge: options.challenge }).response as { signature: string };
    const forged = { ...mine, response: { ...mine.response, signature } };
    expect((await ask(browser, '/sign-in/passkey', { credential: forged })).status).toBe(422);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('an answer is good once, in the browser that asked, within ten minutes', async () => {
    const { device } = await owner();
    const browser = await visitor();
    const { body: options } = await ask(browser, '/sign-in/passkey/challenge');
    const credential = device.get({ challenge: options.challenge });
    expect((await ask(await visitor(), '/sign-in/passkey', { credential })).status).toBe(422);
    const both = await Promise.all([1, 2].map(() => ask(browser, '/sign-in/passkey', { credential })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);

    const late = await visitor();
    const { body: old } = await ask(late, '/sign-in/passkey/challenge');
    await db.step.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    const shown = device.get({ challenge: old.challenge });
    expect((await ask(late, '/sign-in/passkey', { credential: shown })).status).toBe(422);
  });

  test('the counter goes up, or there is a copy of the device: it is refused', async () => {
    const { device } = await owner();
    const statuses: number[] = [];
    for (const counter of [5, 6, 6, 3, 0, 7]) {
      statuses.push((await enter(await visitor(), device, { counter })).status);
    }
    expect(statuses).toEqual([200, 200, 422, 422, 422, 200]);
    expect(await db.passkey.findUnique({ where: { id: device.id } })).toMatchObject({ counter: 7n });
  });

  test('not before the address is confirmed, and not after one has left', async () => {
    const { device, ...browser } = await owner();
    await db.user.update({ where: { id: browser.person.id }, data: { confirmedAt: null } });
    expect((await enter(await visitor(), device)).status).toBe(403);
    await db.user.update({ where: { id: browser.person.id }, data: { leftAt: new Date(), role: 'viewer' } });
    expect((await enter(await visitor(), device)).status).toBe(422);
  });

  test('is offered where the settings say the address, and is off where they do not', async () => {
    const { settings } = app.get('auth');
    const offered = await (await visitor()).get('/sign-in');
    expect(offered.text).toContain('data-passkey="http://localhost:3000"');
    const { appUrl } = settings;
    settings.appUrl = null;
    try {
      const browser = await signedIn('viewer');
      expect((await (await visitor()).get('/sign-in')).text).not.toContain('passkey');
      expect((await browser.get('/account/passkeys')).text).toContain('APP_URL');
      for (const path of ['/account/passkeys', '/sign-in/passkey']) {
        expect((await ask(browser, `${path}/challenge`)).status).toBe(403);
      }
    } finally {
      settings.appUrl = appUrl;
    }
  });

  test.each([
    ['https://parts.example.com', { id: 'parts.example.com', origin: 'https://parts.example.com' }],
    ['http://localhost:3000', { id: 'localhost', origin: 'http://localhost:3000' }],
    ['http://127.0.0.1:3000', null],
    ['http://[::1]:3000', null],
    [null, null],
  ])('APP_URL %s', (appUrl, party) => {
    expect(relyingPartyOf({ appUrl })).toEqual(party);
  });
});

test('no session begins before the address is confirmed, whatever somebody shows', async () => {
  const { person, device } = await owner();
  await db.user.update({ where: { id: person.id }, data: { confirmedAt: null } });
  const somebody = await visitor();
  const refused = await enter(somebody, device);
  expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('not confirmed yet')]);
  expect(await isSignedIn(somebody)).toBe(false);
  expect(await lastOf(person.id)).toEqual(['failed to sign in', { by: 'passkey', why: 'not confirmed' }]);
});

describe('removing a passkey', () => {
  test('it lets in no more, and stands in the trail', async () => {
    const { device, ...browser } = await owner();
    expect((await browser.post('/account/passkeys/deletion', { id: device.id })).status).toBe(303);
    await expect.poll(() => letters.at(-1)?.subject).toContain('passkey was removed');
    expect(await lastOf(browser.person.id)).toEqual(['changed', { passkeyRemoved: 'Phone' }]);
    expect((await enter(await visitor(), device)).status).toBe(422);
    expect((await browser.post('/account/passkeys/deletion', { id: device.id })).status).toBe(404);
  });

  test('somebody else’s stays', async () => {
    const { device } = await owner();
    const other = await owner();
    expect((await other.post('/account/passkeys/deletion', { id: device.id })).status).toBe(404);
    expect((await enter(await visitor(), device)).status).toBe(200);
  });

  test('the last way in stays, of two removed at the same moment one', async () => {
    const { device, ...browser } = await owner();
    const second = aDevice();
    await add(browser, second, {}, 'Key');
    await db.user.update({ where: { id: browser.person.id }, data: { passwordHash: null } });
    const both = await Promise.all(
      [device, second].map(({ id }) => browser.post('/account/passkeys/deletion', { id })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(await db.passkey.count({ where: { userId: browser.person.id } })).toBe(1);
    const refused = both.find(({ status }) => status === 409);
    expect(refused?.text).toContain('the only thing that lets you in');
  });

  test('a provider that is not set up here is no way in', async () => {
    const { device, ...browser } = await owner();
    const { id } = browser.person;
    await db.user.update({ where: { id }, data: { passwordHash: null } });
    await db.identity.create({
      data: { userId: id, provider: 'https://gone.example.com', subject: `${id}` },
    });
    expect((await browser.post('/account/passkeys/deletion', { id: device.id })).status).toBe(409);
    await db.user.update({ where: { id }, data: { passwordHash: 'a hash' } });
    expect((await browser.post('/account/passkeys/deletion', { id: device.id })).status).toBe(303);
  });
});
