import { findWhole } from '../bills/queries.js';
import type { Plan } from '../domain/model.js';
import { listMachineTypeNames } from '../machine-types/queries.js';
import { findPlan, type PlanRecord } from '../plans/queries.js';
import { found } from '../web/errors.js';
import { assumedMachineType } from './assumed-machine.js';
import { type Answers, questions } from './form.js';
import { type Merge, mergeOf } from './merge.js';
import type { Format, Note, SourceFile } from './model.js';
import * as imports from './queries.js';

/** A crash a month and 22 minutes to notice and restart: 720 h / (720 h + 0.36 h). Said wherever it is used. */
const ASSUMED_AVAILABILITY = 0.9995;

/**
 * The kept files read again, with the answers given: the same text gives the same draft. What is not answered for a plan that stands
 * is answered as at its last import, and with its machine type; what is not answered at first for a plan to be made, with an assumed one.
 */
export async function previewOf(personId: number, importId: number, typed: unknown, isFirst = false) {
  const kept = found(await imports.findImport(personId, importId), 'import of yours');
  return { id: kept.id, ...(await previewOfFiles(kept.files, typed, isFirst)) };
}

export type Preview = Awaited<ReturnType<typeof previewOfFiles>>;

/** The same of files that are not kept yet. They are known to be readable. */
export async function previewOfFiles(files: SourceFile[], typed: unknown, isFirst = false) {
  const { plan: planId } = questions.parse(typed);
  const plan = planId === null ? null : await findPlan(planId);
  const answers: Answers = questions.parse({ ...(plan && (await lastAnswers(plan))), ...Object(typed) });
  const machineTypes = await listMachineTypeNames();
  const draft = found(await readAgain(files, answers), 'import that can be read');
  const isUnasked = isFirst && plan === null && Object(typed).machineType === undefined;
  const assumed = isUnasked ? assumedMachineType(draft.plan, machineTypes) : null;
  const chosen = assumed?.type ?? machineTypes.find((type) => type.id === answers.machineType);
  // A type that a plan file brings along is the price book's own where that has one of its name.
  const name = draft.plan.machineType?.name.toLowerCase();
  const ofBook = machineTypes.find((type) => type.name.toLowerCase() === name);
  const known = chosen ?? ofBook;
  const why = assumed && `${assumed.type.name}, ${assumed.why}.`;
  const report: Note[] = why ? [{ kind: 'assumed', message: `Machine type: ${why}` }] : [];
  const read = known ? { ...draft.plan, machineType: known } : draft.plan;
  return {
    files,
    answers: { ...answers, machineType: chosen?.id ?? answers.machineType },
    /** Which machine type was assumed and why, in words. */
    assumedMachine: why,
    /** What is counted where a plan file brings a machine type along and no other is chosen. */
    broughtMachine: ofBook ?? draft.plan.machineType,
    machineTypes,
    plan,
    machineTypeId: known?.id ?? (read.machineType ? null : (goneTypeOf(plan)?.id ?? null)),
    isTypeGone: answers.machineType !== null && !chosen,
    draft: { ...draft, plan: read, report: [...draft.report, ...report] },
  };
}

async function lastAnswers(plan: PlanRecord): Promise<Record<string, unknown>> {
  const type = goneTypeOf(plan) ? null : plan.machineType;
  return { ...(await imports.findOptions(plan.id)), machineType: type ? String(type.id) : '' };
}

/** The plan's machine type where it is deleted: the plan keeps it for the day it is restored. */
function goneTypeOf(plan: PlanRecord | null) {
  return plan?.machineType?.isDeleted ? plan.machineType : null;
}

/** Whether the plan would stand on another machine type than it does. */
export function isOtherMachine(plan: PlanRecord, draft: Plan): boolean {
  const standing = goneTypeOf(plan) ? null : (plan.machineType?.name ?? null);
  return standing !== (draft.machineType?.name ?? null);
}

/** What the files would do to the plan as it stands. */
export async function mergeInto(plan: PlanRecord, draft: Plan): Promise<Merge> {
  const [standing, deleted] = await Promise.all([findWhole(plan), imports.findDeletedByHand(plan.id)]);
  return mergeOf(standing, draft, deleted);
}

const FORMAT_NAMES: Record<Format, string> = {
  compose: ' on Compose',
  kubernetes: ' on Kubernetes',
  heroku: ' on Heroku',
  plan: '',
};

/** What the readers call a plan whose files say no name. */
const UNNAMED = /^(?:Compose plan|Kubernetes manifests|Heroku app|Imported plan)$/;

/** What a new plan and its system are called unless somebody says otherwise: two files of one product end up side by side. */
export function keptAs(
  { plan, format }: { plan: Plan; format: Format },
  asked: number | null,
  systems: { id: number; name: string }[],
) {
  const name = UNNAMED.test(plan.name) ? 'My app' : plan.name.slice(0, 100);
  const named = systems.find((system) => system.name.toLowerCase() === name.toLowerCase());
  const systemId = asked ?? named?.id ?? '';
  return {
    planName: `${name}${FORMAT_NAMES[format]}`,
    systemId,
    systemName: systemId === '' ? name : '',
  };
}

/** What is kept with the import of its answers, and whose availability they assumed: that of parts that have one only when it is. */
export async function keptOf({ files, answers, draft }: Preview) {
  const { assume, cluster, machineType } = answers;
  const stated = assume === 'yes' ? await readAgain(files, { ...answers, assume: 'no' }) : null;
  const unstated = new Set(stated?.plan.parts.filter((part) => part.availability === null).map(nameOf));
  const assumed = draft.plan.parts.filter((part) => part.availability !== null && unstated.has(part.name));
  return { assumed: assumed.map(nameOf), options: { assume, cluster, machineType } };
}

const nameOf = ({ name }: { name: string }) => name;

async function readAgain(files: SourceFile[], answers: Answers) {
  const { importFiles } = await readers();
  const result = importFiles(files, {
    cluster: answers.cluster,
    ...(answers.assume === 'yes' && { assumedAvailability: ASSUMED_AVAILABILITY }),
  });
  return result.ok ? result : null;
}

/** The readers of all formats, loaded when the first file comes: the process is ready that much sooner. */
export function readers() {
  return import('./import.js');
}
