import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ejs from 'ejs';
import { beforeAll, describe, expect, test } from 'vitest';
import { tellStory } from '../prisma/seed.js';
import type { Person } from '../src/auth/accounts.js';
import { db } from '../src/db/client.js';
import { root } from '../src/root.js';
import { render } from '../src/web/render.js';
import { app, type Browser, signedIn, useApp, visitor } from './support/app.js';
import { linksOf } from './support/links.js';
import { pathWith, routesOf } from './support/routes.js';
import { turnOnSecondFactor } from './support/second-factor.js';

useApp({
  GITHUB_CLIENT_ID: 'x',
  GITHUB_CLIENT_SECRET: 'y',
});

const folder = join(root, 'views');
const read = new Set<string>();
// EJS reads a view when it is first rendered, by a page or by an include in a branch that is taken.
ejs.fileLoader = (file) => {
  read.add(relative(folder, file));
  return readFileSync(file, 'utf8');
};

const COMPOSE =
  'services:\n  web:\n    image: shop\n    ports: ["80:80"]\n    depends_on: [db]\n  db:\n    image: postgres\n';

describe('every page', () => {
  let editor: Browser & { person: Person };
  let pages: string[];

  beforeAll(async () => {
    await visitor().then((nobody) => Promise.all([nobody.get('/'), nobody.get('/sign-up')]));
    await tellStory();
    editor = await signedIn('admin');
    const ids = await idsOfTheStory(editor);
    const links = await linksOf(Number(ids.personId));
    const gets = routesOf(app).filter(({ method }) => method === 'get');
    pages = gets
      .map(({ path }) => pathWith(path, ids) + (links[path] ? `?token=${links[path]}` : ''))
      .concat('/comparison?plans=1,2', `/plans/${ids.planId}?down=etcd`);
  });

  // Some addresses only lead to another: what they lead to is looked at.
  const opened = (path: string, accept = 'text/html') =>
    editor.agent.get(path).set('Accept', accept).redirects(2);

  test('answers, and holds no undefined, no [object Object] and no NaN', async () => {
    for (const path of pages) {
      const answer = await opened(path);
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
      if (answer.type !== 'text/html') continue;
      expect({ path, odd: /undefined|\[object Object\]|\bNaN\b/.exec(answer.text)?.[0] }).toEqual({
        path,
        odd: undefined,
      });
      const ids = [...answer.text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
      expect({ path, twice: ids.filter((id, i) => ids.indexOf(id) !== i) }).toEqual({ path, twice: [] });
    }
  });

  test('answers the same content as JSON', async () => {
    for (const path of pages.filter((path) => !/\.(json|svg)$|sign-|healthz|^\/comparison$/.test(path))) {
      const answer = await opened(path, 'application/json');
      expect({ path, type: answer.type }).toEqual({ path, type: 'application/json' });
      expect(answer.body.title).toEqual(expect.any(String));
      expect(JSON.stringify(answer.body)).not.toMatch(/passwordHash|argon2/);
    }
  });

  test('that shows a refused form stands at an address that can be opened again', () => {
    const pathsOf = (method: string) =>
      routesOf(app).flatMap((route) => (route.method === method ? [route.path] : []));
    const gets = pathsOf('get');
    const lost = pathsOf('post').filter((path) => !gets.includes(path));
    // These have no field that could be wrong.
    const hasNoField =
      /\/(restoration|sign-out|unlocking|withdrawal|revocation|(second-factor-)?deletion|with\/:provider|identities\/:provider)$/;
    // A script asks these.
    const isAsked = /\/passkeys?(\/challenge)?$/;
    expect(lost.filter((path) => !hasNoField.test(path) && !isAsked.test(path))).toEqual([]);
  });

  test('is made of views that are all used: none is left without a page', async () => {
    await visitor().then((nobody) => nobody.post('/sign-in/with/github'));
    await editor.get('/nowhere');
    await editor.post('/systems', { name: '' });
    await editor.agent.post('/systems').type('form').send('name=x');
    await editor.post('/imports', { text: 'a: [' });
    await editor.post('/systems/1/comments', { body: '' });
    const planId = (await db.plan.findFirstOrThrow({ orderBy: { id: 'asc' } })).id;
    const preview = await editor.post('/imports', { text: COMPOSE, plan: planId });
    await editor.get(preview.headers.location ?? '');
    await editor.post('/systems/1/deletion');
    await editor.get('/deletions');
    await editor.post('/password-reset/new', { email: 'nobody@example.com' });
    await editor.postAndSee('/invitations', { email: 'new@example.com', role: 'viewer' });
    const auth = app.get('auth');
    app.set('auth', { ...auth, settings: { ...auth.settings, appUrl: null } });
    const withoutAddress = await editor.get('/invitations/new');
    app.set('auth', auth);
    expect(withoutAddress.text).toContain('need the setting APP_URL');
    expect(withoutAddress.text).not.toContain('action="/invitations"');
    await turnOnSecondFactor(editor);
    await editor.get('/account/second-factor');
    const returning = await visitor();
    await returning.signIn(editor.person.email);
    await returning.get('/sign-in/code');
    const views = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ejs'),
    );
    expect(views.filter((view) => !read.has(view))).toEqual([]);
  });
});

test('a view that lacks a local it names says which', () => {
  expect(() => render('systems/_row', {})).toThrow('views/systems/_row.ejs lacks the local “system”');
});

async function idsOfTheStory(editor: Browser & { person: Person }): Promise<Record<string, number | string>> {
  const plan = await db.plan.findFirstOrThrow({ where: { name: "It's the future" } });
  const where = { planId: plan.id };
  const preview = await editor.post('/imports', { text: COMPOSE });
  await editor.post(`/plans/${plan.id}/comments`, { body: 'Who is called at *night*?' });
  return {
    provider: 'github',
    systemId: plan.systemId,
    planId: plan.id,
    partId: (await db.part.findFirstOrThrow({ where })).id,
    connectionId: (await db.connection.findFirstOrThrow({ where })).id,
    entryId: (await db.entry.findFirstOrThrow({ where })).id,
    changeId: (await db.change.findFirstOrThrow()).id,
    personId: (await db.user.findFirstOrThrow({ where: { role: 'admin' } })).id,
    commentId: (await db.comment.findFirstOrThrow({ where: { authorId: editor.person.id } })).id,
    costId: (await db.extraCost.findFirstOrThrow({ where })).id,
    machineTypeId: plan.machineTypeId ?? 0,
    importId: Number(/\d+/.exec(preview.headers.location ?? '')?.[0]),
  };
}
