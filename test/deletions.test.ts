import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { signedIn, useApp } from './support/app.js';
import { aPlan } from './support/factories.js';

useApp();

type Row = {
  noun: string;
  id: number;
  name: string;
  by: string | null;
  action: string | null;
  system: { name: string; deleted: boolean } | null;
  plan: { name: string; deleted: boolean } | null;
  restoreFirst: { noun: string; id: number; name: string } | null;
};

describe('deletions', () => {
  test('everything deleted is listed, the latest first, with what it was in and who deleted it', async () => {
    const editor = await signedIn('admin');
    const viewer = await signedIn('viewer');
    const { address, plan, system, parts, connections, entries } = await aPlan(editor.person, {
      parts: { web: {}, api: {} },
      connections: [['web', 'api']],
      entries: { browse: ['web'] },
    });
    const cost = (await editor.post(`${address}/extra-costs`, { label: 'Disks' })).headers.location ?? '';
    const type = { name: 'gone server', cpuMillicores: '1', memoryMib: '1 GiB', reserve: 'none' };
    const machineType = (await editor.post('/machine-types', type)).headers.location ?? '';
    const paths = [
      machineType,
      cost,
      `/entries/${entries.browse}`,
      `/connections/${connections[0]}`,
      `/parts/${parts.api}`,
      address,
      `/systems/${system.id}`,
    ];
    for (const path of paths) expect((await editor.post(`${path}/deletion`)).status).toBe(303);
    const { rows } = (await viewer.json('/deletions')) as { rows: Row[] };
    expect(rows.map((row) => [row.noun, row.name])).toEqual([
      ['systems', system.name],
      ['plans', plan.name],
      ['parts', 'api'],
      ['connections', 'web → api'],
      ['entries', 'browse'],
      ['extra-costs', 'Disks'],
      ['machine-types', 'gone server'],
    ]);
    for (const row of rows) expect([row.by, row.action]).toEqual([editor.person.name, 'deleted']);
    const part = rows.find((row) => row.noun === 'parts');
    expect(part).toMatchObject({
      system: { name: system.name, deleted: true },
      plan: { name: plan.name, deleted: true },
    });

    const page = (await viewer.get('/deletions')).text;
    expect(page).toContain('nothing is ever purged');
    expect(page).toContain(`${plan.name} (deleted)`);
    expect(page).not.toContain('/restoration"');
    const only = (await viewer.json('/deletions?noun=entries')) as { rows: Row[] };
    expect(only.rows.map((row) => row.name)).toEqual(['browse']);
    const sought = (await viewer.json('/deletions?q=WEB')) as { rows: Row[] };
    expect(sought.rows.map((row) => row.noun)).toEqual(['connections']);
    expect((await viewer.get('/deletions?q=no-such-thing')).text).toContain('Nothing deleted matches.');
    expect((await viewer.json('/deletions?noun=users')).rows).toEqual([]);
    const csv = await viewer.get('/deletions?format=csv');
    expect(csv.text.trim().split('\r\n')).toHaveLength(8);
  });

  test('done or undone four times at the same moment is one line in the trail', async () => {
    const editor = await signedIn('admin');
    const made = await aPlan(editor.person, {
      parts: { web: {}, api: {} },
      connections: [['web', 'api']],
      entries: { browse: ['web'] },
    });
    const cost =
      (await editor.post(`${made.address}/extra-costs`, { label: 'Disks' })).headers.location ?? '';
    const type = { name: 'four times', cpuMillicores: '1', memoryMib: '1 GiB', reserve: 'none' };
    const machineType = (await editor.post('/machine-types', type)).headers.location ?? '';
    const { connections, entries, parts, plan, system } = made;
    const records = [
      `/connections/${connections[0]}`,
      `/entries/${entries.browse}`,
      `/parts/${parts.web}`,
      cost,
      `/plans/${plan.id}`,
      `/systems/${system.id}`,
      machineType,
    ];
    const restored: string[] = [];
    const fourTimes = async (address: string) => {
      const before = await db.change.count();
      await Promise.all([1, 2, 3, 4].map(() => editor.post(address, {})));
      expect({ address, lines: (await db.change.count()) - before }).toEqual({ address, lines: 1 });
    };
    for (const record of records) {
      await fourTimes(`${record}/deletion`);
      restored.unshift(`${record.replace(/(\d+).*/, '$1')}/restoration`);
    }
    for (const address of restored) await fourTimes(address);
  });

  test('what stood in something deleted says what to restore first, step by step', async () => {
    const editor = await signedIn('editor');
    const { address, plan, system, parts, connections } = await aPlan(editor.person, {
      parts: { nestedweb: {}, nestedapi: {} },
      connections: [['nestedweb', 'nestedapi']],
    });
    const path = `/connections/${connections[0]}`;
    for (const one of [path, `/parts/${parts.nestedapi}`, address, `/systems/${system.id}`])
      await editor.post(`${one}/deletion`);
    const first = async () => {
      const { rows } = (await editor.json('/deletions?noun=connections&q=nestedapi')) as { rows: Row[] };
      return rows[0]?.restoreFirst;
    };
    expect(await first()).toEqual({ noun: 'systems', id: system.id, name: system.name });
    expect((await editor.post(`${path}/restoration`)).status).toBe(404);
    const page = (await editor.get('/deletions?q=nestedapi')).text;
    expect(page).toContain('Restore the system first:');
    expect(page).toContain(`action="/systems/${system.id}/restoration"`);
    await editor.post(`/systems/${system.id}/restoration`);
    expect(await first()).toEqual({ noun: 'plans', id: plan.id, name: plan.name });
    await editor.post(`/plans/${plan.id}/restoration`);
    expect(await first()).toEqual({ noun: 'parts', id: parts.nestedapi, name: 'nestedapi' });
    expect((await editor.post(`${path}/restoration`)).status).toBe(404);
    await editor.post(`/parts/${parts.nestedapi}/restoration`);
    expect(await first()).toBeNull();
    expect((await editor.get('/deletions?q=nestedapi')).text).toContain(`action="${path}/restoration"`);
    expect((await editor.post(`${path}/restoration`)).headers.location).toBe(`${path}-nestedweb-nestedapi`);
    expect(await first()).toBeUndefined();
  });

  test('what an import removed is told apart from what people deleted', async () => {
    const editor = await signedIn('editor');
    const { plan, parts } = await aPlan(editor.person, { parts: { dropped: {} } });
    await db.part.update({ where: { id: parts.dropped }, data: { deletedAt: new Date() } });
    await db.change.create({
      data: {
        userId: editor.person.id,
        action: 'imported',
        noun: 'plans',
        recordId: plan.id,
        label: plan.name,
      },
    });
    const { rows } = (await editor.json('/deletions?q=dropped')) as { rows: Row[] };
    expect(rows[0]).toMatchObject({ by: editor.person.name, action: 'imported', restoreFirst: null });
    expect((await editor.get('/deletions?q=dropped')).text).toContain(`an import by ${editor.person.name}`);
  });

  test('the list pages both ways and skips nothing of what went in one moment', async () => {
    const editor = await signedIn('editor');
    const { plan } = await aPlan(editor.person);
    const deletedAt = new Date();
    const rows = Array.from({ length: 20 }, (_, i) => ({ planId: plan.id, name: `paged ${i}`, deletedAt }));
    await db.part.createMany({ data: rows.map((row) => ({ ...row, kind: 'service' })) });
    await db.entry.createMany({ data: rows });
    const keys = (body: { rows: Row[] }) => body.rows.map((row) => `${row.noun} ${row.id}`);
    const first = await editor.json('/deletions?q=paged');
    const second = await editor.json(first.links.next);
    expect(keys(first)).toHaveLength(25);
    expect(new Set([...keys(first), ...keys(second)]).size).toBe(40);
    expect(second.links.next).toBeNull();
    expect(keys(await editor.json(second.links.previous))).toEqual(keys(first));
  });
});
