import type { Bill } from '../domain/bill.js';
import { type BlastRadius, blastRadiusOfMachine, blastRadiusOfPart } from '../domain/blast-radius.js';
import type { CostLine } from '../domain/cost.js';
import type { Connection, ExtraCost, MachineType, Part, Plan } from '../domain/model.js';
import { type Diagram, type Down, diagramOf } from '../domain/pictures/diagram-layout.js';
import { type LegendItem, legendOf } from '../domain/pictures/diagram-legend.js';
import { type MachinesPicture, machinesPictureOf } from '../domain/pictures/machines-picture.js';
import { assumedAmong, KIND_LABELS, runsInWords } from '../parts/words.js';

/** How many parts a page lists; the rest has a list of its own. */
const LISTED_PARTS = 100;

type Priced = { priceBasis?: string };

/** A plan as a page shows it: rows may carry where their prices and availabilities are from. */
export type Shown = Omit<Plan, 'parts' | 'extraCosts' | 'machineType'> & {
  parts: (Part & Priced & { availabilityBasis?: string })[];
  machineType: (MachineType & Priced) | null;
  extraCosts: (ExtraCost & Priced)[];
};

/** What the views under views/bills lay out beside the bill itself. */
export type Sheet = {
  empty: boolean;
  diagram: Diagram;
  legend: LegendItem[];
  machinesPicture: MachinesPicture;
  down: Down | null;
  parts: Shown['parts'];
  /** Parts whose availability is assumed, by name. */
  assumed: string[];
  moreParts: number;
  kindLabels: typeof KIND_LABELS;
  runsInWords: typeof runsInWords;
  callsOf: (part: string) => Connection[];
  priceBasis: (line: CostLine) => string;
};

const drawn = new WeakMap<Shown, Sheet>();

/**
 * The pictures and tables of one plan with its bill, drawn once for as long as the plan is remembered. `down` is the name of a part, or
 * `machine 3` (from 1), to show what stops with it; a name that is neither shows everything up.
 */
export function sheetOf(plan: Shown, bill: Bill, down?: string): Sheet {
  const fallen = down === undefined ? null : downOf(plan, bill, down);
  const known = fallen ? undefined : drawn.get(plan);
  if (known) return known;
  const sheet = draw(plan, bill, fallen);
  if (!fallen) drawn.set(plan, sheet);
  return sheet;
}

function draw(plan: Shown, bill: Bill, down: Down | null): Sheet {
  const weak = bill.entries.flatMap((entry) => entry.singlePoints.map((point) => point.part));
  const diagram = diagramOf(plan, { weak, ...(down && { down }) });
  const calls = new Map<string, Connection[]>();
  for (const connection of plan.connections) {
    const known = calls.get(connection.from);
    if (known) known.push(connection);
    else calls.set(connection.from, [connection]);
  }
  const bases = new Map([
    ...plan.parts.map((part) => [`part ${part.name}`, part.priceBasis ?? ''] as const),
    ...plan.extraCosts.map((cost) => [`extra ${cost.label}`, cost.priceBasis ?? ''] as const),
    [`machines ${plan.machineType?.name}`, plan.machineType?.priceBasis ?? ''],
  ]);
  return {
    empty: plan.parts.length === 0 && plan.extraCosts.length === 0,
    diagram,
    legend: legendOf(diagram),
    machinesPicture: machinesPictureOf(plan, bill.packing, { down }),
    down,
    parts: plan.parts.slice(0, LISTED_PARTS),
    assumed: assumedAmong(plan.parts),
    moreParts: Math.max(0, plan.parts.length - LISTED_PARTS),
    kindLabels: KIND_LABELS,
    runsInWords,
    callsOf: (part) => calls.get(part) ?? [],
    priceBasis: (line) => bases.get(`${line.kind} ${line.label}`) ?? '',
  };
}

/** Minutes down a month of the entry that is down most, with 5 % common cause; null when one is unknown. */
export function worstMinutesDown(bill: Bill): number | null {
  const all = bill.entries.map((entry) => entry.minutesDownPerMonth.beta5);
  return all.length === 0 || all.includes(null) ? null : Math.max(...(all as number[]));
}

function downOf(plan: Plan, bill: Bill, name: string): Down | null {
  const machine = /^machine (\d{1,6})$/.exec(name)?.[1];
  const byPart = blastRadiusOfPart(plan, name);
  const radius: BlastRadius | null =
    byPart ?? (machine ? blastRadiusOfMachine(plan, bill.packing, Number(machine) - 1) : null);
  return radius && { ...radius, parts: [name] };
}
