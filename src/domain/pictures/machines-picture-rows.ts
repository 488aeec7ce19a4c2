import type { Part, Plan } from '../model.js';
import type { PackedMachine, Packing } from '../packing/packing.js';
import { type Box, boxOf, type Label, type Measure, round, stacked } from './machines-picture-boxes.js';
import { type KeyLine, machineKey } from './machines-picture-key.js';

export type Rectangle = { x: number; y: number; width: number; height: number };

/** A horizontal bar, `filled` pixels of `width`, with a word before and a number after it. */
export type Bar = { word: Label; x: number; y: number; width: number; filled: number; number: Label };

/** A machine as tall as its memory. Empty room is memory that is paid for and stands idle. */
export type MachineBox = Rectangle & {
  name: Label | null;
  /** What the machine keeps for itself, on its ground. */
  reserve: (Rectangle & { label: Label | null }) | null;
  /** From the ground up. */
  boxes: Box[];
  bars: Bar[];
  /** Names what has no room for its name, below. */
  key: KeyLine[];
  description: string;
  /** Set where the picture shows what stops. */
  isDown?: boolean;
};

/** Pixels a container must be wide for bars under its machine, with their words and numbers. */
const BARS_NEED = 96;

/** The machines side by side in rows of at most `pageWidth`, each with what stands on it; and the room they take together. */
export function machineRows(
  plan: Plan,
  packing: Packing,
  machines: PackedMachine[],
  measure: Measure,
  pageWidth: number,
) {
  const hasBars = measure.hasLabels && measure.boxWidth >= BARS_NEED;
  const [wall, gap] = hasBars ? [4, 11] : measure.hasLabels ? [3, 6] : [2, 4];
  const width = measure.boxWidth + 2 * wall;
  const [head, bars] = [measure.hasLabels ? 18 : 0, hasBars ? 34 : 0];
  const perRow = Math.max(1, Math.floor((pageWidth - 2 + gap) / (width + gap)));
  const byName = new Map(plan.parts.map((part) => [part.name, part]));
  const capacityMib = plan.machineType?.memoryMib ?? 0;
  const reserveMib = Math.max(0, capacityMib - (packing.allocatable?.memoryMib ?? capacityMib));
  const reserveHeight = round(reserveMib * measure.pixelsPerMib);

  const standing = machines.map((machine) =>
    [...packing.perMachineParts, ...machine.replicas.map(({ part }) => part)].flatMap(
      (name) => byName.get(name) ?? [],
    ),
  );
  const contents = standing.map((parts) =>
    parts.map((part) => boxOf(part, measure, part.perMachine ? 'agent' : 'container')),
  );
  // Boxes too small to be seen are drawn larger, and those of unknown size at all: a machine may need more room than its memory.
  const height = contents.reduce(
    (tallest, boxes) =>
      Math.max(tallest, reserveHeight + 2 * wall + boxes.reduce((sum, box) => sum + box.height, 0)),
    round(capacityMib * measure.pixelsPerMib) + 2 * wall,
  );
  const keyAt = (boxes: Box[], x: number, y: number) =>
    machineKey(measure.hasLabels ? boxes : [], x, y, width);
  const keyHeight = Math.max(0, ...contents.map((boxes) => keyAt(boxes, 0, 0).height));
  const foot = bars + (keyHeight > 0 ? keyHeight + 8 : 0);
  const drawn = machines.map((machine, i): MachineBox => {
    const x = 1 + (i % perRow) * (width + gap);
    const y = 1 + Math.floor(i / perRow) * (height + head + foot + gap) + head;
    const ground = y + height - wall;
    return {
      x,
      y,
      width,
      height,
      name: measure.hasLabels ? { text: `machine ${i + 1}`, x, y: y - 6 } : null,
      reserve:
        reserveHeight > 0 ? reserveOf(x + wall, round(ground - reserveHeight), reserveHeight, measure) : null,
      boxes: stacked(contents[i]!, x + wall, ground - reserveHeight),
      bars: hasBars ? barsOf(machine, standing[i]!, x, y + height + 12, width) : [],
      key: keyAt(contents[i]!, x, y + height + bars + 8).lines,
      description: `Machine ${i + 1}: ${machine.pods} containers, memory ${taken(machine, standing[i]!, 'memoryMib')} and cpu ${taken(machine, standing[i]!, 'cpuMillicores')} taken`,
    };
  });
  if (machines.length === 0) return { machines: [], width: 0, height: 0 };
  const rows = Math.ceil(machines.length / perRow);
  return {
    machines: drawn,
    width: Math.min(machines.length, perRow) * (width + gap) - gap + 2,
    height: rows * (height + head + foot + gap) - gap + 2,
  };
}

function reserveOf(
  x: number,
  y: number,
  height: number,
  { boxWidth: width, hasLabels }: Measure,
): MachineBox['reserve'] {
  const label =
    hasLabels && height >= 14
      ? { text: width >= 96 ? 'kept by the system' : 'system', x: x + width / 2, y: round(y + height / 2) }
      : null;
  return { x, y, width, height, label };
}

type RoomUnit = 'memoryMib' | 'cpuMillicores';

function barsOf(machine: PackedMachine, parts: Part[], x: number, y: number, width: number): Bar[] {
  const track = width - 80;
  return (['memoryMib', 'cpuMillicores'] as const).map((unit, i) => ({
    word: { text: unit === 'memoryMib' ? 'mem' : 'cpu', x, y: y + i * 13 },
    x: x + 28,
    y: y + i * 13 - 6,
    width: track,
    filled: round(track * shareOf(machine, unit)),
    number: { text: taken(machine, parts, unit), x: x + width, y: y + i * 13 },
  }));
}

function shareOf({ used, free }: PackedMachine, unit: RoomUnit): number {
  const all = used[unit] + free[unit];
  return all > 0 ? used[unit] / all : 0;
}

/** Of what the machine has to give. Parts that name no size take an unknown share. */
function taken(machine: PackedMachine, parts: Part[], unit: RoomUnit): string {
  const unknown = parts.filter((part) => part[unit] === null).length;
  if (unknown === parts.length) return 'unknown';
  return `${unknown > 0 ? '≥ ' : ''}${Math.round(100 * shareOf(machine, unit))} %`;
}
