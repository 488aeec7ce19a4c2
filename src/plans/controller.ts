import { hash } from 'node:crypto';
import type { Request, Response } from 'express';
import { authorOf } from '../auth/auth.js';
import { countedPlan } from '../bills/remembered.js';
import { sheetOf } from '../bills/sheet.js';
import { listLatestComments } from '../comments/queries.js';
import { planToJson } from '../imports/plan-json/plan-json.js';
import { findSource } from '../imports/queries.js';
import { withoutSecrets } from '../imports/secrets.js';
import { listMachineTypeNames } from '../machine-types/queries.js';
import { findSystem, type System } from '../systems/queries.js';
import { addressOf, idIn, idOf } from '../web/addresses.js';
import { assetText } from '../web/assets.js';
import { found } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { refused, versionIn } from '../web/refused.js';
import { render } from '../web/render.js';
import { copyPlan } from './copy-queries.js';
import { PLAN_STATUSES, planForm, planValues } from './form.js';
import * as plans from './queries.js';
import { requestedPlan } from './requested.js';

export async function index(req: Request, res: Response) {
  const list = readList(req, plans.plansList);
  const rows = await plans.listPlans(list);
  const csv = {
    id: (plan: plans.PlanRow) => plan.id,
    name: (plan: plans.PlanRow) => plan.name,
    system: (plan: plans.PlanRow) => plan.system,
    status: (plan: plans.PlanRow) => plan.status,
    parts: (plan: plans.PlanRow) => plan.parts,
    updated: (plan: plans.PlanRow) => plan.updatedAt.toISOString(),
  };
  answerList(req, res, 'plans/index', { title: 'Plans', list }, rows, csv, {
    statuses: PLAN_STATUSES,
    // Whose “Compare…” led here.
    ticked: idIn(String(req.query.with)),
  });
}

export async function show(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const [{ whole, bill }, siblings, discussion] = await Promise.all([
    countedPlan(plan),
    plans.listPlansOf(plan.system.id),
    listLatestComments({ system: plan.system, plan }, req.user !== undefined),
  ]);
  const here = addressOf('plans', plan);
  const sheet = sheetOf(whole, bill, downIn(req));
  const onlyHtml = {
    ...sheet,
    here,
    discussion,
    askedDown: downIn(req) ?? null,
    downPart: whole.parts.find((part) => part.name === downIn(req)) ?? null,
    others: siblings.filter((sibling) => sibling.id !== plan.id),
    partHref: (name: string) => `${here}?down=${encodeURIComponent(name)}#picture`,
    recordHref: (part: { id: number; name: string }) => addressOf('parts', part),
  };
  page(
    req,
    res,
    'plans/show',
    { title: `${plan.name} · ${plan.system.name}`, plan, bill, contents: whole },
    { onlyHtml },
  );
}

export async function newForm(req: Request, res: Response) {
  const system = await systemOf(req);
  await showForm(req, res, system, null, { values: { status: 'draft' }, errors: {} });
}

export async function create(req: Request, res: Response) {
  const system = await systemOf(req);
  const read = readForm(planForm, req.body);
  if (!read.ok) return showForm(req, res, system, null, read.form);
  const saved = await plans.createPlan(authorOf(req), system.id, read.data);
  if (!saved.ok) return showForm(req, res, system, null, refused(saved, req.body, {}));
  sendOn(res, addressOf('plans', saved.record), `${saved.record.name} is recorded. Now what is in it.`);
}

export async function editForm(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  await showForm(req, res, plan.system, plan, { values: planValues(plan), errors: {} });
}

export async function update(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const read = readForm(planForm, req.body);
  if (!read.ok) return showForm(req, res, plan.system, plan, read.form);
  const saved = await plans.updatePlan(authorOf(req), plan, versionIn(req.body), read.data);
  if (!saved.ok) return showForm(req, res, plan.system, plan, refused(saved, req.body, planValues(plan)));
  sendOn(res, addressOf('plans', saved.record), `${saved.record.name} is saved.`);
}

