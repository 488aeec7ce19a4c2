import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { signedIn, useApp, visitor } from './support/app.js';

useApp();

const shop = {
  name: 'Shop',
  lifecycle: 'production',
  team: 'Checkout',
  description: 'Sells **things**.',
  links: 'Code https://example.com/shop',
  tags: 'web, money',
};

describe('systems', () => {
  test('an editor records a system and sees it', async () => {
    const editor = await signedIn('editor');
    const created = await editor.post('/systems', shop);
    expect(created.status).toBe(303);
    const address = created.headers.location ?? '';
    expect(address).toMatch(/^\/systems\/\d+-shop$/);
    const shown = await editor.json(address);
    expect(shown.system).toMatchObject({
      name: 'Shop',
      lifecycle: 'production',
      team: 'Checkout',
      tags: ['web', 'money'],
    });
    expect(shown.system.links).toEqual([{ label: 'Code', url: 'https://example.com/shop' }]);
  });

  test('what is wrong is said by field, and what was typed is kept', async () => {
    const editor = await signedIn('editor');
    const answer = await editor.post('/systems', { ...shop, name: ' ', links: 'Code javascript:alert(1)' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Name cannot be empty.');
    expect(answer.text).toContain('Link 1 must end in an address');
    expect(answer.text).toContain('Code javascript:alert(1)');
  });

  test('a name is taken once, without case', async () => {
    const editor = await signedIn('editor');
    await editor.post('/systems', { ...shop, name: 'Ledger' });
    const again = await editor.post('/systems', { ...shop, name: 'LEDGER' });
    expect(again.status).toBe(422);
    expect(again.text).toContain('Another system has this name.');
  });

  test('a viewer cannot record a system, a visitor is asked to sign in', async () => {
    const viewer = await signedIn('viewer');
    expect((await viewer.post('/systems', shop)).status).toBe(403);
    const stranger = await (await visitor()).get('/systems/new');
    expect(stranger.status).toBe(303);
    expect(stranger.headers.location).toBe('/sign-in?to=%2Fsystems%2Fnew');
  });

  test('of two people editing at once the second is told, sees both, and may still save', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const address = (await ada.post('/systems', { ...shop, name: 'Race' })).headers.location ?? '';
    const version = (await ada.json(address)).system.version;
    expect((await ada.post(address, { ...shop, name: 'Race by Ada', version })).status).toBe(303);
    const late = await ben.post(address, { ...shop, name: 'Race by Ben', version });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Race by Ben');
    expect(late.text).toContain(`Saved by ${ada.person.name}: <q>Race by Ada</q>`);
    const nextVersion = /name="version" value="(\d+)"/.exec(late.text)?.[1] ?? '';
    expect((await ben.post(address, { ...shop, name: 'Race by Ben', version: nextVersion })).status).toBe(
      303,
    );
    expect((await ben.json(address)).system.name).toBe('Race by Ben');
  });

  test('what only the other person changed is taken over, what both changed is shown', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const address = (await ada.post('/systems', { ...shop, name: 'Merged' })).headers.location ?? '';
    const opened = (await ben.get(`${address}/edit`)).text;
    const version = /name="version" value="(\d+)"/.exec(opened)?.[1] ?? '';
    const base = (/name="base" value="([^"]+)"/.exec(opened)?.[1] ?? '')
      .replaceAll('&#34;', '"')
      .replaceAll('&amp;', '&');
    await ada.post(address, { ...shop, name: 'Merged', tags: 'web, money', description: 'By Ada.', version });
    const late = await ben.post(address, {
      ...shop,
      name: 'Merged by Ben',
      tags: 'web, money',
      version,
      base,
    });
    expect(late.status).toBe(409);
    expect(late.text).toContain('By Ada.</textarea>');
    expect(late.text).toContain(`Changed by ${ada.person.name} meanwhile, and taken over here.`);
    expect(late.text).toContain('value="Merged by Ben"');
    expect(late.text).toContain('Changed by you; before: <q>Merged</q>');
  });

  test('who saved it themselves meanwhile is told so', async () => {
    const ada = await signedIn('editor');
    const address = (await ada.post('/systems', { ...shop, name: 'Twice' })).headers.location ?? '';
    const form = { ...shop, name: 'Twice', version: 1 };
    await ada.post(address, { ...form, description: 'In one window.' });
    const late = await ada.post(address, { ...form, description: 'In another.' });
    expect([late.status, late.text]).toEqual([409, expect.stringContaining('<strong>You saved this')]);
  });

  test('a team that has nothing is suggested no more', async () => {
    const ada = await signedIn('editor');
    const address = (await ada.post('/systems', { ...shop, name: 'Owned', team: 'Chekcout' })).headers
      .location;
    expect((await ada.get('/systems/new')).text).toContain('value="Chekcout"');
    await ada.post(`${address}`, { ...shop, name: 'Owned', team: 'Checkout', version: 1 });
    const { text } = await ada.get('/systems/new');
    expect(text).toContain('value="Checkout"');
    expect(text).not.toContain('Chekcout');
  });

  test('headings of a description begin below the page’s own', async () => {
    const ada = await signedIn('editor');
    const description = '## Why\n\n#### How\n\n## What';
    const address = (await ada.post('/systems', { ...shop, name: 'Headed', description })).headers.location;
    const { text } = await ada.get(`${address}`);
    for (const heading of ['<h2>Why</h2>', '<h3>How</h3>', '<h2>What</h2>']) expect(text).toContain(heading);
  });

  test('a form of a session that is gone is shown again with all that was typed, to be sent once more', async () => {
    const editor = await signedIn('editor');
    const stale = await editor.agent
      .post('/systems')
      .type('form')
      .send(new URLSearchParams({ ...shop, name: 'Typed & kept', _csrf: 'old' }).toString());
    expect(stale.status).toBe(403);
    expect(stale.text).toContain('belongs to a session that has ended');
    expect(stale.text).toContain('Typed &amp; kept</textarea>');
    const secret = await editor.agent
      .post('/account/password')
      .type('form')
      .send('current=what+it+was&password=what+it+is&_csrf=x');
    expect([secret.status, secret.headers['cache-control']]).toEqual([403, 'no-store']);
    expect(secret.text).not.toMatch(/what it (was|is)|Send it again/);
    expect(secret.text).toContain('Passwords and codes are not kept');
  });

  test('deleting asks first, hides the system, and one click brings it back', async () => {
    const editor = await signedIn('editor');
    const address = (await editor.post('/systems', { ...shop, name: 'Gone' })).headers.location ?? '';
    expect((await editor.get(`${address}/deletion`)).text).toContain('Delete Gone');
    await editor.post(`${address}/deletion`);
    const list = await editor.get('/systems');
    expect((await editor.get(address)).status).toBe(404);
    const undo = /action="(\/systems\/\d+\/restoration)"/.exec(list.text)?.[1] ?? '';
    await editor.post(undo);
    expect((await editor.get(address)).status).toBe(200);
  });

  test('the list is exported whole, as a table and as JSON, however long a page is', async () => {
    const editor = await signedIn('editor');
    await db.system.createMany({ data: Array.from({ length: 30 }, (_, i) => ({ name: `Exported ${i}` })) });
    const json = await editor.get('/systems?q=exported&format=json');
    expect(json.headers['content-disposition']).toContain('systems.json');
    expect(json.body.rows).toHaveLength(30);
    const csv = await editor.get('/systems?q=exported&format=csv');
    expect(csv.text.trim().split('\r\n')).toHaveLength(31);
    expect((await editor.json('/systems?q=exported')).rows).toHaveLength(25);
  });

  test('no cell of the table is a formula to a spreadsheet, whatever it parts cells by', async () => {
    const editor = await signedIn('editor');
    const names = ['=1+1', '＝1+1', 'cells;=1+1', 'cells\t=1+1'];
    await db.system.createMany({ data: names.map((name) => ({ name })) });
    const { text } = await editor.get('/systems?q=1%2B1&format=csv');
    const cells = text.split('\r\n').flatMap((row) => /^\d+,("[^"]*"|[^,]*),/.exec(row)?.[1] ?? []);
    expect(cells.sort()).toEqual(["'=1+1", "'＝1+1", "cells\t'=1+1", "cells;'=1+1"].sort());
  });

  test('the list searches, filters, sorts and pages both ways', async () => {
    const editor = await signedIn('editor');
    for (let i = 0; i < 30; i += 1) {
      await editor.post('/systems', {
        ...shop,
        name: `Paged ${String(i).padStart(2, '0')}`,
        tags: i % 2 ? 'odd' : 'even',
      });
    }
    const names = (body: { rows: { name: string }[] }) => body.rows.map((row) => row.name);
    const first = await editor.json('/systems?q=paged&sort=-name');
    expect((await editor.json('/systems?q=paged?&sort=-name')).links.csv).toContain(
      '?q=paged%3F&sort=-name&',
    );
    expect(names(first)).toHaveLength(25);
    expect(names(first)[0]).toBe('Paged 29');
    const second = await editor.json(first.links.next);
    expect(names(second)).toEqual(['Paged 04', 'Paged 03', 'Paged 02', 'Paged 01', 'Paged 00']);
    expect(second.links.next).toBeNull();
    expect(names(await editor.json(second.links.previous))).toEqual(names(first));
    expect(names(await editor.json('/systems?tag=odd&q=paged'))).toHaveLength(15);
    const csv = await editor.get('/systems?q=paged&format=csv');
    expect(csv.text.trim().split('\r\n')).toHaveLength(31);
  });
});
