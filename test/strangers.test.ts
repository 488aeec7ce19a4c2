import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { tellStory } from '../prisma/seed.js';
import { ROLES } from '../src/auth/roles.js';
import { db } from '../src/db/client.js';
import { root } from '../src/root.js';
import { app, signedIn, useApp, visitor } from './support/app.js';
import { type DrawnRoute, pathWith, routeAt, routesOf } from './support/routes.js';
import { records } from './support/scenes.js';

useApp();

const PUBLIC = [
  'get /healthz',
  'get /',
  'get /sign-in',
  'post /sign-in',
  'post /sign-in/with/:provider',
  'get /sign-in/with/:provider/callback',
  'get /sign-in/code',
  'post /sign-in/code',
  'post /sign-in/passkey/challenge',
  'post /sign-in/passkey',
  'get /sign-up',
  'post /sign-up',
  'get /password-reset/new',
  'post /password-reset/new',
  'get /password-reset',
  'post /password-reset',
  'get /confirmation',
  'post /confirmation',
  'get /unlock',
  'post /unlock',
  'get /invitation',
  'post /invitation',
];

/** What visitors read where PUBLIC_READ says so. Neither people, nor what is deleted, nor the files that plans were read from. */
const READABLE = [
  '/systems',
  '/systems/:systemId',
  '/plans',
  '/plans/:planId',
  '/plans/:planId/plan.json',
  '/plans/:planId/diagram.svg',
  '/plans/:planId/machines.svg',
  '/comparison',
  '/schemas/plan.json',
  '/openapi.json',
  '/plans/:planId/parts',
  '/parts/:partId',
  '/plans/:planId/connections',
  '/connections/:connectionId',
  '/plans/:planId/entries',
  '/entries/:entryId',
  '/plans/:planId/extra-costs',
  '/extra-costs/:costId',
  '/machine-types',
  '/machine-types/:machineTypeId',
  '/systems/:systemId/comments',
  '/plans/:planId/comments',
  '/comments/:commentId',
];

/** One's own: everybody signed in may, and nobody else's is reached by it. */
const isOwn = ({ path }: DrawnRoute) => path === '/sign-out' || path.startsWith('/account');

/** Everybody signed in may comment; what is somebody else's comment its actions find out. */
const isComment = ({ path }: DrawnRoute) => /\/comments(\/|$)/.test(path);

const nameOf = ({ method, path }: DrawnRoute) => `${method} ${path}`;

