import { MAX_EVIDENCE, MAX_NAME, MAX_TECHNOLOGY } from '../../domain/limits.js';
import type { Plan } from '../../domain/model.js';
import type { Fault } from '../model.js';

/**
 * A fault for each name of the plan that is longer than the forms take, or holds a control character or half of a surrogate pair, which
 * YAML and JSON can write (`"a\0"`, `"\ud83d"`) and neither a page nor the database can take.
 */
export function unwritable(plan: Plan, file: string): Fault[] {
  const names: Named[] = [
    ['The name of the plan', plan.name, MAX_NAME],
    ['The name of the machine type', plan.machineType?.name, MAX_NAME],
    ...plan.parts.map(({ name }): Named => ['The name of the part', name, MAX_NAME]),
    ...plan.parts.map(
      ({ name, technology }): Named => [`The technology of ${shown(name)},`, technology, MAX_TECHNOLOGY],
    ),
    ...plan.connections.map(
      ({ from, to, evidence }): Named => [
        `What the connection from ${shown(from)} to ${shown(to)} was concluded from,`,
        evidence,
        MAX_EVIDENCE,
      ],
    ),
    ...plan.entries.map(({ name }): Named => ['The name of the entry', name, MAX_NAME]),
    ...plan.extraCosts.map(({ label }): Named => ['The label of the extra cost', label, MAX_NAME]),
  ];
  return names.flatMap(([what, name, most]) => {
    if (!name) return [];
    if (name.length > most) {
      const length = `has ${name.length.toLocaleString('en')} characters, more than the ${most} that are kept`;
      return [{ message: `${what} ${shown(name)} ${length}. Shorten it.`, file }];
    }
    if (!UNWRITABLE.test(name)) return [];
    return [{ message: `${what} ${shown(name)} holds a character that cannot be shown. Take it out.`, file }];
  });
}

type Named = [what: string, name: string | null | undefined, most: number];

/** Control characters and halves of surrogate pairs. */
export const UNWRITABLE = /[\p{Cc}\p{Cs}]/u;

/** `a\u0000b`, its odd characters as numbers. */
export function shown(name: string): string {
  const code = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `“${name.slice(0, 100).replace(/[\p{Cc}\p{Cs}]/gu, code)}${name.length > 100 ? '…' : ''}”`;
}
