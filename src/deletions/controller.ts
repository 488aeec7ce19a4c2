import type { Request, Response } from 'express';
import { NOUNS } from '../changes/queries.js';
import { SUBJECT_LABELS } from '../changes/words.js';
import { answerList, readList } from '../web/list.js';
import { deletionsList, listDeletions } from './queries.js';

const nouns = NOUNS.map((value) => ({ value, label: SUBJECT_LABELS[value] }));

export async function index(req: Request, res: Response) {
  const list = readList(req, deletionsList);
  const rows = await listDeletions(list);
  answerList(
    req,
    res,
    'deletions/index',
    { title: 'Deleted', list },
    rows,
    {
      what: (deletion) => SUBJECT_LABELS[deletion.noun],
      id: (deletion) => deletion.id,
      name: (deletion) => deletion.name,
      system: (deletion) => deletion.system?.name ?? null,
      plan: (deletion) => deletion.plan?.name ?? null,
      by: (deletion) => deletion.by,
      deleted: (deletion) => deletion.deletedAt.toISOString(),
    },
    { nouns, labels: SUBJECT_LABELS },
  );
}
