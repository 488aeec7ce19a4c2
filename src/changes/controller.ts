import type { Request, Response } from 'express';
import { whoIsHere } from '../auth/auth.js';
import { idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { ACTIONS, changesList, findChange, listChanges, SUBJECTS } from './queries.js';
import { SUBJECT_LABELS } from './words.js';

/** The trail: who did what, when, from where. */
export async function index(req: Request, res: Response) {
  const list = readList(req, changesList);
  const { rows: lines, ...ends } = await listChanges(list);
  const rows = {
    ...ends,
    rows: lines.map(({ after, ...line }) => ({ ...line, details: inShort(after) })),
  };
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
      details: (change) => change.details,
      from: (change) => change.address,
      token: (change) => change.token,
    },
    {
      subjects: SUBJECTS.map((value) => ({ value, label: SUBJECT_LABELS[value] })),
      actions: ACTIONS.map((value) => ({ value, label: didInWords(value) })),
      labels: SUBJECT_LABELS,
      didInWords,
    },
  );
}

export async function show(req: Request, res: Response) {
  const change = found(await findChange(idOf(req, 'changeId')), 'line of the trail');
  const fields = fieldsOf(change.before, change.after);
  const here = await whoIsHere([change.user?.id ?? 0, change.noun === 'people' ? change.recordId : 0]);
  page(
    req,
    res,
    'changes/show',
    { title: `${change.label}: ${didInWords(change.action)}`, change },
    { onlyHtml: { fields, labels: SUBJECT_LABELS, here } },
  );
}

/** Field by field what was and what is; of a change those alone that it was about and that differ. What was read with its id is written by its name. */
function fieldsOf(before: unknown, after: unknown) {
  const [was, is] = [fieldsIn(before), fieldsIn(after)];
  const isChange = before !== null && after !== null;
  return Object.keys({ ...was, ...is })
    .map((name) => ({ name, before: inWords(was[name] ?? was[`${name} name`]), after: inWords(is[name]) }))
    .filter((field) => !isChange || (field.name in is && field.before !== field.after))
    .map((field) => ({ ...field, name: apart(field.name) }));
}

/** As it reads behind who did it: an admin unlocked somebody, and was not unlocked. */
function didInWords(action: string): string {
  return action.replace(/^was (locked|unlocked)$/, '$1');
}

/** “token: deploys, made”: what happened to a person, in a line. */
function inShort(after: unknown): string {
  return Object.entries(fieldsIn(after))
    .map(([name, value]) => (value === true ? apart(name) : `${apart(name)}: ${inWords(value)}`))
    .join(', ');
}

/** What stands within a field of its own stands beside the others, under both names; lists stay lists. */
function fieldsIn(kept: unknown): Record<string, unknown> {
  const entries = Object.entries(typeof kept === 'object' && kept !== null ? kept : {}).flatMap(
    ([name, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([inner, one]) => [`${name} ${inner}`, one])
        : [[name, value]],
  );
  return Object.fromEntries(entries);
}

/** `secondFactor`, as it stands in the trail, as words. */
function apart(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
