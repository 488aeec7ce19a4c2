import { z } from 'zod';
import { line } from '../web/form.js';

const MAX_CHARACTERS = 150_000;

export const entryForm = z.object({
  name: line('Name'),
  parts: z
    .union([z.string(), z.array(z.string())])
    .default('')
    .transform((value) => partNamesIn(value))
    .refine((names) => names.length > 0, 'An entry calls at least one part first.')
    .refine(
      (names) => names.join('\n').length <= MAX_CHARACTERS,
      'Those are more parts than one entry can hold.',
    ),
});

export type EntryInput = z.infer<typeof entryForm>;

/** A record as the form shows it. */
export function entryValues(entry: { name: string; parts: { name: string }[] }): Record<string, string> {
  return { name: entry.name, parts: entry.parts.map((part) => part.name).join('\n') };
}

/** The part names in what was posted: one ticked box, several, or a text of one name a line. Each once, in their order. */
export function partNamesIn(value: unknown): string[] {
  const texts = Array.isArray(value) ? value : [value];
  const names = texts.flatMap((text) =>
    typeof text === 'string' ? text.replaceAll('\0', '').split(/\r?\n/) : [],
  );
  return [...new Set(names.map((name) => name.trim()).filter(Boolean))];
}
