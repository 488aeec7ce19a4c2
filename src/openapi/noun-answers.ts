import { z } from 'zod';
import { type Answers, meanwhile, read, savedFirst, WRITTEN, wrong } from './endings.js';
import { NOUNS, type Noun } from './operations.js';
import { bill } from './schemas/bill.js';
import { count } from './schemas/named.js';
import { formState, listPage, page } from './schemas/pages.js';
import * as records from './schemas/records.js';

const { plan, planAround, system, oneNamed } = records;

type Shape = {
  /** What schemas of it are called, and what its pages call the record. */
  name: string;
  key: string;
  record: z.ZodType;
  row: z.ZodType;
  /** What stands beside the list, the record, its forms (as they begin and filled in) and the question whether to delete it. */
  besideList?: z.ZodRawShape;
  beside?: z.ZodRawShape;
  besideNew?: z.ZodRawShape;
  besideEdit?: z.ZodRawShape;
  besideDeletion?: z.ZodRawShape;
  /** What keeps one that was deleted from coming back. */
  taken?: string;
};

const NAME_TAKEN = 'another has taken its name since.';
const inPlan = { besideList: { plan }, besideNew: { plan }, besideEdit: { plan: planAround } };
const around = z.object({ calls: count, calledBy: count, entries: count });
const plansOnIt = { plans: z.array(records.planOnMachines).describe('The first hundred.'), count };

/** By the address of one of them, as `operations.ts` has it. */
const SHAPES: Record<string, Shape> = {
  '/systems/:systemId': {
    name: 'System',
    key: 'system',
    taken: NAME_TAKEN,
    record: system,
    row: records.systemRow,
    beside: { plans: z.array(records.planOfSystem).describe('The current one first.') },
    besideDeletion: { within: z.object({ plans: count, parts: count, comments: count }) },
  },
  '/plans/:planId': {
    name: 'Plan',
    key: 'plan',
    taken: 'another has taken its name since, or is current.',
    record: plan,
    row: records.planRow,
    beside: { bill, contents: records.contents },
    besideNew: { system },
    besideEdit: { system: oneNamed },
    besideDeletion: {
      within: z.object({
        parts: count,
        connections: count,
        entries: count,
        extraCosts: count,
        comments: count,
      }),
    },
  },
  '/parts/:partId': {
    name: 'Part',
    key: 'part',
    taken: NAME_TAKEN,
    record: records.part,
    row: records.partRow,
    ...inPlan,
    beside: {
      calls: z.array(records.neighbour).describe('The first hundred.'),
      calledBy: z.array(records.neighbour).describe('The first hundred.'),
      entries: z.array(oneNamed).describe('Those that begin at it, the first hundred.'),
      count: around.describe('How many there are of each.'),
    },
    besideDeletion: { around },
  },
  '/connections/:connectionId': {
    name: 'Connection',
    key: 'connection',
    taken: 'its parts are connected anew.',
    record: records.connection,
    row: records.connectionRow,
    ...inPlan,
  },
  '/entries/:entryId': {
    name: 'Entry',
    key: 'entry',
    taken: NAME_TAKEN,
    record: records.entry,
    row: records.entryRow,
    ...inPlan,
  },
  '/extra-costs/:costId': {
    name: 'ExtraCost',
    key: 'cost',
    record: records.extraCost,
    row: records.extraCostRow,
    ...inPlan,
  },
  '/machine-types/:machineTypeId': {
    name: 'MachineType',
    key: 'machineType',
    taken: NAME_TAKEN,
    record: records.machineType,
    row: records.machineTypeRow,
    besideList: {
      serviceLevels: z.array(records.serviceLevel),
      otherPrices: z.array(records.otherPrice).describe('What is no machine: dynos, databases, traffic.'),
    },
    beside: plansOnIt,
    besideDeletion: plansOnIt,
  },
  '/comments/:commentId': {
    name: 'Comment',
    key: 'comment',
    record: records.comment,
    row: records.commentRow,
    besideList: records.commented,
    besideNew: records.commented,
    besideEdit: records.commented,
  },
};

/** The answers to reading, making, changing, deleting and restoring: the same for every noun. */
function noun({
  one,
  all,
  listedAt = all,
  alsoAt = [],
  isBegunBelowList = false,
  form: fields,
  list,
}: Noun): Record<string, Answers> {
  const shape = SHAPES[one];
  if (!shape) throw new Error(`what stands at ${one} has no schema`);
  const { name, key, record, row, ...given } = shape;
  const form = formState(`${name}Form`, Object.keys(fields.shape));
  const begun = page(`New${name}Page`, { ...given.besideNew, [key]: z.null(), form });
  const filled = page(`Edit${name}Page`, { ...given.besideEdit, [key]: record, form });
  const late: Answers = given.taken ? { 409: meanwhile(given.taken) } : {};
  const listed = read(listPage(`${name}List`, row, list, given.besideList));
  const made: Answers = { 201: WRITTEN, 422: wrong(begun) };
  return {
    ...Object.fromEntries([listedAt, ...alsoAt].map((place) => [`get ${place}`, listed])),
    ...Object.fromEntries([all, ...alsoAt].map((place) => [`post ${place}`, made])),
    ...(!isBegunBelowList && { [`get ${all}/new`]: read(begun) }),
    [`get ${one}`]: read(page(`${name}Page`, { [key]: record, ...given.beside })),
    [`get ${one}/edit`]: read(filled),
    [`post ${one}`]: { 200: WRITTEN, 409: savedFirst(filled), 422: wrong(filled) },
    [`get ${one}/deletion`]: read(page(`Delete${name}Page`, { [key]: record, ...given.besideDeletion })),
    [`post ${one}/deletion`]: { 200: WRITTEN },
    [`post ${one}/restoration`]: { 200: WRITTEN, ...late },
  };
}

export const nounAnswers: Record<string, Answers> = Object.assign({}, ...NOUNS.map(noun));
