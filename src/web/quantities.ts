import { z } from 'zod';
import { isDay } from '../db/keyset.js';
import { AMOUNT, TEXT } from './form.js';

// Quantities as people write them, each with the reader of a form's field and the text that field shows again. Reading that text gives
// back the very same number, so that saving an untouched form changes nothing. Nothing typed means unknown (null), never 0.

/** CPU in millicores: takes 500m, 0.5, 0.5 CPU, 2 cores. */
export function optionalCpu(label: string, { required = false } = {}) {
  const description = 'A text like 500m or 0.5 CPU; a number is in millicores.';
  return quantity({ label, description, required }, (text) => {
    const { amount, unit } = partsOf(text, /m|millicores?|v?cpus?|cores?/);
    if (amount === null) return `${label} must be an amount like 500m or 0.5.`;
    // A bare 500 is far more often a forgotten m than a machine of 500 processors.
    if (unit === '' && Number(amount) > 64) {
      return `${label} of ${amount} could mean two things: write ${amount}m for millicores or ${amount} CPU for whole ones.`;
    }
    const millicores = unit.startsWith('m') ? Number(amount) : Number(`${amount}e3`);
    if (!Number.isInteger(millicores)) return `${label} is counted in thousandths: 1m is the least there is.`;
    return millicores <= MAX_MILLICORES ? millicores : `${label} is more than any machine has.`;
  });
}

/**
 * Memory in MiB: takes 512, 512Mi, 512 MB, 1.5 GiB. MB is read as MiB and GB as GiB, as Docker and those who sell containers count.
 */
export function optionalMemory(label: string, { required = false } = {}) {
  const description = 'A text like 512 MiB or 1.5 GiB; a number is in MiB.';
  return quantity({ label, description, required }, (text) => {
    const { amount, unit } = partsOf(text, /[kmgt]i?b?/);
    if (amount === null) return `${label} must be an amount like 512 MiB or 1.5 GiB.`;
    const mib = Number(amount) * 1024 ** (unit === '' ? 0 : 'kmgt'.indexOf(unit.charAt(0)) - 1);
    return mib <= MAX_MIB ? mib : `${label} is more than any machine has.`;
  });
}

/** Availability as a share, 0..1: takes 99.95, 99.95 % and 0.9995. Above 1 it is a percentage with or without its sign. */
export function optionalAvailability(label: string) {
  const description = 'A share like 0.9995, or a text like 99.95 %.';
  return quantity({ label, description }, (text) => {
    const { amount, unit } = partsOf(text, /%/);
    const isPercentage = unit === '%' || Number(amount) > 1;
    // The point is moved in the text: 99.95 / 100 would be a hair beside 0.9995.
    const share = amount === null ? Number.NaN : Number(isPercentage ? `${amount}e-2` : amount);
    return share <= 1 ? share : `${label} must be a percentage like 99.95 % or a share like 0.9995.`;
  });
}

/** A day as 2026-11-22. */
export function optionalDay(label: string) {
  return day(label, (text) => (isNearDay(text) ? null : `${label} must be a date like 2026-11-22.`));
}

/** A day, or as much of it as is known: 2026-11-22, 2026-11, 2026. */
export function optionalRoughDay(label: string) {
  return day(label, (text) =>
    isNearDay(`${text}-01-01`.slice(0, 10)) && /^\d{4}(-\d\d){0,2}$/.test(text)
      ? null
      : `${label} must be a date like 2026-11-22, 2026-11 or 2026.`,
  );
}

export function cpuText(millicores: number | null): string {
  return millicores === null ? '' : `${millicores}m`;
}

export function memoryText(mib: number | null): string {
  return mib === null ? '' : `${mib} MiB`;
}

export function availabilityText(share: number | null): string {
  if (share === null) return '';
  const [whole = '', decimals = ''] = String(share).split('.');
  // Shares so small that they are written 1e-7 stay as they are.
  if (!/^\d*$/.test(decimals) || !/^\d+$/.test(whole)) return String(share);
  const digits = decimals.padEnd(2, '0');
  const percents = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  return `${percents}${digits.length > 2 ? `.${digits.slice(2)}` : ''} %`;
}

const MAX_MILLICORES = 2_000_000;
const MAX_MIB = 64 * 1024 * 1024;

type Field = { label: string; description: string; required?: boolean };

/** `read` gives the number, or the sentence that says why there is none. What is `required` may be empty, but must be there. */
function quantity({ label, description, required }: Field, read: (text: string) => number | string) {
  const field = z.string(required ? `${label} cannot be empty.` : 'Give one value.');
  const given = field.meta({ ...AMOUNT, title: label, description });
  return (required ? given : given.default('')).transform((value, context) => {
    const text = value.trim();
    if (text === '') return null;
    const result = read(text);
    if (typeof result === 'number') return result;
    context.addIssue({ code: 'custom', message: result });
    return z.NEVER;
  });
}

/** `problem` gives what is wrong with the text, or null. */
function day(label: string, problem: (text: string) => string | null) {
  return z
    .string('Give one date.')
    .meta({ ...TEXT, title: label })
    .default('')
    .transform((value, context) => {
      const text = value.trim();
      const message = text === '' ? null : problem(text);
      if (message === null) return text === '' ? null : text;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });
}

/** “1,024 MiB” as amount and unit, the unit in small letters; no amount when it reads otherwise. */
function partsOf(text: string, units: RegExp): { amount: string | null; unit: string } {
  const plain = text.toLowerCase().replace(/(?<=\d),(?=\d{3}(\D|$))/g, '');
  const read = new RegExp(
    `^(\\d{1,15}(?:\\.\\d{0,30})?|\\.\\d{1,30}|\\d(?:\\.\\d{1,30})?e-\\d{1,3})\\s*(${units.source})?$`,
  ).exec(plain);
  return { amount: read?.[1] ?? null, unit: read?.[2] ?? '' };
}

/** A day of these times: another century is a slip of the hand. */
function isNearDay(text: string): boolean {
  return /^(19|20|21)\d\d-\d\d-\d\d$/.test(text) && isDay(text);
}
