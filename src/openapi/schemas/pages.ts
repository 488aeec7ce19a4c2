import { z } from 'zod';
import type { FormState } from '../../web/form.js';
import type { ListRequest, ListShape } from '../../web/list.js';
import type { Told } from '../../web/told.js';
import { count, moment, nameIt, schemaOf, texts } from './named.js';

const title = z.string();

/** A page by its name: its title, and what stands beside it. One with a form says what is wrong in it as errors do, too. */
export function page<T extends z.ZodRawShape>(name: string, content: T) {
  return nameIt(name, z.object({ title, ...content, ...('form' in content && refused) }));
}

const ifRefused = 'Where something is wrong.';
const refused = {
  status: z.int().optional().describe(ifRefused),
  message: z.string().optional().describe(ifRefused),
};

// ---- lists

const links = schemaOf<{ next: string | null; previous: string | null; csv: string; json: string }>()(
  'Links',
  z.object({
    next: z.string().nullable().describe('The rows that follow, if any.'),
    previous: z.string().nullable().describe('The rows before, if any.'),
    csv: z.string().describe('All of what was searched and filtered, as a table.'),
    json: z.string().describe('All of what was searched and filtered, in one answer.'),
  }),
);

/** A list: what was asked for, its rows, the addresses to read on at. */
export function listPage(
  name: string,
  row: z.ZodType,
  { filters }: ListShape<string>,
  content: z.ZodRawShape = {},
) {
  const asked = schemaOf<ListRequest<string>>()(
    `${name}Request`,
    z.object({
      search: z.string(),
      filters: z.object(fieldsOf(filters, z.string())) as z.ZodType<Record<string, string>>,
      sort: z.string(),
      after: z.string().optional().describe('Where it was asked for.'),
      before: z.string().optional().describe('Where it was asked for.'),
      size: count,
    }),
  );
  const readOn = links.optional().describe('Not with `format=json`, which answers all rows at once.');
  return page(name, { ...content, list: asked, rows: z.array(row), links: readOn });
}

function fieldsOf<T extends z.ZodType>(names: readonly string[], schema: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, schema]));
}

// ---- forms

const typed = nameIt('Typed', z.union([z.string(), texts]));
const typedByField = z.record(z.string(), typed);

const ERRORS = z.record(z.string(), z.string()).describe('What is wrong, by field.');
const VALUES = 'What one would send, or sent: all fields that have a value.';

/** A form of a record: what it holds and what is wrong with it. `fields` are what may be sent. */
export function formState(name: string, fields: readonly string[]) {
  const values = z.object(fieldsOf([...fields, 'version', 'base'], typed.optional())).describe(VALUES);
  const late = theirs.optional().describe('Where somebody else saved first.');
  return nameIt(name, z.object({ values, errors: ERRORS, theirs: late }));
}

/** A form of what is no record yet: nobody else can save it. As it begins it holds numbers out of its address. */
export function firstFormState(name: string, fields: readonly string[]) {
  const begun = z.union([...typed.options, z.number(), z.null()]);
  const values = z.object(fieldsOf(fields, begun.optional())).describe(VALUES);
  return nameIt(name, z.object({ values, errors: ERRORS }));
}

const theirs = schemaOf<
  Omit<NonNullable<FormState['theirs']>, 'values' | 'base'> & {
    values: Record<string, string>;
    base: Record<string, string | string[]> | null;
  }
>()(
  'Theirs',
  z.object({
    values: z.record(z.string(), z.string()).describe('The record as it stands now.'),
    base: typedByField.nullable().describe('What was sent as `base`.'),
    taken: texts.describe('The fields whose new value was taken over into the form.'),
    by: z.string(),
    at: moment,
  }),
);

// ---- what a write answers

export const written = schemaOf<Told>()(
  'Written',
  z.object({
    location: z.string().describe('The address to go on with, as in the header.'),
    message: z.string(),
    undo: z.string().optional().describe('Of a deletion: the address to post to, should it be undone.'),
  }),
);

const problem = { title, status: z.int(), message: z.string() };
export const error = nameIt('Error', z.object(problem));
export const notWritten = nameIt(
  'NotWritten',
  z.object({ ...problem, location: z.string().describe('The address to look at.') }),
);

// ---- what is no page

export const health = nameIt(
  'Health',
  z.object({
    status: z.enum(['ok', 'not ready']),
    database: z.enum(['answers', 'does not answer']),
    migrations: z.string().optional().describe('Where the database answers: “applied”, or which are not.'),
    milliseconds: count.optional().describe('Where the database answers.'),
  }),
);

export const file = nameIt('File', z.strictObject({ name: z.string().min(1), text: z.string() }));
