import type { Connection, Plan } from '../../domain/model.js';
import type { Fault, ImportResult, Note, Reader } from '../model.js';
import { deadEnds } from '../reading/dead-ends.js';
import {
  type Complaint,
  duplicateNotes,
  faultsOf,
  type Path,
  pathText,
  valueAt,
} from '../reading/json-faults.js';
import { readJson } from '../reading/json-text.js';
import { type PlanJson, planSchema } from './plan-schema.js';
import { rewordPlan } from './plan-words.js';

const MAX_NOTES = 200;

type CheckedPlan = ReturnType<typeof planSchema.parse>;

/**
 * Reads a plan written as JSON in the shape of `planSchema`. More lenient than the schema: words in other spellings and under common
 * other names are understood and reported, unknown keys are left out with a warning. Every wrong place is one fault with its path,
 * line and column.
 */
export const readPlanJson: Reader = (files, options) => {
  const [source, second] = files;
  if (source === undefined) return refuse([{ message: 'there is no plan to read', file: '' }]);
  if (second !== undefined) {
    return refuse([
      { message: `a second plan beside ${source.name}; import one at a time`, file: second.name },
    ]);
  }
  const file = source.name;
  const json = readJson(source.text);
  if (!json.ok) return refuse([{ message: json.message, file, line: json.line, column: json.column }]);

  const report = duplicateNotes(json, file);
  const note = (kind: Note['kind'], path: Path, message: string) =>
    report.push({ kind, message: `${pathText(path)}: ${message}`, file, line: json.placeOf(path).line });

  for (const { path, from, to, isSynonym } of rewordPlan(json.value)) {
    if (isSynonym) note('guessed', path, `"${from}" is taken for ${to}`);
  }
  for (const path of dropUnknownKeys(json.value)) note('warning', path, 'no key of a plan, left out');

  const checked = planSchema.safeParse(json.value);
  const complaints = checked.success ? brokenRules(checked.data) : checked.error.issues;
  if (!checked.success || complaints.length > 0)
    return refuse(faultsOf(json, file, complaints, hintAt), report);

  const read = checked.data;
  for (const [index, { needed = 0, replicas, perMachine }] of read.parts.entries()) {
    if (perMachine || needed <= replicas) continue;
    note(
      'warning',
      ['parts', index, 'needed'],
      `${needed} of ${replicas} can never be up: it always counts as down`,
    );
  }
  const plan: Plan = {
    name: options.planName ?? read.name ?? nameOfFile(file),
    machineType: read.machineType,
    parts: read.parts.map((part) => ({
      ...part,
      needed: part.needed ?? Math.min(1, part.replicas),
      availability:
        part.availability ?? (part.runs === 'machine' ? (options.assumedAvailability ?? null) : null),
    })),
    connections: mergeTwins(read.connections, (index, message) =>
      note('warning', ['connections', index], message),
    ),
    entries: read.entries.map(({ name, parts }) => ({ name, parts: [...new Set(parts)] })),
    extraCosts: read.extraCosts,
  };
  const size = `${plan.parts.length} parts and ${plan.connections.length} connections`;
  report.unshift({ kind: 'read', message: `a plan of ${size}`, file });
  const assumed = read.parts.filter((part, index) => part.availability !== plan.parts[index]?.availability);
  if (assumed.length > 0) {
    const message = `availability ${options.assumedAvailability} for the ${assumed.length} parts on machines that state none`;
    report.push({ kind: 'assumed', message, file });
  }
  report.push(
    ...deadEnds(plan, (_, entry) => {
      const index = plan.entries.findIndex(({ name }) => name === entry);
      return { file, line: json.placeOf(['entries', index]).line };
    }),
  );
  return { ok: true, format: 'plan', plan, report: shortened(report, file) };
};

