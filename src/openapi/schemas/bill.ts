import { z } from 'zod';
import type { Bill } from '../../domain/bill.js';
import type { ComparedEntry, ComparedLine, Comparison, PartDifference } from '../../domain/comparison.js';
import type { Cost, CostLine } from '../../domain/cost.js';
import type { ConnectionCount, ContainerCount } from '../../domain/counting.js';
import type { ByCommonCause, EntryBill, Weakness } from '../../domain/entry-bill.js';
import type { Figure, Working } from '../../domain/figure.js';
import { RUNS } from '../../domain/model.js';
import type { PackedMachine, Packing } from '../../domain/packing/packing.js';
import { type FieldChange, PART_FIELDS } from '../../domain/part-changes.js';
import type { SinglePoint } from '../../domain/weak-points.js';
import { count, known, plain, schemaOf, texts } from './named.js';

const name = z.string();

// ---- figures

const working = schemaOf<Working>()(
  'Working',
  z.object({
    rule: z.string(),
    source: z.string().optional().describe('Where the rule is from, when it is not our own counting.'),
    inputs: z.array(z.object({ label: z.string(), value: z.string() })),
    assumptions: texts,
    unknown: texts.describe('What is missing: why the value is null, or what an “at least” leaves out.'),
  }),
);

const figureFields = {
  value: known,
  isAtLeast: z.boolean().describe('True when something unknown is left out: the truth is this or more.'),
  working,
};
const figure = schemaOf<Figure>()('Figure', z.object(figureFields));

const jobCount = schemaOf<Bill['jobs']>()('JobCount', z.object({ ...figureFields, names: texts }));

const containerCount = schemaOf<ContainerCount>()(
  'ContainerCount',
  z.object({
    ...figureFields,
    replicated: count,
    perMachine: known.describe('Of parts that stand on every machine.'),
    byPart: z.array(z.object({ part: name, containers: known })),
  }),
);

const connectionCount = schemaOf<ConnectionCount>()(
  'ConnectionCount',
  z.object({
    ...figureFields,
    hard: count,
    soft: count,
    guessed: count,
    leftOut: count.describe('From or to a job.'),
  }),
);

const costLine = schemaOf<CostLine>()(
  'CostLine',
  z.object({
    label: z.string(),
    kind: z.enum(['machines', 'part', 'extra']),
    quantity: known,
    eachUsdPerMonth: known,
    usdPerMonth: known,
  }),
);

const cost = schemaOf<Cost>()(
  'Cost',
  z.object({
    ...figureFields,
    lines: z.array(costLine),
    unknownCosts: texts.describe('Labels of the lines nobody knows the price of.'),
  }),
);

// ---- machines

const room = z.object({ cpuMillicores: z.number(), memoryMib: z.number() });

const packedMachine = schemaOf<PackedMachine>()(
  'PackedMachine',
  z.object({
    replicas: z.array(z.object({ part: name, replica: count })),
    pods: count,
    used: room,
    free: room,
  }),
);

const lowerBound = schemaOf<NonNullable<Packing['lowerBound']>>()(
  'LowerBound',
  z.object({
    machines: count,
    rule: z.enum(['cpu', 'memory', 'big', 'spread', 'pods', 'one-machine', 'none']),
    byRule: z.object({ cpu: count, memory: count, big: count, spread: count, pods: count }),
  }),
);

const packing = schemaOf<Packing>()(
  'Packing',
  z.object({
    machines: z.array(packedMachine).nullable().describe('null is unknown, and `reason` says why.'),
    reason: z.string().nullable(),
    tooBigParts: texts,
    rule: z.enum(['ffd-share', 'ffd-group', 'spread-share', 'spread-group']).nullable(),
    lowerBound: lowerBound.nullable(),
    allocatable: room.nullable().describe('What one machine has for containers.'),
    perMachineParts: texts,
    waste: room.nullable().describe('Free on all machines together.'),
  }),
);

