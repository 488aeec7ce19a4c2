import supertest from 'supertest';
import { describe, expect, test, vi } from 'vitest';
import { createApp } from '../src/app.js';
import { db } from '../src/db/client.js';
import type { Log } from '../src/log.js';
import type { Mail } from '../src/web/mail.js';
import { app, signedIn, useApp, visitor } from './support/app.js';
import { aPlan, partFields } from './support/factories.js';
import { aLink } from './support/links.js';
import { aProgram } from './support/program.js';
import { turnOnSecondFactor } from './support/second-factor.js';

useApp();

type Row = { id: number; who: string | null; action: string; noun: string; label: string; address: string };

describe('the trail', () => {
  test('says of every write who, from where, and by which token', async () => {
    const { person, ...editor } = await signedIn('editor');
    await editor.post('/systems', { name: 'By hand', lifecycle: 'production' });
    const { text } = await aProgram(person, 'write');
    await supertest(app)
      .post('/systems')
      .set('Authorization', `Bearer ${text}`)
      .send({ name: 'By a program', lifecycle: 'production' })
      .expect(201);
    const lines = await db.change.findMany({
      where: { noun: 'systems', userId: person.id },
      orderBy: { id: 'asc' },
    });
    expect(lines.map(({ label, address, token }) => ({ label, address, token }))).toEqual([
      { label: 'By hand', address: expect.stringMatching(/127\.0\.0\.1|::1/), token: '' },
      {
        label: 'By a program',
        address: expect.stringMatching(/127\.0\.0\.1|::1/),
        token: expect.any(String),
      },
    ]);
    expect(lines[1]?.token).not.toBe('');
    expect(JSON.stringify(lines)).not.toContain(text);
  });

  test('shows what stood before and after', async () => {
    const { person, ...admin } = await signedIn('admin');
    const { parts } = await aPlan(person, { parts: { web: {} } });
    await admin.post(`/parts/${parts.web}`, { ...partFields('web'), replicas: '7', version: 1 });
    const { rows }: { rows: Row[] } = await admin.json('/changes?noun=parts&action=updated');
    expect(rows[0]).toMatchObject({ who: person.name, label: 'web' });
    const { change } = await admin.json(`/changes/${rows[0]?.id}`);
    expect(change.after.replicas).toBe(7);
    const { text } = await admin.get(`/changes/${rows[0]?.id}`);
    // What stayed as it was is no change, and does not look like one.
    const changed = [...text.matchAll(/<th scope="row">(.+?)<\/th><td>(.*?)<\/td><td>(.*?)<\/td>/g)];
    expect(changed.map(([, ...field]) => field)).toEqual([['replicas', '1', '7']]);
    // All of this part, by whatever name, and of no other "web".
    const all = /href="(\/changes\?noun=parts[^"]+)"/.exec(text)?.[1]?.replace('&amp;', '&') ?? '';
    const ofIt: Row[] = (await admin.json(all)).rows;
    expect(ofIt.length).toBeGreaterThan(0);
    for (const row of ofIt) expect(row).toMatchObject({ noun: 'parts', recordId: parts.web });
    for (const none of ['none', '-1', '1e3', '99999999999'])
      expect((await admin.get(`/changes?noun=parts&record=${none}`)).status).toBe(422);
  });

  test('is filtered by what, who and day, pages and exports', async () => {
    const { person, ...admin } = await signedIn('admin');
    await db.change.createMany({
      data: Array.from({ length: 60 }, (_, n) => ({
        action: 'updated',
        noun: 'plans',
        recordId: n,
        label: `Plan ${n}`,
        at: new Date(Date.UTC(2020, 0, 1 + n)),
        userId: person.id,
      })),
    });
    const rowsOf = async (query: string): Promise<Row[]> => (await admin.json(`/changes?${query}`)).rows;
    expect(await rowsOf('from=2020-01-05&until=2020-01-07')).toHaveLength(3);
    expect(await rowsOf('until=2020-02-29&noun=plans&q=Plan+7')).toHaveLength(1);
    expect(await rowsOf(`who=${encodeURIComponent(person.name)}&until=2020-12-31`)).toHaveLength(25);
    for (const day of ['0000-01-01', '2020-02-31', '31.1.2020']) {
      const refused = await admin.get(`/changes?from=${day}`);
      expect([refused.status, refused.text]).toEqual([
        422,
        expect.stringContaining('Write days like 2026-01-31'),
      ]);
    }
    const first = await admin.json('/changes?until=2020-12-31');
    const second = await admin.json(first.links.next);
    const ids = [...first.rows, ...second.rows].map(({ id }: Row) => id);
    expect(new Set(ids).size).toBe(50);
    const csv = await admin.get('/changes?until=2020-12-31&format=csv');
    expect(csv.text.trim().split('\n')).toHaveLength(61);
  });

  test('is for admins', async () => {
    for (const role of ['viewer', 'editor'] as const) {
      expect((await (await signedIn(role)).get('/changes')).status).toBe(403);
    }
  });

  test('holds no secret of anything that people do, nor does the log', async () => {
    const lines: unknown[] = [];
    const keep = (...given: unknown[]) => void lines.push(given);
    const log = { info: keep, warn: keep, error: keep } as unknown as Log;
    const mail: Mail = { isOn: true, send: async (_to, letter) => void sent.push(letter.text) };
    const sent: string[] = [];
    const logged = createApp({ ...app.get('auth'), log, mail });

    const secrets = [
      'the first long password',
      'the second long password',
      'the third long password',
      'not a password',
    ];
    const [first, second, third, wrong] = secrets as [string, string, string, string];
    const invitation = await aLink('invitation', { email: 'guest@example.com', role: 'admin' });
    const guest = await visitor(logged);
    const go = async (path: string, fields: Record<string, string | number>) => {
      const answer = await guest.post(path, fields);
      // The next form is one of the session that there is now.
      await guest.get('/account');
      await guest.get('/sign-in');
      return answer;
    };
    await go('/invitation', { token: invitation, name: 'Guest', password: first });
    const account = await db.user.findFirstOrThrow({ where: { email: 'guest@example.com' } });
    await go('/account/password', { current: wrong, password: second });
    await go('/account/password', { current: first, password: second });
    const { secret, codes } = await turnOnSecondFactor(guest, second);
    const token = await guest.postAndSee('/account/tokens', {
      name: 'ci',
      scope: 'write',
      days: 9,
      password: second,
    });
    const text = /mp_[\w-]+/.exec(token.text)?.[0] ?? '';
    await supertest(logged).get('/systems').set('Authorization', `Bearer ${text}`).expect(200);
    await go('/account/address', { email: 'elsewhere@example.com', password: second });
    await vi.waitUntil(() => sent.length > 0);
    const confirmation = /token=([\w-]+)/.exec(sent.join())?.[1] ?? '';
    await guest.get(`/confirmation?token=${confirmation}`);
    await go('/confirmation', { token: confirmation });
    await go('/sign-out', {});
    await go('/sign-in', { email: 'elsewhere@example.com', password: wrong });
    await go('/sign-in', { email: second, password: second });
    await go('/sign-in', { email: 'elsewhere@example.com', password: second });
    await go('/sign-in/code', { code: codes[0] ?? '' });
    await go('/imports', {
      text: `services: { db: { image: "postgres", environment: { POSTGRES_PASSWORD: "${third}" } } }`,
    });
    const everyone = { domain: '127.0.0.1', path: '/', secure: false, script: false };
    const cookies = guest.agent.jar.getCookies(everyone as never).map(({ value }) => value);
    const reset = await aLink('reset', { userId: account.id });
    await guest.get(`/password-reset?token=${reset}`);
    await go('/password-reset', { token: reset, password: third });

    const used = [...secrets, invitation, secret, text, confirmation, reset, ...codes, ...cookies];
    for (const one of used) expect(one.length, one).toBeGreaterThan(9);
    const trail = JSON.stringify(await db.change.findMany());
    const theirs = await db.change.findMany({ where: { userId: account.id } });
    expect(theirs.length).toBeGreaterThan(5);
    expect(theirs.filter(({ address }) => address === '')).toEqual([]);
    expect(lines.length).toBeGreaterThan(15);
    const kept = trail + JSON.stringify(lines);
    expect(used.filter((one) => kept.includes(one))).toEqual([]);
    const hashes = await db.user.findMany({ select: { passwordHash: true, totpSecret: true } });
    for (const one of hashes.flatMap((row) => Object.values(row))) if (one) expect(kept).not.toContain(one);
  });
});
