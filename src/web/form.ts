import { z } from 'zod';
import { MAX_NAME } from '../domain/limits.js';

/** What a form's view needs: what was typed, and what is wrong with it by field. */
export type FormState = {
  values: Record<string, unknown>;
  errors: Record<string, string>;
  /** Set when somebody else saved first: their values by field, and who and when. */
  theirs?: {
    values: Record<string, unknown>;
    /** What this person opened the form with, and the fields whose new value was taken over from the others. */
    base: Record<string, unknown> | null;
    taken: string[];
    by: string;
    at: Date;
  };
};

export type FormResult<T> = { ok: true; data: T } | { ok: false; form: FormState };

/** Fields that are typed again rather than shown again. */
export const TYPED_AGAIN = ['_csrf', 'password', 'current'];

/** Reads a posted body once. Every field that is wrong is named; what was typed is given back as it was, but for passwords. */
export function readForm<T>(schema: z.ZodType<T>, body: unknown): FormResult<T> {
  const read = schema.safeParse(typeof body === 'object' && body !== null ? body : {});
  return read.success
    ? { ok: true, data: read.data }
    : { ok: false, form: withError(body, errorsOf(read.error)) };
}

/** The same page again with one more thing wrong that only the database could know: a name that is taken, say. */
export function withError(body: unknown, errors: Record<string, string>): FormState {
  return { values: typedIn(body), errors };
}

/** What was typed into a form, but for what is typed again. */
export function typedIn(body: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([field]) => !TYPED_AGAIN.includes(field)));
}

/** What a page with a form answers: 409 where somebody else saved first, 422 where something is wrong, else 200. */
export function statusOf(form: FormState): number {
  if (form.theirs) return 409;
  return Object.keys(form.errors).length > 0 ? 422 : 200;
}

function errorsOf(error: z.ZodError): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? 'form');
    errors[field] ??= issue.message;
  }
  return errors;
}

// ---- fields, as they arrive: strings, or nothing. What `meta` says stands in the OpenAPI document: programs may send numbers, true and null.

export const TEXT = { type: ['string', 'null'] };
export const AMOUNT = { type: ['string', 'number', 'null'] };
/** \p{Cc} as readers of schemas know it that know no properties of letters. */
const ONE_LINE = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$';
const TICK = { type: ['boolean', 'string', 'null'] };

/** One line of text, trimmed. */
export function line(label: string, { max = MAX_NAME, required = true } = {}) {
  const text = z
    .string(`${label} is missing.`)
    .trim()
    .max(max, `${label} is too long: ${max} characters at most.`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, `${label} holds a character that cannot be shown, a line break perhaps.`);
  return required
    ? text.min(1, `${label} cannot be empty.`).meta({ title: label, pattern: ONE_LINE })
    : text.meta({ ...TEXT, title: label, pattern: ONE_LINE }).default('');
}

/** Text of many lines, its line ends made one kind. What cannot be shown is left out: as JSON each such letter takes six. */
export function text(label: string, { max = 20_000, required = false } = {}) {
  const typed: z.ZodType<string> = required
    ? z.string(`${label} is missing.`).meta({ title: label, minLength: 1 })
    : z
        .string()
        .meta({ ...TEXT, title: label })
        .default('');
  return typed
    .transform((value) =>
      value
        .replace(/\r\n?/g, '\n')
        .replace(/[^\P{Cc}\n\t]/gu, '')
        .trim(),
    )
    .pipe(
      z
        .string()
        .min(required ? 1 : 0, `${label} cannot be empty.`)
        .max(max, {
          // Only when it is told: the first number that is formatted loads all that there is to know of languages.
          error: () => `${label} is too long: ${max.toLocaleString('en')} characters at most.`,
        }),
    );
}

/**
 * A field of text that programs may send as a list of its pieces, as they read it; `between` is what stands between them in the form.
 */
export function listed<T extends z.ZodType>(field: T, between: string) {
  return z
    .preprocess((value) => (Array.isArray(value) ? value.join(between) : value), field)
    .meta({ ...z.globalRegistry.get(field), type: ['string', 'array', 'null'], items: { type: 'string' } });
}

type Limits = { min?: number; max?: number; whole?: boolean };

/** A number or nothing; nothing means unknown. Takes 1,234.5 and 1234.5. */
export function optionalNumber(label: string, limits: Limits = {}) {
  return z
    .string()
    .meta({ ...AMOUNT, ...numberMeta(label, limits) })
    .default('')
    .transform(numberIn(label, limits));
}

/** A number that must be there. */
export function number(label: string, limits: Limits = {}) {
  return z
    .string(`${label} cannot be empty.`)
    .meta({ type: ['string', 'number'], ...numberMeta(label, limits), minLength: 1 })
    .transform(numberIn(label, limits))
    .transform((value, context) => {
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: `${label} cannot be empty.` });
      return z.NEVER;
    });
}

function numberIn(label: string, { min = 0, max = Number.MAX_SAFE_INTEGER, whole = false }: Limits) {
  return (value: string, context: z.RefinementCtx): number | null => {
    const plain = value.trim().replace(/(?<=\d),(?=\d{3}(\D|$))/g, '');
    if (plain === '') return null;
    const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
    const problem = wrongNumber(number, { min, max, whole });
    if (problem === null) return number;
    context.addIssue({ code: 'custom', message: `${label} must be ${problem}.` });
    return z.NEVER;
  };
}

function numberMeta(label: string, { min = 0, max = Number.MAX_SAFE_INTEGER, whole = false }: Limits) {
  return { title: label, minimum: min, maximum: max, ...(whole && { multipleOf: 1 }) };
}

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(label: string, words: T) {
  return z.enum(words, `${label} must be one of: ${words.join(', ')}.`).meta({ title: label });
}

/** A box: ticked, or not sent at all. */
export function tick() {
  return z
    .string()
    .meta(TICK)
    .optional()
    .transform((value) => value !== undefined && value !== '' && value !== 'off' && value !== 'false');
}

/** An http or https address, or nothing. */
export function webAddress(label: string) {
  return line(label, { max: 500, required: false }).refine(
    (value) => value === '' || isWebAddress(value),
    `${label} must be an address that begins with https:// or http://.`,
  );
}

export function isWebAddress(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

function wrongNumber(number: number, limits: { min: number; max: number; whole: boolean }): string | null {
  if (Number.isNaN(number))
    return limits.whole ? 'a whole number, for example 2' : 'a number, for example 2 or 0.5';
  if (limits.whole && !Number.isInteger(number)) return 'a whole number';
  if (number < limits.min) return `${limits.min.toLocaleString('en')} or more`;
  if (number > limits.max) return `${limits.max.toLocaleString('en')} or less`;
  return null;
}
