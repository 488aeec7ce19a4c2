import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, PART_KINDS, type Plan } from '../../src/domain/model.js';
import { depthsOf } from '../../src/domain/pictures/diagram-depths.js';
import { type Diagram, diagramOf } from '../../src/domain/pictures/diagram-layout.js';
import { legendOf } from '../../src/domain/pictures/diagram-legend.js';
import { boldTextWidth, nameLines, textWidth } from '../../src/domain/pictures/diagram-text.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';
import { itsTheFuture, partNamed, planOf } from './worked-example.js';

/** Of the sign at a guessed line, as views/pictures/diagram-svg.ejs draws it. */
const MARK_RADIUS = 6;

describe('the diagram of the worked example', () => {
  const diagram = diagramOf(itsTheFuture);

  it('has a card for every part, a flag for every entry, a line for every connection and every first call', () => {
    expect(diagram.form).toBe('layered');
    expect(diagram.cards.map((card) => card.part).sort()).toEqual(
      itsTheFuture.parts.map((p) => p.name).sort(),
    );
    expect(diagram.entries.map((entry) => entry.name)).toEqual(['browse', 'checkout', 'deploy']);
    const calls = diagram.lines.map(({ kind, from, to }) => [from, to, kind].join(' '));
    const stated = itsTheFuture.connections.map(({ from, to, strength }) => [from, to, strength].join(' '));
    const first = itsTheFuture.entries.flatMap(({ name, parts }) =>
      parts.map((to) => [name, to, 'entry'].join(' ')),
    );
    expect(calls.sort()).toEqual([...stated, ...first].sort());
  });

  it('fits a page', () => {
    expect(diagram.width).toBeLessThanOrEqual(1000);
    expect(diagram.isWide).toBe(false);
    expectSound(diagram);
  });

  it('has every caller above what it calls, and the entries on top', () => {
    const y = new Map(diagram.cards.map((card) => [card.part, card.y]));
    for (const { from, to } of itsTheFuture.connections) expect(y.get(from)).toBeLessThan(y.get(to)!);
    for (const entry of diagram.entries) expect(entry.y).toBeLessThan(Math.min(...y.values()));
  });

  it('shows copies as a stack and says how many there are and how many are needed', () => {
    const etcd = diagram.cards.find((card) => card.part === 'etcd')!;
    expect(etcd.behind.length).toBeGreaterThan(1);
    expect(etcd.note?.text).toBe('×5 · 3 needed');
  });

  it('is the same every time', () => {
    expect(diagramOf(structuredClone(itsTheFuture))).toEqual(diagram);
  });

  it('stands where it stood, whatever is down', () => {
    const down = {
      parts: ['etcd'],
      stopped: ['postgres'],
      degraded: [],
      entriesLost: [],
      entriesDegraded: [],
    };
    const shown = diagramOf(itsTheFuture, { down });
    expect(shown.cards.map(({ part, x, y }) => ({ part, x, y }))).toEqual(
      diagram.cards.map(({ part, x, y }) => ({ part, x, y })),
    );
    expect(shown.lines.map(({ path }) => path).sort()).toEqual(diagram.lines.map(({ path }) => path).sort());
    expect(diagramOf(itsTheFuture)).toEqual(diagram);
  });

  it('draws the lines that carry a failure on top of those that share a way with them', () => {
    const down = { parts: ['catalog'], stopped: [], degraded: [], entriesLost: [], entriesDegraded: [] };
    const states = diagramOf(itsTheFuture, { down }).lines.map(({ state }) => state);
    const lost = states.filter((state) => state === 'lost').length;
    expect(lost).toBeGreaterThan(0);
    expect(states.slice(-lost)).toEqual(Array(lost).fill('lost'));
  });

  it('gives the lines of a part to its card', () => {
    const postgres = diagram.cards.find((card) => card.part === 'postgres')!;
    const ends = postgres.lines.map((i) => [diagram.lines[i]!.from, diagram.lines[i]!.to].join(' '));
    expect(ends.sort()).toEqual(['lb-db postgres', 'postgres etcd']);
  });
});

