import type { Application } from 'express';
import { z } from 'zod';
import { isForBrowsers } from '../auth/auth.js';
import { type Operation, operationOf } from './operations.js';

type Json = Record<string, unknown>;
type Drawn = { method: string; path: string };

const VERSION = '3.1.0';
const BROWSER: Operation = { summary: 'For people at a browser: no token is taken here' };

/** The OpenAPI document of all routes that are drawn, with what `operations.ts` says of them and the forms' own schemas. */
export function documentOf(app: Application) {
  const paths: Record<string, Json> = {};
  for (const { method, path } of routesOf(app)) {
    const operation = operationOf(method, path) ?? (isForBrowsers(path) ? BROWSER : undefined);
    if (!operation) continue;
    const address = path.replace(/:(\w+)/g, '{$1}');
    paths[address] = { ...paths[address], [method]: described({ method, path }, operation) };
  }
  return {
    openapi: VERSION,
    info,
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags,
    paths,
    components,
  };
}

type Layer = { route?: { path: string; methods: Record<string, boolean> } };

function routesOf(app: Application): Drawn[] {
  const { stack } = app.router as unknown as { stack: Layer[] };
  return stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method) => ({ method, path: String(route?.path) })),
  );
}

function described(route: Drawn, operation: Operation): Json {
  const { path } = route;
  const isBrowsers = isForBrowsers(path);
  return {
    operationId: idOf(route),
    summary: operation.summary,
    tags: [isBrowsers ? 'browser' : (path.split('/')[1] ?? '').replace(/\..*/, '') || 'home'],
    ...((isBrowsers || path === '/healthz') && { security: [] }),
    parameters: [...inPath(path), ...inQuery(route, operation)],
    ...(operation.form && { requestBody: bodyOf(operation) }),
    responses: {
      ...answersOf(route, operation),
      ...(!isBrowsers && refusalsOf(route)),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** How it ends where the token is none, may not, or asks for nothing that is there. */
function refusalsOf({ path }: Drawn): Json {
  if (path === '/healthz') return {};
  const error = (name: string) => ({ $ref: `#/components/responses/${name}` });
  return {
    401: error('NoToken'),
    403: error('MayNot'),
    ...(path.includes(':') && { 404: error('NotThere') }),
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
  const schema = schemaOf(operation);
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

/** The form as a schema of what a program may send: the version and the files, which the form itself leaves to others, come with it. */
function schemaOf({ form, isUpdate, takesFiles }: Operation): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(form as z.ZodObject, {
    io: 'input',
    unrepresentable: 'any',
  });
  const version = { type: 'integer', minimum: 1, description: 'Of the record as it was read.' };
  return {
    ...schema,
    additionalProperties: false,
    properties: {
      ...schema.properties,
      ...(isUpdate && { version }),
      ...(takesFiles && { files: { type: 'array', items: { $ref: '#/components/schemas/File' } } }),
    },
    required: [...(schema.required ?? []), ...(isUpdate ? ['version'] : [])],
  };
}

function answersOf(
  { method, path }: Drawn,
  { answers, type, list, form, isUpdate, creates, leadsOn }: Operation,
): Json {
  const read = `What is asked for, beside its title${answers ? `: ${answers}` : ''}.`;
  if (type) return { 200: { description: 'As it stands.', content: { [type]: {} } } };
  if (leadsOn) return { 303: { description: 'The page is at `Location`.', headers: LOCATION } };
  if (isForBrowsers(path)) {
    const content = { 'text/html': {}, 'application/json': {} };
    return { 200: { description: 'A page, or what its script asked for.', content } };
  }
  if (method === 'get' && list) return { 200: listAnswer(read) };
  if (method === 'get' || answers) return { 200: json(read, 'Page'), ...(form && REFUSED) };
  const written = {
    ...json('It is written.', 'Written'),
    headers: LOCATION,
  };
  return {
    [creates ? 201 : 200]: written,
    ...(form && REFUSED),
    ...(isUpdate && {
      409: json('Somebody else saved first: their values are in `form.theirs`.', 'Refused'),
    }),
  };
}

const LOCATION = { Location: { schema: { type: 'string' } } };

/** A page of the list; the whole of it as a file with `?format=`. */
function listAnswer(description: string): Json {
  const { content } = json(description, 'List') as { content: Json };
  return { description, content: { ...content, 'text/csv': { schema: { type: 'string' } } } };
}

function json(description: string, schema: string): Json {
  return {
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
}

const REFUSED = { 422: json('Something is wrong: `form.errors` says what, by field.', 'Refused') };

const info = {
  title: 'Moving Parts',
  version: '1',
  description:
    'Every page is JSON to a program. Writes take JSON or what forms send, with the same fields and rules, and answer where to go on. ' +
    'A token is made on the account page; it may what its person may, and nothing of the account.',
};

const tags = [{ name: 'browser', description: 'Signing in, and one’s account: at a browser only.' }];

const texts = { type: 'object', additionalProperties: { type: 'string' } };

const components = {
  securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token, `mp_…`.' } },
  responses: {
    Error: json('It could not be done; `message` says why.', 'Error'),
    NoToken: {
      ...json('No token, or one that is unknown, has run out or was revoked.', 'Error'),
      headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
    },
    MayNot: json('The token may only read, or its person may not do this.', 'Error'),
    NotThere: json('Nothing stands here, or it was deleted.', 'Error'),
  },
  schemas: {
    Page: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
    List: {
      type: 'object',
      required: ['title', 'rows'],
      properties: {
        title: { type: 'string' },
        rows: { type: 'array', items: { type: 'object' } },
        links: {
          type: 'object',
          properties: { next: { type: ['string', 'null'] }, previous: { type: ['string', 'null'] } },
        },
      },
    },
    Written: {
      type: 'object',
      required: ['location', 'message'],
      properties: {
        location: { type: 'string', description: 'The address to go on with, as in the header.' },
        message: { type: 'string' },
        undo: { type: 'string', description: 'The address to post to, should it be undone.' },
      },
    },
    Refused: {
      type: 'object',
      required: ['title'],
      properties: {
        title: { type: 'string' },
        message: { type: 'string' },
        form: {
          type: 'object',
          properties: { values: { type: 'object' }, errors: texts, theirs: { type: 'object' } },
        },
        faults: { type: 'array', items: { $ref: '#/components/schemas/Fault' } },
      },
    },
    Fault: {
      type: 'object',
      required: ['message', 'file'],
      properties: {
        message: { type: 'string' },
        file: { type: 'string' },
        line: { type: 'integer', minimum: 1 },
        column: { type: 'integer', minimum: 1 },
      },
    },
    Error: {
      type: 'object',
      required: ['title'],
      properties: {
        title: { type: 'string' },
        status: { type: 'integer' },
        message: { type: 'string' },
      },
    },
    File: {
      type: 'object',
      required: ['name', 'text'],
      additionalProperties: false,
      properties: { name: { type: 'string', minLength: 1 }, text: { type: 'string' } },
    },
  },
};
