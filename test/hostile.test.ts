import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { createImport } from '../src/imports/queries.js';
import { app, type Browser, signedIn, useApp, visitor } from './support/app.js';
import { aPlan } from './support/factories.js';
import { pathWith, routesOf } from './support/routes.js';

useApp();

const SEED = 20261126;
const RUNS = 4;

/** Held by hostile texts: as it stands it would break out of an element and of an attribute. */
const MARK = '<m7k "m7k>';
const BROKEN_OUT = /<m7k|"m7k|(?:href|src|action)="\s*(?:javascript|data|vbscript):/i;
/** A cell that a spreadsheet would count. */
const FORMULA = /(?:^|,)"?=m7k/m;

const hostile = fc.oneof(
  fc.constantFrom(
    MARK,
    `'"></textarea></script><script>${MARK}</script>`,
    `javascript:${MARK}`,
    `[a](javascript:m7k) <svg onload=m7k> ![](x${MARK}) <http://a.example/${MARK}>`,
    `=m7k("http://a.example/${MARK}")`,
    `'; DROP TABLE users; -- ${MARK}`,
    `${MARK}\0`,
    'web\0',
    `${MARK}\u202e\u0301\ufeff\u2028\u{1f600}`,
    MARK.repeat(400),
    `https://a.example/${MARK}`,
    '{"__proto__":{"message":"m7k"},"name":[1],"toString":{}}',
    'services: {a: {image: "<m7k \\"m7k>"}}',
  ),
  fc.constantFrom('', ' ', '-0', '1e308', '-1e999', 'NaN', 'Infinity', '0x10', '1e-400', '9007199254740993'),
  fc.constantFrom('2147483647', '2147483648', '99999999999999999999', '0.1', '1,000', '٣', '0000-00-00'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double().map(String),
);

type Field = [name: string, value: string];

/** Names that no form has, and that nothing may be set by. */
const strange = fc.constantFrom(
  '__proto__',
  'constructor',
  'id',
  'planId',
  'deletedAt',
  'a[b]',
  'format',
  '',
);

/** What a form is sent with: by the number of the field what stands in it instead, and fields beside, some of them there already. */
const changes = fc.record({
  instead: fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 3 }),
  twice: fc.array(fc.tuple(fc.nat(), hostile), { maxLength: 1 }),
  beside: fc.array(fc.tuple(strange, hostile), { maxLength: 2 }),
});

type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;

describe('whatever is typed into a form', () => {
  test('nothing breaks, and nothing breaks out of the page that shows it', async () => {
    const editor = await signedIn('editor');
    const [kept, gone] = [await records(editor.person), await records(editor.person)];
    for (const { path, isPublic } of routesOf(app).filter(({ method }) => method === 'post')) {
      const ids = /\/(?:deletion|restoration)$/.test(path) ? gone : kept;
      const address = pathWith(path, ids);
      const sender = isPublic ? await visitor() : path === '/sign-out' ? await signedIn('editor') : editor;
      await sender.get('/sign-in');
      const fields = await fieldsOf(sender, address, ids);
      const property = fc.asyncProperty(changes, (change) => send(sender, address, changed(fields, change)));
      // What has no field to fill in is a mere button.
      await fc.assert(property, { seed: SEED, numRuns: fields.length > 0 ? RUNS : 1, endOnFailure: true });
    }
    for (const page of pagesThatShow(kept, gone.planId)) look(page, await editor.get(page));
    // Some seconds where the machine is free: it asks for two hundred pages one after the other.
  }, 180_000);
});

/** One record of every kind. */
async function records(person: { id: number }) {
  const made = await aPlan(person, {
    parts: { web: {}, db: {} },
    connections: [['web', 'db']],
    entries: { shop: ['web'] },
  });
  const planId = made.plan.id;
  const cost = await db.extraCost.create({ data: { planId, label: 'disks' } });
  const comment = await db.comment.create({ data: { planId, authorId: person.id, body: 'said' } });
  const size = { cpuMillicores: 2000, memoryMib: 4096 };
  const machineType = await db.machineType.create({ data: { name: `machine ${planId}`, ...size } });
  const text = 'services: {web: {image: a/web, depends_on: [db]}, db: {image: postgres}}';
  return {
    systemId: made.system.id,
    planId,
    partId: made.parts.web!,
    connectionId: made.connections[0]!,
    entryId: made.entries.shop!,
    costId: cost.id,
    commentId: comment.id,
    machineTypeId: machineType.id,
    importId: (await createImport(person.id, [{ name: 'compose.yaml', text }])).id,
  };
}

