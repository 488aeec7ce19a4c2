import { describe, expect, test, vi } from 'vitest';
import { changeName, changePassword } from '../src/auth/account/changes.js';
import { endOwnSessions } from '../src/auth/account/own-sessions.js';
import { findAccount, startGeneration } from '../src/auth/accounts.js';
import { leave } from '../src/auth/leaving.js';
import { acceptBy } from '../src/auth/links/by-link.js';
import { findMailedLink } from '../src/auth/mailed-links.js';
import { changeRole, handOutReset, invite, withdrawInvitation } from '../src/auth/people/people.js';
import { turnOff } from '../src/auth/second-factor/second-factor.js';
import { createAccount } from '../src/auth/sign-up.js';
import { sweep } from '../src/auth/sweep.js';
import { note } from '../src/auth/trail.js';
import { db } from '../src/db/client.js';
import { USUAL_HASH } from '../src/settings.js';
import { letters, PASSWORD, signedIn, useApp, visitor } from './support/app.js';
import { aLink } from './support/links.js';
import { aProgram } from './support/program.js';

useApp({ APP_URL: 'https://parts.example.com' });

const NEW = 'another correct horse';
const FROM = { userId: null, address: '' };

describe('roles', () => {
  test('an admin gives one; the person is signed out everywhere, and has it at the next sign-in', async () => {
    const admin = await signedIn('admin');
    const { person, ...theirs } = await signedIn('viewer');
    expect((await theirs.get('/systems/new')).status).toBe(403);
    await admin.post(`/people/${person.id}/role`, { role: 'editor' });
    await expect
      .poll(() => letters.at(-1))
      .toMatchObject({
        to: person.email,
        text: expect.stringContaining('made you editor'),
      });
    const about = { noun: 'people', recordId: person.id, userId: admin.person.id };
    expect(await db.change.findFirst({ where: about, orderBy: { id: 'desc' } })).toMatchObject({
      action: 'changed',
      before: { role: 'viewer' },
      after: { role: 'editor' },
    });
    expect((await theirs.get('/systems')).status).toBe(303);
    await theirs.get('/sign-in');
    await theirs.signIn(person.email);
    expect((await theirs.get('/systems/new')).status).toBe(200);
  });

  test('an unknown one is refused, and so is a field that the form does not have', async () => {
    const admin = await signedIn('admin');
    const { person } = await signedIn('viewer');
    expect((await admin.post(`/people/${person.id}/role`, { role: 'owner' })).status).toBe(422);
    const { person: own, ...editor } = await signedIn('editor');
    await editor.post('/account/name', {
      name: 'Mallory',
      role: 'admin',
      email: 'root@example.com',
      confirmedAt: '',
    });
    const { role, email } = await db.user.findUniqueOrThrow({ where: { id: own.id } });
    expect({ role, email }).toEqual({ role: 'editor', email: own.email });
  });
});

