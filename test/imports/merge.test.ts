import { describe, expect, test } from 'vitest';
import type { Part, Plan } from '../../src/domain/model.js';
import { isNothing, mergeOf, type Standing } from '../../src/imports/merge.js';

const part = (name: string, fields: Partial<Part> = {}): Part => ({
  name,
  kind: 'service',
  replicas: 1,
  needed: 1,
  cpuMillicores: null,
  memoryMib: null,
  runs: 'machine',
  perMachine: false,
  spread: false,
  availability: null,
  usdPerMonth: null,
  technology: null,
  ...fields,
});

const draftOf = (parts: Part[], more: Partial<Plan> = {}): Plan => ({
  name: 'Shop',
  machineType: null,
  parts,
  connections: [],
  entries: [],
  extraCosts: [],
  ...more,
});

const standingOf = ({ parts, connections, entries, extraCosts }: Plan): Standing => ({
  parts: parts.map((one) => ({ ...one, fromFile: true, setByHand: [] })),
  connections: connections.map((one) => ({ ...one, setByHand: [] })),
  entries: entries.map((one) => ({ ...one, fromFile: true })),
  extraCosts: extraCosts.map((one) => ({ ...one, fromFile: true })),
});

const NOTHING = { parts: [], connections: [], entries: [], extraCosts: [] };

test('CPU counts in whole millicores and technologies whatever their case, as they are stored', () => {
  const standing = standingOf(draftOf([part('web', { cpuMillicores: 333, technology: 'NGINX' })]));
  const same = draftOf([part('web', { cpuMillicores: 333.4, technology: 'nginx' })]);
  expect(isNothing(mergeOf(standing, same, NOTHING))).toBe(true);
  const other = draftOf([part('web', { cpuMillicores: 334.4, technology: 'Caddy' })]);
  expect(mergeOf(standing, other, NOTHING).parts.changed[0]?.changes).toEqual([
    { field: 'cpuMillicores', from: 333, to: 334 },
    { field: 'technology', from: 'NGINX', to: 'Caddy' },
  ]);
});

describe('what a person deleted stays deleted', () => {
  const file = draftOf([part('web'), part('db'), part('cache')], {
    connections: [
      { from: 'web', to: 'db', strength: 'hard', origin: 'stated' },
      { from: 'web', to: 'cache', strength: 'soft', origin: 'stated' },
    ],
    entries: [
      { name: 'buy', parts: ['web', 'db', 'cache'] },
      { name: 'cached', parts: ['cache'] },
    ],
  });

  test('a part, with its connections and its place in entries', () => {
    const standing = standingOf(
      draftOf([part('web'), part('db')], {
        connections: file.connections.slice(0, 1),
        entries: [{ name: 'buy', parts: ['web', 'db'] }],
      }),
    );
    const merge = mergeOf(standing, file, { ...NOTHING, parts: ['cache'] });
    expect(merge.parts.keptDeleted).toEqual(['cache']);
    expect(isNothing(merge)).toBe(true);
    expect(mergeOf(standing, file, NOTHING).parts.added.map(({ name }) => name)).toEqual(['cache']);
  });

  test('a connection and an entry', () => {
    const standing = standingOf(
      draftOf(file.parts, { connections: file.connections.slice(1), entries: file.entries.slice(0, 1) }),
    );
    const deleted = { ...NOTHING, connections: [{ from: 'web', to: 'db' }], entries: ['cached'] };
    const merge = mergeOf(standing, file, deleted);
    expect(merge.connections.keptDeleted).toEqual(deleted.connections);
    expect(merge.entries.keptDeleted).toEqual(['cached']);
    expect(isNothing(merge)).toBe(true);
  });
});

describe('extra costs', () => {
  const disks = (usdPerMonth: number | null) =>
    draftOf([], { extraCosts: [{ label: 'disks', usdPerMonth }] });
  const none = draftOf([]);

  test('come, change their price and go with the file', () => {
    expect(mergeOf(standingOf(none), disks(5), NOTHING).extraCosts.added).toEqual([
      { label: 'disks', usdPerMonth: 5 },
    ]);
    expect(mergeOf(standingOf(disks(5)), disks(50), NOTHING).extraCosts.changed).toEqual([
      { label: 'disks', from: 5, to: 50 },
    ]);
    expect(mergeOf(standingOf(disks(5)), none, NOTHING).extraCosts.removed).toEqual(['disks']);
    expect(isNothing(mergeOf(standingOf(disks(5)), disks(5), NOTHING))).toBe(true);
  });

  test('that a person added or priced stay as they are, and those a person deleted stay away', () => {
    const standing = standingOf(disks(5));
    const own = {
      ...standing,
      extraCosts: standing.extraCosts.map((cost) => ({ ...cost, fromFile: false })),
    };
    expect(isNothing(mergeOf(own, disks(50), NOTHING))).toBe(true);
    expect(isNothing(mergeOf(own, none, NOTHING))).toBe(true);
    const away = mergeOf(standingOf(none), disks(5), { ...NOTHING, extraCosts: ['disks'] });
    expect(away.extraCosts).toMatchObject({ added: [], keptDeleted: ['disks'] });
  });
});
