import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billOf } from '../../src/domain/bill.js';
import { blastRadiusOfPart } from '../../src/domain/blast-radius.js';
import { hardClosure, partsNobodyCalls, stoppedBy } from '../../src/domain/closure.js';
import type { Connection } from '../../src/domain/model.js';
import { wiringOf } from '../../src/domain/wiring.js';
import { connectionsFrom, golden, partNamed, planOf } from './worked-example.js';

describe('the hard closure', () => {
  test.each(golden.closure)(
    '$name: each part counts once',
    ({ edges, availability, root, closure, out, wrongPathProduct, note }) => {
      const parts = Object.entries(availability).map(([name, given]) =>
        partNamed(name, { runs: 'external', availability: Number(given) }),
      );
      const [entry] = billOf(
        planOf(parts, { connections: connectionsFrom(edges), entries: [{ name: 'e', parts: [root] }] }),
      ).entries;
      expect(entry!.closure).toEqual(closure);
      expect(entry!.unavailability.onPaper! / (1 - out)).toBeCloseTo(1, 9);
      if (!note.includes('not in the closure'))
        expect(Math.abs(1 - entry!.unavailability.onPaper! - wrongPathProduct)).toBeGreaterThan(1e-4);
    },
  );

  test('goes round a circle once', () => {
    const parts = ['a', 'b', 'c'].map((name) => partNamed(name, { runs: 'managed', availability: 0.9 }));
    const circle = connectionsFrom([
      ['a', 'b', 'hard'],
      ['b', 'c', 'hard'],
      ['c', 'a', 'hard'],
      ['a', 'a', 'hard'],
    ]);
    const [entry] = billOf(planOf(parts, { connections: circle })).entries;
    expect(entry!.closure).toEqual(['a', 'b', 'c']);
    expect(1 - entry!.unavailability.onPaper!).toBeCloseTo(0.729, 12);
  });

  const graph = fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.boolean()), { maxLength: 24 });
  const names = [...'abcdefgh'];
  const connectionOf = ([from, to, isHard]: [number, number, boolean]): Connection => ({
    from: names[from]!,
    to: names[to]!,
    strength: isHard ? 'hard' : 'soft',
  });
  const parts = names.map((name) => partNamed(name));

  test('only grows when a hard connection is added, and soft ones change nothing', () => {
    fc.assert(
      fc.property(graph, fc.nat(7), fc.nat(7), fc.nat(7), (edges, root, from, to) => {
        const connections = edges.map(connectionOf);
        const before = hardClosure(wiringOf(planOf(parts, { connections })), [root]);
        const hard = connectionOf([from, to, true]);
        const after = hardClosure(wiringOf(planOf(parts, { connections: [...connections, hard] })), [root]);
        expect(after).toEqual(expect.arrayContaining(before));
        const soft = connectionOf([from, to, false]);
        expect(hardClosure(wiringOf(planOf(parts, { connections: [...connections, soft] })), [root])).toEqual(
          before,
        );
      }),
    );
  });

  test('holds a part exactly when that part stops the root', () => {
    fc.assert(
      fc.property(graph, fc.nat(7), fc.nat(7), (edges, root, part) => {
        const wiring = wiringOf(planOf(parts, { connections: edges.map(connectionOf) }));
        expect(hardClosure(wiring, [root]).includes(part)).toBe(stoppedBy(wiring, [part]).includes(root));
      }),
    );
  });

  test('of the parts nobody calls, over all connections, is the whole plan; and no smaller set does', () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const asHard = edges.map(([from, to]) => connectionOf([from, to, true]));
        const wiring = wiringOf(planOf(parts, { connections: asHard }));
        const uncalled = partsNobodyCalls(wiring);
        expect(hardClosure(wiring, uncalled)).toHaveLength(parts.length);
        for (const part of uncalled) {
          // Whoever calls such a part stands in one circle with it.
          for (const caller of stoppedBy(wiring, [part]))
            expect(hardClosure(wiring, [part])).toContain(caller);
        }
      }),
    );
  });
});

describe('single points and blast radius', () => {
  test.each(golden.spofBlast)(
    '$name',
    ({ edges, replicas, entries, spof, stop, stoppedParts, stoppedEntries }) => {
      const parts = Object.entries(replicas).map(([name, { n, k }]) =>
        partNamed(name, { replicas: n, needed: k }),
      );
      const plan = planOf(parts, {
        connections: connectionsFrom(edges),
        entries: Object.entries(entries).map(([name, called]) => ({ name, parts: called })),
      });
      const bill = billOf(plan);
      expect(
        Object.fromEntries(
          bill.entries.map((entry) => [entry.name, entry.singlePoints.map(({ part }) => part)]),
        ),
      ).toEqual(spof);
      const radius = blastRadiusOfPart(plan, stop)!;
      expect(radius.stopped).toEqual(stoppedParts);
      expect(radius.entriesLost).toEqual(stoppedEntries);
    },
  );

  test('whoever calls softly is degraded, and so is an entry that needs it', () => {
    const plan = planOf([partNamed('web'), partNamed('mail'), partNamed('smtp')], {
      connections: connectionsFrom([
        ['web', 'mail', 'soft'],
        ['mail', 'smtp', 'hard'],
      ]),
    });
    expect(blastRadiusOfPart(plan, 'smtp')).toEqual({
      stopped: ['mail'],
      degraded: ['web'],
      entriesLost: [],
      entriesDegraded: ['the whole system'],
    });
    expect(blastRadiusOfPart(plan, 'nobody')).toBeNull();
  });
});
