import type { Application, RequestHandler } from 'express';
import { z } from 'zod';
import { isForBrowsers, readers, signedIn } from '../auth/auth.js';
import { answersOf } from './answers.js';
import { type Operation, operationOf } from './operations.js';
import { named } from './schemas/named.js';
import { error, file, written } from './schemas/pages.js';

type Json = Record<string, unknown>;
type Drawn = { method: string; path: string; isWalled: boolean; isForVisitors: boolean };

const VERSION = '3.1.0';
const BROWSER: Operation = { summary: 'For people at a browser: no token is taken here' };

/** The OpenAPI document of all routes that are drawn, with what `operations.ts` says of them and the forms' own schemas. */
export function documentOf(app: Application) {
  const paths: Record<string, Json> = {};
  for (const route of routesOf(app)) {
    const { method, path } = route;
    const operation = operationOf(method, path) ?? (isForBrowsers(path) ? BROWSER : undefined);
    if (!operation) continue;
    const address = path.replace(/:(\w+)/g, '{$1}');
    paths[address] = { ...paths[address], [method]: described(route, operation) };
  }
  return {
    openapi: VERSION,
    info,
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags,
    paths,
    components: { securitySchemes, responses, schemas: namedSchemas() },
  };
}

type Layer = {
  handle: RequestHandler;
  route?: { path: string; methods: Record<string, boolean>; stack: unknown[] };
};

/** Visitors read home, and what stands between the two walls where the settings say so. */
function routesOf(app: Application): Drawn[] {
  const { stack } = app.router as unknown as { stack: Layer[] };
  const wallOf = (wall: RequestHandler) => stack.findIndex(({ handle }) => handle === wall);
  const [readable, closed] = [wallOf(readers), wallOf(signedIn)];
  const isReadable = (i: number) => app.get('public read') === true && i > readable && i < closed;
  return stack.flatMap(({ route }, i) =>
    Object.keys(route?.methods ?? {}).map((method) => {
      const path = String(route?.path);
      const isWalled = Number(route?.stack.length) > 1;
      return { method, path, isWalled, isForVisitors: path === '/' || isReadable(i) };
    }),
  );
}

