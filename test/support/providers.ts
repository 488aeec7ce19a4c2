import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Somebody as an OpenID provider knows them. */
export type Claims = { email?: string; email_verified?: boolean; name?: string };

const CALLBACK = 'http://localhost:3000/sign-in/with/openid/callback';
export const OPENID_CLIENT = { id: 'moving-parts', secret: 'a secret of the test' };

/**
 * A real OpenID Connect provider (oidc-provider) on a port of its own. `people` are who has an account there, by subject; `tamper` changes the
 * claims of the id tokens that it hands out, `forge` signs them with a key that is not the provider's, `isDown` has it answer nothing.
 */
export async function startOpenId() {
  const [keys, others] = [newKeys(), newKeys()];
  const server = await listening();
  const issuer = addressOf(server);
  const people = new Map<string, Claims>();
  const state = {
    isDown: false,
    forge: false,
    tamper: null as null | ((claims: Record<string, unknown>) => Record<string, unknown>),
  };
  const provider = new Provider(issuer, {
    clients: [
      { client_id: OPENID_CLIENT.id, client_secret: OPENID_CLIENT.secret, redirect_uris: [CALLBACK] },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['of the test'] },
    jwks: { keys: [{ ...keys.privateKey.export({ format: 'jwk' }), kid: KID, use: 'sig' }] },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_ctx: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, ...people.get(sub) }),
    }),
  });
  const inner = await listening();
  inner.on('request', provider.callback());
  server.on('request', (req, res) => {
    if (state.isDown) return void req.socket.destroy();
    if (req.url !== '/token' || !(state.tamper || state.forge)) return provider.callback()(req, res);
    void relay(req, inner).then((answer) => {
      const claims = JSON.parse(Buffer.from(answer.id_token.split('.')[1] ?? '', 'base64url').toString());
      const { privateKey } = state.forge ? others : keys;
      const changed = state.tamper ? state.tamper(claims) : claims;
      answerJson(res, 200, { ...answer, id_token: signed(changed, privateKey) });
    });
  });

  /** Signs in there as this person, and agrees; gives the path that the browser is sent back to. */
  const signIn = (url: string, sub: string) =>
    walk(
      url,
      (page): Record<string, string> =>
        page.includes('name="login"')
          ? { prompt: 'login', login: sub, password: 'any' }
          : { prompt: 'consent' },
    );
  const stop = () => Promise.all([stopped(server), stopped(inner)]);
  return { issuer, people, state, signIn, stop };
}

export const GITHUB_APP = { id: 'github-app', secret: 'another secret of the test' };

type GitHubPerson = {
  id: number;
  login: string;
  name: string | null;
  emails: { email: string; primary: boolean; verified: boolean }[];
};

/** The four addresses of GitHub that are spoken to, as an Enterprise server has them. `person` is who is signed in there. */
export async function startGitHub() {
  const state = { person: null as GitHubPerson | null, refuses: false, tokens: 0, iss: '' };
  const codes = new Map<string, { challenge: string; person: GitHubPerson }>();
  const tokens = new Map<string, GitHubPerson>();
  const server = await listening();
  const url = addressOf(server);
  state.iss = `${url}/login/oauth`;

  const authorize = (query: URLSearchParams, res: ServerResponse) => {
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', state.iss);
    if (state.refuses || !state.person) {
      back.searchParams.set('error', 'access_denied');
    } else {
      const code = randomBytes(8).toString('hex');
      codes.set(code, { challenge: query.get('code_challenge') ?? '', person: state.person });
      back.searchParams.set('code', code);
    }
    res.writeHead(302, { location: back.href }).end();
  };
  const exchange = (form: URLSearchParams, res: ServerResponse) => {
    const known = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isApp = form.get('client_id') === GITHUB_APP.id && form.get('client_secret') === GITHUB_APP.secret;
    // GitHub answers its refusals with 200.
    if (!known || known.challenge !== challenge || !isApp)
      return answerJson(res, 200, { error: 'bad_verification_code' });
    const token = `gho_${randomBytes(8).toString('hex')}`;
    tokens.set(token, known.person);
    state.tokens += 1;
    answerJson(res, 200, { access_token: token, token_type: 'bearer', scope: 'read:user,user:email' });
  };
  server.on('request', async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', url);
    if (pathname === '/login/oauth/authorize') return authorize(searchParams, res);
    if (pathname === '/login/oauth/access_token')
      return exchange(new URLSearchParams(await bodyOf(req)), res);
    const person = tokens.get(req.headers.authorization?.replace(/^bearer /i, '') ?? '');
    if (!person || !req.headers['user-agent']) return answerJson(res, 401, { message: 'Bad credentials' });
    const { emails, ...user } = person;
    if (pathname === '/api/v3/user') return answerJson(res, 200, user);
    if (pathname === '/api/v3/user/emails') return answerJson(res, 200, emails);
    answerJson(res, 404, {});
  });
  const signIn = (address: string) => walk(address, () => ({}));
  return { url, state, signIn, stop: () => stopped(server) };
}

/** Follows redirects and fills in forms, as a browser with cookies does, until it is sent back to the app; gives the path there. */
async function walk(from: string, fillIn: (page: string) => Record<string, string>): Promise<string> {
  const cookies = new Map<string, string>();
  let url = from;
  let form: Record<string, string> | null = null;
  for (let steps = 0; steps < 12; steps += 1) {
    const answer: Response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      redirect: 'manual',
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name ?? '', value ?? '');
    }
    const location = answer.headers.get('location');
    if (location?.startsWith('http://localhost:3000/')) return location.slice('http://localhost:3000'.length);
    const page = await answer.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (!location && !action) throw new Error(`${url} answered ${answer.status}: ${page.slice(0, 500)}`);
    form = location ? null : fillIn(page);
    url = new URL(location ?? action ?? '', url).href;
  }
  throw new Error('The provider never sent back.');
}

const KID = 'of-the-test';

function newKeys() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signed(claims: Record<string, unknown>, key: ReturnType<typeof newKeys>['privateKey']): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'RS256', kid: KID })}.${part(claims)}`;
  return `${head}.${createSign('RSA-SHA256').update(head).sign(key, 'base64url')}`;
}

/** Asks the server behind the same, and gives what it answered. */
async function relay(req: IncomingMessage, to: Server): Promise<{ id_token: string }> {
  const body = await bodyOf(req);
  const { port } = to.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      host: '127.0.0.1',
      path: req.url,
      method: req.method,
      headers: req.headers,
    });
    asked.on('response', (answer) => bodyOf(answer).then((text) => resolve(JSON.parse(text)), reject));
    asked.on('error', reject).end(body);
  });
}

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

function answerJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
