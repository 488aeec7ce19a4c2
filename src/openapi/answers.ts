import { z } from 'zod';
import { changesList } from '../changes/queries.js';
import { deletionsList } from '../deletions/queries.js';
import { newPlanForm, pasteForm, questions, sourceForm } from '../imports/form.js';
import { planSchema } from '../imports/plan-json/plan-schema.js';
import { type Answers, meanwhile, read, WRITTEN, wrong } from './endings.js';
import { nounAnswers } from './noun-answers.js';
import { bill, comparison } from './schemas/bill.js';
import { draft, fault, merge, note } from './schemas/imports.js';
import { known, moment, nameIt } from './schemas/named.js';
import { firstFormState, health, listPage, page } from './schemas/pages.js';
import { oneNamed, plan } from './schemas/records.js';
import { change, changeRow, deletion } from './schemas/trail.js';

const smallBill = nameIt(
  'SmallBill',
  z.object({
    plan: z.string(),
    services: known,
    containers: known,
    machines: known,
    usdPerMonth: known,
  }),
);
const home = page('HomePage', {
  systems: z
    .array(
      z.object({ ...oneNamed.shape, bill: smallBill.nullable().describe('null where no plan is current.') }),
    )
    .optional()
    .describe('The latest; not for visitors who may not read.'),
});

const compared = nameIt(
  'ComparedPlan',
  z.object({ ...oneNamed.shape, system: oneNamed, status: plan.shape.status, bill }),
);

const importFields = Object.keys({ ...pasteForm.shape, ...sourceForm.shape });
const newImport = page('NewImportPage', {
  form: firstFormState('ImportForm', importFields),
  plan: plan.nullable().describe('That the files would go into.'),
  faults: z.array(fault).describe('Why the files cannot be read.'),
  report: z.array(note),
});
const keptFields = Object.keys(newPlanForm.extend(questions.omit({ plan: true, system: true }).shape).shape);
const importPage = page('ImportPage', {
  draftFormat: z.enum(['compose', 'kubernetes', 'heroku', 'plan']),
  report: z.array(note),
  draft,
  bill,
  plan: plan.nullable().describe('That the files are held against.'),
  merge: merge.nullable().describe('What would change in that plan.'),
  isMachineAssumed: z.boolean().describe('Whether the files name no machine type, so that one was taken.'),
  form: firstFormState('ImportedPlanForm', keptFields),
});
const inLine = page('InLine', {
  location: z.string(),
  message: z.string(),
  isChanged: z.boolean(),
  merge: merge.describe('What was added, changed, removed and kept.'),
  report: z.array(note),
  bill,
});
const source = z.object({ name: z.string().describe('Empty of what was pasted.'), text: z.string() });
const files = z.array(source).describe('As they were, but for what looks like a secret.');

const answers = new Map<string, Answers>(
  Object.entries<Answers>({
    ...nounAnswers,
    'get /': read(home),
    'get /healthz': {
      200: { description: 'Ready.', schemas: [health] },
      503: { description: 'Not ready.', schemas: [health] },
    },
    'get /openapi.json': read(nameIt('OpenApi', z.record(z.string(), z.unknown()))),
    'get /plans/:planId/plan.json': read(nameIt('PlanFile', planSchema)),
    'get /plans/:planId/source': read(page('SourcePage', { plan, files, createdAt: moment })),
    'post /plans/:planId/source': {
      200: { description: 'The plan is in line with the files.', schemas: [inLine] },
      422: wrong(newImport),
    },
    'post /plans/:planId/copies': { 201: WRITTEN },
    'get /comparison': read(page('ComparisonPage', { plans: z.array(compared), comparison })),
    'get /changes': read(listPage('ChangeList', changeRow, changesList)),
    'get /changes/:changeId': read(page('ChangePage', { change })),
    'get /deletions': read(listPage('DeletionList', deletion, deletionsList)),
    'get /imports/new': read(newImport),
    'post /imports': { 201: WRITTEN, 422: wrong(newImport) },
    'get /imports/:importId': read(importPage),
    'post /imports/:importId/plans': {
      201: WRITTEN,
      422: wrong(importPage),
    },
    'post /imports/:importId/plans/:planId': {
      200: WRITTEN,
      409: meanwhile('the plan was changed since it was previewed.'),
      422: wrong(),
    },
  }),
);

/** By the method, in small letters, and the path as it is drawn. */
export function answersOf(method: string, path: string): Answers | undefined {
  return answers.get(`${method} ${path}`);
}
