import { countedPlan } from '../bills/remembered.js';
import type { Author } from '../changes/queries.js';
import type { Bill } from '../domain/bill.js';
import { listMachineTypeNames } from '../machine-types/queries.js';
import { findPlan, type PlanRecord } from '../plans/queries.js';
import { found } from '../web/errors.js';
import { isNothing, type Merge } from './merge.js';
import type { Note, SourceFile } from './model.js';
import { isOtherMachine, keptOf, mergeInto, type Preview, previewOfFiles } from './preview.js';
import * as imports from './queries.js';

/** What a program answers beforehand; what it leaves open is as at the plan's last import. `machineType` by number, name or id of the price book. */
export type GivenAnswers = { cluster?: string | undefined; assume?: string | undefined; machineType: string };

type Done =
  | { ok: true; isChanged: boolean; merge: Merge; report: Note[]; bill: Bill }
  | { ok: false; errors: Record<string, string> };

/** Somebody who saves at the same moment makes it look again; nobody is that fast this often. */
const TRIES = 5;

/**
 * Brings a plan in line with files that can be read, as a preview and its button would. The same files with the same answers are not
 * kept twice: a job may push them at every deploy. Refused, with the field's error, where no machine type is called so.
 */
export async function bringInLine(
  author: Author,
  { id: planId }: PlanRecord,
  files: SourceFile[],
  { cluster, assume, machineType }: GivenAnswers,
): Promise<Done> {
  const type = machineType === '' ? '' : await machineTypeCalled(machineType);
  if (type === null)
    return { ok: false, errors: { machineType: `No machine type is called “${machineType}”.` } };
  const typed = {
    plan: String(planId),
    ...(cluster && { cluster }),
    ...(assume && { assume }),
    ...(type && { machineType: type }),
  };
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const preview = await previewOfFiles(files, typed);
    if (preview.isTypeGone)
      return { ok: false, errors: { machineType: 'This machine type is not there any more.' } };
    const plan = found(preview.plan, 'plan');
    const merge = await mergeInto(plan, preview.draft.plan);
    const isChanged = !isNothing(merge) || isOtherMachine(plan, preview.draft.plan);
    if (isChanged || !(await isKept(plan, files, preview))) {
      if (!(await bring(author, plan, files, preview, merge))) continue;
    }
    const { bill } = await countedPlan(found(await findPlan(planId), 'plan'));
    return { ok: true, isChanged, merge, report: preview.draft.report, bill };
  }
  return { ok: false, errors: { text: 'Others are changing the plan at this moment. Send it again.' } };
}

/** The id of the one machine type that is meant, as a form would send it; null where there is none. */
async function machineTypeCalled(asked: string): Promise<string | null> {
  const types = await listMachineTypeNames();
  const name = asked.toLowerCase();
  const type =
    types.find(({ id, bookId }) => String(id) === asked || bookId === asked) ??
    types.find((one) => one.name.toLowerCase() === name);
  return type ? String(type.id) : null;
}

async function isKept({ id }: PlanRecord, files: SourceFile[], { answers }: Preview): Promise<boolean> {
  const [source, options] = await Promise.all([imports.findSource(id), imports.findOptions(id)]);
  const same =
    source?.files.length === files.length && files.every((file, i) => isSame(file, source.files[i]));
  return same && options.cluster === answers.cluster && options.assume === answers.assume;
}

function isSame(file: SourceFile, kept: SourceFile | undefined): boolean {
  return file.name === kept?.name && file.text === kept.text && file.leftOut === kept.leftOut;
}

/** False where somebody has changed the plan since it was looked at. */
async function bring(
  author: Author,
  plan: PlanRecord,
  files: SourceFile[],
  preview: Preview,
  merge: Merge,
): Promise<boolean> {
  const { id: importId } = await imports.createImport(author.userId, files);
  const { draft, machineTypeId } = preview;
  const { machineType } = draft.plan;
  return imports.updatePlanBy(author, plan, {
    importId,
    merge,
    machineTypeId,
    machineType,
    ...(await keptOf(preview)),
  });
}
