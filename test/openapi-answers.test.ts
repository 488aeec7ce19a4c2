import type { Response } from 'supertest';
import { beforeAll, describe, expect, test } from 'vitest';
import { tellStory } from '../prisma/seed.js';
import { isForBrowsers } from '../src/auth/auth.js';
import { db } from '../src/db/client.js';
import { documentOf } from '../src/openapi/document.js';
import { answerSchemasOf } from './support/answer-schemas.js';
import { app, signedIn, useApp } from './support/app.js';
import { exampleOf, idsOf, type Json, type OpenApi, operationsIn } from './support/openapi.js';
import { aProgram, withToken } from './support/program.js';
import { routesOf } from './support/routes.js';

useApp();

type Operation = ReturnType<typeof operationsIn>[number];

let program: Awaited<ReturnType<typeof aProgram>>;
let document: OpenApi;
let schemas: ReturnType<typeof answerSchemasOf>;
let operations: Operation[];
let ids: Record<string, number>;
/** Which of the documented ways to end have been seen: “get /systems/{systemId} 200”. */
const ended = new Set<string>();

beforeAll(async () => {
  await tellStory();
  const { person } = await signedIn('admin');
  program = await aProgram(person);
  document = (await program.get('/openapi.json')).body;
  schemas = answerSchemasOf(document);
  operations = operationsIn(document).filter(({ path }) => !isForBrowsers(path));
  ids = { ...(await idsOf(person, program)), changeId: (await db.change.findFirstOrThrow()).id };
  const links = [{ label: 'Runbook', url: 'https://example.com/' }];
  await db.system.update({ where: { id: Number(ids.systemId) }, data: { links } });
});

