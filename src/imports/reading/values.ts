import type { Fault } from '../model.js';
import { placeOf } from './places.js';

export type Values = Record<string, unknown>;

export function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text, or what YAML took for a number or a boolean where text was meant (`image: 8`); undefined for anything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/**
 * Takes values out of mappings by type. Absent and null are undefined ([] for lists); a wrong type is undefined too and leaves a
 * fault that names the path (`services.web.ports must be a list, is a number`) and the line.
 * `where` is the path of the mapping, `services.web`.
 */
export function mappingAt(
  from: Values,
  key: string,
  where: string,
  faults: Fault[],
  expected = 'a mapping',
): Values | undefined {
  const value = from[key] ?? undefined;
  if (value === undefined || isMapping(value)) return value;
  faults.push(wrongType(from, key, where, expected));
}

export function listAt(from: Values, key: string, where: string, faults: Fault[]): unknown[] {
  const value = from[key] ?? [];
  if (Array.isArray(value)) return value;
  faults.push(wrongType(from, key, where, 'a list'));
  return [];
}

export function textAt(from: Values, key: string, where: string, faults: Fault[]): string | undefined {
  const value = from[key] ?? undefined;
  const text = asText(value);
  if (value !== undefined && text === undefined) faults.push(wrongType(from, key, where, 'text'));
  return text;
}

/** A whole number of 0 or more; also where it stands in quotes, as variables leave it (an unset one leaves "", which is absent). */
export function countAt(from: Values, key: string, where: string, faults: Fault[]): number | undefined {
  const value = from[key] ?? '';
  if (value === '') return undefined;
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= MAX_COUNT) return count;
  faults.push(wrongType(from, key, where, `a whole number from 0 to ${MAX_COUNT}`));
}

/** More copies than any cluster runs (Kubernetes is tested to 300,000 containers); beyond it a slip of the hand. */
const MAX_COUNT = 100_000;

/** true and false, and the words YAML 1.1 had for them (`yes`, `off`); undefined for anything else. */
export function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (/^(?:true|yes|on|y)$/i.test(value)) return true;
  return /^(?:false|no|off|n)$/i.test(value) ? false : undefined;
}

/** A fault at the place of a value: its path, what it must be, what it is. */
export function wrongType(
  container: object,
  key: string | number,
  where: string,
  expected: string,
  file = '',
): Fault {
  const value = (container as Record<string | number, unknown>)[key];
  const isIndex = typeof key === 'number' || key.startsWith('[');
  const step = typeof key === 'number' ? `[${key}]` : key;
  const path = where === '' ? step : `${where}${isIndex ? '' : '.'}${step}`;
  const place = placeOf(container, key);
  return {
    message: `${path} must be ${expected}, is ${described(value)}${spaceMissing(value, expected)}.`,
    file: place?.file ?? file,
    line: place?.line,
    column: place?.column,
  };
}

/** Without a space behind it neither a dash nor a colon is one: what was meant as a list or a mapping is a text. */
function spaceMissing(value: unknown, expected: string): string {
  if (typeof value !== 'string') return '';
  if (/\blist\b/.test(expected) && /^-[^\s-]/.test(value))
    return ': a "-" needs a space behind it to begin an item';
  const isKey = /\bmapping\b/.test(expected) && /^[A-Za-z_][\w.-]*:[^\s/]/.test(value);
  return isKey ? ': a space is missing behind the colon of its key' : '';
}

/** What a value is, in words: `a list`, `a number (80)`, `text ("high")`. */
export function described(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return `a number (${value})`;
  if (typeof value === 'boolean') return `${value}`;
  if (typeof value !== 'string') return 'a mapping';
  return `text (${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)})`;
}

export const BYTES_PER_MIB = 2 ** 20;

/** A size as Compose writes it, in MiB: `512M`, `2g`, `10000Mb`, `10000` (bytes) are powers of 1024 in any case. Null: no size. */
export function composeMib(value: unknown): number | null {
  const [, amount, unit] =
    /^(\d{1,18}(?:\.\d{1,9})?) ?([kmgtp]?)i?b?$/i.exec(asText(value)?.trim() ?? '') ?? [];
  if (amount === undefined) return null;
  return (Number(amount) * 1024 ** ' kmgtp'.indexOf(unit?.toLowerCase() || ' ')) / BYTES_PER_MIB;
}

/**
 * A quantity as Kubernetes writes it, in its base unit (bytes, cores, pieces): `Mi` is 2^20, `M` is 10^6, `m` a thousandth,
 * `1e3` a thousand. Null: no quantity.
 */
export function kubernetesQuantity(value: unknown): number | null {
  const [, amount, unit = ''] =
    /^([+-]?(?:\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(?:[eE][+-]?\d{1,2})?)([numkKMGTPE]i?)?$/.exec(
      asText(value)?.trim() ?? '',
    ) ?? [];
  const factor = KUBERNETES_UNITS[unit];
  return amount === undefined || factor === undefined ? null : Number(amount) * factor;
}

const KUBERNETES_UNITS: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
