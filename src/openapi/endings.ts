import type { z } from 'zod';
import { error, notWritten, written } from './schemas/pages.js';

/** What a route answers, by status, in words and as one of these schemas. What goes wrong alike everywhere is left to the document. */
export type Answers = Record<number, Ending>;
type Ending = { description: string; schemas: readonly z.ZodType[] };

export const WRITTEN: Ending = { description: 'It is written.', schemas: [written] };

export function read(schema: z.ZodType): Answers {
  return { 200: { description: 'What is asked for.', schemas: [schema] } };
}

/** A field is wrong, or something that is no field: what cannot be read, a field that there is none of. */
export function wrong(...forms: z.ZodType[]): Ending {
  const where = forms.length > 0 ? ', and `form.errors` by field' : '';
  return { description: `Something is wrong: \`message\` says what${where}.`, schemas: [...forms, error] };
}

export function savedFirst(form: z.ZodType): Ending {
  return {
    description: 'Somebody else saved first: their values are in `form.theirs`.',
    schemas: [form],
  };
}

export function meanwhile(what: string): Ending {
  return { description: `Nothing is written: ${what}`, schemas: [notWritten] };
}
