import type { Person } from '../../src/auth/accounts.js';
import { db } from '../../src/db/client.js';
import { aPlan } from './factories.js';
import type { aProgram } from './program.js';
import { pathWith } from './routes.js';

export type Json = Record<string, unknown>;
type Parameter = { name: string; in: string; required?: boolean; schema: Json };
export type Described = {
  operationId: string;
  security?: Json[];
  summary: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: Json; example?: Json }> };
  responses: Record<string, Json>;
};

export type OpenApi = {
  openapi: string;
  info: Json;
  security: Json[];
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Json>; responses: Record<string, Json> } & Json;
};
type Program = Awaited<ReturnType<typeof aProgram>>;

export function operationsIn({ paths }: OpenApi) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** A plan of this person's with one of everything, a machine type and an import: the ids that addresses ask for. */
export async function idsOf(person: Person, program: Program): Promise<Record<string, number>> {
  const made = await aPlan(person, {
    parts: { web: {}, db: {}, cache: {}, old: {} },
    connections: [['web', 'cache']],
    entries: { Look: ['web'] },
  });
  const cost = await program.post(`/plans/${made.plan.id}/extra-costs`, { label: 'Mail', usdPerMonth: 1 });
  const comment = await program.post(`/plans/${made.plan.id}/comments`, { body: 'Who is called at night?' });
  const preview = await program.post('/imports', { text: 'services:\n  web:\n    image: shop\n' });
  const type = await program.post('/machine-types', {
    name: 'small-1',
    cpuMillicores: '1',
    memoryMib: 1024,
    reserve: 'none',
  });
  const idIn = (address: string) => Number(/\d+/.exec(address)?.[0]);
  return {
    systemId: made.system.id,
    planId: made.plan.id,
    partId: made.parts.old ?? 0,
    connectionId: made.connections[0] ?? 0,
    entryId: made.entries.Look ?? 0,
    costId: idIn(cost.body.location),
    commentId: idIn(comment.body.location),
    importId: idIn(preview.body.location),
    machineTypeId: idIn(type.body.location),
  };
}

/** What the document gives as an example of this write, as it is good now; undefined where nothing is sent. */
export async function exampleOf(
  program: Program,
  { path, operation }: { path: string; operation: Described },
  ids: Record<string, number>,
): Promise<Json | undefined> {
  const { schema, example } = operation.requestBody?.content['application/json'] ?? {};
  if (!schema) return undefined;
  const isUpdate = (schema.required as string[]).includes('version');
  return { ...example, ...(await moreOf(program, path, isUpdate, ids)) };
}

let names = 0;

/** What an example cannot know: names that are not taken yet, and the version as it is now. */
async function moreOf(
  program: Program,
  path: string,
  isUpdate: boolean,
  ids: Record<string, number>,
): Promise<Json> {
  if (path.startsWith('/imports/') && path.endsWith('{planId}')) {
    return { revision: (await db.plan.findUniqueOrThrow({ where: { id: ids.planId ?? 0 } })).revision };
  }
  const key = /\{\w+\}$/.exec(path);
  const isNamed =
    /(systems|plans|parts|entries|machine-types)(\/\{\w+\})?$/.test(path) && !path.startsWith('/imports');
  names += 1;
  const name = isNamed ? { name: `Example ${names}` } : {};
  if (!isUpdate || !key) return name;
  const read = await program.get(pathWith(path.replace(/\{(\w+)\}/g, ':$1'), ids));
  const record = Object.values(read.body as Json).find((one) => Object(one).version !== undefined);
  const other = path.startsWith('/connections') ? { to: 'cache' } : {};
  return { ...name, ...other, version: Object(record).version };
}
