import type { Part, Plan } from '../model.js';
import type { PackedMachine, Packing } from '../packing/packing.js';
import {
  type Box,
  boxOf,
  type Label,
  type Measure,
  namedAbove,
  round,
  shelved,
} from './machines-picture-boxes.js';
import { type KeyLine, pictureKey } from './machines-picture-key.js';
import { type MachineBox, machineRows, type Rectangle } from './machines-picture-rows.js';

/** High enough for the name of what takes a quarter of a GiB of the usual machine. */
const TALLEST = 384;
const USUAL_MACHINE_MIB = 8192;
const COMPACT_SHARE = 0.4;
const LABELLED_MACHINES = 24;
/** Pixels: a key is read on a phone without moving it. */
const KEY_WIDTH = 290;
const MOST_BOXES = 2500;
const SERVICE_KINDS = ['web', 'service', 'worker'];

/** Containers that stand on no machine of the plan: run by a provider, or on machines not yet chosen. */
export type Area = Rectangle & { kind: 'provider' | 'heap'; caption: Label | null; boxes: Box[] };

/** Everything a view needs to draw it, in pixels. Views do no sums. */
export type MachinesPicture = {
  title: string;
  description: string;
  width: number;
  height: number;
  isCompact: boolean;
  machines: MachineBox[];
  areas: Area[];
  /** Names what is in a compact picture, below it. */
  key: KeyLine[];
  /** What the dotted boxes are, where there are any. */
  unsized: Label | null;
  /** What else is to be said: how many machines there are besides those drawn, or that there is nothing. */
  more: Label | null;
};

type Options = {
  /** Pixels per MiB; from `machinesScaleOf` for pictures that stand side by side. */
  scale?: number;
  /** Pixels: how wide a container with its name is drawn. */
  boxWidth?: number;
  /** Pixels across before machines go on in the next row. */
  width?: number;
  /** Small boxes, their names in one key below. What has too many machines is drawn so in any case. */
  isCompact?: boolean;
  /** What is taken as down, by name (a part, or `machine 3`), and the parts that stop with it. */
  down?: { parts: string[]; stopped: string[] } | null;
};

/** The scale (pixels per MiB) at which the largest machine of several plans is still of a good height. */
export function machinesScaleOf(plans: Plan[]): number {
  const largestMib = plans.reduce(
    (most, plan) => Math.max(most, plan.machineType?.memoryMib ?? 0),
    USUAL_MACHINE_MIB,
  );
  return TALLEST / largestMib;
}

/** Whether so many machines are drawn small, whatever is asked for. */
export function isCrowded({ machines }: Packing): boolean {
  return (machines?.length ?? 0) > LABELLED_MACHINES;
}

/**
 * Draws what runs where: every machine with the replicas that stand on it, each as tall as its memory, and what providers run.
 * Jobs and switched-off parts are left out. Without known machines the containers lie in a heap, with the reason.
 */
export function machinesPictureOf(plan: Plan, packing: Packing, options: Options = {}): MachinesPicture {
  const machines = packing.machines ?? [];
  const isCompact = options.isCompact || isCrowded(packing);
  const scale = (options.scale ?? machinesScaleOf([plan])) * (isCompact ? COMPACT_SHARE : 1);
  const measure: Measure = {
    pixelsPerMib: scale,
    boxWidth: isCompact ? 24 : (options.boxWidth ?? 104),
    hasLabels: !isCompact,
  };
  const pageWidth = options.width ?? 1000;
  const running = plan.parts.filter((part) => part.kind !== 'job' && part.replicas > 0);

  const drawn = drawnMachines(machines, packing.perMachineParts.length);
  const rows = machineRows(plan, packing, machines.slice(0, drawn), measure, pageWidth);
  const picture: MachinesPicture = {
    title: `${plan.name}: what runs where`,
    description: descriptionOf(running, packing),
    width: rows.width,
    height: rows.height,
    isCompact,
    machines: rows.machines,
    areas: [],
    key: [],
    unsized: null,
    more: null,
  };
  if (drawn < machines.length) {
    const text = `+ ${(machines.length - drawn).toLocaleString('en-US')} more machines`;
    picture.more = { text, x: 1, y: picture.height + 20 };
    picture.height += 30;
  }
  if (packing.machines === null) {
    const loose = running.filter((part) => part.runs === 'machine');
    const caption = plan.machineType ? packing.reason : 'Choose a machine type to see the machines';
    addArea(picture, 'heap', caption ?? '', loose, measure, pageWidth);
  }
  const provider =
    packing.machines?.length === 0 ? 'No machines: all of it is run by the provider' : 'Run by the provider';
  addArea(
    picture,
    'provider',
    provider,
    running.filter((part) => part.runs === 'managed'),
    measure,
    pageWidth,
  );
  addKey(picture, running);
  if (options.down) mark(picture, new Set([...options.down.parts, ...options.down.stopped]));
  if (picture.height > 0) return picture;
  return { ...picture, width: 260, height: 24, more: { text: 'Nothing runs here yet', x: 1, y: 16 } };
}

