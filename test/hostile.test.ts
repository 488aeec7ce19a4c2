import fc from 'fast-check';
import type { Test } from 'supertest';
import { beforeAll, describe, expect, test } from 'vitest';
import { isForBrowsers } from '../src/auth/auth.js';
import { db } from '../src/db/client.js';
import { documentOf } from '../src/openapi/document.js';
import { app, PASSWORD, signedIn, useApp, visitor } from './support/app.js';
import { aDevice } from './support/authenticator.js';
import { filled, follow, refusalIn, send } from './support/forms.js';
import {
  BODIES,
  type FormChange,
  file,
  jsonWith,
  look,
  MARK,
  ofAForm,
  ofJson,
  text,
  UNTOUCHED,
} from './support/hostile.js';
import { exampleOf, type OpenApi, operationsIn } from './support/openapi.js';
import { askAsScript } from './support/passkeys.js';
import { aProgram } from './support/program.js';
import { pathWith, routesOf } from './support/routes.js';
import { formPaths, type Ids, openForm, records, SCRIPTED } from './support/scenes.js';

useApp({
  APP_URL: 'http://localhost:3000',
  SIGN_UP: 'open',
  GITHUB_CLIENT_ID: 'moving-parts',
  GITHUB_CLIENT_SECRET: 'x',
});

// The same bodies every time: a gate that fails by chance tells nothing of the change that it stops.
const RUNS = { seed: 20261127, numRuns: 8, endOnFailure: true };

/** What a pattern that tries all ways to cut a text in pieces is at for minutes, and others not at all. */
const UNENDING = `${'a'.repeat(36)}!`;

type Admin = Awaited<ReturnType<typeof signedIn>>;
let admin: Admin;
let kept: Ids;
let gone: Ids;

beforeAll(async () => {
  admin = await signedIn('admin');
  await db.user.update({ where: { id: admin.person.id }, data: { name: `${MARK} admin` } });
  [kept, gone] = [await records(admin.person, MARK), await records(admin.person, MARK)];
});

