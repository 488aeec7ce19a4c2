import { randomBytes } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import type { Express } from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, inject } from 'vitest';
import { createApp } from '../../src/app.js';
import type { Person } from '../../src/auth/accounts.js';
import { createAccount } from '../../src/auth/sign-up.js';
import { type Database, openDatabase } from '../../src/db/client.js';
import { createLog } from '../../src/log.js';
import { readSettings, USUAL_HASH } from '../../src/settings.js';
import type { Letter, Mail } from '../../src/web/mail.js';
import { statement } from './statement.js';

/** The app on a database of this test file's own. Call `useApp()` at the head of the file. */
export let app: Express;

/** The letters that the app has sent, the last one last. */
export const letters: (Letter & { to: string })[] = [];

export const PASSWORD = 'correct horse battery';

export function useApp(environment: Record<string, string> = {}): void {
  let database: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const copy = await copyOfTemplate();
    remove = copy.remove;
    const settings = readSettings({
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
      ...copy.environment,
      ...environment,
    });
    database = await openDatabase(settings.database, () => {});
    const mail: Mail = { isOn: true, send: async (to, letter) => void letters.push({ to, ...letter }) };
    app = createApp({ settings, log: createLog(settings.logLevel), mail });
  });
  afterAll(async () => {
    await database?.close();
    await remove?.();
  });
}

/** Somebody at a browser: keeps cookies, sends the page's own CSRF token with what they post. */
export type Browser = Awaited<ReturnType<typeof visitor>>;

export async function visitor(to: Express = app) {
  const agent = supertest.agent(to);
  let token = '';
  const looked = <R extends { text: string }>(response: R): R => {
    token = /name="_csrf" value="([^"]+)"/.exec(response.text ?? '')?.[1] ?? token;
    // Marks that views write as references (src/web/render.ts) stand as a reader sees them.
    response.text = response.text?.replace(/&#(8\d{3});/g, (_, code) => String.fromCodePoint(code));
    return response;
  };
  const get = async (path: string, headers: Record<string, string> = {}) =>
    looked(await agent.get(path).set(headers));
  const post = async (path: string, fields: Record<string, string | number> = {}) => {
    if (!token) await get('/sign-in');
    const body = new URLSearchParams({
      _csrf: token,
      ...Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, String(v)])),
    });
    return looked(await agent.post(path).type('form').send(body.toString()));
  };
  /** Posts, and looks at the page that one is sent on to. */
  const postAndSee = async (path: string, fields: Record<string, string | number> = {}) => {
    const response = await post(path, fields);
    return response.status === 303 ? get(response.headers.location ?? '') : response;
  };
  const json = async (path: string) => (await agent.get(path).set('Accept', 'application/json')).body;
  const signIn = async (email: string, password = PASSWORD) => {
    const response = await post('/sign-in', { email, password });
    await get('/');
    return response;
  };
  return { agent, get, post, postAndSee, json, signIn, token: () => token };
}

let people = 0;

/** A fresh person of this role, signed in through the page. */
export async function signedIn(role: Person['role'] = 'editor'): Promise<Browser & { person: Person }> {
  people += 1;
  const email = `${role}-${people}-${randomBytes(3).toString('hex')}@example.com`;
  const person = await createAccount(
    { name: `${role} ${people}`, email, password: PASSWORD, role },
    { isConfirmed: true, ip: '', cost: USUAL_HASH },
  );
  if (!person) throw new Error(`${email} is taken`);
  const browser = await visitor();
  await browser.signIn(email);
  return { ...browser, person };
}

async function copyOfTemplate() {
  const template = inject('template');
  const name = `moving_parts_test_${randomBytes(6).toString('hex')}`;
  if ('folder' in template) {
    const folder = template.folder.replace(/template$/, name);
    await cp(template.folder, folder, { recursive: true });
    return {
      environment: { DATA_FOLDER: folder },
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  }
  await statement(template.server, `CREATE DATABASE ${name} TEMPLATE ${template.database}`);
  const url = Object.assign(new URL(template.server), { pathname: `/${name}` }).href;
  return {
    environment: { DATABASE_URL: url },
    remove: () => statement(template.server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