/** The plan in the shape of `planSchema`, keys in the documented order; optional keys stand only where they say something. */
export function planToJson(plan: Plan): PlanJson {
  const machine = plan.machineType;
  return {
    name: plan.name,
    machineType: machine && {
      name: machine.name,
      cpuMillicores: machine.cpuMillicores,
      memoryMib: machine.memoryMib,
      reserve: machine.reserve,
      maxContainers: machine.maxContainers,
      usdPerMonth: machine.usdPerMonth,
      availability: machine.availability,
    },
    parts: plan.parts.map((part) => ({
      name: part.name,
      kind: part.kind,
      replicas: part.replicas,
      needed: part.needed,
      cpuMillicores: part.cpuMillicores,
      memoryMib: part.memoryMib,
      runs: part.runs,
      perMachine: part.perMachine,
      spread: part.spread,
      availability: part.availability,
      usdPerMonth: part.usdPerMonth,
      technology: part.technology,
      ...((part.containersPerReplica ?? 1) > 1 && { containersPerReplica: part.containersPerReplica }),
    })),
    connections: plan.connections.map(({ from, to, strength, origin, evidence }) => ({
      from,
      to,
      strength,
      ...(origin && { origin }),
      ...(evidence && { evidence }),
    })),
    entries: plan.entries.map(({ name, parts }) => ({ name, parts: [...parts] })),
    extraCosts: plan.extraCosts.map(({ label, usdPerMonth }) => ({ label, usdPerMonth })),
  };
}

function refuse(faults: Fault[], report: Note[] = []): ImportResult {
  return { ok: false, faults, report };
}

function shortened(report: Note[], file: string): Note[] {
  const unsaid = report.length - MAX_NOTES;
  if (unsaid <= 0) return report;
  return [...report.slice(0, MAX_NOTES), { kind: 'warning', message: `and ${unsaid} more remarks`, file }];
}

/** Takes unknown keys out of the parsed value and gives their paths. */
function dropUnknownKeys(value: unknown): Path[] {
  const dropped: Path[] = [];
  for (const issue of planSchema.safeParse(value).error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = valueAt(value, issue.path) as Record<string, unknown>;
    for (const key of issue.keys) {
      delete holder[key];
      dropped.push([...issue.path, key]);
    }
  }
  return dropped;
}

/** What a schema cannot say: names are unique and exist. */
function brokenRules(plan: CheckedPlan): Complaint[] {
  const broken: Complaint[] = [];
  const mustBeUnique = (list: { name: string }[], key: string) => {
    const firstOf = new Map<string, number>();
    for (const [index, { name }] of list.entries()) {
      const first = firstOf.get(name);
      if (first === undefined) firstOf.set(name, index);
      else
        broken.push({
          path: [key, index, 'name'],
          message: `must be unique (${key}[${first}] has it already)`,
        });
    }
    return firstOf;
  };
  const parts = mustBeUnique(plan.parts, 'parts');
  mustBeUnique(plan.entries, 'entries');
  const mustExist = (name: string, path: Path) => {
    if (!parts.has(name)) broken.push({ path, message: 'must be the name of a part' });
  };

  for (const [index, { from, to }] of plan.connections.entries()) {
    mustExist(from, ['connections', index, 'from']);
    mustExist(to, ['connections', index, 'to']);
  }
  for (const [index, entry] of plan.entries.entries()) {
    for (const [place, name] of entry.parts.entries()) mustExist(name, ['entries', index, 'parts', place]);
  }
  return broken;
}

/** One connection per pair of parts: of two the hard one counts. */
function mergeTwins(connections: Connection[], warn: (index: number, message: string) => void): Connection[] {
  const byPair = new Map<string, Connection>();
  for (const [index, connection] of connections.entries()) {
    const pair = JSON.stringify([connection.from, connection.to]);
    const twin = byPair.get(pair);
    if (connection.from === connection.to) {
      warn(index, `${connection.from} calls itself, left out`);
    } else if (twin) {
      warn(
        index,
        `${connection.from} calls ${connection.to} twice; one connection is kept, hard if either is`,
      );
      if (connection.strength === 'hard') twin.strength = 'hard';
    } else {
      byPair.set(pair, { ...connection });
    }
  }
  return [...byPair.values()];
}

/** 99.95 and "99.95 %" are what people mean by 0.9995. */
function hintAt(path: Path, value: unknown): string {
  if (path.at(-1) !== 'availability' || (typeof value !== 'number' && typeof value !== 'string')) return '';
  const number = Number.parseFloat(`${value}`);
  if (!(number >= 0 && number <= 100)) return '';
  const isShare = number <= 1 && !`${value}`.includes('%');
  return `; write ${Number((isShare ? number : number / 100).toPrecision(12))}`;
}

function nameOfFile(file: string): string {
  const base =
    file
      .split('/')
      .at(-1)
      ?.replace(/\.json$/i, '') ?? '';
  return base === '' ? 'Imported plan' : base;
}
