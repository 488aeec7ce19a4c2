import { z } from 'zod';
import type { WholePlan } from '../../bills/queries.js';
import type { CommentRecord, CommentRow, Holder } from '../../comments/queries.js';
import type { ConnectionRecord, ConnectionRow } from '../../connections/queries.js';
import { ORIGINS, PART_KINDS, RESERVE_RULES, RUNS, STRENGTHS } from '../../domain/model.js';
import type { EntryRecord, EntryRow } from '../../entries/queries.js';
import type { ExtraCostRecord, ExtraCostRow } from '../../extra-costs/queries.js';
import type {
  listPlansOn,
  MachineTypeRecord,
  MachineTypeRow,
  ServiceLevelRow,
} from '../../machine-types/queries.js';
import type { Neighbour, PartRecord, PartRow } from '../../parts/queries.js';
import { PLAN_STATUSES } from '../../plans/form.js';
import type { listPlansOf, PlanRecord, PlanRow } from '../../plans/queries.js';
import { LIFECYCLES, type Link } from '../../systems/form.js';
import type { System, SystemRow } from '../../systems/queries.js';
import { count, id, known, moment, nameIt, schemaOf, texts } from './named.js';

type Listed<T extends (...given: never[]) => unknown> = Extract<Awaited<ReturnType<T>>, unknown[]>[number];

const name = z.string();
const status = z.enum(PLAN_STATUSES);
const reserve = z.enum(RESERVE_RULES);
const version = z.int().min(1).describe('Goes along with a change, so that nobody’s is lost.');
const revision = z.int().min(1).describe('Goes up with every change to the plan or anything in it.');
const fromFile = z.boolean().describe('Whether an import brought it, and may take it away.');
const setByHand = texts.describe('Fields that a person set: imports leave them.');
const times = { createdAt: moment, updatedAt: moment };

export const oneNamed = schemaOf<{ id: number; name: string }>()('Named', z.object({ id, name }));

// ---- systems

const lifecycle = z.enum(LIFECYCLES);
const link = schemaOf<Link>()('Link', z.object({ label: z.string(), url: z.string() }));

export const system = schemaOf<System>()(
  'System',
  z.object({
    id,
    name,
    lifecycle,
    description: z.string().describe('Markdown.'),
    links: z.array(link),
    tags: texts,
    team: z.string().nullable(),
    version,
    ...times,
  }),
);

export const systemRow = schemaOf<SystemRow>()(
  'SystemRow',
  z.object({
    id,
    name,
    lifecycle,
    tags: texts,
    team: z.string().nullable(),
    plans: count,
    currentPlan: oneNamed.nullable(),
    updatedAt: moment,
  }),
);

// ---- plans

const machine = {
  name,
  cpuMillicores: z.number(),
  memoryMib: z.number(),
  reserve,
  maxContainers: z.int().nullable().describe('null: 110.'),
  usdPerMonth: known,
  availability: known.describe('From 0 to 1.'),
};
const priced = { priceDate: z.string().describe('A year, month or day, or empty.'), priceSource: z.string() };

const machineTypeOfPlan = schemaOf<NonNullable<PlanRecord['machineType']>>()(
  'MachineTypeOfPlan',
  z.object({ id, ...machine, ...priced, version, isDeleted: z.boolean() }),
);

export const plan = schemaOf<PlanRecord>()(
  'Plan',
  z.object({
    id,
    name,
    status,
    description: z.string().describe('Markdown.'),
    importId: id.nullable().describe('The import it was made of or brought in line with last.'),
    system: oneNamed,
    machineType: machineTypeOfPlan.nullable(),
    version,
    revision,
    updatedAt: moment,
  }),
);

export const planRow = schemaOf<PlanRow>()(
  'PlanRow',
  z.object({ id, name, status, systemId: id, system: z.string(), parts: count, updatedAt: moment }),
);

export const planOfSystem = schemaOf<Listed<typeof listPlansOf>>()(
  'PlanOfSystem',
  z.object({ id, name, status, updatedAt: moment }),
);

/** The plan that something stands in. */
export const planAround = schemaOf<PartRecord['plan']>()(
  'PlanAround',
  z.object({ id, name, system: oneNamed }),
);

// ---- parts

const kind = z.enum(PART_KINDS);

/** What plans, files and bills say of a part, without what is optional in some of them. */
export const partFields = {
  name,
  kind,
  runs: z.enum(RUNS),
  replicas: count,
  needed: count.describe('How many of the replicas must be up.'),
  perMachine: z.boolean().describe('One on every machine: replicas then mean nothing.'),
  spread: z.boolean().describe('Its replicas stand on different machines.'),
  cpuMillicores: known,
  memoryMib: known,
  availability: known.describe('Of one replica, from 0 to 1.'),
  usdPerMonth: known.describe('Of one replica.'),
  technology: z.string().nullable(),
};
const partAmounts = {
  ...partFields,
  containersPerReplica: z.int().min(1),
  availabilityBasis: z.string(),
  priceBasis: z.string(),
  team: z.string().nullable(),
};
const checkedOn = z.iso.date().nullable();

export const part = schemaOf<PartRecord>()(
  'Part',
  z.object({
    id,
    ...partAmounts,
    repositoryUrl: z.string(),
    runbookUrl: z.string(),
    checkedOn,
    notes: z.string().describe('Markdown.'),
    fromFile,
    setByHand,
    plan: planAround,
    version,
    ...times,
  }),
);

export const partRow = schemaOf<PartRow>()(
  'PartRow',
  z.object({ id, ...partAmounts, checkedOn, updatedAt: moment }),
);

const strength = z.enum(STRENGTHS).describe('hard: `from` stops when `to` stops. soft: it is degraded.');
const origin = z.enum(ORIGINS).describe('Where the connection is known from.');
const evidence = z.string().describe('What it is known from, for people.');

