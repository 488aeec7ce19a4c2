import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What OWASP's Password Storage Cheat Sheet names first for argon2id: 19 MiB, two passes, one lane. */
export const USUAL_HASH = { memoryKib: 19_456, passes: 2 };

/** Every setting, its meaning and its default. The table in the README and `.env.example` say the same; a test holds them together. */
const schema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  PORT: wholeNumber(0, 65_535, 3000).default(3000),
  DATABASE_URL: z
    .string()
    .refine(
      (url) => /^postgres(ql)?:\/\/./.test(url) && URL.canParse(url),
      'must be an address that begins with postgres://, for example postgres://user:password@host:5432/name ' +
        '(a password with / ? or # in it must be percent-encoded)',
    )
    .optional(),
  DATABASE_TLS: z.enum(['auto', 'off', 'encrypt', 'verify']).default('auto'),
  DATABASE_POOL_SIZE: wholeNumber(1, 200, 5).default(5),
  DATA_FOLDER: z.string().min(1).default('.data/postgres'),
  SESSION_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more, for example the output of: openssl rand -hex 32')
    .optional(),
  SESSION_IDLE_HOURS: wholeNumber(1, 8_760, 12).default(12),
  SESSION_MAX_HOURS: wholeNumber(1, 8_760, 168).default(168),
  SESSION_KEPT_DAYS: wholeNumber(1, 365, 30).default(30),
  SIGN_UP: z
    .string()
    .regex(
      /^(invite|open|domain:[a-z0-9-]+(\.[a-z0-9-]+)+)$/i,
      'must be invite, open, or domain: and the domain, for example domain:example.com',
    )
    .default('invite'),
  PUBLIC_READ: z.enum(['on', 'off']).default('off'),
  APP_URL: z
    .string()
    .refine(
      (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).pathname === '/',
      'must be the address that people open the app at, without a path, for example https://parts.example.com',
    )
    .optional(),
  SMTP_URL: z
    .string()
    .refine(
      (url) => /^smtps?:\/\/./.test(url) && URL.canParse(url),
      'must be an address that begins with smtp:// or smtps://, for example smtps://user:password@mail.example.com',
    )
    .optional(),
  MAIL_FROM: z.string().min(3).default('moving-parts@localhost'),
  OIDC_ISSUER: z
    .string()
    .refine(
      (url) => isServer(url) && !url.includes('/.well-known/'),
      'must be the provider’s issuer, an address that begins with https:// (http:// on this computer only) and is what stands before ' +
        '/.well-known/openid-configuration, for example https://login.example.com',
    )
    .optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().trim().min(1).max(40).default('OpenID'),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  GITHUB_URL: z
    .string()
    .refine(
      (url) => isServer(url) && new URL(url).pathname === '/',
      'must be the address of GitHub or of an Enterprise server, without a path, for example https://github.com',
    )
    .default('https://github.com'),
  PASSWORD_MEMORY_KIB: wholeNumber(8_192, 1_048_576, USUAL_HASH.memoryKib).default(USUAL_HASH.memoryKib),
  PASSWORD_PASSES: wholeNumber(1, 20, USUAL_HASH.passes).default(USUAL_HASH.passes),
  TRUST_PROXY: wholeNumber(0, 5, 1).optional(),
  FORCE_HTTPS: z.enum(['on', 'off']).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

export type Settings = {
  env: 'production' | 'development' | 'test';
  port: number;
  database: {
    url: string | null;
    tls: 'auto' | 'off' | 'encrypt' | 'verify';
    poolSize: number;
    folder: string;
  };
  /** Signs the tokens of forms and what a page is told by the one before; the secrets of second factors are sealed with it. */
  sessionSecret: string;
  /** How long a session lasts without a request, and at the most; one that the person asked to be kept may idle to its end. */
  sessions: { idleHours: number; maxHours: number; keptDays: number };
  /** What hashing a password costs; hashes of another cost are made anew at the next sign-in. */
  passwords: { memoryKib: number; passes: number };
  /** Who may make an account of their own: nobody without an invitation, everybody, or who has an address of this domain. */
  signUp: { open: boolean; domain: string | null };
  /** Visitors read everything but people. */
  publicRead: boolean;
  /** Where people open the app, without a slash at its end: links in mails begin so. Null where it is not known. */
  appUrl: string | null;
  mail: { smtpUrl: string | null; from: string };
  /** Who else may say who somebody is. Null where it is not set up. */
  providers: {
    openid: { issuer: string; clientId: string; clientSecret: string; name: string } | null;
    github: { url: string; clientId: string; clientSecret: string } | null;
  };
  /** How many proxies stand in front, each of which has put the address it saw at the right of X-Forwarded-For. */
  trustProxy: number;
  forceHttps: boolean;
  logLevel: string;
};

/** Why the program does not start, in words for whoever starts it: what is wrong, and an example of what is right. */
export class CannotStart extends Error {}

