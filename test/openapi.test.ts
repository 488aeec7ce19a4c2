import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isForBrowsers } from '../src/auth/auth.js';
import { operationOf } from '../src/openapi/operations.js';
import { app, signedIn, useApp, visitor } from './support/app.js';
import { exampleOf, idsOf, type Json, type OpenApi, operationsIn } from './support/openapi.js';
import { aProgram } from './support/program.js';
import { routesOf } from './support/routes.js';

useApp();

let program: Awaited<ReturnType<typeof aProgram>>;
let person: Awaited<ReturnType<typeof signedIn>>['person'];
let document: OpenApi;

const described = () => operationsIn(document);

beforeAll(async () => {
  person = (await signedIn('admin')).person;
  program = await aProgram(person);
  document = (await program.get('/openapi.json')).body;
});

describe('the OpenAPI document', () => {
  test('is read by who may read', async () => {
    const viewer = await aProgram((await signedIn('viewer')).person, 'read');
    expect((await viewer.get('/openapi.json')).body).toEqual(document);
    expect((await (await visitor()).get('/openapi.json')).status).toBe(303);
  });

  test('holds every route that is drawn, with its method and the parameters of its path, and nothing else', () => {
    const drawn = routesOf(app).map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(
      described()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual(drawn.sort());
    for (const { path, operation } of described()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(named);
      expect(
        inPath.every(({ required, schema }) => required && schema.type === 'string' && schema.pattern),
      ).toBe(true);
    }
  });

  test('is OpenAPI 3.1 in the essentials: every reference resolves, every id is there once', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    const ids = described().map(({ operation }) => operation.operationId);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const { path, operation } of described()) {
      expect(path).toMatch(/^\//);
      expect(operation.summary.length, path).toBeGreaterThan(3);
      expect(Object.keys(operation.responses).every((code) => /^([1-5]\d\d|default)$/.test(code))).toBe(true);
      for (const answer of Object.values(operation.responses)) {
        expect(typeof (answer.$ref ?? answer.description), path).toBe('string');
      }
      const asked = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(asked).size, path).toBe(asked.length);
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) =>
      String(to),
    );
    expect(references.length).toBeGreaterThan(20);
    for (const to of new Set(references)) {
      const target = to
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => Object(at)[key], document);
      expect(target, to).toBeTypeOf('object');
    }
  });

  test('asks for a token everywhere but at a browser’s addresses, which take none', () => {
    expect(document.security).toEqual([{ token: [] }]);
    for (const { path, operation } of described()) {
      expect(operation.tags.includes('browser'), path).toBe(isForBrowsers(path));
    }
  });

  test('names for every list how it is searched, sorted, filtered and read on', () => {
    const lists = described().filter(({ operation }) =>
      operation.parameters.some(({ name }) => name === 'sort'),
    );
    expect(lists.length).toBe(11);
    for (const { operation } of lists) {
      const names = operation.parameters.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['q', 'sort', 'after', 'before', 'format']));
    }
    const parts = document.paths['/plans/{planId}/parts']?.get?.parameters.map(({ name }) => name);
    expect(parts).toEqual(expect.arrayContaining(['kind', 'runs', 'technology', 'team']));
  });

  test('names the fields of every write that takes some: each example is taken as it stands', async () => {
    const ids = await idsOf(person, program);
    const written = described().filter(({ operation }) => operation.requestBody);
    expect(written.length).toBeGreaterThan(15);
    for (const { path, method, operation } of written) {
      const { schema } = operation.requestBody?.content['application/json'] ?? { schema: {} };
      const given = (await exampleOf(program, { path, operation }, ids)) ?? {};
      const accepts = z.fromJSONSchema({ ...schema, $defs: {}, ...filesIn(schema) } as never);
      expect({ path, error: accepts.safeParse(given).error }).toEqual({ path, error: undefined });
      expect(accepts.safeParse({ ...given, isAdmin: true }).success, path).toBe(false);
      const at = path.replace(/\{(\w+)\}/g, (_all, name: string) => String(ids[name]));
      const unknown = await program[method as 'post'](at, { ...given, isAdmin: true });
      expect({ path, status: unknown.status }).toEqual({ path, status: 422 });
      expect(unknown.body.message).toContain('“isAdmin”');
      const done = await program[method as 'post'](at, given);
      const code = operation.responses[201] ? 201 : 200;
      expect({ path, status: done.status, body: done.status < 300 || done.body }).toEqual({
        path,
        status: code,
        body: true,
      });
    }
  });

  test('says of each form which fields must be there, as the form does', () => {
    for (const { path, method } of routesOf(app)) {
      const form = operationOf(method, path)?.form;
      if (!form) continue;
      const body = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method]?.requestBody;
      const listed = (body?.content['application/json']?.schema.required ?? []) as string[];
      const required = listed.filter((name) => name !== 'version');
      const missing = form.safeParse({}).error?.issues.map((issue) => String(issue.path[0])) ?? [];
      // What an entry begins with may be one text or many, so that its own check says it is missing.
      expect({ path, required: required.sort() }).toEqual({
        path,
        required: missing.filter((name) => name !== 'parts').sort(),
      });
    }
  });
});

/** The one reference that a schema of a form holds, resolved. */
function filesIn(schema: Json): Json {
  const { files, ...properties } = schema.properties as Json;
  const file = Object(document.components.schemas).File;
  return { properties: { ...properties, ...(files ? { files: { type: 'array', items: file } } : {}) } };
}
