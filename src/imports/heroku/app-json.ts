import { z } from 'zod';
import type { Fault, Note } from '../model.js';
import { type Complaint, duplicateNotes, faultsOf, type Path } from '../reading/json-faults.js';
import { readJson } from '../reading/json-text.js';
import { isMapping } from '../reading/values.js';

/** How many dynos of a process type and of which size; null where the file does not say. */
export type Formation = { type: string; quantity: number | null; size: string | null; line: number };
/** `plan` as written: `heroku-postgresql:standard-0`, or the service alone. */
export type AddOn = { plan: string; as: string | null; line: number };
export type EnvVariable = { name: string; value: string | null; isRequired: boolean; line: number };
/** What runs; null where this section says nothing about it. */
export type Section = { formation: Formation[] | null; addOns: AddOn[] | null };
export type Environment = Section & { name: string; line: number };

export type AppJson = Section & {
  name: string | null;
  env: EnvVariable[];
  /** `review`, `test`, `production`: each may say otherwise than the top level. */
  environments: Environment[];
};

export type ReadAppJson =
  | { kind: 'read'; app: AppJson; notes: Note[] }
  /** JSON, but of something else that also calls its file app.json. */
  | { kind: 'foreign'; why: string }
  | { kind: 'faults'; faults: Fault[] };

const HEROKU_KEYS = [
  'formation',
  'addons',
  'env',
  'environments',
  'buildpacks',
  'scripts',
  'stack',
  'success_url',
  'image',
  'repository',
  'logo',
];

/** Far beyond any app; what is longer is no app.json. */
const MAX_ENTRIES = 500;

const quantityRule = 'must be a whole number of 0 or more';
const dynoSchema = z.looseObject(
  {
    quantity: z.int(quantityRule).min(0, quantityRule).max(10_000, 'must be at most 10000').nullish(),
    size: z.string('must be the name of a dyno size').nullish(),
    process: z.string('must be a process type').optional(),
    type: z.string('must be a process type').optional(),
  },
  'must be an object with a quantity and a size',
);
const planRule = 'must be "name:plan" or an object with such a plan';
const planSchema = z.string(planRule).refine((written) => planOf(written) !== null, planRule);
const addOnSchema = z.union(
  [planSchema, z.looseObject({ plan: planSchema, as: z.string().nullish() })],
  planRule,
);

/**
 * The plan of an add-on, without the options some write behind it as for the command line (`heroku-postgresql:mini --version=15`);
 * null where it is none.
 */
export function planOf(written: string): string | null {
  return /^([^:\s]+(?::[^:\s]+)?)(?:\s+--\S.*)?$/.exec(written.trim())?.[1] ?? null;
}

/**
 * Reads what a Heroku app.json (devcenter "app.json Schema") says about what runs: formation, add-ons, variables, environments.
 * The formation may be a mapping of process types or a list of objects that name theirs. Other keys are nobody's concern here.
 */
export function readAppJson(text: string, file: string): ReadAppJson {
  const json = readJson(text);
  if (!json.ok) {
    return {
      kind: 'faults',
      faults: [{ message: json.message, file, line: json.line, column: json.column }],
    };
  }
  const complaints: Complaint[] = [];
  const lineOf = (path: Path) => json.placeOf(path).line;

  const root = json.value;
  if (isMapping(root)) {
    const foreign = whyForeign(root);
    if (foreign !== null) return { kind: 'foreign', why: foreign };
  }
  const top = objectAt(root, []);
  const app: AppJson = {
    name: typeof top.name === 'string' && top.name.trim() !== '' ? top.name.trim() : null,
    ...sectionAt(top, []),
    env: Object.entries(objectAt(top.env, ['env'])).map(([name, value]) => ({
      name,
      value: isMapping(value) ? textOf(value.value) : textOf(value),
      isRequired: !(isMapping(value) && value.required === false),
      line: lineOf(['env', name]),
    })),
    environments: bounded(Object.entries(objectAt(top.environments, ['environments'])), ['environments']).map(
      ([name, value]) => {
        const path = ['environments', name];
        return { name, ...sectionAt(objectAt(value, path), path), line: lineOf(path) };
      },
    ),
  };
  if (complaints.length > 0) return { kind: 'faults', faults: faultsOf(json, file, complaints) };
  return { kind: 'read', app, notes: duplicateNotes(json, file) };

  function sectionAt(section: Record<string, unknown>, path: Path): Section {
    return {
      formation: formationAt(section.formation, [...path, 'formation']),
      addOns: addOnsAt(section.addons, [...path, 'addons']),
    };
  }

  function formationAt(formation: unknown, path: Path): Formation[] | null {
    if (formation === undefined || formation === null) return null;
    const isList = Array.isArray(formation);
    const entries: [string | number, unknown][] = isList
      ? [...formation.entries()]
      : Object.entries(objectAt(formation, path));
    return bounded(entries, path).flatMap(([key, value]) => {
      const at = [...path, key];
      const dyno = checked(dynoSchema, value, at);
      const type = isList ? (dyno?.process ?? dyno?.type) : String(key);
      if (dyno && type === undefined) complaints.push({ path: at, message: 'must name its process type' });
      if (!dyno || type === undefined) return [];
      return [{ type, quantity: dyno.quantity ?? null, size: dyno.size ?? null, line: lineOf(at) }];
    });
  }

  function addOnsAt(addOns: unknown, path: Path): AddOn[] | null {
    if (addOns === undefined || addOns === null) return null;
    const list = checked(z.array(z.unknown(), 'must be a list of add-ons'), addOns, path) ?? [];
    return bounded(list, path).flatMap((value, index) => {
      const addOn = checked(addOnSchema, value, [...path, index]);
      if (addOn === null) return [];
      const { plan, as = null } = typeof addOn === 'string' ? { plan: addOn } : addOn;
      return [{ plan: planOf(plan) ?? plan, as, line: lineOf([...path, index]) }];
    });
  }

  function objectAt(value: unknown, path: Path): Record<string, unknown> {
    if (isMapping(value)) return value;
    const isAbsent = path.length > 0 && (value === undefined || value === null);
    if (!isAbsent) complaints.push({ path, message: 'must be an object' });
    return {};
  }

  function bounded<Item>(list: Item[], path: Path): Item[] {
    if (list.length <= MAX_ENTRIES) return list;
    complaints.push({ path, message: `must hold at most ${MAX_ENTRIES} entries` });
    return [];
  }

  function checked<Value>(schema: z.ZodType<Value>, value: unknown, path: Path): Value | null {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    complaints.push(
      ...result.error.issues.map((issue) => ({ path: [...path, ...issue.path], message: issue.message })),
    );
    return null;
  }
}

function whyForeign(app: Record<string, unknown>): string | null {
  if (Object.hasOwn(app, 'expo')) return 'this app.json belongs to an Expo app, not to Heroku';
  if (HEROKU_KEYS.some((key) => Object.hasOwn(app, key))) return null;
  return `this app.json has none of the keys that say how Heroku runs an app (${HEROKU_KEYS.join(', ')})`;
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null || typeof value === 'object' ? null : String(value);
}
