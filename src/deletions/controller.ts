import type { Request, Response } from 'express';
import { NOUNS, type Noun } from '../changes/queries.js';
import { answerList, readList } from '../web/list.js';
import { deletionsList, listDeletions } from './queries.js';

const LABELS: Record<Noun, string> = {
  systems: 'System',
  plans: 'Plan',
  parts: 'Part',
  connections: 'Connection',
  entries: 'Entry',
  'extra-costs': 'Extra cost',
  'machine-types': 'Machine type',
};

const nouns = NOUNS.map((value) => ({ value, label: LABELS[value] }));

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
      what: (deletion) => LABELS[deletion.noun],
      id: (deletion) => deletion.id,
      name: (deletion) => deletion.name,
      system: (deletion) => deletion.system?.name ?? null,
      plan: (deletion) => deletion.plan?.name ?? null,
      by: (deletion) => deletion.by,
      deleted: (deletion) => deletion.deletedAt.toISOString(),
    },
    { nouns, labels: LABELS },
  );
}