describe('a diagram when one part is added', () => {
  const before = rowsOf(diagramOf(itsTheFuture));
  const added = itsTheFuture.parts.flatMap((part) =>
    (['hard', 'soft'] as const).flatMap((strength) => [
      { from: part.name, to: 'newcomer', strength },
      { from: 'newcomer', to: part.name, strength },
    ]),
  );

  it('keeps every part in its layer, or the next where the newcomer stands above it', () => {
    for (const connection of added) {
      const after = rowsOf(diagramOf(withNewcomer(connection)));
      for (const [name, { layer }] of before) {
        const moved = after.get(name)!.layer - layer;
        expect(moved, `${name}, by ${connection.from} -> ${connection.to}`).toBeGreaterThanOrEqual(0);
        expect(moved).toBeLessThanOrEqual(1);
      }
    }
  });

  it('keeps the order of the others from left to right, save in few cases', () => {
    const disturbing = added.filter(
      (connection) => flips(before, rowsOf(diagramOf(withNewcomer(connection)))) > 0,
    );
    expect(disturbing.length / added.length).toBeLessThan(0.1);
  });

  it('keeps that order always when a part with other connections calls the newcomer', () => {
    const ends = itsTheFuture.parts
      .map((part) => part.name)
      .filter((name) => degree(itsTheFuture, name) === 1);
    expect(ends).toEqual(['kube-router']);
    for (const connection of added.filter(({ from }) => from !== 'newcomer' && !ends.includes(from))) {
      expect(flips(before, rowsOf(diagramOf(withNewcomer(connection))))).toBe(0);
    }
  });

  function withNewcomer(connection: Connection): Plan {
    return {
      ...itsTheFuture,
      parts: [...itsTheFuture.parts, partNamed('newcomer')],
      connections: [...itsTheFuture.connections, connection],
    };
  }
});

describe('what is said of parts', () => {
  const chain = planOf(
    [
      partNamed('web', { kind: 'web' }),
      partNamed('db', { kind: 'database', runs: 'managed' }),
      partNamed('mail', { kind: 'external', runs: 'external' }),
      partNamed('alone'),
      partNamed('migrate', { kind: 'job' }),
    ],
    {
      connections: [
        { from: 'web', to: 'db', strength: 'hard' },
        { from: 'web', to: 'mail', strength: 'soft', origin: 'guessed' },
        { from: 'migrate', to: 'db', strength: 'hard' },
      ],
      entries: [{ name: 'browse', parts: ['web', 'web', 'nobody'] }],
    },
  );
  const card = (diagram: Diagram, name: string) => diagram.cards.find(({ part }) => part === name)!;

  it('rings weak points and says so in words', () => {
    const diagram = diagramOf(chain, { weak: ['db'] });
    expect(card(diagram, 'db').flag?.text).toBe('single point');
    expect(card(diagram, 'web').flag).toBeNull();
    expect(diagram.description).toContain('Single points of failure: db.');
  });

  it('lets no flag cover the mark of a guessed line, however short it is', () => {
    const connections = ['a', 'b', 'c'].map(
      (to) => ({ from: 'web', to, strength: 'hard', origin: 'guessed' }) as const,
    );
    for (const count of [1, 2, 3]) {
      const parts = ['web', 'a', 'b', 'c'].slice(0, count + 1);
      const plan = planOf(
        parts.map((name) => partNamed(name)),
        { connections: connections.slice(0, count) },
      );
      const diagram = diagramOf(plan, { weak: parts });
      for (const { x, y, mark } of diagram.lines) {
        for (const card of diagram.cards) {
          const below = y + mark.y - MARK_RADIUS - (card.y + card.flag!.top + card.flag!.height);
          const isBeside =
            Math.abs(x + mark.x - (card.x + card.flag!.x)) > card.flag!.width / 2 + MARK_RADIUS;
          expect(isBeside || below >= 0 || y + mark.y < card.y).toBe(true);
        }
      }
    }
  });

  it('shows what stops, what goes on with less and which entries are lost', () => {
    const down = {
      parts: ['db'],
      stopped: ['web'],
      degraded: ['mail'],
      entriesLost: ['browse'],
      entriesDegraded: [],
    };
    const diagram = diagramOf(chain, { down, weak: ['db'] });
    expect(['db', 'web', 'mail', 'alone'].map((name) => card(diagram, name).state)).toEqual([
      'down',
      'stopped',
      'degraded',
      'dimmed',
    ]);
    expect(['db', 'web', 'mail'].map((name) => card(diagram, name).flag?.text)).toEqual([
      'down',
      'stopped',
      'degraded',
    ]);
    expect(diagram.entries[0]!.state).toBe('lost');
    const state = (to: string) => diagram.lines.find((line) => line.to === to)!.state;
    expect([state('web'), state('db'), state('mail')]).toEqual(['lost', 'lost', 'dimmed']);
  });

  it('puts jobs and unconnected parts under headings of their own, without lines', () => {
    const diagram = diagramOf(chain);
    expect(diagram.captions).toHaveLength(2);
    expect(card(diagram, 'migrate').note?.text).toBe('calls db');
    expect(diagram.lines.some(({ from }) => from === 'migrate')).toBe(false);
    expect(card(diagram, 'alone').y).toBeGreaterThan(card(diagram, 'db').y);
    expect(card(diagram, 'migrate').y).toBeGreaterThan(card(diagram, 'alone').y);
  });

  it('draws a first call once and leaves out those to unknown parts', () => {
    expect(
      diagramOf(chain)
        .lines.filter(({ kind }) => kind === 'entry')
        .map(({ to }) => to),
    ).toEqual(['web']);
  });

  it('draws a tree without a crossing, whatever the order of its parts', () => {
    const branches = ['c', 'a', 'b'];
    const leaves = ['b2', 'a1', 'c1', 'b1', 'a2', 'c2'];
    const tree = planOf(
      [...leaves, ...branches, 'root'].map((name) => partNamed(name)),
      {
        connections: [
          ...branches.map((name) => ['root', name]),
          ...leaves.map((name) => [name[0]!, name]),
        ].map(([from, to]) => ({ from: from!, to: to!, strength: 'hard' })),
      },
    );
    expect(crossingsOf(diagramOf(tree))).toBe(0);
  });

  it('has a legend of exactly what occurs', () => {
    expect(legendOf(diagramOf(chain)).map(({ sample }) => sample)).toEqual([
      ...Array(5).fill('kind'),
      'managed',
      'external',
      'hard',
      'soft',
      'guess',
      'entry',
    ]);
    expect(legendOf(diagramOf(planOf([partNamed('one')]))).map(({ text }) => text)).toEqual(['service']);
  });

  it('shortens endless names and keeps them whole in the description', () => {
    const name = 'averyveryverylongnamewithoutanyplacetobreak-and-more-of-it-behind-the-hyphen';
    const [long] = diagramOf(planOf([partNamed(name)])).cards;
    expect(long!.name.length).toBeLessThanOrEqual(2);
    expect(long!.name.at(-1)!.text.endsWith('…')).toBe(true);
    expect(long!.description).toContain(name);
  });

  it('draws an empty plan', () => {
    const empty = diagramOf(planOf([]));
    expect(empty.cards).toEqual([]);
    expect(empty.width).toBeGreaterThan(0);
    expect(empty.height).toBeGreaterThan(0);
  });
});

