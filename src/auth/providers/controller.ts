import type { Request, Response } from 'express';
import { z } from 'zod';
import { idIn, pathOfThisSite } from '../../web/addresses.js';
import { found, HttpError } from '../../web/errors.js';
import { sendOn, setFlash } from '../../web/flash.js';
import { type FormState, statusOf, withError } from '../../web/form.js';
import { page } from '../../web/page.js';
import { type Account, findAccount } from '../accounts.js';
import { passwordAgainForm } from '../fields.js';
import { providerLinked, providerUnlinked } from '../letters.js';
import { ownAccount, readProven } from '../own-account.js';
import { post } from '../post.js';
import { authOf, enterOrAskForCode, fromOf } from '../signing-in.js';
import { beginStep, endStep, findStep } from '../steps.js';
import { nobodyHere, note } from '../trail.js';
import { listIdentities, type Provider } from '../ways-in.js';
import {
  type Arrival,
  arrive,
  type Known,
  link,
  type Refusal,
  unlink as unlinkIdentity,
} from './identities.js';
import { leaveFor, profileOf } from './providers.js';

// Signing in through a provider: away to it, and back with what it says. What is wrong on the way is told on the page one came from.

export async function goToProvider(req: Request, res: Response) {
  const provider = providerOf(req);
  if (req.user) return res.redirect(303, '/');
  await go(req, res, provider, { to: pathOfThisSite(req.body.to) });
}

/** One comes back from here by the browser that left, once, and within ten minutes. */
export async function comeBack(req: Request, res: Response) {
  const provider = providerOf(req);
  const step = await findStep(req, 'provider');
  const away = awayData.safeParse(step?.data);
  if (!step || !(await endStep(req, step)) || away.data?.slug !== provider.slug) {
    // No line in the trail: any page can lead a browser here, and nobody need have tried anything.
    return refuse(
      req,
      res,
      `Signing in through ${provider.name} took too long, or began elsewhere. Try again.`,
    );
  }
  const linker = step.userId === null ? null : await findAccount(step.userId);
  const query = new URL(req.originalUrl, 'http://this.invalid').search;
  const told = await profileOf(authOf(req).passport, provider, query, away.data.kept);
  if (!told.ok) {
    logFailure(req, provider, told.reason);
    return turnAway(req, res, provider, told.turnedBack ? 'turned back' : 'not told', linker);
  }
  const known: Known = { provider, profile: told.profile };
  if (step.userId === null) return letIn(req, res, known, away.data.to);
  await endLink(req, res, known, linker, away.data.generation);
}

export async function identities(req: Request, res: Response) {
  await showIdentities(req, res, { values: {}, errors: {} });
}

export async function goAndLink(req: Request, res: Response) {
  const provider = providerOf(req);
  const account = await ownAccount(req);
  const read = await readProven(req, account, passwordAgainForm, 'password');
  if (!read.ok) return showIdentities(req, res, read.form);
  await go(req, res, provider, { to: '/account/identities', account });
}

export async function unlink(req: Request, res: Response) {
  const account = await ownAccount(req);
  const { providers } = authOf(req);
  const id = idIn(String(req.body.id));
  const linked = found(
    (await listIdentities(account.id, providers)).find((row) => row.id === id),
    'link',
  );
  const done = found(await unlinkIdentity(account, linked.id, providers, fromOf(req)), 'link');
  if (done === 'last way in') {
    const form = 'Nothing else would sign you in. Set a password first.';
    return showIdentities(req, res, withError({}, { form }));
  }
  post(req, account.email, providerUnlinked(account.name, linked.name));
  sendOn(res, '/account/identities', 'The link is taken away.');
}

const awayData = z.object({
  slug: z.string(),
  kept: z.record(z.string(), z.unknown()),
  to: z.string(),
  /** Of who left to link: the account's as it was when they showed that it is theirs. */
  generation: z.int().optional(),
});

/**
 * Sends the person away. By a page that goes on by itself, not by a redirect: browsers hold a form to the addresses that our policy allows forms,
 * and to every redirect after it, and where a provider leads to is not known here.
 */
async function go(
  req: Request,
  res: Response,
  provider: Provider,
  { to, account }: { to: string; account?: Account },
) {
  const left = await leaveFor(authOf(req).passport, provider);
  if (!left.ok) {
    logFailure(req, provider, left.reason);
    return turnAway(req, res, provider, 'out of reach', account);
  }
  const { slug, name } = provider;
  await beginStep(req, 'provider', {
    userId: account?.id ?? null,
    data: JSON.parse(JSON.stringify({ slug, kept: left.kept, to, generation: account?.generation })),
  });
  res.set('Refresh', `0; url=${left.url}`).set('Cache-Control', 'no-store');
  page(req, res, 'auth/leaving', { title: `On to ${name}`, name, url: left.url });
}