describe('who has left the team', () => {
  test('is removed by an admin: nothing lets them in any more, what they recorded stays, and they are told', async () => {
    const admin = await signedIn('admin');
    const { person, ...theirs } = await signedIn('editor');
    const program = await aProgram(person);
    await program.post('/systems', { name: 'Theirs', lifecycle: 'production' });
    const asked = await admin.get(`/people/${person.id}/deletion`);
    expect(asked.text).toContain(`Remove ${person.name}?`);
    const done = await admin.postAndSee(`/people/${person.id}/deletion`);
    expect(done.text).toContain(`${person.name} is removed, and signed out everywhere.`);
    expect((await theirs.get('/systems')).status).toBe(303);
    expect((await program.get('/systems')).status).toBe(401);
    expect((await (await visitor()).signIn(person.email)).status).toBe(422);
    expect((await admin.json('/people')).people.map(({ id }: { id: number }) => id)).not.toContain(person.id);
    expect((await admin.get(`/people/${person.id}`)).status).toBe(404);
    const { rows } = await admin.json('/changes?action=removed');
    expect(rows).toMatchObject([{ who: admin.person.name, label: person.name, recordId: person.id }]);
    expect((await admin.json('/changes?noun=systems&q=Theirs')).rows).toMatchObject([{ who: person.name }]);
    await expect
      .poll(() => letters.at(-1))
      .toMatchObject({
        to: person.email,
        subject: 'Your account in Moving Parts was removed',
      });
  });

  test('is not oneself: one’s own account asks for the password', async () => {
    const admin = await signedIn('admin');
    expect((await admin.get(`/people/${admin.person.id}`)).text).not.toContain('/deletion"');
    expect((await admin.get(`/people/${admin.person.id}/deletion`)).status).toBe(403);
    expect((await admin.post(`/people/${admin.person.id}/deletion`)).status).toBe(403);
    expect((await admin.get('/people')).status).toBe(200);
  });

  test('is not removed by who is no admin any more, from that very moment on', async () => {
    const [admin, other] = [await signedIn('admin'), await signedIn('editor')];
    const theirs = (await findAccount(other.person.id))!;
    await db.user.update({ where: { id: admin.person.id }, data: { role: 'editor' } });
    const from = { userId: admin.person.id, address: '' };
    await expect(leave(theirs, true, from)).rejects.toMatchObject({ status: 403 });
    expect(await findAccount(other.person.id)).not.toBeNull();
  });
});