describe('nothing breaks, and nothing breaks out of the page that shows it', () => {
  test('whatever is recorded', lookAround, 600_000);

  test('whatever is typed into a form, by whoever may send it', async () => {
    for (const path of formPaths()) {
      const property = fc.asyncProperty(ofAForm, async (change) => {
        const { address, controls, sender, known = {} } = await openForm(path, { admin, kept, gone });
        const answer = await send(sender, address, filled(controls, known, change));
        // That nothing breaks would be no news of a form which nobody can send.
        if (change === UNTOUCHED)
          expect({ path, refused: refusalIn(answer) }).toEqual({ path, refused: null });
      });
      const { controls, address } = await openForm(path, { admin, kept, gone });
      // Each field in its turn, with all else right: else little of what is hostile is ever kept, and shown.
      const inTurn = controls.flatMap(({ name }, n) =>
        [
          `${MARK} ${path.length}-${n}`,
          // An address may hold what ends a text in SQL.
          name === 'email' ? "o'm7k@example.com" : '2147483648',
          'web\0',
          UNENDING,
        ].map((value): [FormChange] => [{ ...UNTOUCHED, changesKnown: true, instead: [[n, value]] }]),
      );
      const examples: [FormChange][] = [[UNTOUCHED], ...inTurn];
      await fc.assert(property, { ...RUNS, numRuns: examples.length + 4, examples });
      await lookAtTrail();
      // Whoever is signed out by then has what they typed shown once more.
      const late = await visitor();
      await late.get('/sign-in');
      look(address, await late.post(address, Object.fromEntries(controls.map(({ name }) => [name, MARK]))));
    }
    await lookAround();
  }, 900_000);

  test('whatever a program sends as JSON', async () => {
    const program = await aProgram(admin.person);
    const document = documentOf(app) as unknown as OpenApi;
    const writes = operationsIn(document).filter(
      ({ method, path, operation }) => method === 'post' && operation.requestBody && !isForBrowsers(path),
    );
    expect(writes.length).toBeGreaterThan(15);
    const ids = kept as Record<string, number>;
    for (const operation of writes) {
      const address = pathWith(operation.path.replace(/\{(\w+)\}/g, ':$1'), ids);
      const sent = async (body: string) => {
        look(address, await program.post(address).type('application/json').send(body));
      };
      const property = fc.asyncProperty(ofJson, async (change) => {
        await sent(jsonWith((await exampleOf(program, operation, ids)) ?? {}, change));
      });
      await fc.assert(property, RUNS);
      for (const body of BODIES) await sent(body);
    }
    await lookAround();
  }, 900_000);

  test('whatever a script says of a passkey', async () => {
    const browser = await signedIn('editor');
    const device = aDevice();
    const sent = async (path: string, body: string | object) => {
      const answer = await askAsScript(browser, path, body);
      look(path, answer);
      return answer;
    };
    const challenge = async (of: string) => (await sent(`${of}/challenge`, { current: PASSWORD })).body;
    for (const body of BODIES) for (const path of SCRIPTED) await sent(path, body);
    const property = fc.asyncProperty(ofJson, async (change) => {
      // Who came in before has a new session, and its pages another token.
      await browser.get('/account/passkeys');
      await sent('/account/passkeys/challenge', jsonWith({ current: PASSWORD }, change));
      const credential = device.create(await challenge('/account/passkeys'));
      const made = await sent('/account/passkeys', jsonWith({ name: `${MARK} phone`, credential }, change));
      await sent('/sign-in/passkey/challenge', jsonWith({}, change));
      const shown = { credential: device.get(await challenge('/sign-in/passkey')), to: '/', keep: 'on' };
      const entered = await sent('/sign-in/passkey', jsonWith(shown, change));
      if (change === UNTOUCHED) expect([made.status, entered.status]).toEqual([200, 200]);
      look('/account/passkeys', await browser.get('/account/passkeys'));
    });
    await fc.assert(property, { ...RUNS, numRuns: 2 * RUNS.numRuns, examples: [[UNTOUCHED]] });
  });

  test('whatever is uploaded', async () => {
    const property = fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), async (files) => {
      for (const address of ['/imports', `/plans/${kept.planId}/source`]) {
        let sent: Test = admin.agent.post(address).field('_csrf', admin.token());
        for (const { name, type, content } of files) {
          sent = sent.attach('files', Buffer.from(content), { filename: name, contentType: type });
        }
        await follow(admin, address, await sent);
        look('source', await admin.get(`/plans/${kept.planId}/source`));
      }
    });
    const plain = { name: `${MARK}.yaml`, type: 'text/yaml', content: 'services: {web: {image: a/web}}' };
    await fc.assert(property, { ...RUNS, numRuns: 5 * RUNS.numRuns, examples: [[[plain]]] });
    await lookAround();
  });

  test('whatever a browser says that it is', async () => {
    const { person } = await signedIn('editor');
    const browser = await visitor();
    browser.agent.set('User-Agent', MARK);
    await browser.signIn(person.email);
    const listed = await browser.get('/account/sessions');
    expect(listed.text).toContain('&lt;m7k');
    look('/account/sessions', listed);
  });

  test('whatever stands in an address', async () => {
    const document = documentOf(app) as unknown as OpenApi;
    const reads = operationsIn(document).filter(({ method }) => method === 'get');
    const names = new Set(reads.flatMap(({ operation }) => operation.parameters.map(({ name }) => name)));
    const more = ['token', 'to', 'plan', 'down', 'shown', 'down[]', 'q[a]', 'sort[]', '__proto__'];
    const query = fc.array(fc.tuple(fc.constantFrom(...names, ...more), text), {
      minLength: 1,
      maxLength: 3,
    });
    const nobody = await visitor();
    for (const { path, isPublic, method } of routesOf(app)) {
      if (method !== 'get') continue;
      const address = pathWith(path, { ...kept, personId: admin.person.id });
      const property = fc.asyncProperty(query, async (fields) => {
        const at = `${address}?${new URLSearchParams(fields)}`;
        look(at, await (isPublic ? nobody : admin).get(at));
      });
      const read = reads.find((one) => one.path === path.replace(/:(\w+)/g, '{$1}'));
      const own = read?.operation.parameters ?? [];
      const inTurn = own.flatMap(({ name }) =>
        ["'", `%' ${MARK}`].map((value): [[string, string][]] => [[[name, value]]]),
      );
      await fc.assert(property, { ...RUNS, numRuns: RUNS.numRuns + inTurn.length, examples: inTurn });
    }
  }, 600_000);
});

/** The trail, and the line that was written last. */
async function lookAtTrail(): Promise<void> {
  const { id } = await db.change.findFirstOrThrow({ orderBy: { id: 'desc' } });
  for (const page of ['/changes', `/changes/${id}`]) look(page, await admin.get(page));
}

/** Every page that an admin may open, and every list as a file. */
async function lookAround(): Promise<void> {
  const reads = routesOf(app).filter(({ method }) => method === 'get');
  for (const { path } of reads) {
    for (const ids of [kept, gone]) {
      const address = pathWith(path, { ...ids, personId: admin.person.id });
      const end = path === '/comparison' ? `?plans=${kept.planId},${gone.planId}` : '';
      look(address, await admin.get(address + end));
      look(address, await admin.get(`${address}?format=csv`));
    }
  }
  look('down', await admin.get(`/plans/${kept.planId}?down=web`));
}
