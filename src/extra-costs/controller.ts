import type { Request, Response } from 'express';
import { authorOf } from '../auth/auth.js';
import { requestedPlan } from '../plans/requested.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found, HttpError } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { refused, versionIn } from '../web/refused.js';
import { extraCostForm, extraCostValues } from './form.js';
import * as extraCosts from './queries.js';

export async function index(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const list = readList(req, extraCosts.extraCostsList);
  const rows = await extraCosts.listExtraCosts(plan.id, list);
  answerList(req, res, 'extra-costs/index', { title: `Extra costs of ${plan.name}`, plan, list }, rows, {
    id: (cost) => cost.id,
    label: (cost) => cost.label,
    'usd per month': (cost) => cost.usdPerMonth,
    'price basis': (cost) => cost.priceBasis,
    updated: (cost) => cost.updatedAt.toISOString(),
  });
}

export async function show(req: Request, res: Response) {
  const cost = await costOf(req);
  page(req, res, 'extra-costs/show', { title: cost.label, cost });
}

export async function newForm(req: Request, res: Response) {
  showForm(req, res, await requestedPlan(req), null, { values: {}, errors: {} });
}

export async function create(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const read = readForm(extraCostForm, req.body);
  if (!read.ok) return showForm(req, res, plan, null, read.form);
  const saved = await extraCosts.createExtraCost(authorOf(req), plan.id, read.data);
  if (!saved.ok) return showForm(req, res, plan, null, refused(saved, req.body, {}));
  sendOn(res, addressOf('extra-costs', saved.record), `${saved.record.name} is a cost of ${plan.name}.`);
}

export async function editForm(req: Request, res: Response) {
  const cost = await costOf(req);
  showForm(req, res, cost.plan, cost, { values: extraCostValues(cost), errors: {} });
}

export async function update(req: Request, res: Response) {
  const cost = await costOf(req);
  const read = readForm(extraCostForm, req.body);
  if (!read.ok) return showForm(req, res, cost.plan, cost, read.form);
  const saved = await extraCosts.updateExtraCost(authorOf(req), cost, versionIn(req.body), read.data);
  if (!saved.ok) return showForm(req, res, cost.plan, cost, refused(saved, req.body, extraCostValues(cost)));
  sendOn(res, addressOf('extra-costs', saved.record), `${saved.record.name} is saved.`);
}

export async function confirmDeletion(req: Request, res: Response) {
  const cost = await costOf(req);
  page(req, res, 'extra-costs/deletion', { title: `Delete ${cost.label}?`, cost });
}

export async function destroy(req: Request, res: Response) {
  const cost = await costOf(req);
  await extraCosts.deleteExtraCost(authorOf(req), cost);
  const undo = { action: `/extra-costs/${cost.id}/restoration`, label: 'Undo' };
  sendOn(res, addressOf('plans', cost.plan), { message: `The extra cost ${cost.label} is deleted.`, undo });
}

export async function restore(req: Request, res: Response) {
  const id = idOf(req, 'costId');
  const saved = found(await extraCosts.restoreExtraCost(authorOf(req), id), 'deleted extra cost');
  if (!saved.ok) throw new HttpError(422, 'It cannot be restored as things are now.');
  sendOn(res, addressOf('extra-costs', saved.record), `The extra cost ${saved.record.name} is back.`);
}

async function costOf(req: Request): Promise<extraCosts.ExtraCostRecord> {
  return found(await extraCosts.findExtraCost(idOf(req, 'costId')), 'extra cost');
}

function showForm(
  req: Request,
  res: Response,
  plan: extraCosts.ExtraCostRecord['plan'],
  cost: extraCosts.ExtraCostRecord | null,
  form: FormState,
) {
  const status = statusOf(form);
  const title = cost ? `Edit ${cost.label}` : `New extra cost of ${plan.name}`;
  const view = cost ? 'extra-costs/edit' : 'extra-costs/new';
  page(req, res, view, { title, plan, cost, form }, { status });
}
