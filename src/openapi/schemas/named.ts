import { z } from 'zod';

/** The schemas of what is answered, by the names under which the document holds them. They describe: no answer is ever parsed. */
export const named = z.registry<{ id: string }>();

type Plain = string | number | boolean | null;

/** A type as it arrives through JSON: dates are texts, and what nobody knows the type of is a plain value. */
type Json<T> = unknown extends T
  ? Plain
  : T extends Date
    ? string
    : T extends object
      ? { [K in keyof T]: Json<T[K]> }
      : T;

/** Texts are any texts: a schema knows words where queries say string. */
type Wide<T> = T extends string ? string : T extends object ? { [K in keyof T]: Wide<T[K]> } : T;

/**
 * Names the schema of a type of the app's own: `schemaOf<PlanRow>()('PlanRow', z.object({…}))`. The compiler refuses it where a field is
 * too few, too many or of another type, and where null is forgotten.
 */
export function schemaOf<T>() {
  return <S extends z.ZodType<Json<T>>>(id: string, schema: Json<T> extends Wide<z.output<S>> ? S : never) =>
    nameIt(id, schema as S);
}

/** Names what has no type of its own in the app: a page, as a controller puts it together. */
export function nameIt<S extends z.ZodType>(id: string, schema: S): S {
  named.add(schema, { id });
  return schema;
}

export const plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const id = z.int().min(1);
export const count = z.int().min(0);
export const moment = z.iso.datetime();
export const known = z.number().nullable().describe('null is unknown, never 0.');
export const texts = z.array(z.string());