describe('one admin always remains', () => {
  test('the only one cannot be made less, nor leave', async () => {
    await db.adminKept.deleteMany();
    await db.user.deleteMany();
    const admin = await signedIn('admin');
    expect((await admin.post(`/people/${admin.person.id}/role`, { role: 'editor' })).text).toContain(
      'only admin',
    );
    const stay = await admin.post('/account/deletion', { password: 'correct horse battery' });
    expect(stay.text).toContain('only admin');
    expect((await admin.get('/account/deletion')).text).not.toContain('action="/account/deletion"');
    await signedIn('admin');
    expect((await admin.get('/account/deletion')).text).toContain('action="/account/deletion"');
    expect((await admin.get('/people')).status).toBe(200);
  });

  test('of several, made less at the same moment, one stays; twenty times over', async () => {
    for (let round = 0; round < 20; round += 1) {
      await db.adminKept.deleteMany();
      await db.user.updateMany({ data: { role: 'viewer' } });
      const people = await Promise.all(
        [1, 2, 3].map((n) =>
          createAccount(
            { name: `A${n}`, email: `a${round}.${n}@example.com`, password: NEW, role: 'admin' },
            { isConfirmed: true, ip: '', cost: USUAL_HASH },
          ),
        ),
      );
      const accounts = await Promise.all(people.map((person) => findAccount(person?.id ?? 0)));
      const done = await Promise.all(accounts.map((one) => changeRole(one!, 'viewer', FROM)));
      expect(await db.user.count({ where: { role: 'admin' } })).toBeGreaterThan(0);
      expect(done).toContain('last admin');
    }
  });

  test('of three, two made less at the same moment are: neither is told to be the only one; twenty times over', async () => {
    await db.adminKept.deleteMany();
    await db.user.updateMany({ data: { role: 'viewer' } });
    const stays = await signedIn('admin');
    for (let round = 0; round < 20; round += 1) {
      const two = [await signedIn('admin'), await signedIn('admin')];
      const accounts = await Promise.all(two.map(({ person }) => findAccount(person.id)));
      await db.$executeRaw`UPDATE admin_kept SET user_id = ${two[round % 2]!.person.id}`;
      const done = await Promise.all(accounts.map((one) => changeRole(one!, 'viewer', FROM)));
      expect(done).toEqual(['done', 'done']);
      expect(await db.adminKept.findMany({ select: { userId: true } })).toEqual([
        { userId: stays.person.id },
      ]);
    }
  });

  test('who can come in: nobody who has left, at the same moment either, and nobody unconfirmed', async () => {
    const cost = { memoryKib: 1_024, passes: 1 };
    const typed = { name: 'Typed', email: 'typed@example.com', password: NEW, role: 'viewer' as const };
    const unconfirmed = await createAccount(typed, { isConfirmed: false, ip: '', cost });
    const admin = await signedIn('admin');
    const refused = await admin.post(`/people/${unconfirmed?.id}/role`, { role: 'admin' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('not confirmed')]);
    const account = (await findAccount(unconfirmed?.id ?? 0))!;
    expect(await changeRole(account, 'admin', FROM)).toBe('not confirmed');
    for (let round = 0; round < 5; round += 1) {
      const { person } = await signedIn('viewer');
      const theirs = (await findAccount(person.id))!;
      await Promise.allSettled([leave(theirs, true, FROM), changeRole(theirs, 'admin', FROM)]);
      const { role, leftAt } = await db.user.findUniqueOrThrow({ where: { id: person.id } });
      expect(role).toBe(leftAt ? 'viewer' : 'admin');
    }
  });

  test('two who do something to each other at the same moment wait for one another, and not for ever', async () => {
    // So that one remains.
    await signedIn('admin');
    const anAdmin = async () => (await findAccount((await signedIn('admin')).person.id))!;
    const by = ({ id: userId }: { id: number }) => ({ userId, address: '' });
    for (let round = 0; round < 8; round += 1) {
      const [one, other] = [await anAdmin(), await anAdmin()];
      await Promise.all([turnOff(one, by(other)), turnOff(other, by(one))]);
      const [first, second] = [(await findAccount(one.id))!, (await findAccount(other.id))!];
      await Promise.all([handOutReset(first, by(second)), handOutReset(second, by(first))]);
      const invited = { email: `round${round}@example.com`, role: 'viewer' as const };
      const invitation = (await findMailedLink('invitation', await invite(invited, by(first))))!;
      await db.$executeRaw`UPDATE admin_kept SET user_id = ${first.id}`;
      const [byOther, byOne] = await Promise.allSettled([
        changeRole(first, 'viewer', by(second)),
        changeRole(second, 'viewer', by(first)),
        acceptBy(invitation, 'Guest', 'hash', ''),
      ]);
      // As if one came first: the other is no admin then.
      const outcomes = [byOther, byOne].map((done) => (done.status === 'fulfilled' ? done.value : 'refused'));
      expect(outcomes.sort()).toEqual(['done', 'refused']);
    }
  });

  test('two who hold what the other handed out give it up at the same moment, and neither waits for ever', async () => {
    const anAdmin = async () => (await findAccount((await signedIn('admin')).person.id))!;
    const by = ({ id: userId }: { id: number }) => ({ userId, address: '' });
    const anew = { hash: 'hash', revokesAllElse: true };
    const [first, second] = [await anAdmin(), await anAdmin()];
    for (let round = 0; round < 20; round += 1) {
      const [one, other] = [(await findAccount(first.id))!, (await findAccount(second.id))!];
      await handOutReset(one, by(other));
      await handOutReset(other, by(one));
      await Promise.all([changePassword(one, anew, by(one)), changePassword(other, anew, by(other))]);
      expect(await db.mailedLink.count({ where: { userId: { in: [one.id, other.id] } } })).toBe(0);
    }
  });

  test('who signs their sessions out while their role changes does not hold that up', async (context) => {
    if (!process.env.TEST_DATABASE_URL) return context.skip('the embedded database has one connection');
    const { person } = await signedIn('editor');
    const isWaiting = async () => {
      const waiting = await db.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return waiting.length > 0;
    };
    const ended = await db.$transaction(async (tx) => {
      await tx.user.update({ where: { id: person.id }, data: { role: 'viewer' } });
      const ending = endOwnSessions(person, { allBut: '' }, { userId: person.id, address: '' });
      await vi.waitUntil(isWaiting, { timeout: 10_000 });
      await startGeneration(tx, person.id);
      return { ending };
    });
    expect(await ended.ending).toBe(false);
  });

  test('who ceased to be one at the same moment does not make themselves one again', async () => {
    const { person } = await signedIn('viewer');
    const again = changeRole((await findAccount(person.id))!, 'admin', { userId: person.id, address: '' });
    await expect(again).rejects.toThrow('You are no admin any more');
  });

  test('who is admin no more hands out nothing, at the same moment either', async () => {
    await signedIn('admin');
    for (let round = 0; round < 8; round += 1) {
      const account = (await findAccount((await signedIn('admin')).person.id))!;
      const somebody = (await findAccount((await signedIn('viewer')).person.id))!;
      const by = { userId: account.id, address: '' };
      const invitation = { email: `handed${round}@example.com`, role: 'admin' as const };
      const handOut = () => [invite(invitation, by), handOutReset(somebody, by)];
      await Promise.allSettled([changeRole(account, 'viewer', FROM), ...handOut()]);
      const refused = { reason: { status: 403, message: expect.stringContaining('no admin any more') } };
      expect(await Promise.allSettled(handOut())).toMatchObject([refused, refused]);
      expect(await db.mailedLink.count({ where: { createdById: account.id } })).toBe(0);
    }
  });

  test('of two who invite the same address at the same moment one is withdrawn by the other', async () => {
    const admins = [await signedIn('admin'), await signedIn('admin')];
    for (let round = 0; round < 8; round += 1) {
      const email = `wanted${round}@example.com`;
      const roles = ['viewer', 'editor'] as const;
      const by = admins.map(({ person }) => ({ userId: person.id, address: '' }));
      await Promise.all(roles.map((role, n) => invite({ email, role }, by[n]!)));
      expect(await db.mailedLink.count({ where: { email } })).toBe(1);
    }
  });

  test('and the database itself says so', async () => {
    await expect(db.user.updateMany({ data: { role: 'viewer' } })).rejects.toThrow(/admin_kept/);
    await expect(db.user.deleteMany()).rejects.toThrow(/admin_kept/);
  });
});

