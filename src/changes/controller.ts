import type { Request, Response } from 'express';
import { idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { ACTIONS, changesList, findChange, listChanges, SUBJECTS } from './queries.js';

/** The trail: who did what, when, from where. */
export async function index(req: Request, res: Response) {
  const list = readList(req, changesList);
  const rows = await listChanges(list);
  answerList(
    req,
    res,
    'changes/index',
    { title: 'Trail', list },
    rows,
    {
      id: (change) => change.id,
      at: (change) => change.at.toISOString(),
      who: (change) => change.who,
      action: (change) => change.action,
      what: (change) => change.noun,
      record: (change) => change.recordId,
      name: (change) => change.label,
      from: (change) => change.address,
      token: (change) => change.token,
    },
    { subjects: SUBJECTS, actions: ACTIONS },
  );
}

export async function show(req: Request, res: Response) {
  const change = found(await findChange(idOf(req, 'changeId')), 'line of the trail');
  const fields = fieldsOf(change.before, change.after);
  page(
    req,
    res,
    'changes/show',
    { title: `${change.label}: ${change.action}`, change },
    { onlyHtml: { fields } },
  );
}

/** Field by field what was and what is, those first that differ. */
function fieldsOf(before: unknown, after: unknown) {
  const [was, is] = [recordOf(before), recordOf(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const fields = names.map((name) => {
    const [old, now] = [inWords(was[name]), inWords(is[name])];
    return { name, before: old, after: now, differs: name in was && name in is && old !== now };
  });
  return [...fields.filter(({ differs }) => differs), ...fields.filter(({ differs }) => !differs)];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
