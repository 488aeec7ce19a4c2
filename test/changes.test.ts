import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { app, signedIn, useApp } from './support/app.js';
import { aPlan, partFields } from './support/factories.js';
import { aProgram } from './support/program.js';

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
    expect((await admin.get(`/changes/${rows[0]?.id}`)).text).toContain('<strong>7</strong>');
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
    expect(await rowsOf('until=2020-02-31&noun=plans&q=Plan+7')).toHaveLength(1);
    expect(await rowsOf(`who=${encodeURIComponent(person.name)}&until=2020-12-31`)).toHaveLength(25);
    expect((await admin.get('/changes?from=0000-01-01')).status).toBe(200);
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
});
