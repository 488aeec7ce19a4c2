import type { Request, Response } from 'express';
import { personOf } from '../auth/auth.js';
import { findWhole } from '../bills/queries.js';
import { sheetOf } from '../bills/sheet.js';
import { billOf } from '../domain/bill.js';
import type { Plan } from '../domain/model.js';
import { listMachineTypeNames } from '../machine-types/queries.js';
import { changeInWords } from '../parts/words.js';
import { findPlan, type PlanRecord } from '../plans/queries.js';
import { requestedPlan } from '../plans/requested.js';
import { listSystemNames } from '../systems/queries.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { setFlash } from '../web/flash.js';
import { type FormState, readForm, withError } from '../web/form.js';
import { page } from '../web/page.js';
import { refused } from '../web/refused.js';
import { type Answers, filesOf, newPlanForm, pasteForm, questions } from './form.js';
import { isNothing, type Merge, mergeOf } from './merge.js';
import type { Format, ImportResult, SourceFile } from './model.js';
import { planJsonSchema } from './plan-json/plan-schema.js';
import * as imports from './queries.js';

/** A crash a month and 22 minutes to notice and restart: 720 h / (720 h + 0.36 h). Said wherever it is used. */
const ASSUMED_AVAILABILITY = 0.9995;

/** Assumed in a first preview until somebody chooses, so that machines, cost and availability are there at once. */
const USUAL_MACHINE_TYPE = 'aws-m6i-large';

export async function newForm(req: Request, res: Response) {
  const { plan, system } = questions.parse(req.query);
  await showPaste(req, res, { values: { plan, system }, errors: {} });
}

/** Reads the files. Faults: the same page with what was typed, nothing saved. Else they are kept for the preview. */
export async function create(req: Request, res: Response) {
  const read = readForm(pasteForm, req.body);
  if (!read.ok) return showPaste(req, res, read.form);
  const uploads = Array.isArray(req.files) ? req.files : [];
  const files = filesOf(read.data, uploads);
  if (files.length === 0) {
    const errors = { text: 'Paste a file, or choose one or more.' };
    return showPaste(req, res, withError(req.body, errors));
  }
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
  await showPreview(req, res, { values: {}, errors: {} });
}

/** Makes a plan of what was previewed. */
export async function createPlan(req: Request, res: Response) {
  const read = readForm(newPlanForm, req.body);
  const { draft, answers, id, machineTypeId, isTypeGone } = await draftOf(req, req.body);
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
  const saved = await imports.createPlanOf(personOf(req).id, {
    importId: id,
    system: systemId === null ? { name: systemName } : { id: systemId },
    name: planName,
    machineTypeId,
    draft: draft.plan,
    ...keptOf(answers),
  });
  if (!saved.ok) return showPreview(req, res, refused(saved, req.body, {}), req.body);
  setFlash(req, { message: `${saved.record.name} is recorded, as counted in the preview.` });
  res.redirect(303, addressOf('plans', saved.record));
}

/** Brings an existing plan in line with what was previewed. */
export async function updatePlan(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const { draft, answers, id, machineTypeId } = await draftOf(req, { ...bodyOf(req), plan: String(plan.id) });
  const merge = await mergeInto(plan, draft.plan);
  const seen = Number(bodyOf(req).revision);
  const { machineType } = draft.plan;
  const by = { importId: id, merge, machineTypeId, machineType, ...keptOf(answers) };
  const done = seen === plan.revision && (await imports.updatePlanBy(personOf(req).id, plan, by));
  if (!done) {
    setFlash(req, {
      message: `${plan.name} was changed meanwhile. This is what would change now: look once more.`,
    });
    return res.redirect(303, `/imports/${id}?plan=${plan.id}`);
  }
  setFlash(req, { message: `${plan.name} is up to date with its files. What was set by hand is kept.` });
  res.redirect(303, addressOf('plans', plan));
}

export function schema(_req: Request, res: Response) {
  res.type('application/schema+json').send(JSON.stringify(planJsonSchema(), null, 2));
}

