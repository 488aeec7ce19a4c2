import { availabilityText } from './quantities.js';

/** How numbers and times are written, the same everywhere. Unknown (null) is always said, never shown as 0. */

export function integer(value: number | null): string {
  return number(value, 0);
}

export function number(value: number | null, digits = 2): string {
  return value === null ? 'unknown' : formatter(0, digits).format(value);
}

export function usd(value: number | null): string {
  if (value === null) return 'unknown';
  // A price by the hour comes to a tenth of a cent a month; rounded in a table, the rows would not add up.
  const digits = Number.isInteger(Number((value * 100).toFixed(6))) ? 2 : 3;
  return `$${formatter(digits, digits).format(value)}`;
}

const formatters: Record<string, Intl.NumberFormat> = {};

/** Kept, one for each number of digits: a formatter takes a hundred times as long to make as to use. */
function formatter(least: number, most: number): Intl.NumberFormat {
  formatters[`${least}-${most}`] ??= new Intl.NumberFormat('en', {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  });
  return formatters[`${least}-${most}`]!;
}

/** A computed availability, from its complement, which keeps its precision near 1: as many digits as it has nines, and one more. */
export function unavailability(value: number | null): string {
  if (value === null) return 'unknown';
  if (value === 0) return '100 %';
  const digits = Math.min(12, Math.max(2, Math.ceil(-Math.log10(value)) + 1));
  return `${(100 - value * 100).toFixed(digits - 1)} %`;
}

/** An availability as somebody stated it, no digit added and none beyond the sixth: 0.9995 -> 99.95 %. */
export function statedAvailability(value: number | null): string {
  return value === null ? 'unknown' : availabilityText(Number(value.toFixed(8)));
}

/** Minutes as people say them: 15.4 min, 4 h 48 min, 26 s. */
export function minutes(value: number | null): string {
  if (value === null) return 'unknown';
  if (value === 0) return '0 min';
  if (value * 60 < 0.1) return 'under 0.1 s';
  if (value < 1) return `${significant(value * 60)} s`;
  if (value < 120) return `${significant(value)} min`;
  return Math.round(value) >= 48 * 60 ? `${significant(value / 60)} h` : hoursAndMinutes(value);
}

/** Minutes that are held against each other, those of an hour and more all written one way: 1 h 48 min beside 3 h 57 min, not 108 min. */
export function minutesAlike(values: (number | null)[]): string[] {
  const largest = Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => {
    if (value === null || value < 60 || largest < 120) return minutes(value);
    return Math.round(largest) >= 48 * 60 ? `${significant(value / 60)} h` : hoursAndMinutes(value);
  });
}

export function memory(mib: number | null): string {
  if (mib === null) return 'unknown';
  return mib >= 1024 ? `${number(mib / 1024, 2)} GiB` : `${number(mib, 0)} MiB`;
}

export function cpu(millicores: number | null): string {
  return millicores === null ? 'unknown' : `${number(millicores / 1000, 3)} CPU`;
}

export function date(value: Date | string): string {
  return (typeof value === 'string' ? new Date(value) : value).toISOString().slice(0, 10);
}

export function dateTime(value: Date | string): string {
  return `${new Date(value).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** 1 part, 2 parts; unknown parts. */
export function count(value: number | null, one: string, many = `${one}s`): string {
  return `${integer(value)} ${value === 1 ? one : many}`;
}

function hoursAndMinutes(value: number): string {
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} h ${whole % 60} min`;
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(1) : value.toPrecision(1);
}

/** How long one waits, from seconds: “a second”, “8 seconds”, “9 minutes”. */
export function wait(seconds: number): string {
  if (seconds > 90) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds === 1 ? 'a second' : `${seconds} seconds`;
}
