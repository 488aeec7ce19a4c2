import { expect } from 'vitest';
import { takeTry, tryKeys } from '../../src/auth/tries.js';
import { db } from '../../src/db/client.js';
import { createImport } from '../../src/imports/queries.js';
import { app, type Browser, PASSWORD, signedIn, visitor } from './app.js';
import { aPlan } from './factories.js';
import { type Control, formOn } from './forms.js';
import { MARK } from './hostile.js';
import { linksOf } from './links.js';
import { addPasskey } from './passkeys.js';
import { aProgram } from './program.js';
import { pathWith, routesOf } from './routes.js';
import { beginSecondFactor, codeOf, turnOnSecondFactor } from './second-factor.js';

type Somebody = Awaited<ReturnType<typeof signedIn>>;
export type Ids = Record<string, number | string>;

/** Somebody before a form that they may send: the page it stands on, and what they type into what is empty. */
type Scene = { sender: Browser; page: string; ids?: Ids; known?: Record<string, string> };

const NEW = 'another correct horse';
const COMPOSE = 'services: {web: {image: a/web, depends_on: [db]}, db: {image: postgres}}';

let made = 0;
const newAddress = () => `somebody-${++made}@example.com`;

/** Forms that are good once, or whose sender may be gone after them: somebody new stands before them every time. */
const SCENES: Record<string, (admin: Browser) => Promise<Scene>> = {
  '/sign-in': () => atTheDoor('/sign-in', (email) => ({ email, password: PASSWORD })),
  '/sign-in/with/:provider': () => atTheDoor('/sign-in'),
  '/sign-in/code': async () => {
    const one = await signedIn('viewer');
    const { codes } = await turnOnSecondFactor(one);
    const sender = await visitor();
    await sender.post('/sign-in', { email: one.person.email, password: PASSWORD });
    return { sender, page: '/sign-in/code', known: { code: codes[0] ?? '' } };
  },
  '/sign-up': () => atTheDoor('/sign-up', () => ({ name: 'Somebody', email: newAddress(), password: NEW })),
  '/password-reset/new': () => atTheDoor('/password-reset/new', (email) => ({ email })),
  '/password-reset': () => byLink('/password-reset'),
  '/confirmation': () => byLink('/confirmation'),
  '/unlock': () => byLink('/unlock'),
  '/invitation': () => byLink('/invitation'),

  '/sign-out': () => ownPage('/'),
  '/account/name': () => ownPage('/account/name'),
  '/account/address': () => ownPage('/account/address', { password: PASSWORD, email: newAddress() }),
  '/account/address/withdrawal': () =>
    ownPage('/account', {}, ({ person: { id } }) =>
      db.user.update({ where: { id }, data: { newEmail: newAddress() } }),
    ),
  '/account/password': () => ownPage('/account/password', { current: PASSWORD, password: NEW }),
  '/account/sessions': () => ownPage('/account/sessions'),
  '/account/identities/deletion': () =>
    ownPage('/account/identities', {}, ({ person }) =>
      db.identity.create({
        data: { userId: person.id, provider: 'https://id.example', subject: String(person.id) },
      }),
    ),
  '/account/identities/:provider': () => ownPage('/account/identities', { password: PASSWORD }),
  '/account/second-factor': () => ownPage('/account/second-factor', { password: PASSWORD }),
  '/account/second-factor/confirmation': async () => {
    const sender = await signedIn('editor');
    const code = codeOf(await beginSecondFactor(sender));
    return { sender, page: '/account/second-factor', known: { code } };
  },
  '/account/second-factor/recovery-codes': () =>
    ownPage('/account/second-factor', { current: PASSWORD }, (one) => turnOnSecondFactor(one)),
  '/account/second-factor/deletion': () =>
    ownPage('/account/second-factor', { password: PASSWORD }, (one) => turnOnSecondFactor(one)),
  '/account/passkeys/deletion': () => ownPage('/account/passkeys', {}, addPasskey),
  '/account/tokens': () => ownPage('/account/tokens', { name: 'CI', password: PASSWORD }),
  '/account/tokens/revocation': () => ownPage('/account/tokens', {}, ({ person }) => aProgram(person)),
  '/account/deletion': () => ownPage('/account/deletion', { password: PASSWORD }),

  '/people/:personId/role': (admin) => aboutSomebody(admin),
  '/people/:personId/unlocking': (admin) => aboutSomebody(admin, '', lock),
  '/people/:personId/deletion': (admin) => aboutSomebody(admin, '/deletion'),
  '/people/:personId/password-reset': (admin) => aboutSomebody(admin),
  '/people/:personId/second-factor-deletion': (admin) =>
    aboutSomebody(admin, '', (one) => turnOnSecondFactor(one)),
  '/invitations': async (admin) => ({
    sender: admin,
    page: '/invitations/new',
    known: { email: newAddress() },
  }),
  '/invitations/withdrawal': async (admin) => {
    await admin.post('/invitations', { email: newAddress(), role: 'viewer' });
    return { sender: admin, page: '/people' };
  },
};