/**
 * The environment, read once. In production a database and a session secret must be given; elsewhere the embedded database
 * and a secret of the hour do. Throws CannotStart.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = schema.safeParse(given);
  if (!read.success) {
    throw new CannotStart(
      read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const production = read.data.NODE_ENV === 'production';
  const wrong = [...(production ? missingInProduction(read.data) : []), ...halves(read.data)];
  if (wrong.length > 0) throw new CannotStart(wrong.join('\n'));
  return {
    env: read.data.NODE_ENV,
    port: read.data.PORT,
    database: {
      url: read.data.DATABASE_URL ?? null,
      tls: read.data.DATABASE_TLS,
      poolSize: read.data.DATABASE_POOL_SIZE,
      folder: read.data.DATA_FOLDER,
    },
    sessionSecret: read.data.SESSION_SECRET ?? randomBytes(32).toString('hex'),
    sessions: {
      idleHours: read.data.SESSION_IDLE_HOURS,
      maxHours: read.data.SESSION_MAX_HOURS,
      keptDays: read.data.SESSION_KEPT_DAYS,
    },
    passwords: { memoryKib: read.data.PASSWORD_MEMORY_KIB, passes: read.data.PASSWORD_PASSES },
    signUp: {
      open: read.data.SIGN_UP.toLowerCase() === 'open',
      domain: /^domain:(.+)$/i.exec(read.data.SIGN_UP)?.[1]?.toLowerCase() ?? null,
    },
    publicRead: read.data.PUBLIC_READ === 'on',
    appUrl: read.data.APP_URL ? new URL(read.data.APP_URL).origin : localUrl(read.data),
    mail: { smtpUrl: read.data.SMTP_URL ?? null, from: read.data.MAIL_FROM },
    providers: { openid: openidOf(read.data), github: githubOf(read.data) },
    trustProxy: read.data.TRUST_PROXY ?? (production ? 1 : 0),
    forceHttps: (read.data.FORCE_HTTPS ?? (production ? 'on' : 'off')) === 'on',
    logLevel: read.data.LOG_LEVEL,
  };
}

function openidOf(given: z.infer<typeof schema>): Settings['providers']['openid'] {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME } = given;
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) return null;
  // One spelling: what people are known by at the provider begins with it.
  const issuer = new URL(OIDC_ISSUER).href;
  return { issuer, clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET, name: OIDC_NAME };
}

function githubOf(given: z.infer<typeof schema>): Settings['providers']['github'] {
  const { GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET, GITHUB_URL } = given;
  if (!GITHUB_CLIENT_ID || !GITHUB_CLIENT_SECRET) return null;
  return { url: new URL(GITHUB_URL).origin, clientId: GITHUB_CLIENT_ID, clientSecret: GITHUB_CLIENT_SECRET };
}

/** On one's own computer the address is known without being told. */
function localUrl({ NODE_ENV, PORT }: z.infer<typeof schema>): string | null {
  return NODE_ENV === 'production' ? null : `http://localhost:${PORT}`;
}

export const SETTING_NAMES = Object.keys(schema.shape);

function wholeNumber(min: number, max: number, example: number) {
  const error = `must be a whole number from ${min} to ${max}, for example ${example}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
}

/** What a provider is spoken to at: never in the clear, but on this computer. */
function isServer(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, search, hash, username } = new URL(address);
  return (protocol === 'https:' || isLocal(address)) && !search && !hash && !username;
}

/** A server on this computer that is spoken to without TLS: one for trying out. */
export function isLocal(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname);
}

const PROVIDER_SETTINGS = [
  { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'moving-parts', OIDC_CLIENT_SECRET: 's3cret' },
  { GITHUB_CLIENT_ID: 'Iv1.0123456789abcdef', GITHUB_CLIENT_SECRET: '0123456789abcdef' },
];

/** Of a provider all is set, or nothing: with less nobody could come in, and would be told so by the provider only. */
function halves(given: Record<string, unknown>): string[] {
  return PROVIDER_SETTINGS.flatMap((settings) => {
    const names = Object.keys(settings);
    const set = names.find((name) => given[name]);
    return Object.entries(settings)
      .filter(([name]) => set && !given[name])
      .map(([name, example]) => `${name}: is not set, and ${set} is. For example: ${name}=${example}`);
  });
}

function missingInProduction(given: z.infer<typeof schema>): string[] {
  const missing: string[] = [];
  if (!given.DATABASE_URL) {
    missing.push(
      'DATABASE_URL: is not set, and the embedded database is for trying the app out only. ' +
        'For example: postgres://user:password@host:5432/moving_parts (on Heroku: heroku addons:create heroku-postgresql:essential-0)',
    );
  }
  const needsAppUrl = [
    given.SMTP_URL && 'the links in mails need it',
    (given.OIDC_ISSUER || given.GITHUB_CLIENT_ID) && 'providers send people back to it',
  ].filter(Boolean);
  if (needsAppUrl.length > 0 && !given.APP_URL) {
    missing.push(
      `APP_URL: is not set, and ${needsAppUrl.join(', and ')}. For example: APP_URL=https://parts.example.com`,
    );
  }
  for (const [name, url] of Object.entries({
    OIDC_ISSUER: given.OIDC_ISSUER,
    GITHUB_URL: given.GITHUB_URL,
  })) {
    if (url && isLocal(url)) {
      missing.push(`${name}: must begin with https:// in production, for example https://login.example.com`);
    }
  }
  if (!given.SESSION_SECRET) {
    missing.push(
      'SESSION_SECRET: is not set, and without it the forms that people have open are refused after every start. ' +
        'For example: SESSION_SECRET=$(openssl rand -hex 32) (on Heroku app.json generates it)',
    );
  }
  return missing;
}
