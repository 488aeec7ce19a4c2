import { describe, expect, test } from 'vitest';
import { tellStory } from '../prisma/seed.js';
import { countedPlan } from '../src/bills/remembered.js';
import { db } from '../src/db/client.js';
import { findPlan } from '../src/plans/queries.js';
import { type Browser, signedIn, useApp } from './support/app.js';
import { aPlan } from './support/factories.js';

useApp();

const draft = { name: 'Today', status: 'draft', description: 'As it *is*.', machineTypeId: '' };

async function aSystem(editor: Browser, name: string): Promise<string> {
  const fields = { name, lifecycle: 'production', team: '', description: '', links: '', tags: '' };
  return (await editor.post('/systems', fields)).headers.location ?? '';
}

describe('plans', () => {
  test('a plan is recorded, shown with an empty bill, edited', async () => {
    const editor = await signedIn('editor');
    const system = await aSystem(editor, 'Planned');
    const made = await editor.post(`${system}/plans`, draft);
    expect(made.headers.location).toMatch(/^\/plans\/\d+-today$/);
    const address = made.headers.location ?? '';
    const shown = await editor.get(address);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('Nothing in this plan yet');
    expect(shown.text).toContain('<em>is</em>');
    const { plan, bill } = await editor.json(address);
    expect(bill.containers.value).toBe(0);
    const saved = await editor.post(address, { ...draft, name: 'Tomorrow', version: plan.version });
    expect(saved.headers.location).toMatch(/-tomorrow$/);
    expect((await editor.get(address)).status).toBe(200);
  });

  test('a system has at most one current plan, and the database itself sees to it', async () => {
    const editor = await signedIn('editor');
    const system = await aSystem(editor, 'Current');
    await editor.post(`${system}/plans`, { ...draft, status: 'current' });
    const second = await editor.post(`${system}/plans`, { ...draft, name: 'Other', status: 'current' });
    expect(second.status).toBe(422);
    expect(second.text).toContain('Another plan of this system is the current one.');
    const systemId = Number(/\d+/.exec(system)?.[0]);
    await expect(db.plan.create({ data: { systemId, name: 'Third', status: 'current' } })).rejects.toThrow();
  });

  test('of two people editing one plan the second is told and keeps what was typed', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const address = (await ada.post(`${await aSystem(ada, 'Raced')}/plans`, draft)).headers.location ?? '';
    const { version } = (await ada.json(address)).plan;
    await ada.post(address, { ...draft, name: 'By Ada', version });
    const late = await ben.post(address, { ...draft, name: 'By Ben', version });
    expect(late.status).toBe(409);
    expect(late.text).toContain('By Ben');
    expect(late.text).toContain('<q>By Ada</q>');
  });

  test('a deleted plan is gone with all in it and comes back by one click', async () => {
    const editor = await signedIn('editor');
    const address =
      (await editor.post(`${await aSystem(editor, 'Deleting')}/plans`, draft)).headers.location ?? '';
    expect((await editor.get(`${address}/deletion`)).text).toContain('With it go 0 parts');
    const gone = await editor.post(`${address}/deletion`);
    const page = await editor.get(gone.headers.location ?? '');
    const undo = /action="(\/plans\/\d+\/restoration)"/.exec(page.text)?.[1] ?? '';
    expect((await editor.get(address)).status).toBe(404);
    await editor.post(undo);
    expect((await editor.get(address)).status).toBe(200);
  });

  test('the story has the worked example’s bill, and its copies have it too', async () => {
    await db.adminKept.deleteMany();
    await db.user.deleteMany();
    await tellStory();
    const editor = await signedIn('editor');
    const { rows } = await editor.json('/plans?q=future');
    const { bill } = await editor.json(`/plans/${rows[0].id}`);
    const figures = [
      bill.services,
      bill.containers,
      bill.machines,
      bill.machinesLowerBound,
      bill.connections,
      bill.usdPerMonth,
    ];
    expect(figures.map((figure) => figure.value)).toEqual([12, 50, 8, 8, 42, 688.91]);
    const copied = await editor.post(`/plans/${rows[0].id}/copies`);
    const copy = await editor.json(copied.headers.location ?? '');
    expect(copy.plan.name).toBe("It's the future, copy");
    expect(copy.bill).toEqual({ ...bill, planName: copy.plan.name });
    const again = await editor.post(`/plans/${rows[0].id}/copies`);
    expect((await editor.json(again.headers.location ?? '')).plan.name).toBe("It's the future, copy 2");
  });

  test('a copy keeps every column of every row', async () => {
    const editor = await signedIn('editor');
    const { rows } = await editor.json('/plans?q=heroku');
    const planId = rows[0].id;
    const part = await db.part.findFirstOrThrow({ where: { planId, name: 'web' } });
    const everything = {
      repositoryUrl: 'https://a.example',
      runbookUrl: 'https://b.example',
      notes: 'n',
      checkedOn: new Date('2026-01-02'),
    };
    await db.part.update({
      where: { id: part.id },
      data: { ...everything, setByHand: ['replicas'], spread: true },
    });
    const address = (await editor.post(`/plans/${planId}/copies`)).headers.location ?? '';
    const copyId = Number(/\d+/.exec(address)?.[0]);
    const own = { id: 0, planId: 0, version: 0, createdAt: 0, updatedAt: 0 };
    const rowsOf = async (id: number) =>
      (await db.part.findMany({ where: { planId: id }, orderBy: { id: 'asc' } })).map((row) => ({
        ...row,
        ...own,
      }));
    expect(await rowsOf(copyId)).toEqual(await rowsOf(planId));
  });

  test('a copy’s long name is cut between letters, not within one', async () => {
    const editor = await signedIn('editor');
    const name = `${'x'.repeat(104)}😀😀`;
    const made = await editor.post(`${await aSystem(editor, 'Long names')}/plans`, { ...draft, name });
    const copied = await editor.post(`${made.headers.location}/copies`);
    expect((await editor.json(copied.headers.location ?? '')).plan.name).toBe(`${'x'.repeat(104)}, copy`);
  });

  test('pressing a part shows what stops with it, as a page and as a picture', async () => {
    const editor = await signedIn('editor');
    const { rows } = await editor.json('/plans?q=future');
    const page = await editor.get(`/plans/${rows[0].id}?down=etcd`);
    expect(page.text).toContain('<strong>When etcd is down</strong>, 19 other parts stop');
    expect(page.text).toContain('Users lose: browse, checkout, deploy.');
    const machine = await editor.get(`/plans/${rows[0].id}?down=machine%201`);
    expect(machine.text).toContain(
      '<strong>When machine 1 is down</strong>, nothing else stops and 4 work on less',
    );
    const svg = await editor.get(`/plans/${rows[0].id}/diagram.svg?down=etcd`);
    expect(svg.headers['content-type']).toContain('image/svg+xml');
    expect(String(svg.body)).toContain('xmlns="http://www.w3.org/2000/svg"');
  });

  test('the plan as JSON is the plan again when it is imported', async () => {
    const editor = await signedIn('editor');
    const { rows } = await editor.json('/plans?q=future');
    const exported = await editor.get(`/plans/${rows[0].id}/plan.json`);
    expect(exported.headers['content-disposition']).toContain('attachment');
    expect(exported.body.parts).toHaveLength(22);
    const preview = await editor.post('/imports', { text: JSON.stringify(exported.body) });
    const { draft, bill } = await editor.json(preview.headers.location ?? '');
    expect(draft.parts.map((part: { name: string }) => part.name)).toEqual(
      exported.body.parts.map((part: { name: string }) => part.name),
    );
    expect(bill.usdPerMonth.value).toBe(688.91);
  });
});