export const neighbour = schemaOf<Neighbour>()(
  'Neighbour',
  z.object({ connectionId: id, id, name, strength, origin, evidence }),
);

// ---- connections, entries, extra costs

export const connection = schemaOf<ConnectionRecord>()(
  'Connection',
  z.object({
    id,
    name,
    from: oneNamed,
    to: oneNamed,
    strength,
    origin,
    evidence,
    setByHand,
    plan: planAround,
    version,
    ...times,
  }),
);

export const connectionRow = schemaOf<ConnectionRow>()(
  'ConnectionRow',
  z.object({
    id,
    fromId: id,
    from: z.string(),
    toId: id,
    to: z.string(),
    strength,
    origin,
    evidence,
    updatedAt: moment,
  }),
);

const partOfEntry = schemaOf<EntryRecord['parts'][number]>()('PartOfEntry', z.object({ id, name, kind }));

export const entry = schemaOf<EntryRecord>()(
  'Entry',
  z.object({ id, name, parts: z.array(partOfEntry), fromFile, plan: planAround, version, ...times }),
);

export const entryRow = schemaOf<EntryRow>()(
  'EntryRow',
  z.object({
    id,
    name,
    count: count.describe('How many parts it calls first.'),
    parts: texts.describe('The names of the first eight.'),
    updatedAt: moment,
  }),
);

const cost = { id, label: z.string(), usdPerMonth: known, priceBasis: z.string() };
const costName = { name: name.describe('The label once more: as other records are called.') };

export const extraCost = schemaOf<ExtraCostRecord>()(
  'ExtraCost',
  z.object({ ...cost, ...costName, plan: planAround, version, ...times }),
);

export const extraCostRow = schemaOf<ExtraCostRow & { name: string }>()(
  'ExtraCostRow',
  z.object({ ...cost, ...costName, updatedAt: moment }),
);

// ---- comments

const said = {
  id,
  name: name.describe('How it begins: as other records are called.'),
  body: z.string().describe('Markdown.'),
  author: oneNamed.nullable().describe('null for visitors, and where the account is not there any more.'),
  isEdited: z.boolean(),
  ...times,
};
const holder = {
  system: oneNamed,
  plan: oneNamed.nullable().describe('null where it is about the system as a whole.'),
} satisfies Record<keyof Holder, z.ZodType>;

/** What comments stand on. */
export const commented: z.ZodRawShape = holder;

export const comment = schemaOf<CommentRecord>()('Comment', z.object({ ...said, ...holder, version }));

export const commentRow = schemaOf<CommentRow>()('CommentRow', z.object(said));

// ---- what is in a plan

/** What the database has a value for is never lacking, as it may be in a file. */
type Contents = Omit<WholePlan, 'parts' | 'connections'> & {
  parts: Required<WholePlan['parts'][number]>[];
  connections: Required<WholePlan['connections'][number]>[];
};

const partOfPlan = schemaOf<Contents['parts'][number]>()(
  'PartOfPlan',
  z.object({ id, ...partAmounts, fromFile, setByHand }),
);
const connectionOfPlan = schemaOf<Contents['connections'][number]>()(
  'ConnectionOfPlan',
  z.object({ id, from: z.string(), to: z.string(), strength, origin, evidence, setByHand }),
);
const entryOfPlan = schemaOf<Contents['entries'][number]>()(
  'EntryOfPlan',
  z.object({ id, name, parts: texts, fromFile }),
);
const extraCostOfPlan = schemaOf<Contents['extraCosts'][number]>()(
  'ExtraCostOfPlan',
  z.object({ ...cost, fromFile }),
);

export const contents = schemaOf<Contents>()(
  'Contents',
  z.object({
    name: name.describe('Of the plan.'),
    machineType: z
      .object({ ...machine, priceBasis: z.string() })
      .nullable()
      .describe('null where none is chosen, or it is deleted.'),
    parts: z.array(partOfPlan),
    connections: z.array(connectionOfPlan),
    entries: z.array(entryOfPlan),
    extraCosts: z.array(extraCostOfPlan),
  }),
);

/** Amounts and words that drafts of imports share with records. */
export const shared = { machine, strength, origin, evidence };

// ---- the price book

const machineTypeFields = {
  id,
  ...machine,
  ...priced,
  provider: z.string(),
  cpuMillicores: count,
  memoryMib: count,
  availabilityBasis: z.string(),
};

export const machineType = schemaOf<MachineTypeRecord>()(
  'MachineType',
  z.object({
    ...machineTypeFields,
    notes: z.string().describe('Markdown.'),
    bookId: z.string().nullable().describe('Its id in the price book that came with the app.'),
    version,
    ...times,
  }),
);

export const machineTypeRow = schemaOf<MachineTypeRow>()(
  'MachineTypeRow',
  z.object({ ...machineTypeFields, updatedAt: moment }),
);

export const planOnMachines = schemaOf<Awaited<ReturnType<typeof listPlansOn>>['plans'][number]>()(
  'PlanOnMachines',
  z.object({ id, name, status, system: oneNamed }),
);

export const serviceLevel = schemaOf<ServiceLevelRow>()(
  'ServiceLevel',
  z.object({
    id,
    service: z.string(),
    availability: known,
    promised: z.boolean().describe('Whether the provider promises it, or only tolerates it.'),
    asOf: z.string(),
    source: z.string(),
  }),
);

export const otherPrice = nameIt(
  'OtherPrice',
  z.object({
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    kind: z.string(),
    memoryMib: known,
    usdPerMonth: z.number(),
    priceDate: z.string(),
    priceSource: z.string(),
    confidence: z.string(),
    availability: known,
    availabilityBasis: z.string(),
    notes: z.string(),
  }),
);