describe('every answer is as the document says, with no field that it does not name', () => {
  test('of what is read, of lists whole and in part', async () => {
    const story = await idsOfTheStory();
    for (const operation of operations.filter(({ method }) => method === 'get')) {
      for (const known of [ids, { ...ids, ...story }]) {
        const at = addressOf(operation, known);
        hold(operation, await program.get(at));
        if (!operation.operation.parameters.some(({ name }) => name === 'sort')) continue;
        hold(operation, await program.get(`${at}?after=x&before=x`));
        hold(operation, await program.get(`${at}?format=json`));
        expect((await program.get(`${at}?format=csv`)).type).toBe('text/csv');
      }
    }
    const compared = [story.planId, ids.planId, Number(story.planId) + 1];
    hold(the('get /comparison'), await program.get(`/comparison?plans=${compared.join()}`));
  });

  test('of files that are held against a plan which people have changed', async () => {
    const first = await program.post('/imports', { text: JSON.stringify(STANDING) });
    hold(the('get /imports/{importId}'), await program.get(first.body.location));
    const names = { planName: 'Held', systemName: 'Held' };
    const { location } = (await program.post(`${first.body.location}/plans`, names)).body;
    const { contents } = (await program.get(location)).body;
    const byName = (rows: { id: number; name?: string; label?: string }[], name: string) =>
      rows.find((row) => (row.name ?? row.label) === name)?.id;
    const kept = `/parts/${byName(contents.parts, 'kept')}`;
    const { values } = (await program.get(`${kept}/edit`)).body.form;
    await program.post(kept, { ...values, replicas: 3, version: 1 });
    await program.post(`/connections/${contents.connections[2].id}/deletion`);
    await program.post(`/parts/${byName(contents.parts, 'hidden')}/deletion`);
    await program.post(`/entries/${byName(contents.entries, 'Hidden')}/deletion`);
    await program.post(`/extra-costs/${byName(contents.extraCosts, 'Hidden')}/deletion`);
    const plan = Number(/\d+/.exec(location)?.[0]);
    const newer = await program.post('/imports', { text: JSON.stringify(NEWER), plan });
    hold(the('get /imports/{importId}'), await program.get(newer.body.location));
    const source = { text: JSON.stringify(NEWER) };
    hold(the('post /plans/{planId}/source'), await program.post(`${location}/source`, source));
    hold(the('get /plans/{planId}'), await program.get(location));
    hold(the('get /plans/{planId}/plan.json'), await program.get(`${location}/plan.json`));
    for (const files of [COMPOSE, HEROKU]) {
      const kept = await program.post('/imports', { files });
      hold(the('get /imports/{importId}'), await program.get(kept.body.location));
    }
  });

  test('of writes that succeed', async () => {
    for (const operation of writes()) {
      const done = await program.post(addressOf(operation), await exampleOf(program, operation, ids));
      expect(done.status, `${nameOf(operation)} ${done.text}`).toBeLessThan(300);
      hold(operation, done);
    }
  });

  test('of writes that are wrong, too late, or come too late', async () => {
    for (const operation of writes().filter(({ operation }) => operation.requestBody)) {
      const at = addressOf(operation);
      const isUpdate = operation.operation.responses[409] && !operation.path.startsWith('/imports');
      hold(operation, await program.post(at, isUpdate ? { version: 1 } : {}));
      hold(operation, await program.post(at, { isAdmin: true }));
      if (!operation.operation.responses[409]) continue;
      const late = {
        ...(await exampleOf(program, operation, ids)),
        version: 2_147_483_647,
        base: '{"name": ""}',
      };
      hold(operation, await program.post(at, operation.path.startsWith('/imports') ? { revision: 1 } : late));
    }
    hold(the('post /imports'), await program.post('/imports', { text: 'services:\n  web: [' }));
    const odd = { text: '', secondText: '', cluster: 'odd', assume: 'odd', machineType: 'odd' };
    hold(the('post /plans/{planId}/source'), await program.post(`/plans/${ids.planId}/source`, odd));
    const kept = { cluster: 'none', assume: 'no', machineType: '1', systemName: '' };
    const lacking = await program.post(`/imports/${ids.importId}/plans`, kept);
    hold(the('post /imports/{importId}/plans'), lacking);
    expect(lacking.body.form.errors).toEqual({ planName: expect.stringContaining('missing') });
  });

  test('of who has no token, may not, or asks for what is not there', async () => {
    const { person } = await signedIn('viewer');
    const [nobody, viewer, reader] = [
      withToken('mp_x'),
      await aProgram(person),
      await aProgram(person, 'read'),
    ];
    const nothing = Object.fromEntries(Object.keys(ids).map((name) => [name, 2_147_483_647]));
    for (const operation of operations) {
      const { responses } = operation.operation;
      const ask = (by: typeof nobody, at: string) =>
        operation.method === 'get' ? by.get(at) : by.post(at, {});
      if (responses[401]) hold(operation, await ask(nobody, addressOf(operation)));
      if (responses[403]) hold(operation, await ask(viewer, addressOf(operation)));
      if (responses[403]) hold(operation, await ask(reader, addressOf(operation)));
      if (!responses[404]) continue;
      hold(operation, await ask(program, addressOf(operation, nothing)));
      hold(operation, await ask(program, operation.path.replace(/\{\w+\}/g, 'none')));
    }
  });

  test('of what is restored where another has taken its place', async () => {
    const restorations = writes().filter(({ path, operation }) => {
      return path.endsWith('/restoration') && operation.responses[409];
    });
    for (const operation of restorations.reverse()) {
      const [, noun] = operation.path.split('/');
      const making = named(
        ({ path, operation }) => path.endsWith(`/${noun}`) && Boolean(operation.responses[201]),
      );
      const one = addressOf(operation).replace('/restoration', '');
      const { values } = (await program.get(`${one}/edit`)).body.form;
      await program.post(`${one}/deletion`);
      expect((await program.post(addressOf(making), values)).status, nameOf(making)).toBe(201);
      hold(operation, await program.post(`${one}/restoration`));
    }
    hold(the('get /deletions'), await program.get('/deletions'));
  });
});

describe('the document says no more than there is', () => {
  test('every way to end that it names has been seen', () => {
    const named = operations.flatMap((operation) =>
      Object.keys(operation.operation.responses).map((status) => `${nameOf(operation)} ${status}`),
    );
    // The database is there for as long as the test runs.
    const open = named.filter((way) => !way.endsWith('default') && way !== 'get /healthz 503');
    expect(open.filter((way) => !ended.has(way))).toEqual([]);
  });

  test('every field that it names has been seen', () => {
    // What is sent and not answered; what people may write into a plan file, for their editors.
    const unseen = schemas.unseen().filter((field) => !/^File\.|^PlanFile\.\$schema$/.test(field));
    expect(unseen).toEqual([]);
  });

  test('a field that may be lacking says when', () => {
    expect(schemas.unexplained()).toEqual([]);
  });
});

