import type { MachineType, Plan } from '../domain/model.js';
import { packParts } from '../domain/packing/packing.js';
import { wiringOf } from '../domain/wiring.js';
import { listed } from './reading/words.js';

/** Assumed in a first preview until somebody chooses, so that machines, cost and availability are there at once. */
const USUAL = 'aws-m6i-large';
const FAMILY = /^aws-m6i-/;

type Priced = MachineType & { bookId: string | null };

/**
 * The machine type a plan is counted on while nobody has chosen one, out of those there are: a usual one; where its parts do not fit
 * that, the smallest of the same family in the price book that holds them; where none does, the usual one all the same, and the bill
 * says what is too big for it. `why` is the rest of a sentence that begins with its name. Null where nothing runs on machines, the plan has a machine type,
 * or the usual one is deleted.
 */
export function assumedMachineType<Type extends Priced>(
  plan: Plan,
  types: readonly Type[],
): { type: Type; why: string } | null {
  const usual = types.find(({ bookId }) => bookId === USUAL);
  if (!usual || plan.machineType !== null || plan.parts.every(({ runs }) => runs !== 'machine')) return null;
  const { parts } = wiringOf(plan);
  const onUsual = packParts(parts, usual);
  const larger =
    onUsual.machines === null
      ? types
          .filter(({ bookId }) => bookId !== USUAL && FAMILY.test(bookId ?? ''))
          .sort((a, b) => a.cpuMillicores - b.cpuMillicores || a.memoryMib - b.memoryMib)
          .find((type) => packParts(parts, type).machines !== null)
      : undefined;
  if (!larger) return { type: usual, why: 'since none is chosen yet' };
  const onEvery = onUsual.perMachineParts.length > 0 ? ['what stands on every machine'] : [];
  const held = [listed(onUsual.tooBigParts), ...onEvery].filter(Boolean).join(' beside ');
  return { type: larger, why: `the smallest of its family that holds ${held}` };
}