function described(route: Drawn, operation: Operation): Json {
  const { path } = route;
  const isBrowsers = isForBrowsers(path);
  return {
    operationId: idOf(route),
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    tags: [isBrowsers ? 'browser' : (path.split('/')[1] ?? '').replace(/\..*/, '') || 'home'],
    ...((isBrowsers || path === '/healthz') && { security: [] }),
    ...(route.isForVisitors && { security: [{ token: [] }, {}] }),
    parameters: [...inPath(path), ...inQuery(route, operation)],
    ...(operation.form && { requestBody: bodyOf(operation) }),
    responses: {
      ...told(route, operation),
      ...(!isBrowsers && refusalsOf(route)),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** How it ends where the token is none, may not, or asks for nothing that is there. */
function refusalsOf({ path, isWalled }: Drawn): Json {
  if (path === '/healthz') return {};
  const response = (name: string) => ({ $ref: `#/components/responses/${name}` });
  return {
    401: response('NoToken'),
    ...(isWalled && { 403: response('MayNot') }),
    ...((path.includes(':') || path === '/comparison') && { 404: response('NotThere') }),
  };
}

/** `get /plans/:planId/parts` -> getPlansPlanIdParts: long, and never twice. */
function idOf({ method, path }: Drawn): string {
  const words = path.match(/\w+/g) ?? ['home'];
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function inPath(path: string): Json[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  return names.map((name) => ({
    name,
    in: 'path',
    required: true,
    description: 'The number finds the record; words after it are for people.',
    schema: { type: 'string', pattern: '^[0-9]{1,10}(-.*)?$', examples: ['17', '17-one-dyno'] },
    ...(name === 'provider' && PROVIDER),
  }));
}

const PROVIDER = { description: 'One that is set up.', schema: { type: 'string', pattern: '^[a-z]+$' } };

function inQuery({ method }: Drawn, { list, query = {}, type }: Operation): Json[] {
  const isPage = method === 'get' && type === undefined;
  return [
    ...(list ? listQuestions(list.sorts, list.filters) : []),
    ...Object.entries(query).map(([name, description]) => question(name, description)),
    ...(isPage
      ? [question('format', 'JSON, whatever the Accept header says.', list ? FILES : ['json'])]
      : []),
  ];
}

const FILES = ['json', 'csv'];

function listQuestions(sorts: readonly string[], filters: readonly string[]): Json[] {
  const names = sorts.map((sort) => sort.replace(/^-/, ''));
  return [
    question('q', 'Words to search for.'),
    question(
      'sort',
      `By what; with a minus, downward. Else ${sorts[0]}.`,
      names.flatMap((name) => [name, `-${name}`]),
    ),
    ...filters.map((name) => question(name, 'Only those of this.')),
    question('after', 'The rows that follow: as `links.next` says.'),
    question('before', 'The rows before: as `links.previous` says.'),
  ];
}

function question(name: string, description: string, words?: string[]): Json {
  return { name, in: 'query', description, schema: { type: 'string', ...(words && { enum: words }) } };
}

function bodyOf(operation: Operation): Json {
  const schema = formSchemaOf(operation);
  const example = { ...operation.example, ...(operation.isUpdate && { version: 1 }) };
  const json = { schema, ...(Object.keys(example).length > 0 && { example }) };
  const upload = { ...schema, properties: { ...(schema.properties as Json), files: UPLOADS } };
  return {
    required: true,
    content: {
      'application/json': json,
      'application/x-www-form-urlencoded': { schema },
      ...(operation.takesFiles && { 'multipart/form-data': { schema: upload } }),
    },
  };
}

const UPLOADS = { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } };

/** The form as a schema of what a program may send: what the form itself leaves to others comes with it. */
function formSchemaOf({ form, isUpdate, takesFiles }: Operation): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(form as z.ZodObject, {
    io: 'input',
    unrepresentable: 'any',
  });
  return {
    ...schema,
    additionalProperties: false,
    properties: {
      ...schema.properties,
      ...(isUpdate && { version: VERSION_READ, base: BASE }),
      ...(takesFiles && { files: { type: 'array', items: refTo(file) } }),
    },
    required: [...(schema.required ?? []), ...(isUpdate ? ['version'] : [])],
  };
}

const VERSION_READ = { type: 'integer', minimum: 1, description: 'Of the record as it was read.' };
const BASE = {
  type: 'string',
  contentMediaType: 'application/json',
  description:
    'May be left out. The `values` of the form as it was read, as a text of JSON: where somebody else saved first, the answer has their ' +
    'values in the fields that were left as they were.',
};

/** How it ends well, and how in ways of its own. */
function told({ method, path }: Drawn, { type, list, leadsOn }: Operation): Json {
  const answers = answersOf(method, path);
  if (leadsOn) return { 303: { description: 'The page is at `Location`.', headers: LOCATION } };
  if (isForBrowsers(path)) {
    const content = { 'text/html': {}, 'application/json': {} };
    return { 200: { description: 'A page, or what its script asked for.', content } };
  }
  if (!answers) return { 200: { description: 'As it stands.', content: { [type ?? JSON_TYPE]: {} } } };
  const each = Object.entries(answers).map(([status, { description, schemas }]) => {
    const content = { [JSON_TYPE]: { schema: oneOf(schemas) }, ...(list && status === '200' && CSV) };
    return [status, { description, content, ...(schemas.includes(written) && { headers: LOCATION }) }];
  });
  return Object.fromEntries(each);
}

const JSON_TYPE = 'application/json';
const CSV = { 'text/csv': { schema: { type: 'string' } } };
const LOCATION = { Location: { schema: { type: 'string' } } };

function oneOf(schemas: readonly z.ZodType[]): Json {
  const [first, ...others] = schemas.map(refTo);
  return first && others.length === 0 ? first : { anyOf: [first, ...others] };
}

function refTo(schema: z.ZodType): Json {
  return { $ref: addressOf(String(named.get(schema)?.id)) };
}

function addressOf(id: string): string {
  return `#/components/schemas/${id}`;
}

/** The schemas that have a name. What is answered may come to hold more one day, so they are not closed. */
function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(named, {
    io: 'input',
    uri: addressOf,
    override: ({ jsonSchema }) => {
      // zod's own patterns and limits say no more than the format and the type.
      if (jsonSchema.format) delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const each = Object.entries(schemas).map(([id, { $schema: _, $id: _id, ...schema }]) => [id, schema]);
  return Object.fromEntries(each.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

const info = {
  title: 'Moving Parts',
  version: '1',
  description:
    'Every page is JSON to a program. Writes take JSON or what forms send, with the same fields and rules, and answer where to go on. ' +
    'A token is made on the account page; it may what its person may, and nothing of the account.',
};

const tags = [{ name: 'browser', description: 'Signing in, and one’s account: at a browser only.' }];

const securitySchemes = { token: { type: 'http', scheme: 'bearer', description: 'A token, `mp_…`.' } };

const ERROR = { [JSON_TYPE]: { schema: refTo(error) } };
const responses = {
  Error: { description: 'It could not be done; `message` says why.', content: ERROR },
  NoToken: {
    description: 'No token, or one that is unknown, has run out or was revoked.',
    content: ERROR,
    headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
  },
  MayNot: { description: 'The token may only read, or its person may not do this.', content: ERROR },
  NotThere: { description: 'Nothing stands here, or it was deleted.', content: ERROR },
};