type Ids = Awaited<ReturnType<typeof records>>;

/** The fields of the form that is sent to this address, as a browser would send them untouched. */
async function fieldsOf(editor: Browser, address: string, { planId }: Ids): Promise<Field[]> {
  const bare = (action: string) => action.replace(/(\/\d+)-[^/]*/g, '$1').replace(/#.*/, '');
  const [imported] = /^\/imports\/\d+/.exec(address) ?? [];
  const pages = imported
    ? [address.endsWith('plans') ? imported : `${imported}?plan=${planId}`]
    : ['/edit', '/new', ''].map((end) => address + end);
  for (const page of pages) {
    const forms = (await editor.get(page)).text.matchAll(
      /<form method="post" action="([^"]+)"[\s\S]*?<\/form>/g,
    );
    const form = [...forms].find(([, action = '']) => bare(action) === address)?.[0];
    if (form) return controlsIn(form);
  }
  return [];
}

function controlsIn(form: string): Field[] {
  const controls = form.matchAll(
    /<(input|textarea|select)([^>]* name="([^"]+)"[^>]*)>([\s\S]*?)(?=<(?:input|textarea|select)|$)/g,
  );
  const decoded = (text: string) =>
    text.replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
  return [...controls]
    .filter(([, , , name]) => name !== '_csrf')
    .map(([, kind, attributes = '', name = '', rest = '']) => {
      const chosen = /<option value="([^"]*)" selected/.exec(rest) ?? /<option value="([^"]*)"/.exec(rest);
      const written = kind === 'input' ? / value="([^"]*)"/.exec(attributes) : /^([^<]*)/.exec(rest);
      return [name, decoded((kind === 'select' ? chosen : written)?.[1] ?? '').trim()];
    });
}

function changed(fields: Field[], { instead, twice, beside }: Changes): Field[] {
  if (fields.length === 0) return beside;
  const at = ([n, value]: [number, string]): Field => [fields[n % fields.length]![0], value];
  const values = new Map(instead.map(at));
  return [
    ...fields.map(([name, value]): Field => [name, values.get(name) ?? value]),
    ...twice.map(at),
    ...beside,
  ];
}

async function send(editor: Browser, address: string, fields: Field[]): Promise<void> {
  const body = new URLSearchParams([['_csrf', editor.token()], ...fields]).toString();
  const answer = await editor.agent.post(address).type('form').send(body);
  expect(answer.text, address).not.toContain('belongs to a session that has ended');
  look(address, answer);
  const next = answer.headers.location;
  if (next) look(next, await editor.get(next));
}

function pagesThatShow({ systemId, planId, machineTypeId, importId }: Ids, otherPlanId: number): string[] {
  const plan = `/plans/${planId}`;
  return [
    '/',
    '/systems?format=csv',
    '/machine-types?format=csv',
    '/deletions',
    `/systems/${systemId}`,
    `/machine-types/${machineTypeId}/edit`,
    `/imports/${importId}`,
    plan,
    `${plan}?down=web`,
    `${plan}/diagram.svg`,
    `${plan}/machines.svg`,
    `${plan}/parts?format=csv`,
    `${plan}/connections`,
    `${plan}/entries`,
    `${plan}/extra-costs?format=csv`,
    `${plan}/comments`,
    `${plan}/comments?format=csv`,
    `/systems/${systemId}/comments`,
    `/comparison?plans=${planId},${otherPlanId}`,
  ];
}

type Answer = Awaited<ReturnType<Browser['get']>>;

/** Never an error of ours, never half a page, never a text that became more than text. */
function look(address: string, { status, type, text, body }: Answer): void {
  const seen = text ?? String(body);
  expect({ address, isOurs: status >= 500 }).toEqual({ address, isOurs: false });
  if (type === 'text/html') expect(seen.trimEnd().slice(-7), address).toBe('</html>');
  const brokenOut = (type === 'text/csv' ? FORMULA : BROKEN_OUT).exec(seen)?.[0];
  expect({ address, brokenOut }).toEqual({ address, brokenOut: undefined });
}
