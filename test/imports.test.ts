import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { type Browser, signedIn, useApp } from './support/app.js';
import { aPlan, partFields } from './support/factories.js';

useApp();

const COMPOSE = `services:
  web:
    image: shop:1.4
    ports: ["80:8080"]
    depends_on: [db, cache]
    deploy: { replicas: 3, resources: { reservations: { cpus: "0.5", memory: 512M } } }
  db:
    image: postgres:17
  cache:
    image: redis:8
`;

const WITHOUT_CACHE = COMPOSE.replace('  cache:\n    image: redis:8\n', '').replace('db, cache', 'db');

const idOf = (address: string | undefined) => Number(/\d+/.exec(address ?? '')?.[0]);

const planOn = (machine: string) =>
  JSON.stringify({
    name: 'Racks',
    machineType: { name: machine, cpuMillicores: 2000, memoryMib: 4096, usdPerMonth: 40 },
    parts: [{ name: 'web', kind: 'service', cpuMillicores: 100, memoryMib: 100 }],
  });

async function planFrom(editor: Browser, text: string, systemName: string): Promise<string> {
  const preview = (await editor.post('/imports', { text })).headers.location ?? '';
  const fields = { planName: 'Compose', systemId: '', systemName, assume: 'yes' };
  return (await editor.post(`${preview}/plans`, fields)).headers.location ?? '';
}