describe('home', () => {
  test('counts what is current, and of a system that has only drafts says so', async () => {
    const editor = await signedIn('editor');
    const { system, plan } = await aPlan(editor.person, { parts: { web: {} } });
    const shown = async () =>
      (await editor.json('/')).systems.find(({ id }: { id: number }) => id === system.id).bill;
    expect(await shown()).toBeNull();
    expect((await editor.get('/')).text).toContain('None of its plans is current yet');
    await db.plan.update({ where: { id: plan.id }, data: { status: 'current' } });
    expect(await shown()).toMatchObject({ plan: plan.name, containers: 1 });
  });

  test('offers a system’s plans for comparison, the current one first, then the newest, four at the most', async () => {
    const editor = await signedIn('editor');
    const { plan } = await aPlan(editor.person);
    const ids = [plan.id];
    const copy = async () => {
      const { headers } = await editor.post(`/plans/${plan.id}/copies`);
      ids.unshift(Number(/\d+/.exec(headers.location ?? '')?.[0]));
    };
    await copy();
    expect((await editor.get('/')).text).toContain(`plans=${ids.join(',')}">Compare its 2 plans`);
    await copy();
    await copy();
    await copy();
    await db.plan.update({ where: { id: plan.id }, data: { status: 'current' } });
    const offered = [plan.id, ...ids.slice(0, 3)].join(',');
    expect((await editor.get('/')).text).toContain(`plans=${offered}">Compare 4 of its 5 plans`);
  });
});

