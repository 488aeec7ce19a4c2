import type { Request, Response } from 'express';
import { authorOf } from '../auth/auth.js';
import { ORIGIN_LABELS } from '../connections/form.js';
import { PART_KINDS, RUNS } from '../domain/model.js';
import { listServiceLevels } from '../machine-types/queries.js';
import { requestedPlan } from '../plans/requested.js';
import { listTeamNames } from '../teams/queries.js';
import { listTechnologyNames } from '../technologies/queries.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { availabilityText } from '../web/quantities.js';
import { refused, versionIn } from '../web/refused.js';
import { NEW_PART, partForm, partValues } from './form.js';
import * as parts from './queries.js';
import { KIND_LABELS, RUNS_LABELS, runsInWords } from './words.js';

const kinds = PART_KINDS.map((value) => ({ value, label: KIND_LABELS[value] }));
const runs = RUNS.map((value) => ({ value, label: RUNS_LABELS[value] }));

export async function index(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const list = readList(req, parts.partsList);
  const [rows, { technologies, teams }] = await Promise.all([
    parts.listParts(plan.id, list),
    parts.listChoices(plan.id),
  ]);
  answerList(
    req,
    res,
    'parts/index',
    { title: `Parts of ${plan.name}`, plan, list },
    rows,
    {
      id: (part) => part.id,
      name: (part) => part.name,
      kind: (part) => part.kind,
      runs: (part) => part.runs,
      replicas: (part) => part.replicas,
      needed: (part) => part.needed,
      'one per machine': (part) => part.perMachine,
      'on different machines': (part) => part.spread,
      'containers per replica': (part) => part.containersPerReplica,
      'cpu millicores': (part) => part.cpuMillicores,
      'memory mib': (part) => part.memoryMib,
      availability: (part) => part.availability,
      'availability basis': (part) => part.availabilityBasis,
      'usd per month': (part) => part.usdPerMonth,
      'price basis': (part) => part.priceBasis,
      technology: (part) => part.technology,
      team: (part) => part.team,
      'last checked': (part) => part.checkedOn,
      updated: (part) => part.updatedAt.toISOString(),
    },
    { kinds, runs, technologies, teams, kindLabels: KIND_LABELS, runsInWords },
  );
}

export async function show(req: Request, res: Response) {
  const part = await partOf(req);
  const around = await parts.listNeighbours(part.id);
  const onlyHtml = { kindLabels: KIND_LABELS, runsLabels: RUNS_LABELS, originLabels: ORIGIN_LABELS };
  page(req, res, 'parts/show', { title: part.name, part, ...around }, { onlyHtml });
}

export async function newForm(req: Request, res: Response) {
  await showForm(req, res, await requestedPlan(req), null, { values: NEW_PART, errors: {} });
}

export async function create(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const read = readForm(partForm, req.body);
  if (!read.ok) return showForm(req, res, plan, null, read.form);
  const saved = await parts.createPart(authorOf(req), plan.id, read.data);
  if (!saved.ok) return showForm(req, res, plan, null, refused(saved, req.body, {}));
  sendOn(res, addressOf('parts', saved.record), `${saved.record.name} is part of ${plan.name}.`);
}

export async function editForm(req: Request, res: Response) {
  const part = await partOf(req);
  await showForm(req, res, part.plan, part, { values: partValues(part), errors: {} });
}

export async function update(req: Request, res: Response) {
  const part = await partOf(req);
  const read = readForm(partForm, req.body);
  if (!read.ok) return showForm(req, res, part.plan, part, read.form);
  const saved = await parts.updatePart(authorOf(req), part, versionIn(req.body), read.data);
  if (!saved.ok) return showForm(req, res, part.plan, part, refused(saved, req.body, partValues(part)));
  sendOn(res, addressOf('parts', saved.record), `${saved.record.name} is saved.`);
}

export async function confirmDeletion(req: Request, res: Response) {
  const part = await partOf(req);
  const around = await parts.countAround(part.id);
  page(req, res, 'parts/deletion', { title: `Delete ${part.name}?`, part, around });
}

export async function destroy(req: Request, res: Response) {
  const part = await partOf(req);
  await parts.deletePart(authorOf(req), part);
  const undo = { action: `/parts/${part.id}/restoration`, label: 'Undo' };
  sendOn(res, addressOf('plans', part.plan), {
    message: `${part.name} is deleted, with its connections.`,
    undo,
  });
}

export async function restore(req: Request, res: Response) {
  const saved = found(await parts.restorePart(authorOf(req), idOf(req, 'partId')), 'deleted part');
  if (!saved.ok) {
    return sendOn(res, '/deletions', {
      message: 'Another part of the plan has taken its name since. Rename that one first, then restore.',
      isRefusal: true,
    });
  }
  sendOn(res, addressOf('parts', saved.record), `${saved.record.name} is back, with its connections.`);
}

async function partOf(req: Request): Promise<parts.PartRecord> {
  return found(await parts.findPart(idOf(req, 'partId')), 'part');
}

async function showForm(
  req: Request,
  res: Response,
  plan: parts.PartRecord['plan'],
  part: parts.PartRecord | null,
  form: FormState,
) {
  const status = statusOf(form);
  const title = part ? `Edit ${part.name}` : `New part of ${plan.name}`;
  const [technologies, teams, levels] = await Promise.all([
    listTechnologyNames(),
    listTeamNames(),
    listServiceLevels(),
  ]);
  const serviceLevels = levels
    .filter((level) => level.availability !== null)
    .map((level) => ({ value: availabilityText(level.availability), label: level.service }));
  const onlyHtml = { kinds, runs, technologies, teams, serviceLevels };
  page(req, res, part ? 'parts/edit' : 'parts/new', { title, plan, part, form }, { status, onlyHtml });
}
