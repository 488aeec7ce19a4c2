import type { Request, Response } from 'express';
import { authorOf, personOf } from '../auth/auth.js';
import { sheetOf } from '../bills/sheet.js';
import { billOf } from '../domain/bill.js';
import { changesInWords, FIELD_LABELS } from '../parts/words.js';
import { findPlan, type PlanRecord } from '../plans/queries.js';
import { requestedPlan } from '../plans/requested.js';
import { listSystemNames } from '../systems/queries.js';
import { addressOf, idIn, idOf } from '../web/addresses.js';
import { HttpError } from '../web/errors.js';
import { sendOn, setFlash } from '../web/flash.js';
import { type FormState, readForm, withError } from '../web/form.js';
import { page, wantsJson } from '../web/page.js';
import { refused } from '../web/refused.js';
import {
  type Answers,
  countedAs,
  filesOf,
  inLineForm,
  newPlanForm,
  pasteForm,
  questions,
  sourceForm,
} from './form.js';
import { bringInLine } from './in-line.js';
import { isNothing } from './merge.js';
import type { ImportResult } from './model.js';
import { planJsonSchema } from './plan-json/plan-schema.js';
import { isOtherMachine, keptAs, keptOf, mergeInto, previewOf, readers } from './preview.js';
import * as imports from './queries.js';

export async function newForm(req: Request, res: Response) {
  const { plan, system } = questions.parse(req.query);
  await showPaste(req, res, { values: { plan, system }, errors: {} });
}

/** Reads the files. Faults: the same page with what was typed, nothing saved. Else they are kept for the preview. */
export async function create(req: Request, res: Response) {
  const read = readForm(pasteForm, req.body);
  if (!read.ok) return showPaste(req, res, read.form);
  const files = filesOf(read.data, uploadsOf(req));
  if (files.length === 0) return showPaste(req, res, withError(req.body, NO_FILES));
  const { importFiles } = await readers();
  const result = importFiles(files, {});
  if (!result.ok) return showPaste(req, res, withError(req.body, {}), result);
  const { id } = await imports.createImport(personOf(req).id, result.files);
  const { plan, system } = read.data;
  const query = new URLSearchParams({
    ...(plan && { plan: String(plan) }),
    ...(system && { system: String(system) }),
  });
  res.redirect(303, `/imports/${id}${query.size ? `?${query}` : ''}`);
}

export async function show(req: Request, res: Response) {
  const { planName, systemId, systemName } = req.query;
  // All three come along, an emptied one too, or none.
  const typed = planName === undefined ? {} : { planName, systemId, systemName };
  await showPreview(req, res, { values: typed, errors: {} });
}

/** Makes a plan of what was previewed. */
export async function createPlan(req: Request, res: Response) {
  const read = readForm(newPlanForm, req.body);
  const preview = await previewOf(personOf(req).id, idOf(req, 'importId'), req.body);
  const { draft, answers, id, machineTypeId, isTypeGone } = preview;
  if (isToBeCounted(req, answers)) return countAgain(req, res, id, answers);
  if (!read.ok) return showPreview(req, res, read.form, req.body);
  const { planName, systemId, systemName } = read.data;
  if (isTypeGone) {
    const errors = { machineType: 'This machine type is not there any more. Pick another.' };
    return showPreview(req, res, withError(req.body, errors), req.body);
  }
  if (systemId === null && systemName === '') {
    return showPreview(
      req,
      res,
      withError(req.body, { systemName: 'Pick a system, or name a new one.' }),
      req.body,
    );
  }
  const saved = await imports.createPlanOf(authorOf(req), {
    importId: id,
    system: systemId === null ? { name: systemName } : { id: systemId },
    name: planName,
    machineTypeId,
    draft: draft.plan,
    ...(await keptOf(preview)),
  });
  if (!saved.ok) return showPreview(req, res, refused(saved, req.body, {}), req.body);
  sendOn(
    res,
    addressOf('plans', saved.record),
    `${saved.record.name} is recorded, as counted in the preview.`,
  );
}

/** Brings an existing plan in line with what was previewed. */
export async function updatePlan(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const read = readForm(inLineForm, req.body);
  if (!read.ok) throw new HttpError(422, Object.values(read.form.errors).join(' '));
  const typed = { ...req.body, plan: String(plan.id) };
  const preview = await previewOf(personOf(req).id, idOf(req, 'importId'), typed);
  const { draft, answers, id } = preview;
  if (isToBeCounted(req, answers)) return countAgain(req, res, id, answers);
  const merge = await mergeInto(plan, draft.plan);
  const { machineType } = draft.plan;
  const by = {
    importId: id,
    merge,
    machineTypeId: preview.machineTypeId,
    machineType,
    ...(await keptOf(preview)),
  };
  const done =
    !preview.isTypeGone &&
    read.data.revision === plan.revision &&
    (await imports.updatePlanBy(authorOf(req), plan, by));
  if (!done) {
    const chosen = preview.isTypeGone ? '' : `${countedAs(answers)}&`;
    return sendOn(res, `/imports/${id}?${chosen}plan=${plan.id}`, {
      message: `${plan.name} was changed meanwhile. This is what would change now: look once more.`,
      isRefusal: true,
    });
  }
  sendOn(
    res,
    addressOf('plans', plan),
    `${plan.name} is up to date with its files. What was set by hand is kept.`,
  );
}

