import type { Request, Response } from 'express';
import { authorOf } from '../auth/auth.js';
import { ORIGINS, STRENGTHS } from '../domain/model.js';
import { listPartNames } from '../parts/queries.js';
import { requestedPlan } from '../plans/requested.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { refused, versionIn } from '../web/refused.js';
import { connectionForm, connectionValues, ORIGIN_LABELS, STRENGTH_LABELS } from './form.js';
import * as connections from './queries.js';

/** More parts than this are typed rather than picked. */
const MOST_TO_PICK_FROM = 300;

const strengths = STRENGTHS.map((value) => ({ value, label: STRENGTH_LABELS[value] }));
const origins = ORIGINS.map((value) => ({ value, label: ORIGIN_LABELS[value] }));

export async function index(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const list = readList(req, connections.connectionsList);
  const rows = await connections.listConnections(plan.id, list);
  answerList(
    req,
    res,
    'connections/index',
    { title: `Connections of ${plan.name}`, plan, list },
    rows,
    {
      id: (connection) => connection.id,
      from: (connection) => connection.from,
      to: (connection) => connection.to,
      strength: (connection) => connection.strength,
      origin: (connection) => connection.origin,
      evidence: (connection) => connection.evidence,
      updated: (connection) => connection.updatedAt.toISOString(),
    },
    { strengths: STRENGTHS, origins, originLabels: ORIGIN_LABELS },
  );
}

export async function show(req: Request, res: Response) {
  const connection = await connectionOf(req);
  const onlyHtml = { strengthLabels: STRENGTH_LABELS, originLabels: ORIGIN_LABELS };
  page(req, res, 'connections/show', { title: connection.name, connection }, { onlyHtml });
}

export async function newForm(req: Request, res: Response) {
  const values = { from: String(req.query.from ?? ''), to: String(req.query.to ?? ''), strength: 'hard' };
  await showForm(req, res, await requestedPlan(req), null, { values, errors: {} });
}

export async function create(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const read = readForm(connectionForm, req.body);
  if (!read.ok) return showForm(req, res, plan, null, read.form);
  const saved = await connections.createConnection(authorOf(req), plan.id, read.data);
  if (!saved.ok) return showForm(req, res, plan, null, refused(saved, req.body, {}));
  sendOn(res, addressOf('connections', saved.record), `${saved.record.name} is drawn.`);
}

export async function editForm(req: Request, res: Response) {
  const connection = await connectionOf(req);
  const form = { values: connectionValues(connection), errors: {} };
  await showForm(req, res, connection.plan, connection, form);
}

export async function update(req: Request, res: Response) {
  const connection = await connectionOf(req);
  const read = readForm(connectionForm, req.body);
  if (!read.ok) return showForm(req, res, connection.plan, connection, read.form);
  const saved = await connections.updateConnection(authorOf(req), connection, versionIn(req.body), read.data);
  if (!saved.ok) {
    const form = refused(saved, req.body, connectionValues(connection));
    return showForm(req, res, connection.plan, connection, form);
  }
  sendOn(res, addressOf('connections', saved.record), `${saved.record.name} is saved.`);
}

export async function confirmDeletion(req: Request, res: Response) {
  const connection = await connectionOf(req);
  page(req, res, 'connections/deletion', { title: `Delete ${connection.name}?`, connection });
}

export async function destroy(req: Request, res: Response) {
  const connection = await connectionOf(req);
  await connections.deleteConnection(authorOf(req), connection);
  const undo = { action: `/connections/${connection.id}/restoration`, label: 'Undo' };
  sendOn(res, addressOf('plans', connection.plan), {
    message: `The connection ${connection.name} is deleted.`,
    undo,
  });
}

export async function restore(req: Request, res: Response) {
  const saved = found(
    await connections.restoreConnection(authorOf(req), idOf(req, 'connectionId')),
    'deleted connection',
  );
  if (!saved.ok) {
    return sendOn(res, '/deletions', {
      message:
        'The same two parts have been connected anew since. Delete that connection first, then restore.',
      isRefusal: true,
    });
  }
  sendOn(res, addressOf('connections', saved.record), `The connection ${saved.record.name} is back.`);
}

async function connectionOf(req: Request): Promise<connections.ConnectionRecord> {
  return found(await connections.findConnection(idOf(req, 'connectionId')), 'connection');
}

async function showForm(
  req: Request,
  res: Response,
  plan: connections.ConnectionRecord['plan'],
  connection: connections.ConnectionRecord | null,
  form: FormState,
) {
  const status = statusOf(form);
  const title = connection ? `Edit ${connection.name}` : `New connection of ${plan.name}`;
  const onlyHtml = { strengths, partNames: await listPartNames(plan.id, MOST_TO_PICK_FROM) };
  const view = connection ? 'connections/edit' : 'connections/new';
  page(req, res, view, { title, plan, connection, form }, { status, onlyHtml });
}
