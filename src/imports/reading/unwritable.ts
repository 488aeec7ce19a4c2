import type { Plan } from '../../domain/model.js';
import type { Fault } from '../model.js';

/**
 * A fault for each name of the plan that holds a control character or half of a surrogate pair, which YAML and JSON can write (`"a\0"`,
 * `"\ud83d"`) and neither a page nor the database can take.
 */
export function unwritable(plan: Plan, file: string): Fault[] {
  const names: [what: string, name: string | null | undefined][] = [
    ['The name of the plan', plan.name],
    ['The name of the machine type', plan.machineType?.name],
    ...plan.parts.map(({ name }): [string, string] => ['The name of the part', name]),
    ...plan.parts.map(({ name, technology }): [string, string | null] => [
      `The technology of ${shown(name)},`,
      technology,
    ]),
    ...plan.connections.map(({ from, to, evidence }): [string, string | undefined] => [
      `What the connection from ${shown(from)} to ${shown(to)} was concluded from,`,
      evidence,
    ]),
    ...plan.entries.map(({ name }): [string, string] => ['The name of the entry', name]),
    ...plan.extraCosts.map(({ label }): [string, string] => ['The label of the extra cost', label]),
  ];
  return names.flatMap(([what, name]) =>
    name && UNWRITABLE.test(name)
      ? [{ message: `${what} ${shown(name)} holds a character that cannot be shown. Take it out.`, file }]
      : [],
  );
}

/** Control characters and halves of surrogate pairs. */
export const UNWRITABLE = /[\p{Cc}\p{Cs}]/u;

/** `a\u0000b`, its odd characters as numbers. */
export function shown(name: string): string {
  const code = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `“${name.slice(0, 100).replace(/[\p{Cc}\p{Cs}]/gu, code)}”`;
}
