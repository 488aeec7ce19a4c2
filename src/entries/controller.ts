import type { Request, Response } from 'express';
import { authorOf } from '../auth/auth.js';
import { listPartNames } from '../parts/queries.js';
import { requestedPlan } from '../plans/requested.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { refused, versionIn } from '../web/refused.js';
import { entryForm, entryValues, partNamesIn } from './form.js';
import * as entries from './queries.js';

/** More parts than this are typed rather than ticked. */
const MOST_TO_TICK = 60;

export async function index(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const list = readList(req, entries.entriesList);
  const rows = await entries.listEntries(plan.id, list);
  answerList(req, res, 'entries/index', { title: `Entries of ${plan.name}`, plan, list }, rows, {
    id: (entry) => entry.id,
    name: (entry) => entry.name,
    parts: (entry) => entry.count,
    'first parts': (entry) => entry.parts.join(', '),
    updated: (entry) => entry.updatedAt.toISOString(),
  });
}

export async function show(req: Request, res: Response) {
  const entry = await entryOf(req);
  page(req, res, 'entries/show', { title: entry.name, entry });
}

export async function newForm(req: Request, res: Response) {
  await showForm(req, res, await requestedPlan(req), null, { values: {}, errors: {} });
}

export async function create(req: Request, res: Response) {
  const plan = await requestedPlan(req);
  const read = readForm(entryForm, req.body);
  if (!read.ok) return showForm(req, res, plan, null, read.form);
  const saved = await entries.createEntry(authorOf(req), plan.id, read.data);
  if (!saved.ok) return showForm(req, res, plan, null, refused(saved, req.body, {}));
  sendOn(res, addressOf('entries', saved.record), `${saved.record.name} is an entry of ${plan.name}.`);
}

export async function editForm(req: Request, res: Response) {
  const entry = await entryOf(req);
  await showForm(req, res, entry.plan, entry, { values: entryValues(entry), errors: {} });
}

export async function update(req: Request, res: Response) {
  const entry = await entryOf(req);
  const read = readForm(entryForm, req.body);
  if (!read.ok) return showForm(req, res, entry.plan, entry, read.form);
  const saved = await entries.updateEntry(authorOf(req), entry, versionIn(req.body), read.data);
  if (!saved.ok) return showForm(req, res, entry.plan, entry, refused(saved, req.body, entryValues(entry)));
  sendOn(res, addressOf('entries', saved.record), `${saved.record.name} is saved.`);
}

export async function confirmDeletion(req: Request, res: Response) {
  const entry = await entryOf(req);
  page(req, res, 'entries/deletion', { title: `Delete ${entry.name}?`, entry });
}

export async function destroy(req: Request, res: Response) {
  const entry = await entryOf(req);
  await entries.deleteEntry(authorOf(req), entry);
  const undo = { action: `/entries/${entry.id}/restoration`, label: 'Undo' };
  sendOn(res, addressOf('plans', entry.plan), { message: `The entry ${entry.name} is deleted.`, undo });
}

export async function restore(req: Request, res: Response) {
  const saved = found(await entries.restoreEntry(authorOf(req), idOf(req, 'entryId')), 'deleted entry');
  if (!saved.ok) {
    return sendOn(res, '/deletions', {
      message: 'Another entry of the plan has taken its name since. Rename that one first, then restore.',
      isRefusal: true,
    });
  }
  sendOn(res, addressOf('entries', saved.record), `The entry ${saved.record.name} is back.`);
}

async function entryOf(req: Request): Promise<entries.EntryRecord> {
  return found(await entries.findEntry(idOf(req, 'entryId')), 'entry');
}

async function showForm(
  req: Request,
  res: Response,
  plan: entries.EntryRecord['plan'],
  entry: entries.EntryRecord | null,
  form: FormState,
) {
  const status = statusOf(form);
  const title = entry ? `Edit ${entry.name}` : `New entry of ${plan.name}`;
  // Ticked boxes arrive as a list, typed names as a text: both are shown, and held against what others saved, as a text.
  const chosen = partNamesIn(form.values.parts);
  const shown = { ...form, values: { ...form.values, parts: chosen.join('\n') } };
  const onlyHtml = { partNames: await listPartNames(plan.id, MOST_TO_TICK), chosen };
  const view = entry ? 'entries/edit' : 'entries/new';
  page(req, res, view, { title, plan, entry, form: shown }, { status, onlyHtml });
}