describe('the width of a text', () => {
  // Ems, measured in Chromium: the widest of DejaVu Sans, Liberation Sans, Roboto, Inter, Noto Sans, Ubuntu and Cantarell; and in bold.
  it.each([
    ['kube-controller-manager', 12.42, 14.1],
    ['POSTGRES_MASTER_DB', 12.29, 13.57],
    ['WWWMMM', 5.93, 6.53],
    ['OOOOOOOO', 6.59, 7.23],
    ['Zażółć gęślą jaźń', 8.62, 9.65],
    ['Оформить заказ и оплатить картой', 18.9, 20.57],
    ['Веб-интерфейс магазина', 13.36, 14.57],
    ['ЖЖЖШШШ', 6.44, 7.38],
    ['ДОСТАВКА ЩЮЩЮ', 10.31, 11.63],
    ['Παραγγελία και πληρωμή', 12.81, 14.21],
    ['Ωmega ΨΦΩ', 6.26, 6.86],
    ['1234567890', 6.36, 7.19],
    ['№ 12 → 13', 5.38, 5.87],
    ['foo_bar-baz.qux:8080/path', 13.51, 15.13],
    ['שלום עולם', 4.66, 5.06],
    // Of the standard, not measured: a square each; Noto’s emoji take 1.25.
    ['注文サービス', 6, 6],
    ['🙂🙂🙂🙂', 5, 5],
  ])('is never less than it takes, and not much more: %s', (text, ems, bold) => {
    expect(textWidth(text, 10)).toBeGreaterThanOrEqual(ems * 10);
    expect(boldTextWidth(text, 10)).toBeGreaterThanOrEqual(bold * 10);
    expect(textWidth(text, 10)).toBeLessThan(ems * 15);
  });

  it('counts no marks that stand on other letters', () => {
    expect(textWidth('e\u0301', 10)).toBe(textWidth('e', 10));
  });
});

