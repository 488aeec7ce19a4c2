import { z } from 'zod';
import { connectionForm } from '../connections/form.js';
import { connectionsList } from '../connections/queries.js';
import { entryForm } from '../entries/form.js';
import { entriesList } from '../entries/queries.js';
import { extraCostForm } from '../extra-costs/form.js';
import { extraCostsList } from '../extra-costs/queries.js';
import { machineTypeForm } from '../machine-types/form.js';
import { machineTypesList } from '../machine-types/queries.js';
import { partForm } from '../parts/form.js';
import { partsList } from '../parts/queries.js';
import { planForm } from '../plans/form.js';
import { plansList } from '../plans/queries.js';
import { systemForm } from '../systems/form.js';
import { systemsList } from '../systems/queries.js';
import type { ListShape } from '../web/list.js';
import { type Answers, meanwhile, read, savedFirst, WRITTEN, wrong } from './endings.js';
import { bill } from './schemas/bill.js';
import { count } from './schemas/named.js';
import { formState, listPage, page } from './schemas/pages.js';
import * as records from './schemas/records.js';

const { plan, planAround, system, oneNamed } = records;

type Noun = {
  /** What schemas of it are called, and what its pages call the record. */
  name: string;
  key: string;
  one: string;
  all: string;
  listedAt?: string;
  record: z.ZodType;
  form: z.ZodObject;
  row: z.ZodType;
  list: ListShape<string>;
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

const NOUNS: Noun[] = [
  {
    name: 'System',
    key: 'system',
    taken: NAME_TAKEN,
    one: '/systems/:systemId',
    all: '/systems',
    record: system,
    form: systemForm,
    row: records.systemRow,
    list: systemsList,
    beside: { plans: z.array(records.planOfSystem).describe('The current one first.') },
    besideDeletion: { within: z.object({ plans: count, parts: count }) },
  },
  {
    name: 'Plan',
    key: 'plan',
    taken: 'another has taken its name since, or is current.',
    one: '/plans/:planId',
    all: '/systems/:systemId/plans',
    listedAt: '/plans',
    record: plan,
    form: planForm,
    row: records.planRow,
    list: plansList,
    beside: { bill, contents: records.contents },
    besideNew: { system },
    besideEdit: { system: oneNamed },
    besideDeletion: {
      within: z.object({ parts: count, connections: count, entries: count, extraCosts: count }),
    },
  },
  {
    name: 'Part',
    key: 'part',
    taken: NAME_TAKEN,
    one: '/parts/:partId',
    all: '/plans/:planId/parts',
    record: records.part,
    form: partForm,
    row: records.partRow,
    list: partsList,
    ...inPlan,
    beside: {
      calls: z.array(records.neighbour).describe('The first hundred.'),
      calledBy: z.array(records.neighbour).describe('The first hundred.'),
      entries: z.array(oneNamed).describe('Those that begin at it, the first hundred.'),
      count: around.describe('How many there are of each.'),
    },
    besideDeletion: { around },
  },
  {
    name: 'Connection',
    key: 'connection',
    taken: 'its parts are connected anew.',
    one: '/connections/:connectionId',
    all: '/plans/:planId/connections',
    record: records.connection,
    form: connectionForm,
    row: records.connectionRow,
    list: connectionsList,
    ...inPlan,
  },
  {
    name: 'Entry',
    key: 'entry',
    taken: NAME_TAKEN,
    one: '/entries/:entryId',
    all: '/plans/:planId/entries',
    record: records.entry,
    form: entryForm,
    row: records.entryRow,
    list: entriesList,
    ...inPlan,
  },
  {
    name: 'ExtraCost',
    key: 'cost',
    one: '/extra-costs/:costId',
    all: '/plans/:planId/extra-costs',
    record: records.extraCost,
    form: extraCostForm,
    row: records.extraCostRow,
    list: extraCostsList,
    ...inPlan,
  },
  {
    name: 'MachineType',
    key: 'machineType',
    taken: NAME_TAKEN,
    one: '/machine-types/:machineTypeId',
    all: '/machine-types',
    record: records.machineType,
    form: machineTypeForm,
    row: records.machineTypeRow,
    list: machineTypesList,
    besideList: {
      serviceLevels: z.array(records.serviceLevel),
      otherPrices: z.array(records.otherPrice).describe('What is no machine: dynos, databases, traffic.'),
    },
    beside: plansOnIt,
    besideDeletion: plansOnIt,
  },
];

/** The answers to reading, making, changing, deleting and restoring: the same for every noun. */
function noun({
  name,
  key,
  one,
  all,
  listedAt = all,
  record,
  row,
  list,
  ...given
}: Noun): Record<string, Answers> {
  const form = formState(`${name}Form`, Object.keys(given.form.shape));
  const begun = page(`New${name}Page`, { ...given.besideNew, [key]: z.null(), form });
  const filled = page(`Edit${name}Page`, { ...given.besideEdit, [key]: record, form });
  const late: Answers = given.taken ? { 409: meanwhile(given.taken) } : {};
  return {
    [`get ${listedAt}`]: read(listPage(`${name}List`, row, list, given.besideList)),
    [`get ${all}/new`]: read(begun),
    [`post ${all}`]: { 201: WRITTEN, 422: wrong(begun) },
    [`get ${one}`]: read(page(`${name}Page`, { [key]: record, ...given.beside })),
    [`get ${one}/edit`]: read(filled),
    [`post ${one}`]: { 200: WRITTEN, 409: savedFirst(filled), 422: wrong(filled) },
    [`get ${one}/deletion`]: read(page(`Delete${name}Page`, { [key]: record, ...given.besideDeletion })),
    [`post ${one}/deletion`]: { 200: WRITTEN },
    [`post ${one}/restoration`]: { 200: WRITTEN, ...late },
  };
}

export const nounAnswers: Record<string, Answers> = Object.assign({}, ...NOUNS.map(noun));