export async function copy(req: Request, res: Response) {
  const made = await copyPlan(authorOf(req), await requestedPlan(req));
  sendOn(res, addressOf('plans', made), `This is ${made.name}. Change it as you like, the original stays.`);
}

export async function confirmDeletion(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const within = await plans.countWithin(plan.id);
  page(req, res, 'plans/deletion', { title: `Delete ${plan.name}?`, plan, within });
}

export async function destroy(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  await plans.deletePlan(authorOf(req), plan);
  const undo = { action: `/plans/${plan.id}/restoration`, label: 'Undo' };
  sendOn(res, addressOf('systems', plan.system), {
    message: `${plan.name} is deleted, with all that is in it.`,
    undo,
  });
}

export async function restore(req: Request, res: Response) {
  const id = idOf(req, 'planId');
  const saved = found(await plans.restorePlan(authorOf(req), id), 'deleted plan of a system that is there');
  if (!saved.ok) {
    const why =
      'errors' in saved && saved.errors.status ? 'is current now; retire it' : 'has its name now; rename it';
    return sendOn(res, '/deletions', {
      message: `Another plan of the system ${why} first, then restore.`,
      isRefusal: true,
    });
  }
  sendOn(res, addressOf('plans', saved.record), `${saved.record.name} is back.`);
}

/** The plan in the shape that an import takes. */
export async function exportJson(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const { whole } = await countedPlan(plan);
  res.attachment(`${addressOf('', plan).slice(2)}.json`).json(planToJson(whole));
}

/** A picture that stands alone, its style within. */
export async function diagramSvg(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const { whole, bill } = await countedPlan(plan);
  const { diagram } = sheetOf(whole, bill, downIn(req));
  const partHref = () => null;
  sendSvg(res, { diagram, partHref });
}

export async function machinesSvg(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const { whole, bill } = await countedPlan(plan);
  const { machinesPicture } = sheetOf(whole, bill);
  sendSvg(res, { machinesPicture });
}

/** A file of its own carries its style within, which the site's own policy would not show: this one shows that style and no other. */
function sendSvg(res: Response, picture: Record<string, unknown>): void {
  const css = assetText('pictures.css');
  const style = `'sha256-${hash('sha256', css, 'base64')}'`;
  res.set('Content-Security-Policy', `default-src 'none'; style-src ${style}; frame-ancestors 'none'`);
  res.type('svg').send(render('pictures/standalone', { ...picture, css }));
}

/** The files the plan was read from, as they were but for what looks like a secret. */
export async function source(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const kept = found(await findSource(plan.id), 'file kept with this plan');
  const files = kept.files
    .filter((file) => file.leftOut === undefined)
    .map(({ name, text }) => ({ name, text: withoutSecrets(text) }));
  page(req, res, 'plans/source', { title: `What ${plan.name} was read from`, plan, ...kept, files });
}

async function systemOf(req: Request): Promise<System> {
  return found(await findSystem(idOf(req, 'systemId')), 'system');
}

async function showForm(
  req: Request,
  res: Response,
  system: { id: number; name: string },
  plan: plans.PlanRecord | null,
  form: FormState,
) {
  const status = statusOf(form);
  const title = plan ? `Edit ${plan.name}` : `New plan for ${system.name}`;
  const machineTypes = await listMachineTypeNames();
  // One that is deleted stays chosen until somebody chooses another: restored, it gives the plan its machines back.
  const gone = plan?.machineType?.isDeleted
    ? [{ ...plan.machineType, name: `${plan.machineType.name} (deleted)` }]
    : [];
  const onlyHtml = { statuses: PLAN_STATUSES, machineTypes: [...gone, ...machineTypes] };
  page(req, res, plan ? 'plans/edit' : 'plans/new', { title, system, plan, form }, { status, onlyHtml });
}

/** `?down=etcd`: what is pressed to see what stops with it. */
function downIn(req: Request): string | undefined {
  return typeof req.query.down === 'string' && req.query.down !== '' ? req.query.down : undefined;
}
