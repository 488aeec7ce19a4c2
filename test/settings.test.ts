import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CannotStart, readSettings, SETTING_NAMES } from '../src/settings.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://ada:engine@db.example.com/shop',
  SESSION_SECRET: 'x'.repeat(32),
};

const text = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

describe('settings are told in three places alike', () => {
  test('.env.example has each once, with a value that is taken', () => {
    const lines = [...text('.env.example').matchAll(/^(?:# )?([A-Z_]+)=(.*)$/gm)];
    expect(lines.map(([, name]) => name)).toEqual(SETTING_NAMES);
    const values = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
    expect(() => readSettings(values)).not.toThrow();
  });

  test('what .env.example sets is the default', () => {
    const set = Object.fromEntries(
      [...text('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    const { sessionSecret: _chance, ...defaults } = readSettings({});
    expect(readSettings(set)).toMatchObject(defaults);
  });

  test('the table in the README has each once', () => {
    const rows = [...text('README.md').matchAll(/^\| *`([A-Z_]+)` *\|/gm)];
    expect(rows.map(([, name]) => name)).toEqual(SETTING_NAMES);
  });

  test('app.json asks for settings that there are', () => {
    const asked = Object.keys(JSON.parse(text('app.json')).env);
    expect(SETTING_NAMES).toEqual(expect.arrayContaining(asked));
  });
});

describe('a setting that is wrong', () => {
  test.each([
    ['NODE_ENV', 'prod', 'production'],
    ['PORT', 'abc', 'for example 3000'],
    ['PORT', '70000', 'for example 3000'],
    ['DATABASE_URL', 'mysql://db.example.com/shop', 'postgres://user:password@host:5432/name'],
    ['DATABASE_URL', 'postgres://ada:eng/ine@db.example.com/shop', 'postgres://user:password@host:5432/name'],
    ['DATABASE_TLS', 'yes', 'encrypt'],
    ['DATABASE_POOL_SIZE', '0', 'for example 5'],
    ['SESSION_SECRET', 'short', 'openssl rand -hex 32'],
    ['OIDC_ISSUER', 'login.example.com', 'https://login.example.com'],
    ['OIDC_ISSUER', 'http://login.example.com', 'https://login.example.com'],
    ['OIDC_ISSUER', 'https://x.example.com/.well-known/openid-configuration', 'https://login.example.com'],
    ['GITHUB_URL', 'https://git.example.com/api/v3', 'https://github.com'],
    ['GITHUB_URL', 'http://localhost:4300', 'https://'],
    ['TRUST_PROXY', 'true', 'for example 1'],
    ['FORCE_HTTPS', 'maybe', 'on'],
    ['LOG_LEVEL', 'loud', 'info'],
  ])('%s=%s is named, with an example', (name, value, example) => {
    const refusal = refusalOf({ ...PRODUCTION, [name]: value });
    expect(refusal).toMatch(new RegExp(`^${name}: `));
    expect(refusal).toContain(example);
    expect(refusal.split('\n')).toHaveLength(1);
  });

  test('all that are missing in production are named at once', () => {
    const refusal = refusalOf({ NODE_ENV: 'production', SESSION_SECRET: '' });
    expect(refusal).toMatch(
      /^DATABASE_URL: is not set.*postgres:\/\/.*\nSESSION_SECRET: is not set.*openssl/s,
    );
  });

  test.each([
    [{ OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'x' }, 'OIDC_CLIENT_SECRET', 'OIDC_ISSUER'],
    [{ OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'y' }, 'OIDC_ISSUER', 'OIDC_CLIENT_ID'],
    [{ GITHUB_CLIENT_ID: 'x' }, 'GITHUB_CLIENT_SECRET', 'GITHUB_CLIENT_ID'],
    [{ GITHUB_CLIENT_SECRET: 'x' }, 'GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
  ])('of a provider all or nothing is set: %j', (given, missing, set) => {
    const refusal = refusalOf(given);
    expect(refusal).toMatch(
      new RegExp(`^${missing}: is not set, and ${set} is. For example: ${missing}=\\S+$`),
    );
  });

  test('a provider needs to know where the app is; a computer of one’s own knows', () => {
    const github = { GITHUB_CLIENT_ID: 'x', GITHUB_CLIENT_SECRET: 'y' };
    expect(refusalOf({ ...PRODUCTION, ...github })).toMatch(/^APP_URL: is not set, and providers .*https:/);
    expect(readSettings(github)).toMatchObject({
      appUrl: 'http://localhost:3000',
      providers: { openid: null, github: { url: 'https://github.com', clientId: 'x', clientSecret: 'y' } },
    });
  });

  test('a provider on this computer is spoken to in the clear, but not in production', () => {
    const openid = { OIDC_ISSUER: 'http://localhost:4300', OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'y' };
    expect(readSettings(openid).providers.openid).toMatchObject({ issuer: 'http://localhost:4300/' });
    const refusal = refusalOf({ ...PRODUCTION, ...openid, APP_URL: 'https://parts.example.com' });
    expect(refusal).toMatch(/^OIDC_ISSUER: must begin with https:\/\/ in production/);
  });

  test('is told without the secret in it', () => {
    expect(refusalOf({ ...PRODUCTION, SESSION_SECRET: 'hunter2' })).not.toContain('hunter2');
  });
});

describe('what nobody sets', () => {
  test('in production there is one proxy in front, and https', () => {
    expect(readSettings(PRODUCTION)).toMatchObject({ trustProxy: 1, forceHttps: true, port: 3000 });
  });

  test('elsewhere the database is embedded and the secret made up anew', () => {
    const settings = readSettings({ DATABASE_URL: '' });
    expect(settings).toMatchObject({ trustProxy: 0, forceHttps: false, database: { url: null } });
    expect(settings.sessionSecret).not.toBe(readSettings({}).sessionSecret);
  });
});

function refusalOf(environment: Record<string, string>): string {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof CannotStart) return error.message;
    throw error;
  }
  throw new Error('these settings were taken');
}
