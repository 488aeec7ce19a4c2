import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { signedIn, useApp, visitor } from './support/app.js';
import { aPlan, partFields } from './support/factories.js';

useApp();

const checkout = partFields('checkout', {
  kind: 'web',
  replicas: '3',
  needed: '2',
  containersPerReplica: '2',
  perMachine: '',
  spread: 'on',
  cpuMillicores: '0.5 CPU',
  memoryMib: '1.5 GiB',
  availability: '99.95 %',
  availabilityBasis: 'assumed: as good as its host',
  usdPerMonth: '1,250.50',
  priceBasis: 'invoice, 2026-10-01',
  technology: 'Node.js',
  team: 'Payments',
  repositoryUrl: 'https://example.com/checkout',
  runbookUrl: 'https://example.com/run',
  checkedOn: '2026-11-20',
  notes: 'Takes **money**.',
});

const revisionOf = async (id: number) => (await db.plan.findUniqueOrThrow({ where: { id } })).revision;

describe('parts', () => {
  test('an editor adds a part with every field and sees it', async () => {
    const editor = await signedIn('editor');
    const { address, plan } = await aPlan(editor.person);
    const revision = await revisionOf(plan.id);
    const created = await editor.post(`${address}/parts`, checkout);
    expect(created.status).toBe(303);
    expect(created.headers.location).toMatch(/^\/parts\/\d+-checkout$/);
    const { part } = await editor.json(created.headers.location ?? '');
    expect(part).toMatchObject({
      name: 'checkout',
      kind: 'web',
      runs: 'machine',
      replicas: 3,
      needed: 2,
      containersPerReplica: 2,
      perMachine: false,
      spread: true,
      cpuMillicores: 500,
      memoryMib: 1536,
      availability: 0.9995,
      availabilityBasis: 'assumed: as good as its host',
      usdPerMonth: 1250.5,
      priceBasis: 'invoice, 2026-10-01',
      technology: 'Node.js',
      team: 'Payments',
      repositoryUrl: 'https://example.com/checkout',
      runbookUrl: 'https://example.com/run',
      checkedOn: '2026-11-20',
      notes: 'Takes **money**.',
      fromFile: false,
      setByHand: [],
    });
    expect(await revisionOf(plan.id)).toBe(revision + 1);
    const shown = await editor.get(created.headers.location ?? '');
    for (const words of [
      '3, of which 2 must be up',
      '1.5 GiB',
      '99.95 %',
      '<strong>money</strong>',
      'Payments',
    ])
      expect(shown.text).toContain(words);
    expect(shown.text).toContain(`href="${address}"`);
    expect(shown.text).toContain(`<a href="${address}/parts/new">Add another part</a>`);
  });

  test('what is not known is stored and shown as unknown', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person);
    const fields = partFields('vague', { runs: 'managed' });
    const { part } = await editor.json(
      (await editor.post(`${address}/parts`, fields)).headers.location ?? '',
    );
    expect(part).toMatchObject({
      cpuMillicores: null,
      memoryMib: null,
      availability: null,
      usdPerMonth: null,
    });
    const shown = await editor.get(`/parts/${part.id}`);
    // Managed, it takes no cpu and no memory of the plan's machines.
    expect(shown.text.match(/class="unknown"[^>]*>unknown/g)).toHaveLength(3);
    expect(shown.text.match(/not counted: it takes no machine of the plan/g)).toHaveLength(2);
  });

  test('the list, the plan and the part itself say the same words for kinds, places and origins', async () => {
    const editor = await signedIn('editor');
    const parts = { edge: { kind: 'load-balancer', runs: 'managed' }, agent: { perMachine: 'on' } };
    const { address } = await aPlan(editor.person, { parts });
    await editor.post(`${address}/connections`, { from: 'edge', to: 'agent', strength: 'hard' });
    for (const path of [address, `${address}/parts`]) {
      const { text } = await editor.get(path);
      for (const words of ['Load balancer', 'Managed', 'On every machine', 'one each'])
        expect({ path, text }).toEqual({ path, text: expect.stringContaining(`>${words}</td>`) });
    }
    const { rows } = await editor.json(`${address}/parts?q=edge`);
    for (const path of [`/parts/${rows[0].id}`, `${address}/connections`])
      expect((await editor.get(path)).text).toContain('<td>drawn by hand');
  });

  test('what is wrong is said by field, and what was typed is kept', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person);
    const answer = await editor.post(`${address}/parts`, {
      ...checkout,
      name: ' ',
      kind: 'spaceship',
      replicas: 2,
      needed: 3,
      containersPerReplica: 'two',
      cpuMillicores: '500',
      memoryMib: 'plenty',
      availability: '101',
      repositoryUrl: 'javascript:alert(1)',
      checkedOn: '20 November',
    });
    expect(answer.status).toBe(422);
    for (const words of [
      'Name cannot be empty.',
      'Kind must be one of: web, service',
      '3 cannot be up where 2 run: the part would always count as down.',
      'Containers per replica must be a whole number, for example 2.',
      'write 500m for millicores or 500 CPU',
      'Memory must be an amount like 512 MiB',
      'Availability must be a percentage like 99.95 %',
      'Repository must be an address that begins with https://',
      'Last checked must be a date like 2026-11-22.',
    ])
      expect(answer.text).toContain(words);
    for (const typed of ['plenty', '20 November', 'assumed: as good as its host', '1,250.50'])
      expect(answer.text).toContain(`value="${typed}"`);
    expect(answer.text).toMatch(/id="spread"[^>]* checked/);
    expect(answer.text).not.toMatch(/id="perMachine"[^>]* checked/);
  });

  test('one per machine needs no replicas to be up', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person);
    const fields = partFields('agent', { replicas: '0', needed: '1', perMachine: 'on' });
    const created = await editor.post(`${address}/parts`, fields);
    expect(created.status).toBe(303);
    expect((await editor.get(created.headers.location ?? '')).text).toContain('one on every machine');
  });

  test('a name is taken once in a plan, and free in another', async () => {
    const editor = await signedIn('editor');
    const first = await aPlan(editor.person, { parts: { api: {}, web: {} } });
    const second = await aPlan(editor.person);
    const again = await editor.post(`${first.address}/parts`, partFields('api'));
    expect(again.status).toBe(422);
    expect(again.text).toContain('Another part of this plan has this name.');
    expect((await editor.post(`${second.address}/parts`, partFields('api'))).status).toBe(303);
    const renamed = await editor.post(`/parts/${first.parts.web}`, { ...partFields('api'), version: 1 });
    expect(renamed.status).toBe(422);
  });

  test('a viewer sees parts and changes none, a visitor is asked to sign in', async () => {
    const { person } = await signedIn('editor');
    const { address, parts } = await aPlan(person, { parts: { api: {} } });
    const viewer = await signedIn('viewer');
    const shown = await viewer.get(`/parts/${parts.api}`);
    expect(shown.status).toBe(200);
    expect(shown.text).not.toContain('/edit"');
    for (const path of [
      `${address}/parts`,
      `/parts/${parts.api}`,
      `/parts/${parts.api}/deletion`,
      `/parts/${parts.api}/restoration`,
    ])
      expect((await viewer.post(path, partFields('x'))).status).toBe(403);
    expect((await viewer.get(`${address}/parts/new`)).status).toBe(403);
    const stranger = await (await visitor()).get(`${address}/parts`);
    expect(stranger.headers.location).toBe(`/sign-in?to=${encodeURIComponent(`${address}/parts`)}`);
  });

  test('an untouched form changes nothing, and what people change a later import keeps', async () => {
    const editor = await signedIn('editor');
    const { parts } = await aPlan(editor.person, { parts: { checkout } });
    await db.part.update({
      where: { id: parts.checkout },
      data: { fromFile: true, availability: 1 / 3, memoryMib: 0.1 },
    });
    const address = `/parts/${parts.checkout}`;
    const fields = formIn((await editor.get(`${address}/edit`)).text);
    expect((await editor.post(address, fields)).status).toBe(303);
    const { part } = await editor.json(address);
    expect(part).toMatchObject({ setByHand: [], fromFile: true, availability: 1 / 3, memoryMib: 0.1 });
    const { spread: _unticked, ...rest } = formIn((await editor.get(`${address}/edit`)).text);
    await editor.post(address, { ...rest, memoryMib: '2 GiB', team: 'Platform' });
    const changed = (await editor.json(address)).part;
    expect(changed).toMatchObject({ memoryMib: 2048, spread: false, team: 'Platform', fromFile: true });
    expect(changed.setByHand.sort()).toEqual(['memoryMib', 'spread', 'team']);
    await editor.post(address, { ...formIn((await editor.get(`${address}/edit`)).text), name: 'till' });
    expect((await editor.json(address)).part).toMatchObject({ name: 'till', fromFile: false });
  });

  test('of two people editing at once the second is told, sees both, ticks too, and may still save', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const { parts } = await aPlan(ada.person, { parts: { race: {} } });
    const address = `/parts/${parts.race}`;
    const version = (await ada.json(address)).part.version;
    const adas = partFields('race', { memoryMib: '512', perMachine: 'on', version });
    expect((await ada.post(address, adas)).status).toBe(303);
    const late = await ben.post(address, partFields('race', { memoryMib: '256', notes: 'Mine', version }));
    expect(late.status).toBe(409);
    expect(late.text).toContain(`Saved by ${ada.person.name}: <q>512 MiB</q>`);
    expect(late.text).toContain(`Saved by ${ada.person.name}: <q>ticked</q>`);
    expect(late.text).toContain('value="256"');
    expect(late.text).toContain('Mine');
    expect((await ben.post(address, formIn(late.text))).status).toBe(303);
    expect((await ben.json(address)).part).toMatchObject({
      memoryMib: 256,
      perMachine: false,
      notes: 'Mine',
    });
  });

  test('are filtered by the teams and technologies that this plan has, and no other', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person, { parts: { web: { team: 'Alpha', technology: 'Go' } } });
    await aPlan(editor.person, { parts: { web: { team: 'Beta', technology: 'Rust' } } });
    const { text } = await editor.get(`${address}/parts`);
    const choices = (name: string) => new RegExp(`<select id="${name}"[^]*?</select>`).exec(text)?.[0];
    expect(choices('team')).toContain('>Alpha<');
    expect(choices('team')).not.toContain('Beta');
    expect(choices('technology')).toContain('>Go<');
    expect(choices('technology')).not.toContain('Rust');
  });

  test('deleting says what goes with it, hides its connections, and restoring brings all back', async () => {
    const editor = await signedIn('editor');
    const { address, parts, plan, connections, entries } = await aPlan(editor.person, {
      parts: { web: {}, api: {}, db: {} },
      connections: [
        ['web', 'api'],
        ['api', 'db'],
      ],
      entries: { browse: ['web', 'api'] },
    });
    const asked = await editor.get(`/parts/${parts.api}/deletion`);
    expect(asked.text).toContain('What hangs on it: it calls 1 part, 1 part calls it, 1 entry begins at it.');
    const revision = await revisionOf(plan.id);
    const deleted = await editor.post(`/parts/${parts.api}/deletion`);
    expect(deleted.headers.location).toBe(address);
    expect(await revisionOf(plan.id)).toBe(revision + 1);
    expect((await editor.get(`/parts/${parts.api}`)).status).toBe(404);
    expect((await editor.get(`/connections/${connections[0]}`)).status).toBe(404);
    expect((await editor.json(`${address}/connections`)).rows).toEqual([]);
    expect((await editor.json(`/parts/${parts.web}`)).calls).toEqual([]);
    expect((await editor.json(`/entries/${entries.browse}`)).entry.parts).toHaveLength(1);
    const restored = await editor.post(`/parts/${parts.api}/restoration`);
    expect(restored.headers.location).toBe(`/parts/${parts.api}-api`);
    expect((await editor.json(`${address}/connections`)).rows).toHaveLength(2);
    expect((await editor.json(`/entries/${entries.browse}`)).entry.parts).toHaveLength(2);
  });

  test('a part whose name was taken meanwhile is not restored, and one says why', async () => {
    const editor = await signedIn('editor');
    const { address, parts } = await aPlan(editor.person, { parts: { api: {} } });
    await editor.post(`/parts/${parts.api}/deletion`);
    await editor.post(`${address}/parts`, partFields('api'));
    const answer = await editor.post(`/parts/${parts.api}/restoration`);
    expect(answer.headers.location).toBe('/deletions');
    expect((await editor.get('/deletions')).text).toContain('has taken its name since');
    expect((await editor.get(`/parts/${parts.api}`)).status).toBe(404);
  });

  test('a part of a deleted plan or system is not there', async () => {
    const editor = await signedIn('editor');
    const { address, parts, system } = await aPlan(editor.person, { parts: { api: {}, gone: {} } });
    await editor.post(`/parts/${parts.gone}/deletion`);
    await editor.post(`/systems/${system.id}/deletion`);
    expect((await editor.get(`/parts/${parts.api}`)).status).toBe(404);
    expect((await editor.get(`${address}/parts`)).status).toBe(404);
    expect((await editor.post(`${address}/parts`, partFields('new'))).status).toBe(404);
    expect((await editor.post(`/parts/${parts.gone}/restoration`)).status).toBe(404);
  });

  test('a part shows its neighbours and its entries', async () => {
    const editor = await signedIn('editor');
    const { parts, entries } = await aPlan(editor.person, {
      parts: { web: {}, api: {}, db: {}, mail: {} },
      connections: [
        ['web', 'api'],
        ['api', 'db'],
        ['api', 'mail', 'soft'],
      ],
      entries: { browse: ['api'] },
    });
    const shown = await editor.json(`/parts/${parts.api}`);
    expect(shown.calls.map((part: { name: string; strength: string }) => [part.name, part.strength])).toEqual(
      [
        ['db', 'hard'],
        ['mail', 'soft'],
      ],
    );
    expect(shown.calledBy).toHaveLength(1);
    expect(shown.count).toEqual({ calls: 2, calledBy: 1, entries: 1 });
    const text = (await editor.get(`/parts/${parts.api}`)).text;
    expect(text).toContain(`href="/parts/${parts.db}-db"`);
    expect(text).toContain(`href="/entries/${entries.browse}-browse"`);
  });

  test('a cursor that makes no sense counts as none', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person, { parts: { web: {}, api: {} } });
    const wrong = [
      ['name', '9999999999 x'],
      ['replicas', '1 abc'],
      ['replicas', '1 99999999999'],
      ['memory', '1 0x10'],
      ['updated', '1 yesterday'],
      ['updated', '1 2026-02-30 10:00:00+00'],
    ];
    for (const [sort, cursor] of wrong) {
      const after = Buffer.from(cursor ?? '').toString('base64url');
      const { rows } = await editor.json(`${address}/parts?sort=${sort}&after=${after}`);
      expect(rows, `${sort} after ${cursor}`).toHaveLength(2);
    }
  });

  test('a table too long to export at once is not cut short in silence', async () => {
    const editor = await signedIn('editor');
    const { address, plan } = await aPlan(editor.person);
    await db.$executeRaw`
      INSERT INTO parts (plan_id, name, kind) SELECT ${plan.id}::int, 'p' || i, 'job' FROM generate_series(0, 50000) i`;
    const answer = await editor.get(`${address}/parts?format=csv`);
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('too long to export at once');
    const narrowed = await editor.get(`${address}/parts?format=csv&q=p4999`);
    expect(narrowed.text.trim().split('\r\n')).toHaveLength(12);
  });

  test('the list searches, filters, sorts, pages both ways and exports, of this plan alone', async () => {
    const editor = await signedIn('editor');
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, i): [string, Record<string, string>] => [
        `paged-${String(i).padStart(2, '0')}`,
        {
          kind: i % 2 ? 'worker' : 'service',
          runs: i % 3 ? 'machine' : 'managed',
          technology: i % 5 ? 'Go' : 'Rust',
          team: i % 2 ? 'Odd' : 'Even',
          replicas: String(i + 1),
          memoryMib: i === 7 ? '' : String(1000 - i),
        },
      ]),
    );
    const { address } = await aPlan(editor.person, { parts: many });
    await aPlan(editor.person, { parts: { 'paged-elsewhere': {} } });
    const names = (body: { rows: { name: string }[] }) => body.rows.map((row) => row.name);
    const first = await editor.json(`${address}/parts?q=paged`);
    expect(names(first)).toHaveLength(25);
    expect(names(first)[0]).toBe('paged-00');
    const second = await editor.json(first.links.next);
    expect(names(second)).toEqual(['paged-25', 'paged-26', 'paged-27', 'paged-28', 'paged-29']);
    expect(second.links.next).toBeNull();
    expect(names(await editor.json(second.links.previous))).toEqual(names(first));
    expect(names(await editor.json(`${address}/parts?kind=worker`))).toHaveLength(15);
    expect(names(await editor.json(`${address}/parts?runs=managed&technology=rust`))).toEqual([
      'paged-00',
      'paged-15',
    ]);
    expect(names(await editor.json(`${address}/parts?team=odd`))).toHaveLength(15);
    expect(names(await editor.json(`${address}/parts?sort=-replicas`))[0]).toBe('paged-29');
    for (const sort of ['kind', '-memory', 'price', '-updated']) {
      const head = await editor.json(`${address}/parts?sort=${sort}`);
      const tail = await editor.json(head.links.next);
      expect(new Set([...names(head), ...names(tail)]).size).toBe(30);
    }
    expect(names(await editor.json(`${address}/parts?sort=memory`))[0]).toBe('paged-07');
    const csv = await editor.get(`${address}/parts?format=csv`);
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.text.trim().split('\r\n')).toHaveLength(31);
    const page = await editor.get(`${address}/parts?kind=worker`);
    expect(page.text).toContain('<option value="worker" selected>Worker</option>');
    expect((await editor.get(`${address}/parts?q=nothing-like-it`)).text).toContain('No part matches.');
  });

  test('a plan that is full takes no more, typed, restored or imported', async () => {
    const editor = await signedIn('editor');
    const { address, plan, parts } = await aPlan(editor.person, { parts: { web: {} } });
    await editor.post(`/parts/${parts.web}/deletion`, {});
    await db.$executeRaw`
      INSERT INTO parts (plan_id, name, kind) SELECT ${plan.id}, 'p' || n, 'service' FROM generate_series(1, 20000) n`;
    const full = await editor.post(`${address}/parts`, checkout);
    expect(full.status).toBe(422);
    expect(full.text).toContain('One plan holds at most 20,000 parts.');
    expect(full.text).toContain('value="https://example.com/checkout"');
    expect((await editor.post(`/parts/${parts.web}/restoration`, {})).status).toBe(422);
    const imported = await editor.post(`${address}/source`, { text: 'services: { more: { image: shop } }' });
    expect([imported.status, imported.text]).toEqual([422, expect.stringContaining('would be too large')]);
    expect(await db.part.count({ where: { planId: plan.id, deletedAt: null } })).toBe(20_000);
  });
});

/** What a browser would send of the form on this page, as it stands. */
function formIn(html: string): Record<string, string> {
  const form = /<form method="post" action="\/parts[\s\S]*?<\/form>/.exec(html)?.[0] ?? '';
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const attribute = (name: string) => unescaped(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
    if (attribute('type') === 'checkbox' && !tag.includes(' checked')) continue;
    if (attribute('name') !== '_csrf') fields[attribute('name')] = attribute('value');
  }
  for (const [, name = '', value = ''] of form.matchAll(
    /<textarea[^>]* name="(\w+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  ))
    fields[name] = unescaped(value);
  for (const [, name = '', options = ''] of form.matchAll(
    /<select[^>]* name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g,
  ))
    fields[name] = unescaped(/value="([^"]*)" selected/.exec(options)?.[1] ?? '');
  return fields;
}

function unescaped(text: string): string {
  return text
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
