import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { signedIn, useApp } from './support/app.js';
import { aPlan } from './support/factories.js';

useApp();

const three = { parts: { web: {}, api: {}, db: {} } };
const names = (entry: { parts: { name: string }[] }) => entry.parts.map((part) => part.name);

describe('entries', () => {
  test('an editor ticks the parts an entry calls first and sees it', async () => {
    const editor = await signedIn('editor');
    const { address, parts } = await aPlan(editor.person, three);
    const form = await editor.get(`${address}/entries/new`);
    expect(form.text.match(/type="checkbox" name="parts"/g)).toHaveLength(3);
    const created = await editor.agent
      .post(`${address}/entries`)
      .type('form')
      .send(`_csrf=${editor.token()}&name=browse&parts=web&parts=api`);
    expect(created.status).toBe(303);
    expect(created.headers.location).toMatch(/^\/entries\/\d+-browse$/);
    const { entry } = await editor.json(created.headers.location ?? '');
    expect(entry).toMatchObject({ name: 'browse', fromFile: false });
    expect(names(entry)).toEqual(['api', 'web']);
    expect((await editor.get(created.headers.location ?? '')).text).toContain(
      `href="/parts/${parts.web}-web"`,
    );
    const edited = await editor.get(`${created.headers.location}/edit`);
    expect(edited.text.match(/name="parts" value="\w+" checked/g)).toHaveLength(2);
  });

  test('an entry needs a name of its own and at least one part, all of them known', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person, { ...three, entries: { browse: ['web'] } });
    await aPlan(editor.person, { parts: { stranger: {} } });
    const nothing = await editor.post(`${address}/entries`, { name: '' });
    expect(nothing.status).toBe(422);
    expect(nothing.text).toContain('Name cannot be empty.');
    expect(nothing.text).toContain('An entry calls at least one part first.');
    const unknown = await editor.post(`${address}/entries`, { name: 'buy', parts: 'web\nstranger\nnobody' });
    expect(unknown.status).toBe(422);
    expect(unknown.text).toContain('No part of this plan is called: stranger, nobody.');
    expect(unknown.text).toContain('name="parts" value="web" checked');
    const unwritable = await editor.post(`${address}/entries`, { name: 'buy', parts: 'we\0b\nno\0body' });
    expect(unwritable.text).toContain('No part of this plan is called: nobody.');
    const taken = await editor.post(`${address}/entries`, { name: 'browse', parts: 'api' });
    expect(taken.text).toContain('Another entry of this plan has this name.');
  });

  test('changing an entry counts the plan anew and makes it a person’s own', async () => {
    const editor = await signedIn('editor');
    const { entries, plan } = await aPlan(editor.person, { ...three, entries: { browse: ['web', 'api'] } });
    await db.entry.update({ where: { id: entries.browse }, data: { fromFile: true } });
    const { revision } = await db.plan.findUniqueOrThrow({ where: { id: plan.id } });
    const fields = { name: 'look', parts: 'api\r\ndb', version: 1 };
    expect((await editor.post(`/entries/${entries.browse}`, fields)).status).toBe(303);
    const { entry } = await editor.json(`/entries/${entries.browse}`);
    expect(entry).toMatchObject({ name: 'look', fromFile: false, version: 2 });
    expect(names(entry)).toEqual(['api', 'db']);
    expect((await db.plan.findUniqueOrThrow({ where: { id: plan.id } })).revision).toBe(revision + 1);
  });

  test('a deleted part keeps its place in an entry that is edited meanwhile', async () => {
    const editor = await signedIn('editor');
    const { entries, parts } = await aPlan(editor.person, { ...three, entries: { browse: ['web', 'api'] } });
    await editor.post(`/parts/${parts.web}/deletion`);
    await editor.post(`/entries/${entries.browse}`, { name: 'browse', parts: 'db', version: 1 });
    await editor.post(`/parts/${parts.web}/restoration`);
    expect(names((await editor.json(`/entries/${entries.browse}`)).entry)).toEqual(['db', 'web']);
  });

  test('of two people editing at once the second is told and sees both', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const { entries } = await aPlan(ada.person, { ...three, entries: { browse: ['web'] } });
    const address = `/entries/${entries.browse}`;
    await ada.post(address, { name: 'look', parts: 'api\ndb', version: 1 });
    const late = await ben.post(address, { name: 'see', parts: 'web\napi', version: 1 });
    expect(late.status).toBe(409);
    expect(late.text).toContain(`Saved by ${ada.person.name}: <q>look</q>`);
    expect(late.text).toContain(`Saved by ${ada.person.name}: <q>api, db</q>`);
    expect(late.text).toContain('name="parts" value="web" checked');
    expect(late.text).not.toContain('name="parts" value="db" checked');
  });

  test('of many parts the names are typed, one a line', async () => {
    const editor = await signedIn('editor');
    const { address, plan } = await aPlan(editor.person, three);
    await db.part.createMany({
      data: Array.from({ length: 60 }, (_, i) => ({ planId: plan.id, name: `many-${i}`, kind: 'service' })),
    });
    const wrong = await editor.post(`${address}/entries`, { name: 'deploy', parts: 'many-1\n\nmany-99' });
    expect(wrong.text).toContain('No part of this plan is called: many-99.');
    expect(wrong.text).toMatch(/<textarea[^>]*name="parts"[^>]*>\nmany-1\nmany-99<\/textarea>/);
    const created = await editor.post(`${address}/entries`, { name: 'deploy', parts: 'many-1\n\nmany-2' });
    expect(names((await editor.json(created.headers.location ?? '')).entry)).toEqual(['many-1', 'many-2']);
  });

  test('a viewer changes nothing', async () => {
    const { person } = await signedIn('editor');
    const { address, entries } = await aPlan(person, { ...three, entries: { browse: ['web'] } });
    const viewer = await signedIn('viewer');
    expect((await viewer.get(`/entries/${entries.browse}`)).status).toBe(200);
    expect((await viewer.post(`${address}/entries`, { name: 'x', parts: 'web' })).status).toBe(403);
    expect((await viewer.post(`/entries/${entries.browse}/deletion`)).status).toBe(403);
  });

  test('deleting asks first, and one click brings it back unless its name is taken', async () => {
    const editor = await signedIn('editor');
    const { address, entries } = await aPlan(editor.person, { ...three, entries: { browse: ['web'] } });
    const path = `/entries/${entries.browse}`;
    expect((await editor.get(`${path}/deletion`)).text).toContain('Delete browse?');
    expect((await editor.post(`${path}/deletion`)).headers.location).toBe(address);
    expect((await editor.get(path)).status).toBe(404);
    await editor.post(`${path}/restoration`);
    expect(names((await editor.json(path)).entry)).toEqual(['web']);
    await editor.post(`${path}/deletion`);
    await editor.post(`${address}/entries`, { name: 'browse', parts: 'db' });
    expect((await editor.post(`${path}/restoration`)).headers.location).toBe('/deletions');
  });

  test('the list searches, sorts, pages and exports', async () => {
    const editor = await signedIn('editor');
    const entries = Object.fromEntries(
      Array.from({ length: 27 }, (_, i) => [`use-${String(i).padStart(2, '0')}`, ['web', 'api']]),
    );
    const { address } = await aPlan(editor.person, { ...three, entries });
    const first = await editor.json(`${address}/entries`);
    expect(first.rows).toHaveLength(25);
    expect(first.rows[0]).toMatchObject({ name: 'use-00', count: 2, parts: ['api', 'web'] });
    expect((await editor.json(first.links.next)).rows).toHaveLength(2);
    expect((await editor.json(`${address}/entries?q=use-1`)).rows).toHaveLength(10);
    expect((await editor.json(`${address}/entries?sort=-name`)).rows[0].name).toBe('use-26');
    const csv = await editor.get(`${address}/entries?format=csv`);
    expect(csv.text.trim().split('\r\n')).toHaveLength(28);
    expect((await editor.get(`${address}/entries`)).text).toContain('api, web');
  });
});
