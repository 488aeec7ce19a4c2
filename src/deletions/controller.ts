import type { Request, Response } from 'express';
import { personOf } from '../auth/auth.js';
import { can, isOwnOrAdmin } from '../auth/roles.js';
import { NOUNS } from '../changes/queries.js';
import { SUBJECT_LABELS } from '../changes/words.js';
import { answerList, readList } from '../web/list.js';
import { type Deletion, deletionsList, listDeletions } from './queries.js';

const nouns = NOUNS.map((value) => ({ value, label: SUBJECT_LABELS[value] }));

export async function index(req: Request, res: Response) {
  const list = readList(req, deletionsList);
  const person = personOf(req);
  const { rows: deleted, ...ends } = await listDeletions(list, person);
  const rows = deleted.map(({ byId, ...deletion }) => ({
    ...deletion,
    mayRestore: mayRestore(person, byId, deletion),
  }));
  answerList(
    req,
    res,
    'deletions/index',
    { title: 'Deleted', list },
    { ...ends, rows },
    {
      what: (deletion) => SUBJECT_LABELS[deletion.noun],
      id: (deletion) => deletion.id,
      name: (deletion) => deletion.name,
      system: (deletion) => deletion.system?.name ?? null,
      plan: (deletion) => deletion.plan?.name ?? null,
      by: (deletion) => deletion.by,
      deleted: (deletion) => deletion.deletedAt.toISOString(),
    },
    { nouns, labels: SUBJECT_LABELS, isRestorable: rows.some((deletion) => deletion.mayRestore) },
  );
}

/** Whether who asks may press what brings it back: of what stands in something deleted, that is the button of what it stands in. */
function mayRestore(
  person: ReturnType<typeof personOf>,
  byId: number | null,
  { noun, restoreFirst }: Pick<Deletion, 'noun' | 'restoreFirst'>,
): boolean {
  if (noun === 'comments' && !restoreFirst) return isOwnOrAdmin(person, byId);
  return can(person.role, noun === 'machine-types' ? 'administer' : 'edit');
}
