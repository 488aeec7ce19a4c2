import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/model.js';
import { packParts } from '../../src/domain/packing/packing.js';
import {
  type MachinesPicture,
  machinesPictureOf,
  machinesScaleOf,
} from '../../src/domain/pictures/machines-picture.js';
import type { Box } from '../../src/domain/pictures/machines-picture-boxes.js';
import { itsTheFuture, m6iLarge, machineOf, partNamed, planOf } from './worked-example.js';

const oneDyno = planOf(
  [
    partNamed('web', { kind: 'web', runs: 'managed', memoryMib: 512 }),
    partNamed('postgres', { kind: 'database', runs: 'managed', memoryMib: null }),
  ],
  { name: 'One dyno' },
);

describe('50 containers on 8 machines', () => {
  const picture = pictureOf(itsTheFuture);
  const boxes = picture.machines.flatMap((machine) => machine.boxes);

  it('are all there, each once', () => {
    expect(picture.machines).toHaveLength(8);
    expect(boxes).toHaveLength(50);
    const count = (part: string) => boxes.filter((box) => box.part === part).length;
    expect([count('etcd'), count('kube-router'), count('postgres'), count('gateway')]).toEqual([5, 8, 2, 2]);
    expect(boxes.filter((box) => box.look === 'agent').map((box) => box.part)).toEqual(
      Array(8).fill('kube-router'),
    );
  });

  it('show what stops: with a part its copies and theirs that need it, with a machine all that stands on it', () => {
    const packing = packParts(itsTheFuture.parts, m6iLarge);
    const drawn = (down: { parts: string[]; stopped: string[] }) =>
      machinesPictureOf(itsTheFuture, packing, { down });
    const downIn = ({ machines }: MachinesPicture) =>
      machines
        .flatMap((machine) => machine.boxes)
        .filter((box) => box.isDown)
        .map((box) => box.part);
    expect(new Set(downIn(drawn({ parts: ['postgres'], stopped: ['orders'] })))).toEqual(
      new Set(['postgres', 'orders']),
    );
    const third = drawn({ parts: ['machine 3'], stopped: [] });
    expect(third.machines.map((machine) => machine.isDown)).toEqual(
      third.machines.map((_machine, i) => i === 2),
    );
    expect(downIn(third)).toHaveLength(third.machines[2]!.boxes.length);
  });

  it('are as tall as their memory', () => {
    const height = (part: string) => boxes.find((box) => box.part === part)!.height;
    expect(height('postgres') / height('gateway')).toBeCloseTo(3072 / 512, 0);
    expect(height('etcd') / height('users')).toBeCloseTo(2, 0);
  });

  it('stand inside their machines, on what the machine keeps for itself, none on another', () => {
    expectSound(picture);
    for (const machine of picture.machines) {
      for (const box of machine.boxes) {
        expect(box.y).toBeGreaterThanOrEqual(machine.y);
        expect(box.y + box.height).toBeLessThanOrEqual(machine.reserve!.y + 0.1);
      }
    }
  });

  it('fit a page in one row, with bars of memory and cpu that say their share', () => {
    expect(picture.width).toBeLessThanOrEqual(1000);
    expect(new Set(picture.machines.map((machine) => machine.y)).size).toBe(1);
    const [memory, cpu] = picture.machines[0]!.bars;
    expect([memory!.number.text, cpu!.number.text]).toEqual(['99 %', '83 %']);
  });

  it('leave three load balancers to the provider, which are no containers', () => {
    expect(picture.areas.map((area) => area.kind)).toEqual(['provider']);
    expect(picture.areas[0]!.boxes.map((box) => [box.part, box.look])).toEqual(
      ['lb-public', 'lb-api', 'lb-db'].map((name) => [name, 'provided']),
    );
  });

  it('go on in further rows where the page is narrow', () => {
    const narrow = machinesPictureOf(itsTheFuture, packParts(itsTheFuture.parts, m6iLarge), { width: 360 });
    expect(narrow.width).toBeLessThanOrEqual(360);
    expect(new Set(narrow.machines.map((machine) => machine.y)).size).toBe(3);
    expectSound(narrow);
  });
});

describe('one dyno beside them', () => {
  const scale = machinesScaleOf([itsTheFuture, oneDyno]);

  it('is one lonely box, at the same scale', () => {
    const dyno = pictureOf(oneDyno, { scale });
    expect(dyno.machines).toEqual([]);
    const containers = dyno.areas.flatMap((area) => area.boxes).filter((box) => box.look === 'container');
    expect(containers.map((box) => box.part)).toEqual(['web']);
    const gateway = pictureOf(itsTheFuture, { scale })
      .machines.flatMap((machine) => machine.boxes)
      .find((box) => box.part === 'gateway')!;
    expect(containers[0]!.height).toBe(gateway.height);
    expect(containers[0]!.width).toBe(gateway.width);
  });

  it('says that there are no machines', () => {
    expect(pictureOf(oneDyno).description).toBe('No machines of our own. Run by a provider: web, postgres.');
  });

  it('shares its scale with larger machines, too', () => {
    const huge = { ...itsTheFuture, machineType: machineOf(16_000, 65_536) };
    expect(machinesScaleOf([oneDyno, huge])).toBeCloseTo(machinesScaleOf([itsTheFuture]) / 8, 10);
    const tall = pictureOf(huge);
    expect(tall.machines[0]!.height).toBeLessThan(400);
  });

  it('is smaller where it is asked to, its names in one key', () => {
    const compact = pictureOf(itsTheFuture, { isCompact: true });
    expect(compact.machines.flatMap((machine) => machine.boxes)).toHaveLength(50);
    expect(compact.width).toBeLessThan(300);
    expect(compact.machines.some((machine) => machine.name || machine.bars.length > 0)).toBe(false);
    expectSound(compact);
    expect(compact.key.find(({ kind }) => kind === 'database')?.words[0]?.text).toBe('2 × postgres');
  });
});