describe('the walls, walked from routes.ts: a new route is covered unasked', () => {
  let routes: DrawnRoute[];
  beforeAll(async () => {
    await tellStory();
    routes = routesOf(app);
  });

  test('nothing is public but what is named here', () => {
    expect(routes.length).toBeGreaterThan(70);
    expect(routes.filter((route) => route.isPublic).map(nameOf)).toEqual(PUBLIC);
    const readable = routes.filter((route) => route.isReadable);
    expect(readable.map(nameOf)).toEqual(READABLE.map((path) => `get ${path}`));
  });

  test('a visitor is asked to sign in everywhere else', async () => {
    const stranger = await visitor();
    for (const route of routes.filter(({ isPublic }) => !isPublic)) {
      const path = pathWith(route.path);
      const isRead = route.method === 'get';
      const answer = isRead ? await stranger.get(path) : await stranger.post(path, { typed: 'Kept' });
      const status = isRead ? 303 : 403;
      expect({ route: nameOf(route), status: answer.status }).toEqual({ route: nameOf(route), status });
      if (isRead) expect(answer.headers.location).toMatch(/^\/sign-in/);
      // What was typed stays, to be sent once they are signed in.
      else expect(answer.text).toMatch(/href="\/sign-in"[\s\S]*<textarea name="typed" hidden>\nKept</);
    }
  });

  test('a program without a session is told 401, not sent to a form', async () => {
    const answer = await (await visitor()).get('/systems', { Accept: 'application/json' });
    expect(answer.status).toBe(401);
    expect(answer.body.message).toContain('Sign in first');
  });

  test('every write stands behind a wall of its own, and a viewer is stopped by it', async () => {
    const viewer = await signedIn('viewer');
    const open = routes.filter((route) => route.isPublic || isOwn(route));
    const walled = routes.filter(
      (route) => !open.includes(route) && (route.method === 'post' || route.walls.length > 0),
    );
    for (const route of walled) expect(route.walls.length, nameOf(route)).toBeGreaterThan(0);
    for (const route of walled) expect(route.roles.includes('viewer'), nameOf(route)).toBe(isComment(route));
    for (const route of walled.filter((one) => !isComment(one))) {
      const path = pathWith(route.path);
      const answer = route.method === 'get' ? await viewer.get(path) : await viewer.post(path);
      expect({ route: nameOf(route), status: answer.status }).toEqual({ route: nameOf(route), status: 403 });
    }
  });

  test('a viewer may comment, and is stopped at what somebody else wrote', async () => {
    const viewer = await signedIn('viewer');
    const commentId = (await db.comment.findFirstOrThrow()).id;
    const deleted = await db.comment.findFirstOrThrow({ where: { id: { not: commentId } } });
    await db.comment.update({ where: { id: deleted.id }, data: { deletedAt: new Date() } });
    const walled = routes.filter((route) => isComment(route) && route.walls.length > 0);
    expect(walled.length).toBe(7);
    for (const route of walled) {
      const id = route.path.endsWith('/restoration') ? deleted.id : commentId;
      const path = pathWith(route.path, { commentId: id });
      const answer = route.method === 'get' ? await viewer.get(path) : await viewer.post(path, { body: '' });
      const status = route.path.endsWith('/comments') ? 422 : 403;
      expect({ route: nameOf(route), status: answer.status }).toEqual({ route: nameOf(route), status });
    }
  });

  test('every write without the form’s token is refused, and so is one from another site', async () => {
    const editor = await signedIn('editor');
    for (const route of routes.filter(({ method }) => method === 'post')) {
      const path = pathWith(route.path);
      const bare = await editor.agent.post(path).type('form').send('name=x');
      expect({ route: nameOf(route), status: bare.status }).toEqual({ route: nameOf(route), status: 403 });
      const foreign = await editor.agent
        .post(path)
        .set('Origin', 'https://evil.example')
        .type('form')
        .send(new URLSearchParams({ _csrf: editor.token(), name: 'x' }).toString());
      expect({ route: nameOf(route), status: foreign.status }).toEqual({ route: nameOf(route), status: 403 });
    }
  });

  test('an editor is stopped where only admins may go', async () => {
    const editor = await signedIn('editor');
    const theirs = routes.filter(({ roles }) => !roles.includes('editor'));
    const nouns = new Set(theirs.map(({ path }) => path.split('/')[1]));
    expect(nouns).toEqual(new Set(['people', 'invitations', 'changes', 'machine-types']));
    for (const { method, path } of theirs) {
      const answer = method === 'get' ? await editor.get(pathWith(path)) : await editor.post(pathWith(path));
      expect({ path, status: answer.status }).toEqual({ path, status: 403 });
    }
  });

  test('an admin is stopped at what somebody else commented alone, to change it', async () => {
    const admin = await signedIn('admin');
    const stopped: string[] = [];
    for (const route of routes.filter(({ method }) => method === 'get')) {
      const { status } = await admin.get(pathWith(route.path));
      if (status === 403 || status >= 500) stopped.push(`${nameOf(route)} ${status}`);
    }
    expect(stopped).toEqual(['get /comments/:commentId/edit 403']);
  });

  test.each(['nobody', ...ROLES] as const)(
    'no page shows %s a button or a link that would be refused',
    async (who) => {
      const role = who === 'nobody' ? null : who;
      const one = role
        ? await signedIn(role)
        : { ...(await visitor()), person: await db.user.findFirstOrThrow() };
      const made = await records(one.person);
      /** Whether they may send the form or open the link; a comment is its author's, and an admin's to delete. */
      const isOpen = ({ isForm, address }: Shown) => {
        const route = routeAt(routes, isForm ? 'post' : 'get', address);
        if (!route || !role) return route?.isPublic || (route?.isReadable && !isForm);
        const commentId = /^\/comments\/(\d+)/.exec(address)?.[1] ?? made.commentId;
        const isTheirs =
          Number(commentId) === made.commentId || (role === 'admin' && !address.endsWith('/edit'));
        return route.roles.includes(role) && (isTheirs || route.walls.length === 0);
      };
      app.set('public read', role === null);
      const seen = { forms: 0, links: 0 };
      for (const { path } of routes.filter(({ method }) => method === 'get')) {
        for (const ids of [{}, { ...made, personId: one.person.id }]) {
          const page = pathWith(path, ids);
          const { status, type, text } = await one.get(page);
          if (status !== 200 || type !== 'text/html') continue;
          for (const shown of shownIn(text)) {
            expect({ page, ...shown, isOpen: isOpen(shown) }).toEqual({ page, ...shown, isOpen: true });
            seen[shown.isForm ? 'forms' : 'links'] += 1;
          }
        }
      }
      app.set('public read', false);
      expect(seen.forms).toBeGreaterThan(1);
      expect(seen.links).toBeGreaterThan(100);
    },
  );

  test('ids that are nobody’s, and ids that are no ids, are not found', async () => {
    const editor = await signedIn('admin');
    const gets = routes.filter(({ path, method }) => method === 'get' && path.includes(':'));
    for (const route of gets) {
      for (const id of ['2147483647', '99999999999', 'x', '-1', '1e3', '%27--']) {
        const path = pathWith(route.path, new Proxy({}, { get: () => id }));
        const answer = await editor.agent.get(path).redirects(1);
        expect({ path, status: answer.status }).toEqual({ path, status: 404 });
      }
    }
  });

  test('every action of every controller has its route', async () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('controller.ts'),
    );
    const drawn = new Set(routes.map(({ action }) => action));
    const idle: string[] = [];
    for (const file of files) {
      const actions: Record<string, unknown> = await import(pathToFileURL(join(root, 'src', file)).href);
      for (const [name, action] of Object.entries(actions)) {
        if (typeof action === 'function' && !drawn.has(action as never)) idle.push(`${file}: ${name}`);
      }
    }
    expect(files.length).toBeGreaterThan(10);
    expect(idle).toEqual([]);
  });
});

type Shown = { isForm: boolean; address: string };

/** Where the links and the forms of a page lead on this site; a form that only asks is a link. */
function shownIn(html: string): Shown[] {
  const links = html.matchAll(/<a [^>]*href="(\/[^"]*)"/g);
  const forms = html.matchAll(/<form ([^>]*)action="(\/[^"]*)"/g);
  return [
    ...[...links].map(([, address = '']) => ({ isForm: false, address })),
    ...[...forms].map(([, how = '', address = '']) => ({ isForm: how.includes('"post"'), address })),
  ];
}