describe('comparison', () => {
  test('two plans stand side by side, each line with its winner and no total', async () => {
    const viewer = await signedIn('viewer');
    const { rows } = await viewer.json('/plans?q=simple&sort=-name');
    const ids = rows
      .filter((row: { name: string }) => !row.name.includes('copy'))
      .map((row: { id: number }) => row.id);
    const { comparison } = await viewer.json(`/comparison?plans=${ids.join(',')}`);
    const line = (label: string) => comparison.lines.find((one: { label: string }) => one.label === label);
    expect(line('Containers')).toMatchObject({ values: [50, 1], winners: [1] });
    expect(line('Cost a month')).toMatchObject({ values: [688.91, 75], winners: [1] });
    expect(comparison.worst.onPaper.winners).toEqual([0]);
    const page = await viewer.get(`/comparison?plans=${ids.join(',')}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('10 %');
    expect(page.text).toContain(
      '49 fewer containers, 8 fewer machines, 40 fewer connections and $613.91 less a month',
    );
    expect(page.text).toContain('Here the order stays: It&#39;s the future is down least');
    expect(page.text).not.toContain('different systems');
  });

  test('another plan is taken as the one that the others are told against', async () => {
    const editor = await signedIn('editor');
    const plans = [
      await aPlan(editor.person, { parts: { web: {} } }),
      await aPlan(editor.person, { parts: { web: {}, cache: {} } }),
      await aPlan(editor.person),
    ];
    const [one, other, third] = plans.map(({ plan }) => plan.id);
    const page = await editor.get(`/comparison?plans=${one},${other},${third}`);
    const links = [...page.text.matchAll(/<a href="([^"]+)">Compare the others with/g)].map(
      (match) => match[1],
    );
    expect(links).toEqual([
      `/comparison?plans=${other},${one},${third}`,
      `/comparison?plans=${third},${one},${other}`,
    ]);
    const turned = await editor.get(links[0]!);
    expect(turned.text).toContain(`What is different from ${plans[1]?.plan.name}`);
    expect(turned.text).toMatch(/<dt>Removed<\/dt><dd>cache<\/dd>/);
  });

  test('an entry that a plan does not have is told from one that is unknown', async () => {
    const editor = await signedIn('editor');
    const withEntry = { parts: { web: {} }, entries: { browse: ['web'] } };
    const made = [await aPlan(editor.person, withEntry), await aPlan(editor.person, withEntry)];
    const lacking = await aPlan(editor.person, { parts: { web: {} }, entries: { buy: ['web'] } });
    const ids = [...made, lacking].map(({ plan }) => plan.id);
    const page = await editor.get(`/comparison?plans=${ids.join(',')}`);
    expect(page.text.match(/no such entry/g)).toHaveLength(3);
  });

  test('a difference from what is only a lower limit is one as well', async () => {
    const { person, get } = await signedIn('editor');
    const priced = (usdPerMonth: string) => ({ runs: 'managed', usdPerMonth });
    const known = await aPlan(person, { parts: { db: priced('10') } });
    const atLeast = await aPlan(person, { parts: { db: priced('15'), cache: priced('') } });
    const deltas = async (...plans: { plan: { id: number } }[]) => {
      const page = await get(`/comparison?plans=${plans.map(({ plan }) => plan.id).join(',')}`);
      return [...page.text.matchAll(/delta">([^<]*\$[^<]*)</g)].map(([, told]) => told);
    };
    expect(await deltas(known, atLeast)).toEqual(['at least $5.00 more']);
    expect(await deltas(atLeast, known)).toEqual(['at least $5.00 less']);
    expect(await deltas(atLeast, await aPlan(person, { parts: { db: priced('') } }))).toEqual([]);
  });

  test('plans of different systems, one without connections, one of assumed availability are compared with a word of caution', async () => {
    const editor = await signedIn('editor');
    const assumed = { availability: '99.95', availabilityBasis: 'assumed at import' };
    const [one, other] = [
      await aPlan(editor.person, { parts: { web: {}, db: assumed } }),
      await aPlan(editor.person),
    ];
    const page = await editor.get(`/comparison?plans=${one.plan.id},${other.plan.id}`);
    expect(page.text).toContain('These are plans of different systems');
    expect(page.text).toContain(`${one.plan.name} has no connections`);
    expect(page.text).toContain(`${one.plan.name} has an availability that is assumed for 1 of its 2 parts`);
    expect(page.text).not.toContain(`${other.plan.name} has an availability`);
  });

  test('says its address, which stays, and up to four plans stand side by side', async () => {
    const { person, get } = await signedIn('editor');
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => aPlan(person, { parts: { web: { memoryMib: '512' } } })),
    );
    const address = `/comparison?plans=${made.map(({ plan }) => plan.id).join(',')}`;
    const { text } = await get(address);
    expect(text).toMatch(
      new RegExp(`<code class="whole">http://[^/<]+${address.replace('?', '\\?')}</code>`),
    );
    expect(text).not.toContain('Permalink');
    expect(text.match(/<svg class="picture machines/g)).toHaveLength(4);
  });

  test('a form’s choice is sent on to the permalink, one plan is no comparison and stays ticked through a search, and of five one hears', async () => {
    const viewer = await signedIn('viewer');
    const sent = await viewer.get('/comparison?plans=1&with=2');
    expect(sent.headers.location).toBe('/comparison?plans=1,2');
    const five = await viewer.get('/comparison?plans=1&with=2&with=3&with=4&with=5');
    expect(five.headers.location).toBe('/comparison?plans=1,2,3,4');
    expect((await viewer.get('/plans')).text).toContain(
      '4 plans at most: of the 5 ticked these are the first.',
    );
    const none = await viewer.get('/comparison');
    expect(none.headers.location).toBe('/plans');
    expect((await viewer.get('/plans')).text).toContain('Tick two to four plans');
    const { plan } = await aPlan((await signedIn('editor')).person);
    const alone = await viewer.get(`/comparison?plans=${plan.id}`);
    const list = await viewer.get(alone.headers.location ?? '');
    expect(list.text).toContain('Tick the plans to compare it with');
    expect(list.text).toContain(`value="${plan.id}" checked`);
    const elsewhere = await viewer.get(`/plans?with=${plan.id}&q=nothing+is+called+so`);
    expect(elsewhere.text).not.toContain('checked');
    expect(elsewhere.text).toContain(`<input type="hidden" name="with" value="${plan.id}">`);
    expect(elsewhere.text).toContain(`<a href="/plans?with=${plan.id}">Clear</a>`);
  });
});

describe('the bill of a plan', () => {
  test('is remembered, and goes on to be when one too large for that is looked at', async () => {
    const { person } = await signedIn('editor');
    const small = await findPlan((await aPlan(person, { parts: { web: {} } })).plan.id);
    const large = await findPlan((await aPlan(person)).plan.id);
    await db.$executeRaw`
      INSERT INTO parts (plan_id, name, kind, runs)
      SELECT ${large!.id}, repeat('x', 190) || i, 'service', 'external' FROM generate_series(1, 7000) AS i`;
    const bill = await countedPlan(small!);
    expect((await countedPlan(large!)).whole.parts).toHaveLength(7000);
    expect(await countedPlan(small!)).toBe(bill);
  });
});
