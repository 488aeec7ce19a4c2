import type { Request, Response } from 'express';
import type { z } from 'zod';
import { pathOfThisSite } from '../../web/addresses.js';
import { found, HttpError } from '../../web/errors.js';
import { sendOn, setFlash } from '../../web/flash.js';
import { readForm } from '../../web/form.js';
import { page } from '../../web/page.js';
import { keyIn } from '../fields.js';
import { passkeyAdded, passkeyRemoved } from '../letters.js';
import { isProven, ownAccount } from '../own-account.js';
import { post } from '../post.js';
import { authOf, enter, fromOf } from '../signing-in.js';
import { beginStep, endStep, findStep, type Step } from '../steps.js';
import { nobodyHere, note } from '../trail.js';
import { type RelyingParty, relyingPartyOf } from '../ways-in.js';
import { challengeForm, newPasskeyForm, passkeyForm } from './form.js';
import {
  authenticationOptions,
  checkPasskey,
  listPasskeys,
  register,
  registrationOptions,
  removePasskey,
} from './passkeys.js';

// One's own passkeys, and signing in with one. What public/passkeys.js asks is answered in JSON; `to` is where it goes then.

export async function index(req: Request, res: Response) {
  const account = await ownAccount(req);
  const rows = await listPasskeys(account.id);
  const origin = relyingPartyOf(authOf(req).settings)?.origin ?? null;
  page(
    req,
    res,
    'account/passkeys',
    { title: 'Your passkeys', rows, origin },
    { onlyHtml: { account, form: { values: {}, errors: {} } } },
  );
}

export async function createChallenge(req: Request, res: Response) {
  const party = partyOf(req);
  const account = await ownAccount(req);
  const { current } = readOrRefuse(challengeForm, req.body);
  if (!(await isProven(req, account, current))) throw new HttpError(422, 'This is not your password.');
  const options = await registrationOptions(party, account);
  await beginStep(req, 'new passkey', { userId: account.id, data: { challenge: options.challenge } });
  res.json(options);
}

export async function create(req: Request, res: Response) {
  const account = await ownAccount(req);
  const { name, credential } = readOrRefuse(newPasskeyForm, req.body);
  const { challenge, userId } = await challengeOf(req, 'new passkey');
  if (userId !== account.id) throw isTooLate();
  const done = await register(partyOf(req), account, { name, credential, challenge }, fromOf(req));
  if (done === 'known already') throw new HttpError(409, 'This passkey is known here already.');
  if (done !== 'added') throw refusal(req, done.refused);
  post(req, account.email, passkeyAdded(account.name));
  setFlash(req, { message: `“${name}” is added. It signs you in from now on.` });
  res.json({ to: '/account/passkeys' });
}

export async function destroy(req: Request, res: Response) {
  const account = await ownAccount(req);
  const done = await removePasskey(account, keyIn(req.body.id), authOf(req).providers, fromOf(req));
  if (found(done, 'passkey') === 'last way in') {
    throw new HttpError(
      409,
      'This passkey is the only thing that lets you in. Set a password first, or add another passkey.',
    );
  }
  post(req, account.email, passkeyRemoved(account.name));
  sendOn(
    res,
    '/account/passkeys',
    'It is removed. Remove it from your device too, where it is of no use any more.',
  );
}

export async function createSignInChallenge(req: Request, res: Response) {
  const options = await authenticationOptions(partyOf(req));
  await beginStep(req, 'passkey', { data: { challenge: options.challenge } });
  res.set('Cache-Control', 'no-store').json(options);
}

/** The device has asked for a finger, a face or a PIN: a second factor is not asked for. */
export async function enterWithPasskey(req: Request, res: Response) {
  const party = partyOf(req);
  const { credential, keep, to } = readOrRefuse(passkeyForm, req.body);
  const { challenge } = await challengeOf(req, 'passkey');
  const shown = await checkPasskey(party, credential, challenge);
  if ('refused' in shown) {
    const about = shown.account ?? nobodyHere('a passkey that nobody has');
    await note(fromOf(req), 'failed to sign in', about, { by: 'passkey' });
    throw refusal(req, shown.refused);
  }
  await enter(req, shown.account, keep, 'passkey');
  res.json({ to: pathOfThisSite(to) });
}

function partyOf(req: Request): RelyingParty {
  const party = relyingPartyOf(authOf(req).settings);
  if (!party)
    throw new HttpError(
      403,
      'Passkeys need the setting APP_URL, the address of this app: a name, not a number.',
    );
  return party;
}

/** The challenge that this browser was given, which is good no more after this. */
async function challengeOf(
  req: Request,
  purpose: 'passkey' | 'new passkey',
): Promise<{ challenge: string; userId: Step['userId'] }> {
  const step = await findStep(req, purpose);
  if (!step || !(await endStep(req, step))) throw isTooLate();
  const { challenge } = step.data as { challenge: string };
  return { challenge, userId: step.userId };
}

function readOrRefuse<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = readForm(schema, body);
  if (!read.ok) throw new HttpError(422, Object.values(read.form.errors)[0] ?? 'This is no passkey.');
  return read.data;
}

function isTooLate(): HttpError {
  return new HttpError(422, 'That took too long, or was done already. Press the button again.');
}

/** Whoever tries is told little; why stands in the log. */
function refusal(req: Request, why: string): HttpError {
  authOf(req).log.info({ reqId: req.id, why }, 'a passkey was refused');
  return new HttpError(422, 'This passkey opens nothing here. It was removed from your account, perhaps.');
}
