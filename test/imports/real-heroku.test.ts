import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHeroku } from '../../src/imports/heroku/procfile.js';

type Expected = {
  parts: number;
  containers: number;
  connections: number;
  process_types?: string[];
  addons?: string[];
  datastores?: Record<string, string[]>;
  formation?: Record<string, number>;
};

const INPUTS = new URL('../../../shared/data/inputs/', import.meta.url).pathname;
const WHY_SKIPPED = existsSync(INPUTS) ? '' : ' (skipped: the real input files are not on this machine)';

const expected: Record<string, Expected> = WHY_SKIPPED
  ? {}
  : JSON.parse(readFileSync(join(INPUTS, 'expected.json'), 'utf8'));
const ids = Object.keys(expected).filter((id) => id.startsWith('heroku/'));

const STORES: Record<string, string> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  mysql: 'MySQL',
  mongo: 'MongoDB',
  memcached: 'Memcached',
};

/** What only a reader of the report learns of a file. */
const REMARKS: Record<string, string[]> = {
  'heroku/codetriage': ['heroku-postgresql:in-dyno lives inside the dyno', 'heroku.yml has no run section'],
  'heroku/errbit': ['MONGODB_URI must be set, but no add-on provides MongoDB'],
  'heroku/huginn': [
    'deployment/heroku/Procfile.heroku replaces the Procfile at deploy time (it would run web)',
  ],
  'heroku/parse-server': ['no file states a process', 'mongolab is no longer offered'],
  'heroku/spree-starter': ['cache looks like a command that ends by itself (bin/rails cache:clear)'],
  'heroku/theodinproject': ['environments.review runs web 1, worker 1, heroku-postgresql:mini'],
  'heroku/umami': ['no file states a process'],
};

function filesIn(id: string) {
  const folder = join(INPUTS, id);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(folder, path), text: readFileSync(path, 'utf8') }));
}

describe.skipIf(WHY_SKIPPED !== '')(`real Heroku apps${WHY_SKIPPED}`, () => {
  test.each(ids)('%s', (id) => {
    const want = expected[id]!;
    const result = readHeroku(filesIn(id), {});
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    const { plan, report } = result;
    const processTypes = (want.process_types ?? []).filter((type) => type !== 'release');
    const addOns = plan.parts.slice(processTypes.length);
    const processes = plan.parts.slice(0, processTypes.length);

    // The counts of the inputs are of processes; add-ons are listed beside them, and we make them parts too.
    expect(processes.map((part) => part.name)).toEqual(processTypes);
    expect(processes.length).toBe(want.parts);
    expect(processes.reduce((sum, part) => sum + part.replicas, 0)).toBe(want.containers);
    for (const [type, quantity] of Object.entries(want.formation ?? {})) {
      expect(processes.find((part) => part.name === type)?.replicas).toBe(quantity);
    }
    expect(addOns.map((part) => part.name)).toEqual((want.addons ?? []).map((plan) => plan.split(':')[0]));
    expect(addOns.every((part) => part.runs === 'managed')).toBe(true);

    for (const [store, names] of Object.entries(want.datastores ?? {})) {
      const ofTechnology = addOns.filter((part) => part.technology === STORES[store]);
      expect(ofTechnology.map((part) => part.name)).toEqual(names.map((plan) => plan.split(':')[0]));
    }

    // No file states a connection; those there are, are guessed from what is attached, and say so.
    expect(plan.connections.filter(({ origin }) => origin !== 'guessed').length).toBe(want.connections);
    for (const { from, evidence } of plan.connections) {
      expect(processes.find((part) => part.name === from)?.replicas).toBeGreaterThan(0);
      expect(evidence).toContain('add-on attached to the app');
    }

    const messages = report.map(({ message }) => message).join('\n');
    for (const remark of REMARKS[id] ?? []) expect(messages).toContain(remark);
    for (const note of report) if (note.line !== undefined) expect(note.line).toBeGreaterThan(0);
  });

  test('all eleven are here', () => {
    expect(ids.length).toBe(11);
  });

  test("negative/expo-app-json is not Heroku's", () => {
    const result = readHeroku(filesIn('negative/expo-app-json'), {});
    expect(result).toMatchObject({ ok: false, faults: [{ file: 'app.json' }] });
    if (!result.ok) expect(result.faults[0]?.message).toContain('Expo');
  });
});
