import type { z } from 'zod';
import { changesList } from '../changes/queries.js';
import { commentForm } from '../comments/form.js';
import { commentsList } from '../comments/queries.js';
import { connectionForm } from '../connections/form.js';
import { connectionsList } from '../connections/queries.js';
import { deletionsList } from '../deletions/queries.js';
import { entryForm } from '../entries/form.js';
import { entriesList } from '../entries/queries.js';
import { extraCostForm } from '../extra-costs/form.js';
import { extraCostsList } from '../extra-costs/queries.js';
import { inLineForm, newPlanForm, pasteForm, questions, sourceForm } from '../imports/form.js';
import { machineTypeForm } from '../machine-types/form.js';
import { machineTypesList } from '../machine-types/queries.js';
import { partForm } from '../parts/form.js';
import { partsList } from '../parts/queries.js';
import { planForm } from '../plans/form.js';
import { plansList } from '../plans/queries.js';
import { systemForm } from '../systems/form.js';
import { systemsList } from '../systems/queries.js';
import type { ListShape } from '../web/list.js';

/** What the document says of a route beyond what the route itself does, and what a program may send there. */
export type Operation = {
  summary: string;
  description?: string;
  /** The media type, where it is no page. */
  type?: string;
  list?: ListShape<string>;
  /** What else may be asked in the address: by name, in words. */
  query?: Record<string, string>;
  /** What may be sent: nothing without. */
  form?: z.ZodObject;
  /** The form goes with the `version` of the record that was read. */
  isUpdate?: boolean;
  /** Files may go with the form, as JSON or as an upload. */
  takesFiles?: boolean;
  creates?: boolean;
  /** A body that is taken as it stands, but for the version. */
  example?: Record<string, unknown>;
  /** It answers with the address of a page, and nothing else. */
  leadsOn?: boolean;
};

export type Noun = {
  /** “a system”, and many of them. */
  a: string;
  many: string;
  /** Where one stands: `/parts/:partId`. */
  one: string;
  /** Where one is made, and where they are listed if that is elsewhere. */
  all: string;
  listedAt?: string;
  /** Where else one is made and listed: it may stand in things of several kinds. */
  alsoAt?: string[];
  /** It begins below the list, on no page of its own. */
  isBegunBelowList?: boolean;
  form: z.ZodObject;
  list: ListShape<string>;
  example: Record<string, unknown>;
};

/** Reading, making, changing, deleting and restoring: the same for every noun. */
function noun({
  a,
  many,
  one,
  all,
  listedAt = all,
  alsoAt = [],
  isBegunBelowList = false,
  form,
  list,
  example,
}: Noun): [string, Operation][] {
  const listing: Operation = { summary: `List ${many}`, list };
  const making: Operation = { summary: `Make ${a}`, form, creates: true, example };
  const begun: Operation = { summary: `The form of ${a}, as it begins` };
  return [
    ...[listedAt, ...alsoAt].map((place): [string, Operation] => [`get ${place}`, listing]),
    ...[all, ...alsoAt].map((place): [string, Operation] => [`post ${place}`, making]),
    ...(isBegunBelowList ? [] : [all]).map((place): [string, Operation] => [`get ${place}/new`, begun]),
    [`get ${one}`, { summary: `Read ${a}` }],
    [`get ${one}/edit`, { summary: `The form of ${a}, filled in` }],
    [`post ${one}`, { summary: `Change ${a}: the whole of its form`, form, isUpdate: true, example }],
    [`get ${one}/deletion`, { summary: `What would go if ${a} were deleted` }],
    [`post ${one}/deletion`, { summary: `Delete ${a}; posting to \`undo\` brings it back` }],
    [`post ${one}/restoration`, { summary: `Bring ${a} back that was deleted` }],
  ];
}

const DOWN = { down: 'A part by its name: what stops with it is marked.' };
const ANSWERS = {
  cluster: 'Who runs the cluster of Kubernetes manifests: none, managed or self.',
  assume: 'Whether an availability is assumed where the files say none: yes or no.',
  machineType: 'The number of the machine type to pack onto.',
  plan: 'The number of the plan to hold it against.',
  system: 'The number of the system that a new plan would stand in.',
};