function mark({ machines, areas }: MachinesPicture, stopped: Set<string>): void {
  machines.forEach((machine, i) => {
    machine.isDown = stopped.has(`machine ${i + 1}`);
    for (const box of machine.boxes) box.isDown = machine.isDown || stopped.has(box.part);
    for (const line of machine.key)
      line.isDown = machine.isDown || line.parts.every((part) => stopped.has(part));
  });
  for (const box of areas.flatMap((area) => area.boxes)) box.isDown = stopped.has(box.part);
}

function drawnMachines(machines: PackedMachine[], agents: number): number {
  let boxes = 0;
  const tooMany = machines.findIndex((machine) => {
    boxes += machine.replicas.length + agents;
    return boxes > MOST_BOXES;
  });
  return tooMany === -1 ? machines.length : tooMany;
}

function addArea(
  picture: MachinesPicture,
  kind: Area['kind'],
  caption: string,
  parts: Part[],
  measure: Measure,
  pageWidth: number,
): void {
  if (parts.length === 0) return;
  const [padding, gap, head] = measure.hasLabels ? [10, 8, 20] : [3, 3, 0];
  const drawn: Box[] = [];
  let more = 0;
  for (const part of parts) {
    const count = Math.min(part.replicas, MOST_BOXES - drawn.length);
    more += part.replicas - count;
    if (count === 0) continue;
    const look = kind === 'provider' && !SERVICE_KINDS.includes(part.kind) ? 'provided' : 'container';
    const bare = boxOf(part, measure, look);
    const box = measure.hasLabels ? namedAbove(bare) : bare;
    for (let copy = 0; copy < count; copy++) drawn.push(box);
  }
  const shelves = shelved(drawn, pageWidth - 2 * padding - 2, gap);
  const y = picture.height === 0 ? 1 : picture.height + (measure.hasLabels ? 16 : 6);
  const words = more > 0 ? `${caption} (+ ${more.toLocaleString('en-US')} more)` : caption;
  const area: Area = {
    kind,
    caption: measure.hasLabels ? { text: words, x: 1, y: y + 12 } : null,
    x: 1,
    y: y + head,
    width: shelves.width + 2 * padding,
    height: shelves.height + 2 * padding,
    boxes: shelves.boxes.map((box) => ({
      ...box,
      x: box.x + 1 + padding,
      y: round(box.y + y + head + padding),
    })),
  };
  picture.areas.push(area);
  picture.width = Math.max(picture.width, area.width + 2, measure.hasLabels ? 260 : 0);
  picture.height = area.y + area.height + 1;
}

function addKey(picture: MachinesPicture, running: Part[]): void {
  const boxes = [...picture.machines, ...picture.areas].flatMap((group) => group.boxes);
  if (picture.isCompact && boxes.length > 0) {
    const key = pictureKey(boxes, running, 1, picture.height + 10, KEY_WIDTH);
    picture.key = key.lines;
    picture.width = Math.max(picture.width, KEY_WIDTH);
    picture.height += 10 + key.height;
  }
  if (!boxes.some((box) => box.isUnsized)) return;
  picture.unsized = { text: 'Dotted: memory unknown', x: 1, y: picture.height + 16 };
  picture.width = Math.max(picture.width, KEY_WIDTH / 2);
  picture.height += 22;
}

function descriptionOf(running: Part[], packing: Packing): string {
  const managed = running.filter((part) => part.runs === 'managed');
  const machines = packing.machines;
  const sentences: string[] = [];
  if (machines === null) sentences.push(`The machines are unknown. ${packing.reason ?? ''}`.trim());
  else if (machines.length === 0) sentences.push('No machines of our own.');
  else {
    const pods = machines.reduce((sum, machine) => sum + machine.pods, 0);
    sentences.push(`${machines.length} machines with ${pods} containers.`);
  }
  if (managed.length > 0) {
    const names = managed.map((part) => (part.replicas > 1 ? `${part.replicas} of ${part.name}` : part.name));
    sentences.push(`Run by a provider: ${names.join(', ')}.`);
  }
  return sentences.join(' ');
}
