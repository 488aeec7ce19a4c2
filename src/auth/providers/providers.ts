import type { Request, Response } from 'express';
import type passport from 'passport';
import type { Settings } from '../../settings.js';
import type { Provider } from '../ways-in.js';
import type { Profile } from './strategies.js';

// Those who say who somebody is: an OpenID Connect provider and GitHub, as far as the settings name them. They are passport strategies; what
// a strategy keeps while the person is away it puts into an object of ours, for we have no session before somebody is signed in.

/** What a strategy remembers until the person is back: state, nonce and code verifier. */
export type Kept = Record<string, unknown>;

/** `reason` is for the log and holds no secrets. */
type Failure = { ok: false; turnedBack: boolean; reason: Record<string, unknown> };

/** The providers that the settings name. None is reached before somebody goes there. */
export function providersIn({ providers: { openid, github }, appUrl }: Settings): Provider[] {
  const callbackOf = (slug: string) => `${appUrl}/sign-in/with/${slug}/callback`;
  const listed: Provider[] = [];
  if (github) {
    const issuer = `${github.url}/login/oauth`;
    const make = async () =>
      (await import('./strategies.js')).githubStrategy(github, issuer, callbackOf('github'));
    listed.push({ slug: 'github', name: 'GitHub', issuer, prepare: preparing('github', make) });
  }
  if (openid) {
    const { name, issuer } = openid;
    const make = async () => (await import('./strategies.js')).openidStrategy(openid, callbackOf('openid'));
    listed.push({ slug: 'openid', name, issuer, prepare: preparing('openid', make) });
  }
  return listed;
}

/**
 * Made at the first use, so that a provider that is down keeps nobody from starting; what failed is tried anew the next time. Our passport is given
 * it by name: with the strategy itself passport would write every request's callbacks into the one object, and take people who come in at the
 * same moment for each other.
 */
function preparing(slug: string, make: () => Promise<passport.Strategy>): Provider['prepare'] {
  let made: Promise<void> | null = null;
  return async (passport) => {
    made ??= make().then((strategy) => void passport.use(slug, strategy));
    await made.catch((error) => {
      made = null;
      throw error;
    });
  };
}

/** Where to send the person, and what to keep until they are back. */
export async function leaveFor(
  passport: passport.Authenticator,
  provider: Provider,
): Promise<{ ok: true; url: string; kept: Kept } | Failure> {
  const kept: Kept = {};
  const answer = await ask(passport, provider, '', kept);
  return 'url' in answer ? { ok: true, url: answer.url, kept } : failureOf(answer);
}

/** Who came back, from the query that they brought and what was kept. */
export async function profileOf(
  passport: passport.Authenticator,
  provider: Provider,
  query: string,
  kept: Kept,
): Promise<{ ok: true; profile: Profile } | Failure> {
  const answer = await ask(passport, provider, query, kept);
  return 'profile' in answer ? { ok: true, profile: answer.profile } : failureOf(answer);
}

type Answer = { url: string } | { profile: Profile } | { error: unknown };

/** Has the strategy read a request and answer it: both are stand-ins, with no more in them than it looks at. */
async function ask(
  passport: passport.Authenticator,
  provider: Provider,
  query: string,
  session: Kept,
): Promise<Answer> {
  try {
    await provider.prepare(passport);
  } catch (error) {
    return { error };
  }
  return new Promise((resolve) => {
    // The host is of no matter: the strategy puts the callback's own address in its place.
    const req = { method: 'GET', protocol: 'http', host: 'this.invalid', originalUrl: `/${query}`, session };
    const res = {
      setHeader: (name: string, url: string) => name === 'Location' && resolve({ url }),
      end: () => {},
    };
    const done = (error: unknown, profile: Profile | false) =>
      resolve(profile ? { profile } : { error: error ?? TURNED_BACK });
    const asking = passport.authenticate(provider.slug, { session: false }, done);
    asking(req as unknown as Request, res as unknown as Response, (error: unknown) => resolve({ error }));
  });
}

/** What the strategy says when somebody did not let the provider tell. */
const TURNED_BACK = Symbol('turned back');

type Told = { code?: unknown; error?: unknown; status?: unknown; message?: unknown; cause?: Told };

function failureOf(answer: Answer): Failure {
  const error = 'error' in answer ? answer.error : new Error('The provider’s answer was none.');
  if (error === TURNED_BACK) return { ok: false, turnedBack: true, reason: { message: 'access denied' } };
  const { code, error: word, status, message, cause } = error as Told;
  // A cause may hold whole answers: of it what it is called, and no more.
  const why =
    cause instanceof Error ? { cause: (cause as Told).message, causeCode: (cause as Told).code } : {};
  return { ok: false, turnedBack: false, reason: { code, error: word, status, message, ...why } };
}