describe('a name on a card', () => {
  const withoutSpaces = (text: string) => text.replace(/\s/g, '');

  it('is broken before a capital without losing it', () => {
    expect(nameLines('Kubernetes control plane', 11, 116)).toEqual(['Kubernetes control', 'plane']);
    expect(nameLines('RecommendationServiceWorker', 11, 116)).toHaveLength(2);
    expect(nameLines('RecommendationServiceWorker', 11, 116).join('')).toMatch(/^RecommendationService/);
  });

  it('is broken where the line is full rather than cut off, where there is no better place', () => {
    expect(nameLines('recommendations', 10, 60)).toEqual(['recommen', 'dations']);
  });

  it('is whole on one line or two, or its beginning and an ellipsis', () => {
    const piece = fc.constantFrom(
      'K',
      'Ku',
      'aB',
      'a',
      'É',
      'ж',
      '-',
      '_',
      '.',
      '/',
      ':',
      ' ',
      '7',
      '🙂',
      'Lm',
    );
    const someName = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(someName, fc.integer({ min: 20, max: 200 }), (name, width) => {
        const lines = nameLines(name, 11, width);
        expect(lines.length).toBeLessThanOrEqual(2);
        const label = withoutSpaces(lines.join(''));
        if (label === withoutSpaces(name)) return;
        expect(label.endsWith('…')).toBe(true);
        expect(label.length).toBeGreaterThan(1);
        expect(withoutSpaces(name).startsWith(label.slice(0, -1))).toBe(true);
      }),
    );
  });
});

