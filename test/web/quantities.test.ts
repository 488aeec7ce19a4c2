import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  availabilityText,
  cpuText,
  memoryText,
  optionalAvailability,
  optionalCpu,
  optionalDay,
  optionalMemory,
  optionalRoughDay,
} from '../../src/web/quantities.js';

const cpu = optionalCpu('CPU');
const memory = optionalMemory('Memory');
const availability = optionalAvailability('Availability');

describe('quantities as people write them', () => {
  test.each([
    ['500m', 500],
    ['0.5', 500],
    ['0.5 CPU', 500],
    ['.25', 250],
    ['2 cores', 2000],
    ['1,500m', 1500],
    ['128 CPU', 128_000],
    ['0', 0],
    ['', null],
  ])('CPU %o is %o millicores', (text, millicores) => {
    expect(cpu.parse(text)).toBe(millicores);
  });

  test.each([
    ['lots', 'an amount like 500m or 0.5'],
    ['-1', 'an amount like 500m or 0.5'],
    ['500', 'write 500m for millicores or 500 CPU'],
    ['0.5m', '1m is the least there is'],
    ['9000 CPU', 'more than any machine has'],
  ])('CPU %o is refused', (text, words) => {
    expect(cpu.safeParse(text).error?.issues[0]?.message).toContain(words);
  });

  test.each([
    ['512', 512],
    ['512Mi', 512],
    ['512 MB', 512],
    ['1.5 GiB', 1536],
    ['1.5g', 1536],
    ['1,024', 1024],
    ['512 KiB', 0.5],
    ['2 TiB', 2_097_152],
    [' ', null],
  ])('memory %o is %o MiB', (text, mib) => {
    expect(memory.parse(text)).toBe(mib);
  });

  test.each([['a bit'], ['1 PiB'], ['536870912']])('memory %o is refused', (text) => {
    expect(memory.safeParse(text).success).toBe(false);
  });

  test.each([
    ['99.95', 0.9995],
    ['99.95 %', 0.9995],
    ['99.95%', 0.9995],
    ['0.9995', 0.9995],
    ['100', 1],
    ['1', 1],
    ['0.5 %', 0.005],
    ['', null],
  ])('availability %o is %o', (text, share) => {
    expect(availability.parse(text)).toBe(share);
  });

  test.each([['100.1'], ['-1'], ['five nines']])('availability %o is refused', (text) => {
    expect(availability.safeParse(text).error?.issues[0]?.message).toContain('a percentage like 99.95 %');
  });

  test('what a field shows reads as the very number it was', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(share, (value) => availability.parse(availabilityText(value)) === Math.abs(value)));
    const mib = fc.double({ min: 1e-6, max: 1e7, noNaN: true });
    fc.assert(fc.property(mib, (value) => memory.parse(memoryText(value)) === value));
    const millicores = fc.integer({ min: 0, max: 2_000_000 });
    fc.assert(fc.property(millicores, (value) => cpu.parse(cpuText(value)) === value));
  });

  test('a day must be one of the calendar', () => {
    const day = optionalDay('Last checked');
    expect(day.parse('2024-02-29')).toBe('2024-02-29');
    expect(day.parse('')).toBeNull();
    for (const wrong of ['2026-02-29', '22.11.2026', '0001-01-01'])
      expect(day.safeParse(wrong).success).toBe(false);
  });

  test('a rough day may lack its day or its month', () => {
    const day = optionalRoughDay('Date of the price');
    for (const known of ['2026', '2026-07', '2026-07-20']) expect(day.parse(known)).toBe(known);
    expect(day.parse(' ')).toBeNull();
    for (const wrong of ['2026-13', '2026-02-30', '26', '2026-', 'July'])
      expect(day.safeParse(wrong).success).toBe(false);
  });
});
