import type { Request, Response } from 'express';
import { authorOf } from '../auth/auth.js';
import { countedPlan, smallBills } from '../bills/remembered.js';
import { sheetOf } from '../bills/sheet.js';
import { listLatestComments } from '../comments/queries.js';
import { findPlans, listPlansOf, type PlanRecord } from '../plans/queries.js';
import { listTeamNames } from '../teams/queries.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { refused, versionIn } from '../web/refused.js';
import { LIFECYCLES, systemForm, systemValues } from './form.js';
import * as systems from './queries.js';

/** Plans whose bills a system's page shows; the others have a list of their own. */
const COUNTED_PLANS = 12;

export async function index(req: Request, res: Response) {
  const list = readList(req, systems.systemsList);
  const rows = await systems.listSystems(list);
  answerList(
    req,
    res,
    'systems/index',
    { title: 'Systems', list },
    rows,
    {
      id: (system) => system.id,
      name: (system) => system.name,
      lifecycle: (system) => system.lifecycle,
      team: (system) => system.team,
      tags: (system) => system.tags.join(' '),
      plans: (system) => system.plans,
      'current plan': (system) => system.currentPlan?.name ?? null,
      updated: (system) => system.updatedAt.toISOString(),
    },
    { lifecycles: LIFECYCLES },
  );
}

export async function show(req: Request, res: Response) {
  const id = idOf(req, 'systemId');
  const [there, listed, discussion] = await Promise.all([
    systems.findSystem(id),
    listPlansOf(id),
    listLatestComments({ system: { id }, plan: null }, req.user !== undefined),
  ]);
  const system = found(there, 'system');
  const records = await findPlans(listed.slice(0, COUNTED_PLANS).map((plan) => plan.id));
  const bills = await smallBills(records);
  const onlyHtml = {
    counted: records.map((plan) => ({ plan, bill: bills.get(plan.id) })),
    morePlans: listed.length - records.length,
    current: await currentOf(records),
    discussion,
    here: addressOf('systems', system),
  };
  page(req, res, 'systems/show', { title: system.name, system, plans: listed }, { onlyHtml });
}

export async function newForm(req: Request, res: Response) {
  await showForm(req, res, null, { values: { lifecycle: 'production' }, errors: {} });
}

export async function create(req: Request, res: Response) {
  const read = readForm(systemForm, req.body);
  if (!read.ok) return showForm(req, res, null, read.form);
  const saved = await systems.createSystem(authorOf(req), read.data);
  if (!saved.ok) return showForm(req, res, null, refused(saved, req.body, {}));
  sendOn(res, addressOf('systems', saved.record), `${saved.record.name} is recorded. Now its first plan.`);
}

export async function editForm(req: Request, res: Response) {
  const system = await systemOf(req);
  await showForm(req, res, system, { values: systemValues(system), errors: {} });
}

export async function update(req: Request, res: Response) {
  const system = await systemOf(req);
  const read = readForm(systemForm, req.body);
  if (!read.ok) return showForm(req, res, system, read.form);
  const saved = await systems.updateSystem(authorOf(req), system, versionIn(req.body), read.data);
  if (!saved.ok) return showForm(req, res, system, refused(saved, req.body, systemValues(system)));
  sendOn(res, addressOf('systems', saved.record), `${saved.record.name} is saved.`);
}

export async function confirmDeletion(req: Request, res: Response) {
  const system = await systemOf(req);
  const within = await systems.countWithin(system.id);
  page(req, res, 'systems/deletion', { title: `Delete ${system.name}?`, system, within });
}

export async function destroy(req: Request, res: Response) {
  const system = await systemOf(req);
  await systems.deleteSystem(authorOf(req), system);
  const undo = { action: `/systems/${system.id}/restoration`, label: 'Undo' };
  sendOn(res, '/systems', { message: `${system.name} is deleted, with its plans.`, undo });
}

export async function restore(req: Request, res: Response) {
  const saved = found(await systems.restoreSystem(authorOf(req), idOf(req, 'systemId')), 'deleted system');
  if (!saved.ok) {
    return sendOn(res, '/deletions', {
      message: 'Another system has taken its name since. Rename that one first, then restore.',
      isRefusal: true,
    });
  }
  sendOn(res, addressOf('systems', saved.record), `${saved.record.name} is back.`);
}

/** The plan that it runs on, with its bill and what is drawn of it. */
async function currentOf(records: PlanRecord[]) {
  const plan = records.find(({ status }) => status === 'current');
  if (!plan) return null;
  const { whole, bill } = await countedPlan(plan);
  return { plan, bill, diagram: sheetOf(whole, bill).diagram, partHref: partHref(plan) };
}

function partHref(plan: { id: number; name: string }) {
  return (name: string) => `${addressOf('plans', plan)}?down=${encodeURIComponent(name)}`;
}

async function systemOf(req: Request): Promise<systems.System> {
  return found(await systems.findSystem(idOf(req, 'systemId')), 'system');
}

async function showForm(req: Request, res: Response, system: systems.System | null, form: FormState) {
  const status = statusOf(form);
  const title = system ? `Edit ${system.name}` : 'New system';
  const onlyHtml = { teams: await listTeamNames(), lifecycles: LIFECYCLES };
  page(req, res, system ? 'systems/edit' : 'systems/new', { title, system, form }, { status, onlyHtml });
}