/** Reads files and brings the plan in line with them at once: for programs, which need no preview. */
export async function updateSource(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const read = readForm(sourceForm, { ...req.query, ...req.body });
  const files = read.ok ? filesOf(read.data, uploadsOf(req)) : [];
  if (!read.ok || files.length === 0) {
    const form = read.ok ? withError(req.body, NO_FILES) : read.form;
    return showPaste(req, res, form);
  }
  const { importFiles } = await readers();
  const result = importFiles(files, {});
  if (!result.ok) return showPaste(req, res, withError(req.body, {}), result);
  const done = await bringInLine(authorOf(req), plan, result.files, read.data);
  if (!done.ok) return showPaste(req, res, withError(req.body, done.errors));
  const message = done.isChanged
    ? `${plan.name} is up to date with its files. What was set by hand is kept.`
    : `${plan.name} was up to date with its files already.`;
  if (!wantsJson(req)) {
    return sendOn(res, addressOf('plans', plan), message);
  }
  const { isChanged, merge, report, bill } = done;
  res.json({ title: plan.name, location: addressOf('plans', plan), message, isChanged, merge, report, bill });
}

export function schema(_req: Request, res: Response) {
  res.type('application/schema+json').send(JSON.stringify(planJsonSchema(), null, 2));
}

const NO_FILES = { text: 'Paste a file, or choose one or more.' };

function uploadsOf(req: Request) {
  return Array.isArray(req.files) ? req.files : [];
}

async function showPaste(
  req: Request,
  res: Response,
  form: FormState,
  result?: Extract<ImportResult, { ok: false }>,
) {
  const plan = await targetOf(idIn(String(form.values.plan)));
  const wrong = result !== undefined || Object.keys(form.errors).length > 0;
  const content = {
    title: 'Count my own',
    form,
    plan,
    faults: result?.faults ?? [],
    report: result?.report ?? [],
  };
  page(req, res, 'imports/new', content, { status: wrong ? 422 : 200 });
}

/** Whether the questions are answered otherwise than they were when somebody looked. Programs look at nothing, and say nothing of it. */
function isToBeCounted(req: Request, answers: Answers): boolean {
  const { again, counted } = req.body;
  return again !== undefined || (counted !== undefined && counted !== countedAs(answers));
}

/** The preview with these answers, and with what was typed. */
function countAgain(req: Request, res: Response, importId: number, answers: Answers) {
  if (req.body.again === undefined) {
    const message =
      'Not saved yet: other answers were chosen than were counted. This is the count with them.';
    setFlash(req, { message, isRefusal: true });
  }
  const { planName, systemId, systemName } = req.body;
  const query = new URLSearchParams(countedAs(answers));
  const typed = planName === undefined ? {} : { planName, systemId, systemName };
  // Longer ones are refused anyway, and an address has its limits.
  for (const [name, value] of Object.entries(typed)) query.set(name, String(value ?? '').slice(0, 200));
  if (answers.plan) query.set('plan', String(answers.plan));
  res.redirect(303, `/imports/${importId}?${query}`);
}

async function showPreview(req: Request, res: Response, form: FormState, typed: unknown = req.query) {
  const isFirst = req.method === 'GET';
  const preview = await previewOf(personOf(req).id, idOf(req, 'importId'), typed, isFirst);
  const { id, answers, draft, machineTypes, plan, assumedMachine, broughtMachine } = preview;
  const bill = billOf(draft.plan);
  const [systems, merge] = await Promise.all([listSystemNames(), plan && mergeInto(plan, draft.plan)]);
  const isOther = plan !== null && isOtherMachine(plan, draft.plan);
  const content = {
    title: 'What these files run',
    draftFormat: draft.format,
    report: draft.report,
    draft: draft.plan,
    bill,
    merge,
    plan,
    isMachineAssumed: assumedMachine !== null,
    form: { ...form, values: { ...keptAs(draft, answers.system, systems), ...form.values } },
  };
  const onlyHtml = {
    ...sheetOf(draft.plan, bill),
    importId: id,
    answers,
    counted: countedAs(answers),
    machineTypes,
    assumedMachine,
    broughtMachine,
    systems,
    changesNothing: merge !== null && isNothing(merge) && !isOther,
    isOtherMachine: isOther,
    changesInWords,
    fieldLabels: FIELD_LABELS,
    partHref: () => '#parts',
    recordHref: () => '#parts',
  };
  page(req, res, 'imports/show', content, {
    status: Object.keys(form.errors).length > 0 ? 422 : 200,
    onlyHtml,
  });
}

async function targetOf(planId: number | null): Promise<PlanRecord | null> {
  return planId === null ? null : findPlan(planId);
}