test('visitors need no token for what they may read, where the settings say so', () => {
  const open = () =>
    operationsIn(documentOf(app) as unknown as OpenApi)
      .filter(({ operation }) => operation.security?.length === 2)
      .map(nameOf);
  expect(open()).toEqual(['get /']);
  app.set('public read', true);
  const readable = routesOf(app).filter(({ isReadable }) => isReadable);
  expect(readable.length).toBeGreaterThan(15);
  const names = readable.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  expect(open().sort()).toEqual(['get /', ...names].sort());
  app.set('public read', false);
});

const writes = () => operations.filter(({ method }) => method === 'post');
const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) => `${method} ${path}`;
const the = (name: string) => named((operation) => nameOf(operation) === name);

function named(isMeant: (operation: Operation) => boolean): Operation {
  const found = operations.find(isMeant);
  if (!found) throw new Error('no such operation');
  return found;
}

function addressOf({ path }: Operation, known = ids): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => String(known[name]));
}

/** Fails where an answer ends in a way that is not named, or is not as the schema of that way says. */
function hold(operation: Operation, { status, body, type }: Response): void {
  const at = `${nameOf(operation)} ${status}`;
  const named = operation.operation.responses[status] as Named | undefined;
  const response = named?.$ref ? document.components.responses[named.$ref.split('/').at(-1) ?? ''] : named;
  expect(response, at).toBeDefined();
  ended.add(at);
  const content = (response as Named).content ?? {};
  if (Object.keys(content).length > 0) expect(Object.keys(content), at).toContain(type);
  if (!content['application/json']) return;
  const { schema } = content['application/json'];
  if (!schema) throw new Error(`${at} is not described`);
  expect({ at, faults: schemas.faultsOf(schema, body) }).toEqual({ at, faults: undefined });
}

type Named = { $ref?: string; content?: Record<string, { schema?: Json }> };

/** Records with more to say than those of one’s own making. */
async function idsOfTheStory(): Promise<Record<string, number>> {
  const plan = await db.plan.findFirstOrThrow({ where: { name: "It's the future" } });
  const where = { planId: plan.id };
  return {
    ...ids,
    systemId: plan.systemId,
    planId: plan.id,
    partId: (await db.part.findFirstOrThrow({ where })).id,
    connectionId: (await db.connection.findFirstOrThrow({ where })).id,
    entryId: (await db.entry.findFirstOrThrow({ where })).id,
    costId: (await db.extraCost.findFirstOrThrow({ where })).id,
    commentId: (await db.comment.findFirstOrThrow({ where })).id,
    machineTypeId: plan.machineTypeId ?? 0,
  };
}

const COMPOSE = [
  { name: 'docker-compose.yml', text: 'services:\n  web:\n    image: shop\n    deploy: { replicas: 2 }\n' },
];
const HEROKU = [
  { name: 'Procfile', text: 'web: node server.js\n' },
  { name: 'app.json', text: '{"formation": {"web": {"quantity": 2, "size": "standard-1x"}}}' },
];
const part = (name: string, replicas = 1) => ({ name, kind: 'service', replicas, containersPerReplica: 2 });
const STANDING = {
  name: 'Held',
  machineType: { name: 'small', cpuMillicores: 1000, memoryMib: 1024 },
  parts: [part('web'), part('db'), part('kept'), part('hidden'), part('gone')],
  connections: [
    { from: 'web', to: 'db' },
    { from: 'web', to: 'kept' },
    { from: 'db', to: 'kept' },
  ],
  entries: ['Look', 'Hidden', 'Gone'].map((name) => ({ name, parts: ['web'] })),
  extraCosts: ['Disks', 'Hidden', 'Gone'].map((label) => ({ label, usdPerMonth: 1 })),
};
/** Of each kind one that is added, changed, gone, and deleted by hand. */
const NEWER = {
  ...STANDING,
  parts: [part('web', 2), part('db'), part('kept', 5), part('hidden'), part('new')],
  connections: [
    { from: 'web', to: 'db', strength: 'soft' },
    { from: 'db', to: 'kept' },
    { from: 'web', to: 'new', origin: 'stated', evidence: 'NEW_URL' },
  ],
  entries: [
    { name: 'Look', parts: ['web', 'db'] },
    { name: 'Hidden', parts: ['web'] },
    { name: 'New', parts: ['new'] },
  ],
  extraCosts: [
    { label: 'Disks', usdPerMonth: 2 },
    { label: 'Hidden', usdPerMonth: 1 },
    { label: 'New', usdPerMonth: null },
  ],
};
