import * as client from 'openid-client';
import { Strategy, type VerifyFunction } from 'openid-client/passport';
import { z } from 'zod';
import { isLocal, type Settings } from '../../settings.js';
import { email as address } from '../fields.js';

/** Somebody as a provider knows them. `email` is there only where the provider says that it is theirs. */
export type Profile = { subject: string; name: string; email: string | null };

type OpenId = NonNullable<Settings['providers']['openid']>;
type GitHub = NonNullable<Settings['providers']['github']>;

/** A provider that does not answer must not hold people for longer. */
const SECONDS = 10;

/** Asks the provider where its endpoints and keys are. Throws where it does not say, or says that it is another. */
export async function openidStrategy(settings: OpenId, callback: string): Promise<Strategy> {
  const { issuer, clientId, clientSecret } = settings;
  const execute = [
    client.enableNonRepudiationChecks,
    ...(isLocal(issuer) ? [client.allowInsecureRequests] : []),
  ];
  const server = new URL(issuer);
  const config = await client.discovery(server, clientId, undefined, secretOf(clientSecret), {
    execute,
    timeout: SECONDS,
  });
  const identify = async (tokens: Tokens) => openidProfile(config, tokens);
  return strategyOf({ config, callback, scope: 'openid email profile', asksNonce: true }, identify);
}

/** GitHub speaks OAuth 2.0 without OpenID: nothing to discover, and who it is must be asked for. */
export async function githubStrategy(settings: GitHub, issuer: string, callback: string): Promise<Strategy> {
  const { url, clientId, clientSecret } = settings;
  const config = new client.Configuration(
    {
      issuer,
      authorization_endpoint: `${url}/login/oauth/authorize`,
      token_endpoint: `${url}/login/oauth/access_token`,
    },
    clientId,
    undefined,
    client.ClientSecretPost(clientSecret),
  );
  config.timeout = SECONDS;
  if (isLocal(url)) client.allowInsecureRequests(config);
  const identify = (tokens: Tokens) => githubProfile(config, apiOf(url), tokens.access_token);
  return strategyOf({ config, callback, scope: 'read:user user:email', asksNonce: false }, identify);
}

type Tokens = Parameters<VerifyFunction>[0];
type Ways = { config: client.Configuration; callback: string; scope: string; asksNonce: boolean };

/** With state and PKCE for all: left to itself the strategy leaves the state out where the provider says that it knows PKCE. */
function strategyOf(
  { config, callback, scope, asksNonce }: Ways,
  identify: (tokens: Tokens) => Promise<Profile>,
): Strategy {
  const strategy = new Strategy({ config, callbackURL: callback, scope }, async (tokens, done) => {
    // For passport whoever a strategy finds is a user; whose account that is we ask afterwards.
    done(null, (await identify(tokens)) as Profile & Express.User);
  });
  strategy.authorizationRequestParams = () => ({
    state: client.randomState(),
    ...(asksNonce && { nonce: client.randomNonce() }),
  });
  return strategy;
}

/** As OpenID has it where the provider says nothing: by a header. In the body where that is all it takes. */
function secretOf(secret: string): client.ClientAuth {
  const [byHeader, inBody] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...more) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return taken.includes('client_secret_basic') ? byHeader(server, ...more) : inBody(server, ...more);
  };
}

/** What stands in the id token, and where it says nothing of the address, what the provider tells when asked. */
async function openidProfile(config: client.Configuration, tokens: Tokens): Promise<Profile> {
  const claims = tokens.claims();
  if (!claims) throw new Error('The provider sent no id token.');
  const isTold = claims.email !== undefined && claims.email_verified !== undefined;
  const canAsk = config.serverMetadata().userinfo_endpoint !== undefined;
  const asked = !isTold && canAsk ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
  const told: Record<string, unknown> = { ...claims, ...asked };
  // Some send the word for the truth.
  const isVerified = told.email_verified === true || told.email_verified === 'true';
  return asProfile(claims.sub, told.name ?? told.preferred_username, isVerified ? told.email : null);
}

const githubUser = z.object({ id: z.int(), login: z.string(), name: z.string().nullish() });
const githubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

async function githubProfile(config: client.Configuration, api: string, token: string): Promise<Profile> {
  const ask = async (path: string) => {
    const headers = new Headers({ accept: 'application/vnd.github+json' });
    const url = new URL(api + path);
    const answer = await client.fetchProtectedResource(config, token, url, 'GET', undefined, headers);
    if (!answer.ok) throw Object.assign(new Error(`GitHub refused ${path}.`), { status: answer.status });
    return answer.json();
  };
  const user = githubUser.parse(await ask('/user'));
  const emails = githubEmails.parse(await ask('/user/emails'));
  const theirs = emails.find(({ primary, verified }) => primary && verified);
  return asProfile(String(user.id), user.name || user.login, theirs?.email);
}

/** GitHub's own API has a host of its own, an Enterprise server's is a folder. */
function apiOf(url: string): string {
  const { host } = new URL(url);
  const hasHost = host === 'github.com' || host.endsWith('.ghe.com');
  return hasHost ? `https://api.${host}` : `${url}/api/v3`;
}

/** What is no address that could be signed up with counts as none; a name must be one line. */
function asProfile(subject: string, name: unknown, email: unknown): Profile {
  const read = address.safeParse(email);
  const line =
    typeof name === 'string'
      ? name
          .replace(/\p{Cc}/gu, ' ')
          .trim()
          .slice(0, 100)
      : '';
  return { subject, name: line || 'Somebody', email: read.success ? read.data : null };
}