/** Somebody who is not signed in, and types what they do of an account that is there. */
async function atTheDoor(
  page: string,
  known: (email: string) => Scene['known'] = () => ({}),
): Promise<Scene> {
  const { person } = await signedIn('viewer');
  return { sender: await visitor(), page, known: known(person.email) };
}

/** Whoever has been sent a link. */
async function byLink(page: string): Promise<Scene> {
  const { person } = await signedIn('viewer');
  const links = await linksOf(person.id, newAddress());
  return {
    sender: await visitor(),
    page: `${page}?token=${links[page]}`,
    known: { name: 'Guest', password: NEW },
  };
}

async function ownPage(
  page: string,
  known: Scene['known'] = {},
  before: (one: Somebody) => Promise<unknown> = async () => {},
): Promise<Scene> {
  const sender = await signedIn('editor');
  await before(sender);
  return { sender, page, known };
}

async function aboutSomebody(
  admin: Browser,
  end = '',
  before: (one: Somebody) => Promise<unknown> = async () => {},
): Promise<Scene> {
  const one = await signedIn('viewer');
  await before(one);
  const { id } = one.person;
  return { sender: admin, page: `/people/${id}${end}`, ids: { personId: id } };
}

async function lock({ person }: Somebody): Promise<void> {
  const key = tryKeys.password(person.email);
  for (let n = 0; n < 20; n += 1) {
    await takeTry(key);
    await db.$executeRaw`UPDATE tries SET last_at = now() - interval '1 hour' WHERE failures < 20`;
  }
}

/** One record of every kind; `mark` stands before each of their names. */
export async function records(person: { id: number }, mark = '') {
  const [web, db_, cache] = [`${mark}web`, `${mark}db`, `${mark}cache`];
  const made = await aPlan(person, {
    plan: { description: mark },
    parts: { [web]: { technology: mark, team: mark, notes: mark }, [db_]: {}, [cache]: {} },
    connections: [[web, db_]],
    entries: { [`${mark}shop`]: [web] },
  });
  const planId = made.plan.id;
  const cost = await db.extraCost.create({ data: { planId, label: `${mark}disks` } });
  const comment = await db.comment.create({ data: { planId, authorId: person.id, body: `${mark}said` } });
  const size = { cpuMillicores: 2000, memoryMib: 4096 };
  const machineType = await db.machineType.create({ data: { name: `${mark}machine ${planId}`, ...size } });
  const files = [{ name: `${mark}compose.yaml`, text: `# ${mark}\n${COMPOSE}` }];
  return {
    systemId: made.system.id,
    planId,
    partId: made.parts[cache] ?? 0,
    connectionId: made.connections[0] ?? 0,
    entryId: made.entries[`${mark}shop`] ?? 0,
    costId: cost.id,
    commentId: comment.id,
    machineTypeId: machineType.id,
    importId: (await createImport(person.id, files)).id,
  };
}

/** What people type into the empty fields of a record beside those with the mark. */
function typedOfRecord(): Record<string, string> {
  const name = `Typed ${++made}`;
  return {
    name,
    label: name,
    body: 'Said.',
    from: `${MARK}db`,
    to: `${MARK}web`,
    parts: `${MARK}web`,
    cpuMillicores: '1000m',
    memoryMib: '1024 MiB',
    text: COMPOSE,
    planName: name,
    systemName: name,
  };
}

/** What only scripts send, as JSON. */
export const SCRIPTED = [
  '/sign-in/passkey/challenge',
  '/sign-in/passkey',
  '/account/passkeys/challenge',
  '/account/passkeys',
];

/** The addresses of all forms. */
export function formPaths(): string[] {
  const formless = [...SCRIPTED, '/plans/:planId/source'];
  const forms = routesOf(app).filter(({ method, path }) => method === 'post' && !formless.includes(path));
  expect(forms.length).toBeGreaterThan(60);
  return forms.map(({ path }) => path);
}

/** An admin, and a record of each kind that stays and one that is deleted and restored; all of their names have the mark. */
export type Stage = { admin: Browser; kept: Ids; gone: Ids };

/** Somebody before the form of this path, as they opened it. */
export async function openForm(
  path: string,
  { admin, kept, gone }: Stage,
): Promise<Scene & { address: string; controls: Control[] }> {
  const scene = await SCENES[path]?.(admin);
  if (scene) {
    const address = pathWith(path, { provider: 'github', ...scene.ids });
    const controls = await formOn(scene.sender, scene.page, address);
    if (controls) return { ...scene, address, controls };
    throw new Error(`no form for ${address} on ${scene.page}`);
  }
  const ids = /\/(?:deletion|restoration)$/.test(path) ? gone : kept;
  const address = pathWith(path, ids);
  const above = address.replace(/\/[^/]*$/, '');
  // What is deleted has a button that brings it back, and the other way round.
  if (path.endsWith('/deletion')) await admin.post(`${above}/restoration`);
  if (path.endsWith('/restoration')) await admin.post(`${above}/deletion`);
  for (const page of [`${address}/edit`, `${address}/new`, address, above, '/deletions']) {
    const controls = await formOn(admin, page, address);
    if (controls) return { sender: admin, page, address, controls, known: typedOfRecord() };
  }
  throw new Error(`no page has a form for ${address}`);
}