// ---- entries

const byCommonCause = schemaOf<ByCommonCause>()(
  'ByCommonCause',
  z.object({
    onPaper: known,
    beta5: known.describe('With 5 % common cause.'),
    beta10: known.describe('With 10 %.'),
  }),
);

const singlePoint = schemaOf<SinglePoint>()('SinglePoint', z.object({ part: name, runs: z.enum(RUNS) }));
const worth = { minutesWonPerMonth: z.number(), unavailabilityIfPerfect: z.number() };

const weakness = schemaOf<Weakness>()(
  'Weakness',
  z.object({
    part: name.nullable().describe('null stands for all machines.'),
    minutesWonPerMonth: z.number(),
  }),
);

const entryBill = schemaOf<EntryBill>()(
  'EntryBill',
  z.object({
    name,
    parts: texts.describe('Those it calls first.'),
    closure: texts.describe('Every part it cannot work without.'),
    unavailability: byCommonCause.describe('Probability of being down.'),
    minutesDownPerMonth: byCommonCause.describe('Of a month of 43,200 minutes.'),
    method: z.enum(['exact', 'simulated']),
    errorBar: byCommonCause.nullable().describe('Of what is simulated: the half width, in unavailability.'),
    unavailabilityIfIndependent: known,
    unavailabilityOfProviders: known,
    singlePoints: z.array(singlePoint),
    singleMachines: z.array(count).nullable().describe('Machines of the packing, from 0.'),
    twoMachineCuts: z
      .array(z.tuple([count, count]))
      .nullable()
      .describe('Pairs of machines, neither of which is single.'),
    worth: z
      .array(z.object({ part: name, ...worth }))
      .describe('What each part would win if it never failed.'),
    worthOfMachines: z.object(worth).nullable(),
    weakest: z.array(weakness).describe('What to look at first.'),
    working,
  }),
);

export const bill = schemaOf<Bill>()(
  'Bill',
  z.object({
    planName: z.string(),
    parts: figure,
    services: figure,
    jobs: jobCount,
    managedParts: figure,
    externalParts: figure,
    perMachineParts: figure,
    containers: containerCount,
    machines: figure,
    machinesLowerBound: figure,
    connections: connectionCount,
    packing,
    usdPerMonth: cost,
    entries: z.array(entryBill),
    ignored: texts.describe('What of the plan could not be used, one sentence each.'),
  }),
);

// ---- comparison

const comparedLine = schemaOf<ComparedLine>()(
  'ComparedLine',
  z.object({
    label: z.string(),
    unit: z.enum(['count', 'usd', 'minutes']),
    values: z.array(known).describe('Of each plan, in their order.'),
    atLeast: z.array(z.boolean()).describe('True where the value is a lower limit.'),
    winners: z.array(count).describe('Plans, from 0, that have the least of it.'),
  }),
);

const byShare = schemaOf<ComparedEntry['byShare']>()(
  'ComparedByShare',
  z.object({ onPaper: comparedLine, beta5: comparedLine, beta10: comparedLine }),
);

const fieldChange = schemaOf<FieldChange>()(
  'FieldChange',
  z.object({ field: z.enum(PART_FIELDS), from: plain, to: plain }),
);

export const changedPart = schemaOf<PartDifference['changed'][number]>()(
  'ChangedPart',
  z.object({ name, changes: z.array(fieldChange) }),
);

const partDifference = schemaOf<PartDifference>()(
  'PartDifference',
  z.object({ added: texts, removed: texts, changed: z.array(changedPart) }),
);

export const comparison = schemaOf<Comparison>()(
  'Comparison',
  z.object({
    lines: z.array(comparedLine),
    entries: z.array(z.object({ name, byShare })).describe('Those that more than one plan has.'),
    worst: byShare.describe('The entry of each plan that is down most.'),
    differences: z.array(partDifference).describe('What each plan has otherwise than the first.'),
  }),
);
