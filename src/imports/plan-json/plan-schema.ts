import { z } from 'zod';
import { MAX_COUNT } from '../../domain/check-plan.js';
import {
  MAX_AMOUNT,
  MAX_CONNECTIONS,
  MAX_ENTRIES,
  MAX_EVIDENCE,
  MAX_NAME,
  MAX_PARTS,
  MAX_TECHNOLOGY,
} from '../../domain/limits.js';
import { ORIGINS, PART_KINDS, RESERVE_RULES, RUNS, STRENGTHS } from '../../domain/model.js';

const name = z
  .string('must be a text')
  .min(1, 'must not be empty')
  .max(MAX_NAME, `must be at most ${MAX_NAME} characters`)
  .regex(/\S/, 'must not be blank')
  // As the forms do: a name with a blank at its end could not be saved again under itself.
  .trim();
const count = wholeNumber(0, MAX_COUNT);
const amount = z
  .number('must be a number of 0 or more, or null where it is unknown')
  .min(0, 'must be 0 or more, or null where it is unknown')
  .max(MAX_AMOUNT, 'must be at most 1,000,000,000');
const usdPerMonth = amount.nullable().default(null);
const availability = z
  .number('must be a share from 0 to 1, or null where it is unknown')
  .min(0, 'must be a share from 0 to 1')
  .max(1, 'must be a share from 0 to 1')
  .nullable()
  .default(null);
const flag = z.boolean('must be true or false').default(false);

/** What the parts on machines are packed onto. */
export const machineTypeSchema = z.strictObject(
  {
    name: name.describe('What the machine is called, for example "m6i.large".'),
    cpuMillicores: amountAbove0().describe(
      'Processor of one machine in thousandths of a core: 2 cores are 2000.',
    ),
    memoryMib: amountAbove0().describe('Memory of one machine in MiB: 8 GiB are 8192.'),
    reserve: oneOf(RESERVE_RULES)
      .default('none')
      .describe(
        'What the machine keeps for itself before it takes containers: by the rule of GKE, of EKS, or nothing.',
      ),
    maxContainers: wholeNumber(1, MAX_COUNT)
      .nullable()
      .default(null)
      .describe('Containers one machine takes at most; null is 110.'),
    usdPerMonth: usdPerMonth.describe('Price of one machine a month; null is unknown.'),
    availability: availability.describe('Of one machine, as a share: 99.5 % is 0.995; null is unknown.'),
  },
  'must be an object or null',
);

const partSchema = z.strictObject(
  {
    name: name.describe('Unique within the plan.'),
    kind: oneOf(PART_KINDS).describe(
      'What the part is. web, service and worker are the own code: the bill counts them as services.',
    ),
    replicas: count.default(1).describe('How many copies run; 0 is switched off.'),
    needed: count
      .optional()
      .describe(
        'How many of them must be up for the part to be up; when absent 1, or 0 where replicas is 0.',
      ),
    cpuMillicores: amount
      .nullable()
      .default(null)
      .describe('Processor asked for by one replica; null is unknown.'),
    memoryMib: amount
      .nullable()
      .default(null)
      .describe('Memory asked for by one replica in MiB; null is unknown.'),
    runs: oneOf(RUNS)
      .default('machine')
      .describe("On the plan's own machines, managed by a provider, or outside the team's reach."),
    perMachine: flag.describe('One on every machine; replicas is then not used.'),
    spread: flag.describe('Its replicas must stand on different machines.'),
    availability: availability.describe(
      'Of one replica without its machine, as a share: 99.95 % is 0.9995; null is unknown.',
    ),
    usdPerMonth: usdPerMonth.describe('Price of one replica a month; null is unknown.'),
    technology: z
      .string('must be a text or null')
      .max(MAX_TECHNOLOGY, `must be at most ${MAX_TECHNOLOGY} characters`)
      .trim()
      .nullable()
      .default(null)
      .describe('For example "PostgreSQL".'),
    containersPerReplica: wholeNumber(1, 1000)
      .optional()
      .describe('Containers in one replica, where a pod carries sidecars; 1 when absent.'),
  },
  'must be an object',
);

const connectionSchema = z.strictObject(
  {
    from: name.describe('Name of the part that calls.'),
    to: name.describe('Name of the part that is called.'),
    strength: oneOf(STRENGTHS)
      .default('hard')
      .describe('hard: from stops when to stops. soft: from is degraded.'),
    origin: oneOf(ORIGINS).optional().describe('Where the connection is known from.'),
    evidence: z
      .string('must be a text')
      .max(MAX_EVIDENCE, `must be at most ${MAX_EVIDENCE} characters`)
      .optional()
      .describe('What it is known from, for people: "env DATABASE_URL".'),
  },
  'must be an object',
);

const entrySchema = z.strictObject(
  {
    name: name.describe('Something users do: "checkout".'),
    parts: z.array(name, 'must be a list of part names').describe('Names of the parts it calls first.'),
  },
  'must be an object',
);

const extraCostSchema = z.strictObject(
  {
    label: name.describe('What is paid for: "disks".'),
    usdPerMonth: usdPerMonth.describe('null is unknown.'),
  },
  'must be an object',
);

/** The shape of a plan as JSON. The reader is more lenient than this (see `readPlanJson`); what we write always fits it. */
export const planSchema = z
  .strictObject(
    {
      $schema: z.string('must be a text').optional().describe('Where this schema is found; not read.'),
      name: name.optional().describe('What the plan is called.'),
      machineType: machineTypeSchema
        .nullable()
        .default(null)
        .describe('What the parts that run on machines are packed onto; null where nothing is packed.'),
      parts: z
        .array(partSchema, 'must be a list of parts')
        .max(MAX_PARTS, `must hold at most ${MAX_PARTS} parts`)
        .describe('Everything that must run.'),
      connections: listOf(connectionSchema, MAX_CONNECTIONS, 'connections').describe(
        'Which part calls which.',
      ),
      entries: listOf(entrySchema, MAX_ENTRIES, 'entries').describe(
        'What users do; when empty, one entry over the parts that nobody else calls.',
      ),
      extraCosts: listOf(extraCostSchema, 1000, 'extra costs').describe(
        'What is paid for and is no part: disks, addresses.',
      ),
    },
    'must be an object with a list of parts',
  )
  .meta({
    title: 'Moving Parts plan',
    description:
      'One complete way to run a system: its parts, what calls what, and what it costs. USD a month, MiB, thousandths of a core.',
  });

/** A plan as JSON, before the rules that JSON Schema cannot say (names that exist, needed at most replicas). */
export type PlanJson = z.input<typeof planSchema>;

/** The JSON Schema (2020-12) of a plan, as plain data to be served or used in an editor. */
export function planJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(planSchema, { target: 'draft-2020-12', io: 'input' }) as Record<string, unknown>;
}

function wholeNumber(min: number, max: number) {
  const rule = `must be a whole number of ${min} or more`;
  return z.int(rule).min(min, rule).max(max, `must be at most ${max}`);
}

function amountAbove0() {
  return z
    .number('must be a number above 0')
    .gt(0, 'must be a number above 0')
    .max(MAX_AMOUNT, 'must be at most 1,000,000,000');
}

function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, `must be one of ${words.join(', ')}`);
}

function listOf<Item extends z.ZodType>(item: Item, max: number, noun: string) {
  return z.array(item, 'must be a list').max(max, `must hold at most ${max} ${noun}`).default([]);
}