describe('invitations', () => {
  test('are sent and shown once, make an account with their role, and are used up', async () => {
    const admin = await signedIn('admin');
    const made = await admin.postAndSee('/invitations', { email: 'guest@example.com', role: 'editor' });
    const link = /https:\/\/parts\.example\.com(\/invitation\?token=[\w-]+)/.exec(made.text)?.[1] ?? '';
    expect(letters.at(-1)?.text).toContain(link);
    expect((await admin.get('/people')).text).not.toContain(link);
    const guest = await visitor();
    const page = await guest.get(link);
    expect(page.text).toContain('guest@example.com');
    const fields = {
      token: link.split('=')[1] ?? '',
      name: 'Guest',
      password: NEW,
      role: 'admin',
      email: 'x@y.zz',
    };
    expect((await guest.post('/invitation', fields)).status).toBe(303);
    expect((await guest.json('/account')).account).toMatchObject({
      email: 'guest@example.com',
      role: 'editor',
    });
    expect((await (await visitor()).get(link)).status).toBe(404);
  });

  test('leave those of other addresses alone: _ is a letter like any other', async () => {
    const admin = await signedIn('admin');
    for (const email of ['adax1@example.com', 'ada_1@example.com', 'ADA_1@example.com']) {
      await admin.post('/invitations', { email, role: 'viewer' });
    }
    const { invitations } = await admin.json('/people');
    const invited = invitations
      .map(({ email }: { email: string }) => email)
      .filter((email: string) => /^ada/i.test(email));
    expect(invited).toEqual(['ADA_1@example.com', 'adax1@example.com']);
  });

  test('taken up and taken back at the same moment: one of the two is done', async () => {
    const by = { userId: (await signedIn('admin')).person.id, address: '' };
    for (let round = 0; round < 10; round += 1) {
      const email = `either${round}@example.com`;
      const link = (await findMailedLink(
        'invitation',
        await aLink('invitation', { email, role: 'viewer' }),
      ))!;
      const done = await Promise.all([acceptBy(link, 'Guest', 'hash', ''), withdrawInvitation(link.id, by)]);
      expect(done.filter(Boolean)).toHaveLength(1);
    }
  });

  test('can be taken back', async () => {
    const admin = await signedIn('admin');
    const made = await admin.postAndSee('/invitations', { email: 'late@example.com', role: 'viewer' });
    const link = /https:\/\/parts\.example\.com(\S+?)<\/code>/.exec(made.text)?.[1] ?? '';
    const { invitations } = await admin.json('/people');
    expect((await admin.post('/invitations/withdrawal', { id: 'a\0b' })).status).toBe(404);
    await admin.post('/invitations/withdrawal', { id: invitations[0].id });
    expect((await (await visitor()).get(link)).status).toBe(404);
  });

  test('without one nobody makes an account', async () => {
    const somebody = await visitor();
    expect((await somebody.get('/sign-up')).status).toBe(403);
    expect(
      (await somebody.post('/sign-up', { name: 'x', email: 'x@example.com', password: NEW })).status,
    ).toBe(403);
  });
});