describe('every box', () => {
  const small = Array.from({ length: 12 }, (_, i) =>
    partNamed(`service-${i}`, { memoryMib: i % 2 ? 128 : 512 }),
  );
  const [usual, huge] = [machineOf(8000, 8192), machineOf(32_000, 65_536)];
  const plans: [string, Plan][] = [
    ['50 containers', itsTheFuture],
    ['one dyno', oneDyno],
    ['small services', planOf(small, { machineType: usual })],
    ['small services on large machines', planOf(small, { machineType: huge })],
    ['small services on machines not yet chosen', planOf(small)],
    ['one dyno beside large machines', { ...oneDyno, machineType: huge }],
    ['unknown memory', planOf([partNamed('web', { memoryMib: null }), ...small], { machineType: huge })],
    [
      'a thousand',
      planOf([partNamed('api', { replicas: 1000, memoryMib: 512 }), ...small], { machineType: usual }),
    ],
  ];

  it.each(plans)('is told by its name, in it, on it or in the key: %s', (_name, plan) => {
    const { machines, areas, key } = pictureOf(plan);
    const named = (boxes: Box[], lines: typeof key) => {
      const parts = new Set(lines.flatMap((line) => line.parts));
      return boxes.filter((box) => box.name.length === 0 && !parts.has(box.part)).map((box) => box.part);
    };
    for (const machine of machines) expect(named(machine.boxes, [...machine.key, ...key])).toEqual([]);
    for (const area of areas) expect(named(area.boxes, key)).toEqual([]);
  });

  it.each(plans)('has its key below its machine, on nothing else: %s', (_name, plan) => {
    const picture = pictureOf(plan);
    expectSound(picture);
    const tops = [...picture.machines, ...picture.areas].map(({ y }) => y);
    for (const machine of picture.machines) {
      const below = Math.min(picture.height + 0.1, ...tops.filter((y) => y > machine.y));
      const lowestBar = Math.max(machine.y + machine.height, ...machine.bars.map((bar) => bar.y + 5));
      for (const { y, words } of machine.key) {
        expect(y).toBeGreaterThan(lowestBar);
        expect(words.at(-1)!.y).toBeLessThan(below);
      }
    }
    for (const { words } of picture.key) expect(words.at(-1)!.y).toBeLessThan(picture.height);
  });

  it('is told once for all its copies, in the order from the top', () => {
    const parts = [
      partNamed('a', { memoryMib: 4096 }),
      partNamed('b', { memoryMib: 64, replicas: 3 }),
      partNamed('c', { memoryMib: 32 }),
    ];
    const [machine] = pictureOf(planOf(parts, { machineType: usual })).machines;
    expect(machine!.key.map(({ words }) => words[0]!.text)).toEqual(['c', '3 × b']);
  });

  it('is told in the key as well where its own name is cut and the key has more of it', () => {
    const parts = ['payments-api', 'payments-worker'].map((name) => partNamed(name, { memoryMib: 256 }));
    const [machine] = pictureOf(planOf(parts, { machineType: usual }), { boxWidth: 61 }).machines;
    expect(machine!.boxes[0]!.name[0]!.text).toContain('…');
    expect(machine!.key.map(({ words }) => words.map(({ text }) => text).join(''))).toEqual([
      'payments-worker',
      'payments-api',
    ]);
  });

  it.each([usual, huge])('of unknown memory is dotted, and not higher than one of 512 MiB', (machineType) => {
    const parts = [partNamed('unknown', { memoryMib: null }), partNamed('known', { memoryMib: 512 })];
    const picture = pictureOf(planOf(parts, { machineType }));
    const box = (part: string) => picture.machines[0]!.boxes.find((one) => one.part === part)!;
    expect(box('unknown').height).toBeLessThanOrEqual(box('known').height);
    expect([box('unknown').isUnsized, box('known').isUnsized]).toEqual([true, false]);
    expect(picture.unsized?.text).toBe('Dotted: memory unknown');
    expect(pictureOf(itsTheFuture).unsized).toBeNull();
  });

  it('in the key shows what stops', () => {
    const plan = planOf(small, { machineType: huge });
    const packing = packParts(plan.parts, huge);
    const { machines } = machinesPictureOf(plan, packing, { down: { parts: ['service-1'], stopped: [] } });
    const down = machines.flatMap((machine) => machine.key.filter((line) => line.isDown));
    expect(down.map((line) => line.parts)).toEqual([['service-1']]);
  });
});

