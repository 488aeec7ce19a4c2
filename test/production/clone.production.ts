import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { visitorAt } from '../support/visitor-at.js';
import {
  freePort,
  freshCopy,
  MACHINE,
  type Running,
  removeFolder,
  report,
  start,
  waitFor,
} from './support.js';

/** The README's command in a fresh clone, on a machine with only Node. */
let folder: string;
let port: number;
let running: Running | null = null;

beforeAll(async () => {
  [folder, port] = await Promise.all([freshCopy(), freePort()]);
});

afterEach(async () => {
  running?.signal('SIGKILL');
  await running?.ended;
});

afterAll(async () => {
  if (folder) await removeFolder(folder);
});

async function begin(command: string) {
  const begun = performance.now();
  running = start(command, folder, { ...MACHINE, PORT: String(port) });
  const process = running;
  await waitFor(process, () => process.said().includes('Moving Parts is at http'));
  report(`${command}: ready after ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
  const said = process.said();
  const origin = /Moving Parts is at (http\S+)/.exec(said)?.[1] ?? '';
  const [, email, password] = /demo as (\S+) with the password: (.+)/.exec(said) ?? [];
  const visitor = visitorAt(origin);
  await visitor.get('/sign-in');
  const signedIn = await visitor.post('/sign-in', { email: email ?? '', password: password ?? '' });
  expect(signedIn.status).toBe(303);
  return { visitor, process };
}

test('one command installs, builds, migrates, tells the story and serves; the next start keeps what was made', async () => {
  const first = await begin('npm install && npm start');
  expect((await first.visitor.get('/')).text).toContain('Simple CRUD app');
  await first.visitor.get('/systems/new');
  const made = await first.visitor.post('/systems', { name: 'Kept', lifecycle: 'production' });
  const address = made.headers.get('location') ?? '';
  expect(address).toMatch(/^\/systems\/\d+-kept$/);

  // A second one must not open the same database beside the first.
  const beside = await start('npm start', folder, { ...MACHINE, PORT: String(await freePort()) }).ended;
  expect(beside.code).toBe(1);
  expect(beside.stderr).toContain('is in use by process');

  first.process.signal('SIGINT');
  await first.process.ended;
  const second = await begin('npm start');
  expect((await second.visitor.get(address)).text).toContain('Kept');
  // Nor does a restart sign anybody out.
  expect((await first.visitor.get(address)).status).toBe(200);
}, 300_000);