describe('one’s own account', () => {
  test('a new name is everywhere at once', async () => {
    const editor = await signedIn('editor');
    await editor.post('/account/name', { name: 'Grace' });
    expect((await editor.get('/')).text).toContain('Grace');
  });

  test('a new password asks for the old one, signs all others out, and gives this browser a new session', async () => {
    const { person, ...here } = await signedIn('editor');
    const elsewhere = await visitor();
    await elsewhere.signIn(person.email);
    const fields = { current: 'not it, surely', password: NEW };
    expect((await here.post('/account/password', fields)).text).toContain('not your password');
    const before = (await db.session.findMany({ where: { userId: person.id } })).map(({ id }) => id);
    await here.post('/account/password', { ...fields, current: 'correct horse battery' });
    expect((await elsewhere.get('/systems')).status).toBe(303);
    expect((await here.get('/systems')).status).toBe(200);
    const after = await db.session.findMany({ where: { userId: person.id } });
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]?.id);
  });

  test('a new password takes tokens, passkeys, linked providers and invitations along where somebody else may have known the old one', async () => {
    const { person, ...here } = await signedIn('admin');
    const program = await aProgram(person);
    const left = async () => {
      const theirs = { where: { userId: person.id } };
      return [
        await db.passkey.count(theirs),
        await db.identity.count(theirs),
        await db.mailedLink.count({ where: { createdById: person.id } }),
        (await program.get('/plans')).status,
      ];
    };
    await invite({ email: 'theirs@example.com', role: 'admin' }, { userId: person.id, address: '' });
    const key = { id: 'key', publicKey: Buffer.from('key'), counter: 0n, name: 'Phone' };
    await db.passkey.create({ data: { ...key, userId: person.id } });
    await db.identity.create({
      data: { userId: person.id, provider: 'https://id.example.com', subject: '1' },
    });
    await here.post('/account/password', { current: PASSWORD, password: NEW });
    expect(await left()).toEqual([1, 1, 1, 200]);
    await here.get('/account/password');
    await here.post('/account/password', { current: NEW, password: `${NEW} again`, all: 'on' });
    expect(await left()).toEqual([0, 0, 0, 401]);
    const last = await db.change.findFirst({ where: { userId: person.id }, orderBy: { id: 'desc' } });
    expect(last?.after).toEqual({
      password: 'a new one',
      tokensPasskeysAndProviders: 'taken away',
      invitations: 'taken back',
    });
  });

  test('sessions are listed and ended: one, or all others, and nobody else’s', async () => {
    const { person, ...here } = await signedIn('viewer');
    const [second, third] = [await visitor(), await visitor()];
    await second.signIn(person.email);
    await third.signIn(person.email);
    const other = await signedIn('viewer');
    const rows: { id: string; isThis: boolean }[] = (await here.json('/account/sessions')).rows;
    expect(rows.map(({ isThis }) => isThis).sort()).toEqual([false, false, true]);
    const foreign = (await other.json('/account/sessions')).rows[0].id;
    expect((await here.post('/account/sessions', { id: foreign })).status).toBe(404);
    await here.post('/account/sessions', { id: rows.find(({ isThis }) => !isThis)?.id ?? '' });
    expect((await here.json('/account/sessions')).rows).toHaveLength(2);
    await here.post('/account/sessions', { id: 'others' });
    expect((await second.get('/systems')).status).toBe(303);
    expect((await third.get('/systems')).status).toBe(303);
    expect((await other.get('/systems')).status).toBe(200);
    expect((await here.get('/systems')).status).toBe(200);
  });

  test('deleted without the name leaves none in the trail: not by an earlier address, nor by what comes too late', async () => {
    const { person } = await signedIn('viewer');
    await db.change.create({
      data: { action: 'invited', noun: 'people', recordId: 0, label: 'earlier@example.com' },
    });
    const before = { email: 'Earlier@example.com' };
    await db.change.create({
      data: { action: 'changed', noun: 'people', recordId: person.id, label: person.name, before },
    });
    const { id } = await db.change.create({
      data: {
        action: 'changed',
        noun: 'people',
        recordId: person.id,
        label: person.name,
        after: { secondFactor: 'off', token: person.name },
      },
    });
    const account = (await findAccount(person.id))!;
    await leave(account, false, { userId: person.id, address: '' });
    // What was done stays.
    const kept = await db.change.findUniqueOrThrow({ where: { id } });
    expect(kept).toMatchObject({ label: 'Somebody who left', after: { secondFactor: 'off' } });
    await expect(changeName(account, 'Real Name', FROM)).rejects.toThrow('changed at this very moment');
    // What was on its way at that moment.
    await note(FROM, 'failed to sign in', person, { by: 'passkey' });
    await sweep(new Date(), { idleHours: 12, maxHours: 24, keptDays: 30 });
    const trail = JSON.stringify(await db.change.findMany({ orderBy: { id: 'desc' }, take: 10 }));
    for (const said of ['earlier@example.com', 'Earlier@example.com', person.name, 'Real Name'])
      expect(trail).not.toContain(said);
  });

  test('deleted, it signs in nobody, and what was written stays, with or without the name', async () => {
    for (const nameless of [false, true]) {
      const { person, ...editor } = await signedIn('editor');
      await editor.post('/systems', { name: `By ${person.id}`, lifecycle: 'production' });
      const was = `Marlene ${nameless}`;
      await editor.post('/account/name', { name: was });
      await db.change.create({
        data: { action: 'invited', noun: 'people', recordId: 0, label: person.email.toUpperCase() },
      });
      const kept = { password: 'correct horse battery', ...(nameless && { nameless: 'on' }) };
      expect((await editor.post('/account/deletion', kept)).headers.location).toBe('/');
      await expect
        .poll(() => letters.at(-1))
        .toMatchObject({ to: person.email, text: expect.stringContaining('just deleted') });
      expect((await editor.get('/systems')).status).toBe(303);
      expect((await (await visitor()).signIn(person.email)).status).toBe(422);
      const rest = await db.user.findUniqueOrThrow({ where: { id: person.id } });
      expect(rest.name).toBe(nameless ? 'Somebody who left' : was);
      expect(JSON.stringify(rest)).not.toContain(person.email);
      expect(await db.change.count({ where: { userId: person.id, noun: 'systems' } })).toBe(1);
      const trail = JSON.stringify(
        await db.change.findMany({ where: { recordId: { in: [0, person.id] }, noun: 'people' } }),
      );
      expect(trail.includes(person.name)).toBe(!nameless);
      expect(trail.includes(was)).toBe(!nameless);
      expect(trail.toLowerCase().includes(person.email)).toBe(!nameless);
    }
  });
});

test('visitors read everything but people where the settings say so', async () => {
  const admin = await signedIn('admin');
  const reader = await visitor();
  expect((await reader.get('/systems')).status).toBe(303);
  const { app } = await import('./support/app.js');
  app.set('public read', true);
  const home = await reader.get('/');
  expect(home.text).not.toContain(admin.person.name);
  for (const path of ['/systems', '/plans', '/machine-types', '/schemas/plan.json']) {
    expect({ path, status: (await reader.get(path)).status }).toEqual({ path, status: 200 });
  }
  for (const path of ['/people', '/deletions', '/account', '/systems/new', '/imports/new']) {
    expect({ path, status: (await reader.get(path)).status }).toEqual({ path, status: 303 });
  }
  expect((await reader.post('/systems', { name: 'x' })).status).toBe(403);
  app.set('public read', false);
});