async function showPaste(
  req: Request,
  res: Response,
  form: FormState,
  result?: Extract<ImportResult, { ok: false }>,
) {
  const plan = await targetOf(Number(form.values.plan) || null);
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

async function showPreview(req: Request, res: Response, form: FormState, typed: unknown = req.query) {
  const { id, answers, draft, machineTypes, plan, isMachineAssumed } = await draftOf(req, typed);
  const bill = billOf(draft.plan);
  const [systems, merge] = await Promise.all([listSystemNames(), plan && mergeInto(plan, draft.plan)]);
  const standing = plan && !goneTypeOf(plan) ? (plan.machineType?.name ?? null) : null;
  const isOtherMachine = plan !== null && standing !== (draft.plan.machineType?.name ?? null);
  const content = {
    title: 'What these files run',
    draftFormat: draft.format,
    report: draft.report,
    draft: draft.plan,
    bill,
    merge,
    plan,
  };
  const onlyHtml = {
    ...sheetOf(draft.plan, bill),
    importId: id,
    answers,
    form: { ...form, values: { ...keptAs(draft, answers.system, systems), ...form.values } },
    machineTypes,
    systems,
    changesNothing: merge !== null && isNothing(merge) && !isOtherMachine,
    isOtherMachine,
    isMachineAssumed,
    here: `/imports/${id}`,
    changeInWords,
    partHref: () => '#parts',
    recordHref: () => '#parts',
  };
  page(req, res, 'imports/show', content, {
    status: Object.keys(form.errors).length > 0 ? 422 : 200,
    onlyHtml,
  });
}

/**
 * The kept files read again, with the answers given: the same text gives the same draft. What is not answered for a plan that stands
 * is answered as at its last import, and with its machine type.
 */
async function draftOf(req: Request, typed: unknown) {
  const { plan: planId } = questions.parse(typed);
  const plan = await targetOf(planId);
  const answers: Answers = questions.parse({ ...(plan && (await lastAnswers(plan))), ...Object(typed) });
  const kept = found(await imports.findImport(personOf(req).id, idOf(req, 'importId')), 'import of yours');
  const machineTypes = await listMachineTypeNames();
  const draft = found(await readAgain(kept.files, answers), 'import that can be read');
  const isUnasked = req.method === 'GET' && plan === null && req.query.machineType === undefined;
  const usual = isUnasked && lacksMachines(draft.plan) && machineTypes.find(isUsual);
  const chosen = usual || machineTypes.find((type) => type.id === answers.machineType);
  // A type that a plan file brings along is the price book's own where that has one of its name.
  const brought = draft.plan.machineType?.name.toLowerCase();
  const known = chosen ?? machineTypes.find((type) => type.name.toLowerCase() === brought);
  const read = known ? { ...draft.plan, machineType: known } : draft.plan;
  return {
    id: kept.id,
    answers: { ...answers, machineType: chosen?.id ?? answers.machineType },
    isMachineAssumed: Boolean(usual),
    machineTypes,
    plan,
    machineTypeId: known?.id ?? (read.machineType ? null : (goneTypeOf(plan)?.id ?? null)),
    isTypeGone: answers.machineType !== null && !chosen,
    draft: { ...draft, plan: read },
  };
}

function lacksMachines({ machineType, parts }: Plan): boolean {
  return machineType === null && parts.some((part) => part.runs === 'machine');
}

function isUsual({ bookId }: { bookId: string | null }): boolean {
  return bookId === USUAL_MACHINE_TYPE;
}

async function lastAnswers(plan: PlanRecord): Promise<Record<string, unknown>> {
  const type = goneTypeOf(plan) ? null : plan.machineType;
  return { ...(await imports.findOptions(plan.id)), machineType: type ? String(type.id) : '' };
}

/** The plan's machine type where it is deleted: the plan keeps it for the day it is restored. */
function goneTypeOf(plan: PlanRecord | null) {
  return plan?.machineType?.isDeleted ? plan.machineType : null;
}

async function mergeInto(plan: PlanRecord, draft: Plan): Promise<Merge> {
  const [standing, deleted] = await Promise.all([findWhole(plan), imports.findDeletedByHand(plan.id)]);
  return mergeOf(standing, draft, deleted);
}

const FORMAT_NAMES: Record<Format, string> = {
  compose: ' on Compose',
  kubernetes: ' on Kubernetes',
  heroku: ' on Heroku',
  plan: '',
};

/** What a new plan and its system are called unless somebody says otherwise: two files of one product end up side by side. */
function keptAs(
  { plan, format }: { plan: Plan; format: Format },
  asked: number | null,
  systems: { id: number; name: string }[],
) {
  const named = systems.find((system) => system.name.toLowerCase() === plan.name.toLowerCase());
  const systemId = asked ?? named?.id ?? '';
  return {
    planName: `${plan.name.slice(0, 100)}${FORMAT_NAMES[format]}`,
    systemId,
    systemName: systemId === '' ? plan.name.slice(0, 120) : '',
  };
}

/** Of the answers, what is kept with the import and what it means for the parts. */
function keptOf({ assume, cluster, machineType }: Answers) {
  return {
    assumedAvailability: assume === 'yes' ? ASSUMED_AVAILABILITY : null,
    options: { assume, cluster, machineType },
  };
}

function bodyOf(req: Request): Record<string, unknown> {
  return Object(req.body);
}

async function readAgain(files: SourceFile[], answers: Answers) {
  const { importFiles } = await readers();
  const result = importFiles(files, {
    cluster: answers.cluster,
    ...(answers.assume === 'yes' && { assumedAvailability: ASSUMED_AVAILABILITY }),
  });
  return result.ok ? result : null;
}

/** The readers of all formats, loaded when the first file comes: the process is ready that much sooner. */
function readers() {
  return import('./import.js');
}

async function targetOf(planId: number | null): Promise<PlanRecord | null> {
  return planId === null ? null : findPlan(planId);
}