/** Signs in whoever it is; who has a second factor shows that first. (An account may be linked before: the provider has said whose the address is.) */
async function letIn(req: Request, res: Response, known: Known, to: string) {
  const { name } = known.provider;
  const arrival: Arrival = await arrive(known, authOf(req).settings.signUp, req.ip ?? '');
  if (!arrival.ok) return turnAway(req, res, known.provider, arrival.refusal);
  const { account, how } = arrival;
  if (how === 'linked') post(req, account.email, providerLinked(account.name, name));
  const next = await enterOrAskForCode(req, account, { keep: false, to, by: name });
  if (how === 'linked') {
    setFlash(req, { message: `Your account is linked to ${name} now. We have written to you about it.` });
  }
  if (how === 'new') setFlash(req, { message: `Welcome, ${account.name}.` });
  res.redirect(303, next);
}

/** Why somebody goes to a provider for nothing. */
type Failure = Refusal | 'out of reach' | 'turned back' | 'not told' | 'signed out' | 'taken';

const TOLD: Record<Failure, (name: string) => string> = {
  'out of reach': (name) => `${name} cannot be reached now. Try again later, or another way.`,
  'turned back': (name) => `You turned back at ${name}.`,
  'not told': (name) => `${name} did not tell us who you are. Try again later, or another way.`,
  'not invited': (name) => `Nobody here has your address at ${name} yet. Ask an admin to invite you.`,
  unverified: (name) =>
    `${name} does not say that your address there is verified, so we cannot tell who you are here. Sign in another way, and link ${name} on the page of your account.`,
  'nobody is here yet': () => 'Nobody has an account here yet. Make the first one, and link it then.',
  left: () => 'The account that this was linked to is gone.',
  again: () => 'Something else happened to your account at the same moment. Try again.',
  'signed out': () => 'You were signed out meanwhile, and nothing was linked. Sign in, and try again.',
  taken: (name) => `Somebody else’s account here is linked to that one at ${name}.`,
};

/** `linker` is who left to link, and nobody where somebody left to sign in. */
async function turnAway(
  req: Request,
  res: Response,
  { name }: Provider,
  why: Failure,
  linker: Account | null = null,
) {
  const about = linker ?? nobodyHere(`somebody from ${name}`);
  const by = linker ? `${name}, to link it` : name;
  await note(fromOf(req), 'failed to sign in', about, { by, why });
  const message = TOLD[why](name);
  if (why === 'not invited') throw new HttpError(403, message);
  refuse(req, res, message);
}

/** Only where the person who left to link is still the one who is signed in, and their account is as it was then, by its generation. */
async function endLink(req: Request, res: Response, known: Known, linker: Account | null, generation = -1) {
  const { name } = known.provider;
  if (!linker || req.user?.id !== linker.id) return turnAway(req, res, known.provider, 'signed out', linker);
  const done = await link({ ...linker, generation }, known, fromOf(req));
  if (done === 'taken') return turnAway(req, res, known.provider, 'taken', linker);
  if (done === 'linked') post(req, linker.email, providerLinked(linker.name, name));
  sendOn(res, '/account/identities', `${name} is ${done}.`);
}

/** What the provider said, or why it said nothing, is for us alone. */
function logFailure(req: Request, { slug }: Provider, reason: Record<string, unknown>) {
  authOf(req).log.warn({ reqId: req.id, provider: slug, ...reason }, 'no sign-in through a provider');
}

/** Back to where one came from: the sign-in page, or one's account. */
function refuse(req: Request, res: Response, message: string) {
  sendOn(res, req.user ? '/account/identities' : '/sign-in', message);
}

function providerOf(req: Request): Provider {
  const { providers } = authOf(req);
  return found(
    providers.find(({ slug }) => slug === req.params.provider),
    'provider',
  );
}

async function showIdentities(req: Request, res: Response, form: FormState) {
  const { providers } = authOf(req);
  const account = await ownAccount(req);
  const rows = await listIdentities(account.id, providers);
  const others = providers.filter(({ issuer }) => !rows.some((row) => row.provider === issuer));
  page(
    req,
    res,
    'account/identities',
    { title: 'Sign-in through providers', rows },
    { status: statusOf(form), onlyHtml: { form, account, others } },
  );
}
