import { connectionForm } from '../../src/connections/form.js';
import { createConnection } from '../../src/connections/queries.js';
import type { Saved } from '../../src/db/saved.js';
import { entryForm } from '../../src/entries/form.js';
import { createEntry } from '../../src/entries/queries.js';
import { partForm } from '../../src/parts/form.js';
import { createPart } from '../../src/parts/queries.js';
import { planForm } from '../../src/plans/form.js';
import { createPlan } from '../../src/plans/queries.js';
import { systemForm } from '../../src/systems/form.js';
import { createSystem } from '../../src/systems/queries.js';
import { addressOf } from '../../src/web/addresses.js';

type Fields = Record<string, string>;

let plans = 0;

/** A plan of a system of its own. Parts by name, with what of their form differs from one small service; the rest as the forms take it. */
export async function aPlan(
  person: { id: number },
  {
    plan = {},
    parts = {},
    connections = [],
    entries = {},
  }: {
    plan?: Fields;
    parts?: Record<string, Fields>;
    connections?: [from: string, to: string, strength?: string][];
    entries?: Record<string, string[]>;
  } = {},
) {
  plans += 1;
  const author = { userId: person.id, address: '', token: '' };
  const system = made(
    await createSystem(
      author,
      systemForm.parse({ name: `System ${plans}`, lifecycle: 'production', team: 'Checkout' }),
    ),
  );
  const planRecord = made(
    await createPlan(author, system.id, planForm.parse({ name: `Plan ${plans}`, status: 'draft', ...plan })),
  );
  const ids: Record<string, number> = {};
  for (const [name, fields] of Object.entries(parts)) {
    ids[name] = made(await createPart(author, planRecord.id, partForm.parse(partFields(name, fields)))).id;
  }
  const connectionIds: number[] = [];
  for (const [from, to, strength = 'hard'] of connections) {
    const input = connectionForm.parse({ from, to, strength });
    connectionIds.push(made(await createConnection(author, planRecord.id, input)).id);
  }
  const entryIds: Record<string, number> = {};
  for (const [name, names] of Object.entries(entries)) {
    const input = entryForm.parse({ name, parts: names });
    entryIds[name] = made(await createEntry(author, planRecord.id, input)).id;
  }
  return {
    system,
    plan: planRecord,
    address: addressOf('plans', planRecord),
    /** Ids by name. */
    parts: ids,
    connections: connectionIds,
    entries: entryIds,
  };
}

/** A part's form as filled in for one small service. */
export function partFields(name: string, fields: Fields = {}): Fields {
  return {
    name,
    kind: 'service',
    runs: 'machine',
    replicas: '1',
    needed: '1',
    containersPerReplica: '1',
    ...fields,
  };
}

function made<T>(saved: Saved<T>): T {
  if (!saved.ok) throw new Error(`not made: ${JSON.stringify(saved)}`);
  return saved.record;
}
