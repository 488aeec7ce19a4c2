import { z } from 'zod';
import type { Json, OpenApi } from './openapi.js';

type Schema = Json & {
  $ref?: string;
  anyOf?: Schema[];
  items?: Schema | false;
  properties?: Record<string, Schema>;
  required?: string[];
};
type Field = { way: string; isExplained: boolean };

/**
 * Holds answers against the schemas of the document, closed: a field that none of them names is a fault. Keeps which of their fields
 * have been seen, by the schema's name and the way within it.
 */
export function answerSchemasOf({ components }: OpenApi) {
  const schemas = closed(components.schemas) as Record<string, Schema>;
  const read = new Map<string, z.ZodType>();
  const seen = new Set<string>();

  const readerOf = (schema: Schema) => {
    const key = JSON.stringify(schema);
    const reader = read.get(key) ?? z.fromJSONSchema({ ...schema, $defs: schemas } as never);
    read.set(key, reader);
    return reader;
  };

  /** The fields that a schema names and the value has. */
  const look = (given: Schema, value: unknown, way: string) => {
    const name = nameIn(given);
    const [schema, at] = name ? [schemas[name] ?? {}, name] : [given, way];
    for (const one of schema.anyOf ?? []) if (readerOf(one).safeParse(value).success) look(one, value, at);
    if (Array.isArray(value)) for (const one of value) look(schema.items || {}, one, at);
    for (const [field, inner] of Object.entries(schema.properties ?? {})) {
      const held = Object(value)[field];
      if (held === undefined) continue;
      seen.add(`${at}.${field}`);
      look(inner, held, `${at}.${field}`);
    }
  };

  /** One that may be lacking is explained where it, or what it stands in, says when. */
  const fieldsOf = (schema: Schema, at: string): Field[] => [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
      const isExplained = schema.required?.includes(name) || Boolean(inner.description ?? schema.description);
      return [{ way: `${at}.${name}`, isExplained }, ...fieldsOf(inner, `${at}.${name}`)];
    }),
    ...[...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])].flatMap((one) => fieldsOf(one, at)),
  ];
  const fields = Object.entries(schemas).flatMap(([name, schema]) => fieldsOf(schema, name));

  return {
    /** What is wrong with an answer; undefined where nothing is. */
    faultsOf: (given: Json, answer: unknown) => {
      const schema = closed(given) as Schema;
      const { error } = readerOf(schema).safeParse(answer);
      if (!error) look(schema, answer, '');
      return error && z.prettifyError(error);
    },
    /** The fields that no answer had so far. */
    unseen: () => fields.map(({ way }) => way).filter((way) => !seen.has(way)),
    /** The fields that may be lacking, nobody knows when. */
    unexplained: () => fields.filter(({ isExplained }) => !isExplained).map(({ way }) => way),
  };
}

function nameIn({ $ref }: Schema): string | undefined {
  return $ref?.replace('#/$defs/', '');
}

/** Its objects take no field but their own; references lead to where zod looks for them. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const each = Object.entries(schema).map(([key, value]) => [
    key,
    key === '$ref' ? String(value).replace('#/components/schemas/', '#/$defs/') : closed(value),
  ]);
  const isObject = 'properties' in schema && 'type' in schema && schema.type === 'object';
  return { ...Object.fromEntries(each), ...(isObject && { additionalProperties: false }) };
}
