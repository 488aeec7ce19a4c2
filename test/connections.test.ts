import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { signedIn, useApp } from './support/app.js';
import { aPlan } from './support/factories.js';

useApp();

const three = { parts: { web: {}, api: {}, db: {} } };

describe('connections', () => {
  test('an editor draws a connection and sees it', async () => {
    const editor = await signedIn('editor');
    const { address, plan, parts } = await aPlan(editor.person, three);
    const form = await editor.get(`${address}/connections/new?from=api`);
    expect(form.text).toMatch(/<select id="from"[\s\S]*<option value="api" selected>api/);
    const created = await editor.post(`${address}/connections`, { from: 'web', to: 'api', strength: 'soft' });
    expect(created.status).toBe(303);
    expect(created.headers.location).toMatch(/^\/connections\/\d+-web-api$/);
    const { connection } = await editor.json(created.headers.location ?? '');
    expect(connection).toMatchObject({
      name: 'web → api',
      from: { id: parts.web, name: 'web' },
      to: { id: parts.api, name: 'api' },
      strength: 'soft',
      origin: 'drawn',
      plan: { id: plan.id },
    });
    expect((await editor.get(created.headers.location ?? '')).text).toContain('drawn by hand');
  });

  test('a wrong name, a part calling itself and a second connection are each told at their field', async () => {
    const editor = await signedIn('editor');
    const { address, connections } = await aPlan(editor.person, {
      ...three,
      connections: [
        ['web', 'api'],
        ['api', 'db'],
      ],
    });
    const post = (from: string, to: string) =>
      editor.post(`${address}/connections`, { from, to, strength: 'hard' });
    const unknown = await post('wbe', 'dbb');
    expect(unknown.status).toBe(422);
    expect(unknown.text).toContain('No part of this plan is called “wbe”.');
    expect(unknown.text).toContain('No part of this plan is called “dbb”.');
    expect((await post('web', 'web')).text).toContain('A part cannot call itself');
    expect((await post('web', 'api')).text).toContain('These two are connected already');
    expect((await post('', 'api')).text).toContain('The part that calls cannot be empty.');
    const turned = { from: 'api', to: 'db', strength: 'hard', version: 1 };
    const moved = await editor.post(`/connections/${connections[0]}`, turned);
    expect(moved.status).toBe(422);
    expect(moved.text).toContain('These two are connected already');
  });

  test('parts of another plan are unknown here', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person, three);
    const other = await aPlan(editor.person, { parts: { stranger: {} } });
    const answer = await editor.post(`${address}/connections`, {
      from: 'web',
      to: 'stranger',
      strength: 'hard',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('No part of this plan is called “stranger”.');
    expect(answer.text).toContain('<option value="web" selected>');
    expect((await editor.json(`${other.address}/connections`)).rows).toEqual([]);
  });

  test('the database itself takes no connection and no entry into another plan', async () => {
    const { person } = await signedIn('editor');
    const { plan, parts, entries } = await aPlan(person, { ...three, entries: { browse: ['web'] } });
    const other = await aPlan(person, { parts: { stranger: {} } });
    const ends = { fromPartId: parts.web!, toPartId: other.parts.stranger! };
    const place = { entryId: entries.browse!, partId: other.parts.stranger! };
    for (const planId of [plan.id, other.plan.id]) {
      const refused = { code: 'P2003' };
      await expect(db.connection.create({ data: { planId, ...ends } })).rejects.toMatchObject(refused);
      await expect(db.entryPart.create({ data: { planId, ...place } })).rejects.toMatchObject(refused);
    }
  });

  test('a strength set by hand is noted, and between other parts the connection is drawn', async () => {
    const editor = await signedIn('editor');
    const { connections, plan } = await aPlan(editor.person, { ...three, connections: [['web', 'api']] });
    const address = `/connections/${connections[0]}`;
    await db.connection.update({
      where: { id: connections[0] },
      data: { origin: 'guessed', evidence: 'env API_URL' },
    });
    const { revision } = await db.plan.findUniqueOrThrow({ where: { id: plan.id } });
    await editor.post(address, { from: 'web', to: 'api', strength: 'soft', version: 1 });
    expect((await editor.json(address)).connection).toMatchObject({
      strength: 'soft',
      origin: 'guessed',
      evidence: 'env API_URL',
      setByHand: ['strength'],
    });
    expect((await db.plan.findUniqueOrThrow({ where: { id: plan.id } })).revision).toBe(revision + 1);
    await editor.post(address, { from: 'web', to: 'db', strength: 'soft', version: 2 });
    expect((await editor.json(address)).connection).toMatchObject({
      to: { name: 'db' },
      origin: 'drawn',
      evidence: '',
    });
  });

  test('of two people editing at once the second is told and sees both', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const { connections } = await aPlan(ada.person, { ...three, connections: [['web', 'api']] });
    const address = `/connections/${connections[0]}`;
    await ada.post(address, { from: 'web', to: 'db', strength: 'soft', version: 1 });
    const late = await ben.post(address, { from: 'api', to: 'web', strength: 'hard', version: 1 });
    expect(late.status).toBe(409);
    for (const theirs of ['web', 'db', 'soft'])
      expect(late.text).toContain(`Saved by ${ada.person.name}: <q>${theirs}</q>`);
    expect(late.text).toContain('name="version" value="2"');
    expect(late.text).toContain('<option value="api" selected>');
  });

  test('a viewer cannot draw, change or delete connections', async () => {
    const { person } = await signedIn('editor');
    const { address, connections } = await aPlan(person, { ...three, connections: [['web', 'api']] });
    const viewer = await signedIn('viewer');
    expect((await viewer.get(`/connections/${connections[0]}`)).status).toBe(200);
    const fields = { from: 'web', to: 'db', strength: 'hard' };
    expect((await viewer.post(`${address}/connections`, fields)).status).toBe(403);
    expect((await viewer.post(`/connections/${connections[0]}`, fields)).status).toBe(403);
    expect((await viewer.post(`/connections/${connections[0]}/deletion`)).status).toBe(403);
  });

  test('deleting asks first, one click brings it back, unless the two are connected anew', async () => {
    const editor = await signedIn('editor');
    const { address, connections } = await aPlan(editor.person, { ...three, connections: [['web', 'api']] });
    const path = `/connections/${connections[0]}`;
    expect((await editor.get(`${path}/deletion`)).text).toContain('Delete web → api?');
    expect((await editor.post(`${path}/deletion`)).headers.location).toBe(address);
    expect((await editor.get(path)).status).toBe(404);
    expect((await editor.post(`${path}/restoration`)).headers.location).toBe(`${path}-web-api`);
    await editor.post(`${path}/deletion`);
    await editor.post(`${address}/connections`, { from: 'web', to: 'api', strength: 'hard' });
    expect((await editor.post(`${path}/restoration`)).headers.location).toBe('/deletions');
    expect((await editor.get('/deletions')).text).toContain('connected anew since');
  });

  test('of many parts the names are typed', async () => {
    const editor = await signedIn('editor');
    const { address, plan } = await aPlan(editor.person, three);
    await db.part.createMany({
      data: Array.from({ length: 300 }, (_, i) => ({ planId: plan.id, name: `many-${i}`, kind: 'service' })),
    });
    const form = await editor.get(`${address}/connections/new`);
    expect(form.text).toMatch(/<input id="from" name="from"/);
    const fields = { from: 'many-7', to: 'db', strength: 'hard' };
    expect((await editor.post(`${address}/connections`, fields)).status).toBe(303);
  });

  test('the list searches, filters, sorts, pages both ways and exports', async () => {
    const editor = await signedIn('editor');
    const names = Array.from({ length: 30 }, (_, i) => `part-${String(i).padStart(2, '0')}`);
    const { address } = await aPlan(editor.person, {
      parts: Object.fromEntries(['hub', ...names].map((name) => [name, {}])),
      connections: names.map((name, i) => [name, 'hub', i % 2 ? 'soft' : 'hard']),
    });
    const froms = (body: { rows: { from: string }[] }) => body.rows.map((row) => row.from);
    const first = await editor.json(`${address}/connections`);
    expect(froms(first)).toEqual(names.slice(0, 25));
    const second = await editor.json(first.links.next);
    expect(froms(second)).toEqual(names.slice(25));
    expect(froms(await editor.json(second.links.previous))).toEqual(names.slice(0, 25));
    expect(froms(await editor.json(`${address}/connections?strength=soft`))).toHaveLength(15);
    expect(froms(await editor.json(`${address}/connections?q=T-07`))).toEqual(['part-07']);
    expect(froms(await editor.json(`${address}/connections?part=part-03`))).toEqual(['part-03']);
    expect(froms(await editor.json(`${address}/connections?origin=stated`))).toEqual([]);
    const down = await editor.json(`${address}/connections?sort=-to`);
    expect(froms(await editor.json(down.links.next))).toHaveLength(5);
    const csv = await editor.get(`${address}/connections?format=csv`);
    expect(csv.text.split('\r\n')[0]).toBe('id,from,to,strength,origin,evidence,updated');
    expect(csv.text.trim().split('\r\n')).toHaveLength(31);
    expect((await editor.get(`${address}/connections`)).text).toContain('drawn by hand');
  });
});
