import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { machineTypeValues } from '../src/machine-types/form.js';
import { signedIn, useApp } from './support/app.js';
import { aPlan } from './support/factories.js';
import { aProgram } from './support/program.js';

useApp();

const server = {
  name: 'rack server',
  provider: 'own rack',
  cpuMillicores: '8',
  memoryMib: '32 GiB',
  reserve: 'gke',
  maxContainers: '50',
  usdPerMonth: '120.5',
  priceDate: '2026-11-01',
  priceSource: 'invoice',
  availability: '99.5 %',
  availabilityBasis: 'assumed',
  notes: 'In the **cellar**.',
};

const revisionOf = async (id: number) => (await db.plan.findUniqueOrThrow({ where: { id } })).revision;

describe('machine types', () => {
  test('the price book is an admin’s to write: an editor reads it, sees no button, and is refused, by token as well', async () => {
    const [admin, editor] = [await signedIn('admin'), await signedIn('editor')];
    const made = (await admin.post('/machine-types', { ...server, name: 'of an admin' })).headers.location;
    const address = String(made);
    for (const page of ['/machine-types', address]) {
      expect((await admin.get(page)).text, page).toMatch(/machine-types\/(new|[^"]*edit)"/);
      expect((await editor.get(page)).text, page).not.toMatch(/machine-types\/(new|[^"]*(edit|deletion))"/);
    }
    const program = await aProgram(editor.person, 'write');
    for (const path of ['/machine-types', address, `${address}/deletion`, `${address}/restoration`]) {
      await editor.get('/account/name');
      expect((await editor.post(path, server)).status, path).toBe(403);
      expect((await program.post(path).send(server)).status, path).toBe(403);
    }
    await admin.post(`${address}/deletion`);
    const restores = async (browser: typeof admin) =>
      (await browser.get('/deletions')).text.includes(`${address.replace(/(\d+).*/, '$1')}`);
    expect([await restores(admin), await restores(editor)]).toEqual([true, false]);
  });

  test('the price book shows machines, service levels and other prices, each with its date and source', async () => {
    const viewer = await signedIn('viewer');
    const book = await viewer.json('/machine-types');
    const large = book.rows.find((row: { name: string }) => row.name.includes('m6i.large'));
    expect(large).toMatchObject({
      provider: 'aws',
      cpuMillicores: 2000,
      memoryMib: 8192,
      usdPerMonth: 70.08,
    });
    expect(large.priceDate).toMatch(/^2026-/);
    expect(book.serviceLevels).toHaveLength(await db.serviceLevel.count());
    for (const level of book.serviceLevels) expect(level.asOf && level.source).toBeTruthy();
    const dyno = book.otherPrices.find((price: { name: string }) => price.name === 'Standard-1X dyno');
    expect(dyno).toMatchObject({ provider: 'heroku', usdPerMonth: 25, memoryMib: 512, confidence: 'high' });
    expect(dyno.priceDate && dyno.priceSource).toBeTruthy();
    expect(book.otherPrices.every((price: { kind: string }) => price.kind !== 'machine')).toBe(true);
    const { text } = await viewer.get('/machine-types');
    for (const words of [
      '<h1>Price book</h1>',
      '$70.08',
      'Service levels',
      'only tolerated',
      'promised',
      '99.4444 %',
      'no number',
      'Other prices',
      'Standard-1X dyno',
      'scales out, preboot',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('New machine type');
  });

  test('a search goes through all of the price book, a provider through what has one', async () => {
    const viewer = await signedIn('viewer');
    const names = ({ serviceLevels, otherPrices, rows }: Record<string, Record<string, string>[]>) =>
      [rows, serviceLevels, otherPrices].map((found) => found?.map((one) => one.name ?? one.service));
    const [machines, levels, others] = names(await viewer.json('/machine-types?q=Postgres'));
    expect(machines).toEqual([]);
    expect(levels).toContain('Heroku Postgres Standard, <1 h per 30 d');
    expect(others).toContain('Postgres Standard-0');
    expect([...levels!, ...others!].every((name) => /postgres/i.test(name!))).toBe(true);
    const { otherPrices, rows } = await viewer.json('/machine-types?provider=aws');
    for (const { provider } of [...otherPrices, ...rows]) expect(provider).toBe('aws');
    const nothing = await viewer.get('/machine-types?q=100%25');
    for (const words of ['No machine type matches', 'No service level matches', 'No other price matches'])
      expect(nothing.text).toContain(words);
    expect((await viewer.get('/machine-types')).text).toContain('>Cluster control</td>');
  });

  test('an editor adds a machine type with every field and sees it', async () => {
    const editor = await signedIn('admin');
    expect((await editor.get('/machine-types/new')).text).toContain('By the rule of GKE');
    const created = await editor.post('/machine-types', server);
    expect(created.status).toBe(303);
    const address = created.headers.location ?? '';
    expect(address).toMatch(/^\/machine-types\/\d+-rack-server$/);
    const { machineType } = await editor.json(address);
    expect(machineType).toMatchObject({
      ...server,
      cpuMillicores: 8000,
      memoryMib: 32_768,
      maxContainers: 50,
      usdPerMonth: 120.5,
      availability: 0.995,
      bookId: null,
    });
    const { text } = await editor.get(address);
    for (const words of [
      '8 CPU',
      '32 GiB',
      '$120.50',
      '2026-11-01',
      '99.5 %',
      '<strong>cellar</strong>',
      'None yet',
    ])
      expect(text).toContain(words);
  });

  test('what is wrong is said by field, and what was typed is kept', async () => {
    const editor = await signedIn('admin');
    const answer = await editor.post('/machine-types', {
      ...server,
      name: '',
      cpuMillicores: '0',
      memoryMib: '',
      reserve: 'everything',
      maxContainers: '0',
      priceDate: 'lately',
    });
    expect(answer.status).toBe(422);
    for (const words of [
      'Name cannot be empty.',
      'CPU must be more than 0.',
      'Memory cannot be empty.',
      'What it keeps for itself must be one of: none, gke, eks.',
      'Containers at most must be 1 or more.',
      'Date of the price must be a date like 2026-11-22, 2026-11 or 2026.',
      'value="lately"',
    ])
      expect(answer.text).toContain(words);
    await editor.post('/machine-types', { ...server, name: 'ledger server' });
    const taken = await editor.post('/machine-types', { ...server, name: 'LEDGER server' });
    expect(taken.status).toBe(422);
    expect(taken.text).toContain('Another machine type has this name.');
  });

  test('every machine type of the book can be saved as it stands, changing nothing', async () => {
    const editor = await signedIn('admin');
    const { rows } = await editor.json('/machine-types');
    for (const { id } of rows) {
      const { machineType } = await editor.json(`/machine-types/${id}`);
      const answer = await editor.post(`/machine-types/${id}`, {
        ...machineTypeValues(machineType),
        version: machineType.version,
      });
      expect(answer.status).toBe(303);
      const { updatedAt: _then, version: _was, ...before } = machineType;
      expect((await editor.json(`/machine-types/${id}`)).machineType).toMatchObject(before);
    }
  });

  test('of two people editing at once the second is told and sees both', async () => {
    const ada = await signedIn('admin');
    const ben = await signedIn('admin');
    const address = (await ada.post('/machine-types', { ...server, name: 'race' })).headers.location ?? '';
    await ada.post(address, { ...server, name: 'race', usdPerMonth: '99', version: 1 });
    const late = await ben.post(address, { ...server, name: 'race', usdPerMonth: '110', version: 1 });
    expect(late.status).toBe(409);
    expect(late.text).toContain(`Saved by ${ada.person.name}: <q>99</q>`);
    expect(late.text).toContain('value="110"');
  });

  test('every plan on it is counted anew when it is changed, deleted or restored', async () => {
    const editor = await signedIn('admin');
    const address =
      (await editor.post('/machine-types', { ...server, name: 'shared' })).headers.location ?? '';
    const { machineType } = await editor.json(address);
    const on = { plan: { machineTypeId: String(machineType.id) } };
    const [one, two, aside] = [
      await aPlan(editor.person, on),
      await aPlan(editor.person, on),
      await aPlan(editor.person),
    ];
    const revisions = () => Promise.all([one, two, aside].map(({ plan }) => revisionOf(plan.id)));
    expect(await revisions()).toEqual([1, 1, 1]);
    await editor.post(address, { ...server, name: 'shared', memoryMib: '64 GiB', version: 1 });
    expect(await revisions()).toEqual([2, 2, 1]);
    const shown = await editor.json(address);
    expect(shown.plans.map((plan: { name: string }) => plan.name)).toEqual([one.plan.name, two.plan.name]);
    expect((await editor.get(`${address}/deletion`)).text).toContain('2 plans use it');
    await editor.post(`${address}/deletion`);
    expect(await revisions()).toEqual([3, 3, 1]);
    await editor.post(`/machine-types/${machineType.id}/restoration`);
    expect(await revisions()).toEqual([4, 4, 1]);
    expect((await editor.get(address)).text).toContain(one.plan.name);
  });

  test('one whose name was taken meanwhile is not restored', async () => {
    const editor = await signedIn('admin');
    const address = (await editor.post('/machine-types', { ...server, name: 'twin' })).headers.location ?? '';
    await editor.post(`${address}/deletion`);
    expect((await editor.get(address)).status).toBe(404);
    await editor.post('/machine-types', { ...server, name: 'Twin' });
    const undo = address.replace(/(\d+).*/, '$1/restoration');
    expect((await editor.post(undo)).headers.location).toBe('/deletions');
    expect((await editor.get('/deletions')).text).toContain('has taken its name since');
  });

  test('a viewer changes nothing', async () => {
    const viewer = await signedIn('viewer');
    const { id } = await db.machineType.findFirstOrThrow();
    expect((await viewer.post('/machine-types', server)).status).toBe(403);
    expect((await viewer.post(`/machine-types/${id}`, server)).status).toBe(403);
    expect((await viewer.post(`/machine-types/${id}/deletion`)).status).toBe(403);
  });

  test('the list searches, filters, sorts, pages and exports', async () => {
    const editor = await signedIn('admin');
    await db.machineType.createMany({
      data: Array.from({ length: 27 }, (_, i) => ({
        name: `listed-${String(i).padStart(2, '0')}`,
        provider: 'listed provider',
        cpuMillicores: 1000 + i,
        memoryMib: 1024,
        usdPerMonth: i === 5 ? null : i,
      })),
    });
    const names = (body: { rows: { name: string }[] }) => body.rows.map((row) => row.name);
    const first = await editor.json('/machine-types?provider=listed+provider&sort=price');
    expect(names(first).slice(0, 2)).toEqual(['listed-05', 'listed-00']);
    expect(names(await editor.json(first.links.next))).toEqual(['listed-25', 'listed-26']);
    expect(names(await editor.json('/machine-types?q=listed-1'))).toHaveLength(10);
    for (const sort of ['-cpu', 'memory', 'provider', '-updated']) {
      const head = await editor.json(`/machine-types?q=listed&sort=${sort}`);
      expect(new Set([...names(head), ...names(await editor.json(head.links.next))]).size).toBe(27);
    }
    const csv = await editor.get('/machine-types?q=listed&format=csv');
    expect(csv.text.trim().split('\r\n')).toHaveLength(28);
  });
});