/** What is recorded: the same addresses for each, and what stands at them in `noun-answers.ts`. */
export const NOUNS: Noun[] = [
  {
    a: 'a system',
    many: 'systems',
    one: '/systems/:systemId',
    all: '/systems',
    form: systemForm,
    list: systemsList,
    example: { name: 'Shop', lifecycle: 'production', team: 'Checkout', tags: 'web, crud' },
  },
  {
    a: 'a plan',
    many: 'plans',
    one: '/plans/:planId',
    all: '/systems/:systemId/plans',
    listedAt: '/plans',
    form: planForm,
    list: plansList,
    example: { name: 'One dyno', status: 'draft', machineTypeId: null },
  },
  {
    a: 'a part',
    many: 'the parts of a plan',
    one: '/parts/:partId',
    all: '/plans/:planId/parts',
    form: partForm,
    list: partsList,
    example: {
      name: 'api',
      kind: 'service',
      runs: 'machine',
      replicas: 2,
      needed: 1,
      containersPerReplica: 1,
      cpuMillicores: 250,
      memoryMib: 512,
      availability: 0.9995,
      spread: true,
    },
  },
  {
    a: 'a connection',
    many: 'the connections of a plan',
    one: '/connections/:connectionId',
    all: '/plans/:planId/connections',
    form: connectionForm,
    list: connectionsList,
    example: { from: 'web', to: 'db', strength: 'hard' },
  },
  {
    a: 'an entry',
    many: 'the entries of a plan',
    one: '/entries/:entryId',
    all: '/plans/:planId/entries',
    form: entryForm,
    list: entriesList,
    example: { name: 'Open the shop', parts: ['web'] },
  },
  {
    a: 'an extra cost',
    many: 'the extra costs of a plan',
    one: '/extra-costs/:costId',
    all: '/plans/:planId/extra-costs',
    form: extraCostForm,
    list: extraCostsList,
    example: { label: 'Traffic', usdPerMonth: 12.5, priceBasis: 'the bill of June' },
  },
  {
    a: 'a machine type',
    many: 'the machine types of the price book',
    one: '/machine-types/:machineTypeId',
    all: '/machine-types',
    form: machineTypeForm,
    list: machineTypesList,
    example: { name: 'big-1', cpuMillicores: 4000, memoryMib: '16 GiB', reserve: 'none', usdPerMonth: 140 },
  },
  {
    a: 'a comment',
    many: 'the comments on a plan, or on a system as a whole',
    one: '/comments/:commentId',
    all: '/plans/:planId/comments',
    alsoAt: ['/systems/:systemId/comments'],
    isBegunBelowList: true,
    form: commentForm,
    list: commentsList,
    example: { body: 'Who is called at night for the *cache*?' },
  },
];

const COMPOSE = 'services:\n  web:\n    image: shop\n    depends_on: [db]\n  db:\n    image: postgres:17\n';

const OPERATIONS = new Map<string, Operation>([
  ...NOUNS.flatMap(noun),
  ['get /', { summary: 'Home: the latest systems, with the small bill of their current plans' }],
  ['get /healthz', { summary: 'Whether the database answers', type: 'application/json' }],
  ['get /openapi.json', { summary: 'This document', type: 'application/json' }],
  ['get /schemas/plan.json', { summary: 'The schema of a plan as a file', type: 'application/schema+json' }],
  ['get /plans/:planId/plan.json', { summary: 'The plan as a file to import', type: 'application/json' }],
  ['get /plans/:planId/diagram.svg', { summary: 'The drawing', type: 'image/svg+xml', query: DOWN }],
  ['get /plans/:planId/machines.svg', { summary: 'The machines, drawn', type: 'image/svg+xml' }],
  ['get /plans/:planId/source', { summary: 'The files that a plan was read from' }],
  [
    'post /plans/:planId/source',
    {
      summary: 'Read files and bring the plan in line with them, in one request',
      description:
        '`machineType` is the number of a machine type, its name, or its id in the price book, as aws-m6i-large.',
      form: sourceForm,
      takesFiles: true,
      example: { files: [{ name: 'docker-compose.yml', text: COMPOSE }], machineType: 'aws-m6i-large' },
    },
  ],
  ['post /plans/:planId/copies', { summary: 'Copy a plan with all that is in it', creates: true }],
  [
    'get /comparison',
    {
      summary: 'Compare two to four plans, line by line',
      query: { plans: 'Their numbers, separated by commas.' },
    },
  ],
  [
    'get /changes',
    { summary: 'List the trail: who did what, when, from where. Of admins', list: changesList },
  ],
  ['get /changes/:changeId', { summary: 'Read a line of the trail' }],
  ...[
    '/systems/:systemId/plans',
    '/plans/:planId/copies',
    '/imports',
    '/imports/:importId/plans',
    '/imports/:importId/plans/:planId',
  ].map((path): [string, Operation] => [
    `get ${path}`,
    { summary: 'Leads to the page of the form', leadsOn: true },
  ]),
  ['get /deletions', { summary: 'List what was deleted', list: deletionsList }],
  ['get /imports/new', { summary: 'The form of an import, as it begins' }],
  [
    'post /imports',
    {
      summary: 'Keep files for an import: its preview stands at `location`',
      form: pasteForm,
      takesFiles: true,
      creates: true,
      example: { text: COMPOSE },
    },
  ],
  [
    'get /imports/:importId',
    {
      summary: 'Preview an import of one’s own',
      query: ANSWERS,
    },
  ],
  [
    'post /imports/:importId/plans',
    {
      summary: 'Make a plan of an import',
      form: newPlanForm.extend(questions.omit({ plan: true, system: true }).partial().shape),
      creates: true,
      example: { planName: 'On Compose', systemName: 'Another shop', assume: 'yes' },
    },
  ],
  [
    'post /imports/:importId/plans/:planId',
    {
      summary: 'Bring a plan in line with an import that was previewed',
      form: inLineForm,
    },
  ],
]);

/** By the method, in capitals or not, and the path as it is drawn. */
export function operationOf(method: string, path: string): Operation | undefined {
  return OPERATIONS.get(`${method.toLowerCase()} ${path}`);
}