describe('any diagram', () => {
  const names = Array.from({ length: 40 }, (_, i) => `part-${i}`);
  const anyPlan = fc
    .record({
      kinds: fc.array(fc.constantFrom(...PART_KINDS), { minLength: 1, maxLength: names.length }),
      calls: fc.array(fc.tuple(fc.nat(39), fc.nat(39), fc.boolean()), { maxLength: 80 }),
      entries: fc.array(fc.array(fc.nat(39), { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      replicas: fc.nat(6),
    })
    .map(({ kinds, calls, entries, replicas }) =>
      planOf(
        kinds.map((kind, i) => partNamed(names[i]!, { kind, replicas: (i * replicas) % 6 })),
        {
          connections: calls.map(([from, to, hard]) => ({
            from: names[from % kinds.length]!,
            to: names[to % kinds.length]!,
            strength: hard ? 'hard' : 'soft',
          })),
          entries: entries.map((parts, i) => ({
            name: `entry ${i}`,
            parts: parts.map((p) => names[p % kinds.length]!),
          })),
        },
      ),
    );

  it('has no cards on each other and nothing outside its bounds, circles and all', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const diagram = diagramOf(plan);
        expect(diagram.cards).toHaveLength(plan.parts.length);
        expectSound(diagram);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a circle that nobody else calls', () => {
  it('stands below the entries, whatever it calls', () => {
    const plan = planOf(
      ['a', 'b', 'c'].map((name) => partNamed(name)),
      {
        connections: [
          { from: 'a', to: 'b', strength: 'hard' },
          { from: 'b', to: 'a', strength: 'hard' },
          { from: 'b', to: 'c', strength: 'hard' },
        ],
        entries: [{ name: 'shop', parts: ['c'] }],
      },
    );
    const diagram = diagramOf(plan);
    const highest = Math.min(...diagram.cards.map(({ y }) => y));
    expect(diagram.entries[0]!.y).toBeLessThan(highest);
    expectSound(diagram);
  });
});

describe('large plans', () => {
  it('list 1,000 parts and say that 5,000 connections are not drawn', () => {
    const diagram = diagramOf(crowd(1000, 5000));
    expect(diagram.form).toBe('list');
    expect(diagram.cards).toHaveLength(1000);
    expect(diagram.lines).toEqual([]);
    expect(diagram.captions[0]!.text).toContain('5,000 connections not drawn');
    expectSound(diagram);
  });

  it('list parts that too many entries call, as they do those with too many connections', () => {
    const plan = crowd(20, 10);
    const parts = plan.parts.map(({ name }) => name);
    const entries = Array.from({ length: 10 }, (_, i) => ({ name: `e${i}`, parts }));
    expect(diagramOf({ ...plan, entries: entries.slice(0, 9) }).form).toBe('layered');
    const diagram = diagramOf({ ...plan, entries });
    expect(diagram.form).toBe('list');
    expect(diagram.captions[0]!.text).toContain('10 connections and 10 entries not drawn');
    expectSound(diagram);
  });

  it('gather 10,000 parts by kind', () => {
    const diagram = diagramOf(crowd(10_000, 50_000));
    expect(diagram.form).toBe('kinds');
    expect(diagram.cards).toHaveLength(PART_KINDS.length);
    expect(diagram.cards.every((card) => card.part === null)).toBe(true);
    const counted = diagram.cards.map((card) => Number.parseInt(card.name[0]!.text.replace(',', ''), 10));
    expect(counted.reduce((sum, n) => sum + n)).toBe(10_000);
    expectSound(diagram);
  });

  it('find the layers of long lines without a bend in each that they cross', () => {
    const inARow = Array.from({ length: 100 }, (_, i) => ({ from: 10 + i, to: 11 + i, bundle: 'hard' }));
    const toEach = Array.from({ length: 10 * 101 }, (_, i) => ({
      from: i % 10,
      to: 10 + Math.floor(i / 10),
      bundle: 'entry',
    }));
    const nodes = Array.from({ length: 111 }, (_, node) => node);
    const graph = {
      count: nodes.length,
      links: [...toEach, ...inARow],
      isTop: nodes.map((node) => node < 10),
      isStore: nodes.map(() => false),
    };
    let depths: number[] = [];
    const took = processorMilliseconds(() => (depths = depthsOf(graph)));
    expect(depths).toEqual(nodes.map((node) => Math.max(0, node - 9)));
    expect(took).toBeLessThan(NO_EXPLOSION_MS);
  });

  function crowd(parts: number, connections: number): Plan {
    return planOf(
      Array.from({ length: parts }, (_, i) =>
        partNamed(`p${i}`, { kind: PART_KINDS[i % PART_KINDS.length]! }),
      ),
      {
        connections: Array.from({ length: connections }, (_, i) => ({
          from: `p${i % parts}`,
          to: `p${(i * 7 + 1) % parts}`,
          strength: i % 3 === 0 ? 'soft' : 'hard',
        })),
      },
    );
  }
});

function expectSound(diagram: Diagram): void {
  const things = [...diagram.cards, ...diagram.entries];
  for (const { x, y, width, height } of things) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(diagram.width);
    expect(y + height).toBeLessThanOrEqual(diagram.height);
  }
  for (const [i, a] of things.entries()) {
    for (const b of things.slice(i + 1)) {
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      if (!apart) expect.fail(`${JSON.stringify(a)} and ${JSON.stringify(b)} overlap`);
    }
  }
  for (const line of diagram.lines) expect(line.path).not.toMatch(/NaN|undefined|Infinity/);
}

type Place = { layer: number; x: number };

function rowsOf(diagram: Diagram): Map<string, Place> {
  const tops = [...new Set(diagram.cards.map((card) => card.y))].sort((a, b) => a - b);
  return new Map(diagram.cards.map((card) => [card.part!, { layer: tops.indexOf(card.y), x: card.x }]));
}

/** Pairs of one layer before and after that have changed sides. */
function flips(before: Map<string, Place>, after: Map<string, Place>): number {
  const names = [...before.keys()];
  let count = 0;
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) {
      const [a0, b0, a1, b1] = [before.get(a)!, before.get(b)!, after.get(a)!, after.get(b)!];
      if (a0.layer === b0.layer && a1.layer === b1.layer && (a0.x - b0.x) * (a1.x - b1.x) < 0) count++;
    }
  }
  return count;
}

function degree(plan: Plan, name: string): number {
  const calls = plan.connections.filter(({ from, to }) => from === name || to === name).length;
  return calls + plan.entries.filter(({ parts }) => parts.includes(name)).length;
}

/** Straight lines from card to card stand in for the curves. */
function crossingsOf(diagram: Diagram): number {
  const middle = new Map(diagram.cards.map((card) => [card.part, { x: card.x + card.width / 2, y: card.y }]));
  const lines = diagram.lines.flatMap(({ kind, from, to }) =>
    kind === 'entry' ? [] : [[middle.get(from)!, middle.get(to)!] as const],
  );
  let count = 0;
  for (const [i, [a, b]] of lines.entries()) {
    for (const [c, d] of lines.slice(i + 1)) {
      if (a === c || a === d || b === c || b === d) continue;
      if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) count++;
    }
  }
  return count;
}

function side(
  a: { x: number; y: number },
  b: { x: number; y: number },
  p: { x: number; y: number },
): boolean {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0;
}
