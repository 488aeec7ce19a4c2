import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PART_KINDS } from '../../src/domain/model.js';
import { readPlanJson } from '../../src/imports/plan-json/plan-json.js';
import { planJsonSchema } from '../../src/imports/plan-json/plan-schema.js';

type JsonSchema = {
  $schema?: string;
  type?: string;
  enum?: string[];
  required?: string[];
  additionalProperties?: boolean;
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
};

const schema = planJsonSchema() as JsonSchema;
const part = schema.properties?.parts?.items;

test('the schema is JSON Schema 2020-12, plain data, and the same each time', () => {
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(JSON.parse(JSON.stringify(schema))).toEqual(planJsonSchema());
});

test('it asks for a list of parts, and of a part for a name and a kind', () => {
  expect(schema.required).toEqual(['parts']);
  expect(part?.required).toEqual(['name', 'kind']);
  expect(part?.properties?.kind?.enum).toEqual([...PART_KINDS]);
  expect(schema.additionalProperties).toBe(false);
});

test('every key is described in words, the names of names apart', () => {
  const bare: string[] = [];
  const walk = (node: JsonSchema, path: string) => {
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      if (child.description === undefined) bare.push(`${path}.${key}`);
      walk(child, `${path}.${key}`);
      if (child.items) walk(child.items, `${path}.${key}[]`);
    }
  };
  walk(schema, '');
  expect(bare).toEqual([]);
});

test('a schema validator made from it and the reader agree on which parts are whole', () => {
  const fromSchema = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const odd = fc.constantFrom<unknown>('web', 0, 1, 0.5, -1, 99.95, null, true, 'machine', [], '');
  const parts = fc.array(
    fc.record(
      {
        name: fc.constantFrom<unknown>('a', '', 7),
        kind: fc.constantFrom<unknown>(...PART_KINDS, 'thing', 1),
        replicas: odd,
        availability: odd,
        runs: odd,
        spread: odd,
        technology: odd,
      },
      { requiredKeys: ['name', 'kind'] },
    ),
    { maxLength: 1 },
  );
  fc.assert(
    fc.property(parts, (list) => {
      const plan = { parts: list };
      const read = readPlanJson([{ name: 'plan.json', text: JSON.stringify(plan) }], {});
      expect(read.ok).toBe(fromSchema.safeParse(plan).success);
    }),
  );
});