/** Brings the plan in line with this text. What its preview said, as data and as a page. */
async function updated(editor: Browser, planId: number, text: string) {
  const preview = (await editor.post('/imports', { text, plan: planId })).headers.location ?? '';
  const { merge, plan } = await editor.json(preview);
  const page = (await editor.get(preview)).text;
  const sent = await editor.post(`/imports/${idOf(preview)}/plans/${planId}`, { revision: plan.revision });
  expect(sent.headers.location).toMatch(/^\/plans\//);
  return { merge, page };
}

describe('imports', () => {
  test('a pasted compose file is previewed with picture, bill and report before anything is saved', async () => {
    const editor = await signedIn('editor');
    const before = await db.plan.count();
    const sent = await editor.post('/imports', { text: COMPOSE });
    expect(sent.status).toBe(303);
    const page = await editor.get(sent.headers.location ?? '');
    expect(page.status).toBe(200);
    expect(page.text).toContain('<svg');
    expect(page.text).toContain('What was read, guessed and skipped');
    const { bill, draft } = await editor.json(sent.headers.location ?? '');
    expect(bill.containers.value).toBe(5);
    expect(draft.connections).toHaveLength(2);
    expect(await db.plan.count()).toBe(before);
  });

  test('the preview counts again with a machine type and other answers', async () => {
    const editor = await signedIn('editor');
    const preview = (await editor.post('/imports', { text: COMPOSE })).headers.location ?? '';
    expect((await editor.get(preview)).text).toContain('assumed: choose yours');
    expect((await editor.json(`${preview}?machineType=`)).bill.machines.value).toBeNull();
    const type = await db.machineType.findFirstOrThrow({ where: { bookId: 'aws-m6i-large' } });
    const { bill } = await editor.json(`${preview}?machineType=${type.id}`);
    expect(bill.machines.value).toBe(1);
    expect(bill.entries[0].unavailability.onPaper).toBeGreaterThan(0);
    const unassumed = await editor.json(`${preview}?machineType=${type.id}&assume=no`);
    expect(unassumed.bill.entries[0].unavailability.onPaper).toBeNull();
  });

  test('what is chosen and not counted yet is counted before anything is saved, and what was typed stays', async () => {
    const editor = await signedIn('editor');
    const preview = (await editor.post('/imports', { text: COMPOSE })).headers.location ?? '';
    const typeOf = async (bookId: string) =>
      String((await db.machineType.findFirstOrThrow({ where: { bookId } })).id);
    const [, counted = ''] = /name="counted" value="([^"]+)"/.exec((await editor.get(preview)).text) ?? [];
    const large = await typeOf('aws-m6i-large');
    expect(counted).toBe(`cluster=none&amp;assume=yes&amp;machineType=${large}`);
    const typed = {
      planName: 'Counted & typed',
      systemId: '',
      systemName: 'Typed shop',
      counted: counted.replaceAll('&amp;', '&'),
    };
    const otherwise = {
      ...typed,
      cluster: 'none',
      assume: 'no',
      machineType: await typeOf('aws-m6i-xlarge'),
    };

    const again = await editor.postAndSee(`${preview}/plans`, { ...otherwise, again: 'on' });
    const pressed = await editor.postAndSee(`${preview}/plans`, otherwise);
    for (const { text } of [again, pressed]) {
      expect(text).toContain('value="Counted &amp; typed"');
      expect(text).toContain('value="Typed shop"');
      expect(text).toContain(`<option value="${otherwise.machineType}" selected>`);
      expect(text).toContain('<option value="no" selected>');
    }
    expect(again.text).not.toContain('Not saved yet');
    const emptied = await editor.postAndSee(`${preview}/plans`, { ...otherwise, planName: '', again: 'on' });
    expect(emptied.text).toContain('value="Typed shop"');
    expect(emptied.text).toMatch(/name="planName"[^>]* value=""/);
    expect(pressed.text).toContain('Not saved yet: other answers were chosen than were counted.');
    expect(await db.plan.count({ where: { name: 'Counted & typed' } })).toBe(0);

    const now = `cluster=none&assume=no&machineType=${otherwise.machineType}`;
    const made = await editor.post(`${preview}/plans`, { ...otherwise, counted: now });
    const plan = await db.plan.findUniqueOrThrow({
      where: { id: idOf(made.headers.location) },
      select: { id: true, name: true, machineType: { select: { bookId: true } } },
    });
    expect(plan).toMatchObject({ name: 'Counted & typed', machineType: { bookId: 'aws-m6i-xlarge' } });

    const update = `/imports/${idOf(preview)}/plans/${idOf(made.headers.location)}`;
    const sent = await editor.post(update, { ...otherwise, revision: 1, machineType: large });
    expect(sent.headers.location).toMatch(new RegExp(`assume=no&machineType=${large}&.*&plan=${plan.id}$`));
  });

  test('the machine type assumed at first holds every part, and the preview says which and why', async () => {
    const editor = await signedIn('editor');
    const text = COMPOSE.replace('postgres:17\n', 'postgres:17\n    cpus: 2\n');
    const preview = (await editor.post('/imports', { text })).headers.location ?? '';
    const { bill, report, isMachineAssumed } = await editor.json(preview);
    expect([bill.machines.value, isMachineAssumed]).toEqual([1, true]);
    const why = 'EC2 m6i.xlarge, the smallest of its family that holds db.';
    expect(report).toContainEqual({ kind: 'assumed', message: `Machine type: ${why}` });
    const { text: page } = await editor.get(preview);
    expect(page).toContain(`<p class="hint" id="machineType-hint">${why}</p>`);
    expect(page).toMatch(/<option value="\d+" selected>EC2 m6i\.xlarge: /);
    const { id } = await db.machineType.findFirstOrThrow({ where: { bookId: 'aws-m6i-large' } });
    const chosen = await editor.json(`${preview}?machineType=${id}`);
    expect([chosen.bill.machines.value, chosen.isMachineAssumed]).toEqual([null, false]);
  });

  test('a machine type that a plan file brings along is the first to choose from, by its name', async () => {
    const editor = await signedIn('editor');
    const first = async (preview: string) =>
      /<option value="">([^<]*)<\/option>/.exec((await editor.get(preview)).text)?.[1];
    const preview = (await editor.post('/imports', { text: planOn('Our rack') })).headers.location ?? '';
    expect(await first(preview)).toBe('From the file: Our rack: 2 CPU, 4 GiB, $40.00');
    const { id } = await db.machineType.findFirstOrThrow({ where: { bookId: 'aws-m6i-large' } });
    expect(await first(`${preview}?machineType=${id}`)).toContain('From the file: Our rack');
    const compose = (await editor.post('/imports', { text: COMPOSE })).headers.location ?? '';
    expect(await first(`${compose}?machineType=`)).toBe('none chosen');
  });

  test('the address of the plan that is made has nothing of the form’s', async () => {
    const editor = await signedIn('editor');
    const preview = (await editor.post('/imports', { text: COMPOSE })).headers.location ?? '';
    // A browser carries a fragment of the form's action over the redirect.
    expect((await editor.get(preview)).text).toContain(`action="${preview}/plans"`);
  });

  test('a plan and its system are named by what the files say, or as a form can be sent at once', async () => {
    const editor = await signedIn('editor');
    const named = async (text: string) => {
      const { text: page } = await editor.get(
        (await editor.post('/imports', { text })).headers.location ?? '',
      );
      const value = (field: string) => new RegExp(`id="${field}"[^>]*value="([^"]*)"`).exec(page)?.[1];
      return [value('planName'), value('systemName')];
    };
    expect(await named(COMPOSE)).toEqual(['My app on Compose', 'My app']);
    expect(await named(`name: bookshop\n${COMPOSE}`)).toEqual(['bookshop on Compose', 'bookshop']);
  });

  test('it becomes a plan of a new system, with its files kept', async () => {
    const editor = await signedIn('editor');
    const address = await planFrom(editor, COMPOSE, 'Pasted');
    expect(address).toMatch(/^\/plans\/\d+-compose$/);
    const { bill, plan, contents } = await editor.json(address);
    expect(plan.system.name).toBe('Pasted');
    expect(bill.containers.value).toBe(5);
    expect(contents.parts.map((part: { technology: string }) => part.technology)).toContain('PostgreSQL');
    expect((await editor.get(`${address}/source`)).text).toContain('image: postgres:17');
  });

  test('a file with a fault says where, keeps the text, and saves nothing', async () => {
    const editor = await signedIn('editor');
    const before = await db.import.count();
    const answer = await editor.post('/imports', {
      text: 'services:\n  web:\n    image: [unclosed\n  db: {}\n',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('This cannot be read.');
    expect(answer.text).toMatch(/pasted text:\d+/);
    expect(answer.text).toContain('image: [unclosed');
    expect(await db.import.count()).toBe(before);
  });

  test('nothing pasted, a plan without a name, a system’s name that is taken: told by field', async () => {
    const editor = await signedIn('editor');
    expect((await editor.post('/imports', { text: ' ' })).text).toContain(
      'Paste a file, or choose one or more.',
    );
    await planFrom(editor, COMPOSE, 'Taken');
    const preview = (await editor.post('/imports', { text: COMPOSE })).headers.location ?? '';
    const nameless = await editor.post(`${preview}/plans`, { planName: '', systemName: 'Fresh' });
    expect(nameless.status).toBe(422);
    expect(nameless.text).toContain('Name of the plan cannot be empty.');
    const homeless = await editor.post(`${preview}/plans`, { planName: 'A', systemName: '' });
    expect(homeless.text).toContain('Pick a system, or name a new one.');
    const taken = await editor.post(`${preview}/plans`, { planName: 'A', systemName: 'taken' });
    expect(taken.status).toBe(422);
    expect(taken.text).toContain('Another system has this name.');
  });

  test('uploads are read as files of their names', async () => {
    const editor = await signedIn('editor');
    const sent = await editor.agent
      .post('/imports')
      .field('_csrf', editor.token())
      .field('text', '')
      .attach('files', Buffer.from('services:\n  web:\n    image: ${IMAGE}\n'), 'docker-compose.yml')
      .attach('files', Buffer.from('IMAGE=nginx:1\n'), '.env');
    expect(sent.status).toBe(303);
    const { draft } = await editor.json(sent.headers.location ?? '');
    expect(draft.parts).toHaveLength(1);
    expect(draft.parts[0].technology).toBe('nginx');
  });

  test('a file above 2 MB is refused in words', async () => {
    const editor = await signedIn('editor');
    const sent = await editor.agent
      .post('/imports')
      .field('_csrf', editor.token())
      .attach('files', Buffer.alloc(2 * 1024 * 1024 + 1, 'a'), 'big.yml');
    expect(sent.status).toBe(413);
    expect(sent.text).toContain('larger than 2 MB');
  });

  test('reading changed files again updates in place, tells what changes, and keeps what people set', async () => {
    const editor = await signedIn('editor');
    const address = await planFrom(editor, COMPOSE, 'Updated');
    const planId = idOf(address);
    const web = await db.part.findFirstOrThrow({ where: { planId, name: 'web' } });
    await db.part.update({ where: { id: web.id }, data: { replicas: 7, setByHand: ['replicas'] } });
    await db.part.create({ data: { planId, name: 'by-hand', kind: 'service' } });
    const changed = COMPOSE.replace(
      '  cache:\n    image: redis:8\n',
      '  queue:\n    image: rabbitmq:4\n',
    ).replace('db, cache', 'db, queue');
    const { merge } = await updated(editor, planId, changed);
    expect(merge.parts.added.map((part: { name: string }) => part.name)).toEqual(['queue']);
    expect(merge.parts.removed).toEqual(['cache']);
    expect(merge.parts.kept).toEqual([{ name: 'web', fields: ['replicas'] }]);
    const { contents } = await editor.json(address);
    const names = contents.parts.map((part: { name: string }) => part.name);
    expect(names.sort()).toEqual(['by-hand', 'db', 'queue', 'web']);
    expect(contents.parts.find((part: { name: string }) => part.name === 'web').replicas).toBe(7);
  });

  test('an update of a plan that changed meanwhile is shown again first', async () => {
    const editor = await signedIn('editor');
    const planId = idOf(await planFrom(editor, COMPOSE, 'Meanwhile'));
    const preview = (await editor.post('/imports', { text: COMPOSE, plan: planId })).headers.location ?? '';
    const { plan } = await editor.json(preview);
    await db.plan.update({ where: { id: planId }, data: { revision: { increment: 1 } } });
    const late = await editor.post(`/imports/${idOf(preview)}/plans/${planId}`, {
      assume: 'yes',
      revision: plan.revision,
    });
    const answers = 'cluster=none&assume=yes&machineType=';
    expect(late.headers.location).toBe(`/imports/${idOf(preview)}?${answers}&plan=${planId}`);
  });

  test('an update asks with the answers of the last import, and says what it assumed', async () => {
    const editor = await signedIn('editor');
    const type = await db.machineType.findFirstOrThrow({ where: { bookId: 'aws-m6i-large' } });
    const first = (await editor.post('/imports', { text: COMPOSE })).headers.location ?? '';
    const fields = { planName: 'Unknown', systemName: 'Asked once', assume: 'no', machineType: type.id };
    const planId = idOf((await editor.post(`${first}/plans`, fields)).headers.location);
    const preview = (await editor.post('/imports', { text: COMPOSE, plan: planId })).headers.location ?? '';
    const { merge, plan, draft } = await editor.json(preview);
    expect(merge.parts.changed).toEqual([]);
    expect(draft.machineType.name).toBe(type.name);
    const page = await editor.get(preview);
    expect(page.text).toContain('<option value="no" selected>');
    expect(page.text).not.toContain('href=""');
    await editor.post(`/imports/${idOf(preview)}/plans/${planId}`, {
      assume: 'yes',
      revision: plan.revision,
    });
    const web = await db.part.findFirstOrThrow({ where: { planId, name: 'web' } });
    expect(web).toMatchObject({ availability: 0.9995, availabilityBasis: 'assumed at import' });
    const told = /Nobody stated the availability of web, db, cache: it was\s+assumed/;
    expect((await editor.get(`/plans/${planId}`)).text).toMatch(told);
    const again = (await editor.post('/imports', { text: COMPOSE, plan: planId })).headers.location ?? '';
    expect((await editor.get(again)).text).toContain('<option value="yes" selected>');
    expect((await editor.json(again)).merge.parts.changed).toEqual([]);
  });

  test('an availability that a file states is not called assumed, be it the one that would be, nor one that somebody sets', async () => {
    const editor = await signedIn('editor');
    const text = JSON.stringify({
      name: 'Half stated',
      parts: [
        { name: 'stated', kind: 'service', availability: 0.9995 },
        { name: 'unstated', kind: 'service' },
        { name: 'outside', kind: 'external', runs: 'external' },
      ],
    });
    const planId = idOf(await planFrom(editor, text, 'Half stated'));
    const parts = await db.part.findMany({ where: { planId }, orderBy: { id: 'asc' } });
    expect(parts.map(({ availability, availabilityBasis }) => [availability, availabilityBasis])).toEqual([
      [0.9995, ''],
      [0.9995, 'assumed at import'],
      [null, ''],
    ]);
    const page = async () => (await editor.get(`/plans/${planId}`)).text;
    expect(await page()).toContain('Nobody stated the availability of unstated:');
    const typed = partFields('unstated', { availability: '99.9', availabilityBasis: 'assumed at import' });
    await editor.post(`/parts/${parts[1]?.id}`, { ...typed, version: 1 });
    const set = await db.part.findUniqueOrThrow({ where: { id: parts[1]?.id ?? 0 } });
    expect([set.availability, set.availabilityBasis]).toEqual([0.999, '']);
    expect(await page()).not.toContain('Nobody stated the availability');
  });

  test('what a person deleted stays deleted, what an import removed comes back', async () => {
    const editor = await signedIn('editor');
    const planId = idOf(await planFrom(editor, COMPOSE, 'Deleted from'));
    const names = async () =>
      (await db.part.findMany({ where: { planId, deletedAt: null }, orderBy: { name: 'asc' } })).map(
        ({ name }) => name,
      );
    await updated(editor, planId, WITHOUT_CACHE);
    expect(await names()).toEqual(['db', 'web']);
    await updated(editor, planId, COMPOSE);
    expect(await names()).toEqual(['cache', 'db', 'web']);
    const cache = await db.part.findFirstOrThrow({ where: { planId, name: 'cache', deletedAt: null } });
    await editor.post(`/parts/${cache.id}/deletion`, {});
    const calls = { planId, deletedAt: null, to: { name: 'db' } };
    const call = await db.connection.findFirstOrThrow({ where: calls });
    await editor.post(`/connections/${call.id}/deletion`, {});
    const { merge, page } = await updated(editor, planId, COMPOSE);
    expect(merge.parts.keptDeleted).toEqual(['cache']);
    expect(merge.connections.keptDeleted).toEqual([{ from: 'web', to: 'db' }]);
    expect(page).toContain('Kept deleted, since somebody deleted them by hand: cache, web → db.');
    expect(await names()).toEqual(['db', 'web']);
    expect(await db.connection.count({ where: calls })).toBe(0);

    await editor.post(`/parts/${cache.id}/restoration`, {});
    await editor.post(`/connections/${call.id}/restoration`, {});
    const restored = await updated(editor, planId, COMPOSE);
    expect(restored.merge.parts.keptDeleted).toEqual([]);
    expect(await names()).toEqual(['cache', 'db', 'web']);
    expect(await db.connection.count({ where: calls })).toBe(1);
  });

  test('a part that an import removed is restored with its connections', async () => {
    const editor = await signedIn('editor');
    const planId = idOf(await planFrom(editor, COMPOSE, 'Restored from'));
    const { merge } = await updated(editor, planId, WITHOUT_CACHE);
    expect(merge.parts.removed).toEqual(['cache']);
    const cache = await db.part.findFirstOrThrow({ where: { planId, name: 'cache' } });
    await editor.post(`/parts/${cache.id}/restoration`);
    const { calledBy } = await editor.json(`/parts/${cache.id}`);
    expect(calledBy.map(({ name }: { name: string }) => name)).toEqual(['web']);
  });

  test('the machine type chosen in the preview of an update is the plan’s from then on', async () => {
    const editor = await signedIn('editor');
    const address = await planFrom(editor, COMPOSE, 'Machined');
    const planId = idOf(address);
    const type = await db.machineType.findFirstOrThrow({ where: { bookId: 'aws-m6i-large' } });
    const preview = (await editor.post('/imports', { text: COMPOSE, plan: planId })).headers.location ?? '';
    const page = (await editor.get(`${preview}&machineType=${type.id}`)).text;
    expect(page).toContain(`none → <strong>${type.name}</strong>`);
    const { plan } = await editor.json(preview);
    const answers = { revision: plan.revision, machineType: type.id };
    await editor.post(`/imports/${idOf(preview)}/plans/${planId}`, answers);
    expect((await editor.json(address)).plan.machineType.name).toBe(type.name);
  });

  test('a machine type that a file names and the price book has is counted by the price book, before and after', async () => {
    const editor = await signedIn('editor');
    await db.machineType.create({
      data: { name: 'Known', cpuMillicores: 9000, memoryMib: 9000, usdPerMonth: 1 },
    });
    const preview = (await editor.post('/imports', { text: planOn('KNOWN') })).headers.location ?? '';
    const { bill } = await editor.json(preview);
    const fields = { planName: 'A', systemName: 'On a known rack', assume: 'yes' };
    const saved = (await editor.post(`${preview}/plans`, fields)).headers.location ?? '';
    expect(bill.usdPerMonth.value).toBe(1);
    expect((await editor.json(saved)).bill.usdPerMonth.value).toBe(1);
  });

  test('edits and imports of one plan at the same time are each done or told to look again, never broken', async () => {
    const editor = await signedIn('editor');
    const planId = idOf(await planFrom(editor, COMPOSE, 'Busy'));
    const web = await db.part.findFirstOrThrow({ where: { planId, name: 'web' } });
    const rounds = Array.from({ length: 6 }, (_, i) => COMPOSE.replace('replicas: 3', `replicas: ${4 + i}`));
    for (const text of rounds) {
      const preview = (await editor.post('/imports', { text, plan: planId })).headers.location ?? '';
      const { plan } = await editor.json(preview);
      const { version } = (await editor.json(`/parts/${web.id}`)).part;
      const statuses = await Promise.all([
        editor.post(`/imports/${idOf(preview)}/plans/${planId}`, { revision: plan.revision }),
        editor.post(`/parts/${web.id}`, { ...partFields('web', { notes: text.slice(0, 90) }), version }),
      ]);
      for (const { status } of statuses) expect([303, 409]).toContain(status);
    }
  });

  test('a plan of a number that no plan has is told as wrong', async () => {
    const editor = await signedIn('editor');
    const { plan } = await aPlan(editor.person);
    for (const number of ['2147483648', '1.5', '1e309']) {
      for (const to of ['/imports', `/plans/${plan.id}/source`]) {
        expect((await editor.post(to, { plan: number })).status).toBe(422);
      }
    }
  });

  test('what was pasted outlives the session it was pasted in', async () => {
    const editor = await signedIn('editor');
    await editor.get('/imports/new');
    await db.session.deleteMany({ where: { userId: editor.person.id } });
    const sent = await editor.agent.post('/imports').field('_csrf', editor.token()).field('text', COMPOSE);
    expect(sent.status).toBe(403);
    expect(sent.text).toContain('image: shop:1.4');
    expect(sent.text).toContain('enctype="multipart/form-data"');
    const file = await editor.agent.post('/imports').attach('files', Buffer.from(COMPOSE), 'compose.yml');
    expect(file.status).toBe(413);
    expect(file.text).toContain('Your session has ended');
  });

  test('a changed entry stays the same record', async () => {
    const editor = await signedIn('editor');
    const shop = (...parts: string[]) =>
      JSON.stringify({
        name: 'Shop',
        parts: ['web', 'db', 'cache'].map((name) => ({ name, kind: 'service' })),
        entries: [{ name: 'Buy', parts }],
      });
    const planId = idOf(await planFrom(editor, shop('web', 'cache'), 'Entered'));
    const entry = () =>
      db.entry.findFirstOrThrow({
        where: { planId, deletedAt: null },
        select: { id: true, version: true, parts: { select: { part: { select: { name: true } } } } },
      });
    const before = await entry();
    await updated(editor, planId, shop('db', 'web'));
    const after = await entry();
    expect(after).toMatchObject({ id: before.id, version: before.version + 1 });
    expect(after.parts.map(({ part }) => part.name).sort()).toEqual(['db', 'web']);
  });

  test('a system or a machine type that is gone is told by field, and nothing is written', async () => {
    const editor = await signedIn('editor');
    const planId = idOf(await planFrom(editor, COMPOSE, 'Gone soon'));
    const { systemId } = await db.plan.findUniqueOrThrow({ where: { id: planId } });
    await db.system.update({ where: { id: systemId }, data: { deletedAt: new Date() } });
    const preview = (await editor.post('/imports', { text: COMPOSE })).headers.location ?? '';
    const before = await db.plan.count();
    for (const id of [systemId, 2_000_000_000]) {
      const sent = await editor.post(`${preview}/plans`, { planName: 'A', systemId: id });
      expect(sent.status).toBe(422);
      expect(sent.text).toContain('This system is not there any more. Pick another.');
    }
    const fields = { planName: 'A', systemName: 'Typeless', machineType: 2_000_000_000 };
    const typeless = await editor.post(`${preview}/plans`, fields);
    expect(typeless.status).toBe(422);
    expect(typeless.text).toContain('This machine type is not there any more. Pick another.');
    expect(await db.plan.count()).toBe(before);

    const system = await db.system.create({ data: { name: 'Standing' } });
    const plan = { name: 'A', status: 'draft', machineTypeId: 2_000_000_000 };
    const sent = await editor.post(`/systems/${system.id}/plans`, plan);
    expect(sent.status).toBe(422);
    expect(sent.text).toContain('This machine type is not there any more. Pick another.');
  });

  test('a machine type is found by its very name: % and _ are letters like any other', async () => {
    const editor = await signedIn('editor');
    await planFrom(editor, planOn('Rack 100'), 'Racks');
    await planFrom(editor, planOn('Rack_1%'), 'Other racks');
    await planFrom(editor, planOn('RACK_1%'), 'The same racks');
    const made = await db.machineType.findMany({
      where: { name: { startsWith: 'rack', mode: 'insensitive' } },
    });
    expect(made.map(({ name }) => name).sort()).toEqual(['Rack 100', 'Rack_1%']);
  });

  test('a name with a NUL is refused before anything is kept', async () => {
    const editor = await signedIn('editor');
    const sent = await editor.post('/imports', { text: 'services:\n  "a\\0b":\n    image: acme/web\n' });
    expect(sent.status).toBe(422);
    expect(sent.text).toContain('holds a character that cannot be shown');
  });

  test('a plan’s files are shown without their secrets', async () => {
    const editor = await signedIn('editor');
    const text = `${COMPOSE}    environment: { A: 1 }\n    command: redis\n`.replace(
      '    image: postgres:17\n',
      '    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: hunter2\n',
    );
    const address = await planFrom(editor, text, 'Secretive');
    const viewer = await signedIn('viewer');
    const page = (await viewer.get(`${address}/source`)).text;
    expect(page).toContain('POSTGRES_PASSWORD: ••••');
    expect(page).not.toContain('hunter2');
    expect(JSON.stringify(await viewer.json(`${address}/source`))).not.toContain('hunter2');
  });

  test('one person’s preview is not another’s', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const preview = (await ada.post('/imports', { text: COMPOSE })).headers.location ?? '';
    expect((await ben.get(preview)).status).toBe(404);
  });

  test('the schema of a plan is served', async () => {
    const viewer = await signedIn('viewer');
    const { body } = await viewer.get('/schemas/plan.json');
    expect(body.$schema).toContain('2020-12');
    expect(body.required).toContain('parts');
  });
});