describe('unknown machines', () => {
  const plan = planOf([
    partNamed('web', { kind: 'web', replicas: 3, memoryMib: null }),
    partNamed('migrate', { kind: 'job' }),
    partNamed('off', { replicas: 0 }),
    partNamed('db', { kind: 'database', memoryMib: 1024 }),
  ]);

  it('are asked for, and the containers lie in a heap', () => {
    const picture = pictureOf(plan);
    expect(picture.areas.map((area) => [area.kind, area.caption?.text])).toEqual([
      ['heap', 'Choose a machine type to see the machines'],
    ]);
    expect(picture.areas[0]!.boxes.map((box) => box.part)).toEqual(['web', 'web', 'web', 'db']);
    expectSound(picture);
  });

  it('come with the reason when a part is too big for one', () => {
    const machineType = machineOf(1000, 512);
    const packing = packParts(plan.parts.slice(3), machineType);
    expect(packing.reason).toContain('db');
    const picture = machinesPictureOf({ ...plan, machineType }, packing);
    expect(picture.areas[0]!.caption?.text).toBe(packing.reason);
  });

  it('do not pass unknown memory off as none', () => {
    const bars = (parts: Plan['parts']) =>
      pictureOf(planOf(parts, { machineType: machineOf(1000, 4096) })).machines[0]!.bars.map(
        (bar) => bar.number.text,
      );
    const unknown = partNamed('web', { memoryMib: null, cpuMillicores: null });
    expect(bars([unknown])).toEqual(['unknown', 'unknown']);
    expect(bars([unknown, partNamed('db', { memoryMib: 1024, cpuMillicores: 100 })])).toEqual([
      '≥ 25 %',
      '≥ 10 %',
    ]);
  });
});

describe('very many machines', () => {
  const plan = planOf([partNamed('service', { replicas: 5000, memoryMib: 512, cpuMillicores: 10 })], {
    machineType: machineOf(8000, 4096),
  });

  it('are drawn small, as far as they can be seen, and the rest is counted', () => {
    const packing = packParts(plan.parts, plan.machineType);
    const picture = machinesPictureOf(plan, packing);
    expect(picture.isCompact).toBe(true);
    const rest = packing.machines!.length - picture.machines.length;
    expect(picture.more?.text).toBe(`+ ${rest} more machines`);
    expect(picture.machines.flatMap((machine) => machine.boxes).length).toBeLessThanOrEqual(2500);
    expectSound(picture);
  });

  it('show the containers of one pod beside each other in its box', () => {
    const pods = planOf([partNamed('web', { containersPerReplica: 3, memoryMib: 512 })], {
      machineType: machineOf(1000, 4096),
    });
    expect(pictureOf(pods).machines[0]!.boxes[0]!.split.match(/M/g)).toHaveLength(2);
  });

  it('and an empty plan: nothing', () => {
    const picture = pictureOf(planOf([]));
    expect(picture.machines).toEqual([]);
    expect(picture.more?.text).toBe('Nothing runs here yet');
    expect(picture.height).toBeGreaterThan(0);
  });
});

function pictureOf(plan: Plan, options: Parameters<typeof machinesPictureOf>[2] = {}): MachinesPicture {
  const standing = plan.parts.filter((part) => part.kind !== 'job');
  return machinesPictureOf(plan, packParts(standing, plan.machineType), options);
}

function expectSound(picture: MachinesPicture): void {
  const inside = (thing: { x: number; y: number; width: number; height: number }) => {
    expect(thing.x).toBeGreaterThanOrEqual(0);
    expect(thing.y).toBeGreaterThanOrEqual(0);
    expect(thing.x + thing.width).toBeLessThanOrEqual(picture.width + 0.1);
    expect(thing.y + thing.height).toBeLessThanOrEqual(picture.height + 0.1);
  };
  for (const group of [...picture.machines, ...picture.areas]) {
    inside(group);
    group.boxes.forEach(inside);
    expect(group.boxes.filter((a, i) => group.boxes.slice(i + 1).some((b) => overlap(a, b)))).toEqual([]);
  }
}

function overlap(a: Box, b: Box): boolean {
  const slack = 0.15;
  return (
    a.x + a.width > b.x + slack &&
    b.x + b.width > a.x + slack &&
    a.y + a.height > b.y + slack &&
    b.y + b.height > a.y + slack
  );
}

it('takes no more boxes than it draws, and counts the rest', () => {
  const parts = Array.from({ length: 300 }, (_, i) =>
    partNamed(`p${i}`, { runs: 'managed', replicas: 100_000, containersPerReplica: 100_000 }),
  );
  const [area] = pictureOf(planOf(parts)).areas;
  expect(area!.boxes).toHaveLength(2_500);
  expect(area!.caption!.text).toContain('+ 29,997,500 more');
  expect(area!.boxes[0]!.split.length).toBeLessThan(2_000);
});
