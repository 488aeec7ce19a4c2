import type { Request, Response } from 'express';
import { renderSVG } from 'uqr';
import { idOf, pathOfThisSite } from '../../web/addresses.js';
import { found, HttpError } from '../../web/errors.js';
import { sendOn, setFlash } from '../../web/flash.js';
import { type FormState, readForm, statusOf, withError } from '../../web/form.js';
import { count } from '../../web/format.js';
import { page } from '../../web/page.js';
import { type Account, findAccount } from '../accounts.js';
import { codeLocked, secondFactorOff, secondFactorOn } from '../letters.js';
import { ownAccount, readProven } from '../own-account.js';
import { post, postLink } from '../post.js';
import { showOnce, takeShown } from '../shown-once.js';
import { authOf, type Begun, enter, fromOf, personOf, signInAnew } from '../signing-in.js';
import { endStep, findStep, type Step } from '../steps.js';
import { note } from '../trail.js';
import { forgetTries, takeTry, triesOf, waitInWords } from '../tries.js';
import { codeForm, provenForm } from './form.js';
import { countRecoveryCodes } from './recovery-codes.js';
import {
  beginSecondFactor,
  findSecondFactor,
  renewRecoveryCodes,
  turnOff,
  turnOn,
  useCode,
} from './second-factor.js';

// One's own second factor, another's for an admin, and the second step of signing in.

export async function show(req: Request, res: Response) {
  await showState(req, res, await ownAccount(req));
}

export async function begin(req: Request, res: Response) {
  const account = await ownAccount(req);
  const read = await readProven(req, account, provenForm, 'password');
  if (!read.ok) return showState(req, res, account, { beginning: read.form });
  await beginSecondFactor(account, sealingSecretOf(req));
  res.redirect(303, '/account/second-factor');
}

/** The app's first code turns it on. A change of rights: the other sessions end, and this one has a new id. */
export async function confirm(req: Request, res: Response) {
  const account = await ownAccount(req);
  if (account.totpSince) return res.redirect(303, '/account/second-factor');
  const read = readForm(codeForm, req.body);
  if (!read.ok) return showState(req, res, account, { begun: read.form });
  const on = await turnOn(account, read.data.code, fromOf(req), sealingSecretOf(req));
  if (!on) {
    const code = 'This is not the code that the app shows now. Is the clock of your phone right?';
    return showState(req, res, account, { begun: withError(req.body, { code }) });
  }
  post(req, account.email, secondFactorOn(account.name));
  await signInAnew(req, account, on.generation);
  await showCodes(req, res, on.codes, 'The second factor is on. Your other sessions are signed out.');
}

export async function createRecoveryCodes(req: Request, res: Response) {
  const account = await ownAccount(req);
  if (!account.totpSince) return res.redirect(303, '/account/second-factor');
  const read = await readProven(req, account, provenForm, 'current');
  if (!read.ok) return showState(req, res, account, { renewal: read.form });
  await showCodes(
    req,
    res,
    await renewRecoveryCodes(account, fromOf(req)),
    'The ones before are good no more.',
  );
}

export async function destroy(req: Request, res: Response) {
  const account = await ownAccount(req);
  if (!account.totpSince) return res.redirect(303, '/account/second-factor');
  const read = await readProven(req, account, provenForm, 'password');
  if (!read.ok) return showState(req, res, account, { deletion: read.form });
  const generation = await turnOff(account, fromOf(req));
  post(req, account.email, secondFactorOff(account.name));
  await signInAnew(req, account, generation);
  sendOn(res, '/account/second-factor', 'The second factor is off. Your other sessions are signed out.');
}

/** Takes another person's away, by an admin: for somebody whose phone is lost. One's own asks for the password. */
export async function destroyOfPerson(req: Request, res: Response) {
  const account = found(await findAccount(idOf(req, 'personId')), 'person');
  if (account.id === personOf(req).id)
    throw new HttpError(403, 'This is your own. Turn it off in your account, with your password.');
  if (account.totpSince) {
    await turnOff(account, fromOf(req));
    await forgetTries(triesOf.code(account.id));
    post(req, account.email, secondFactorOff(account.name));
  }
  sendOn(res, `/people/${account.id}`, `${account.name} signs in without a second factor now.`);
}

/** The second step of signing in. Without the first there is nothing to see. */
export async function codePage(req: Request, res: Response) {
  const begun = await begunSignIn(req);
  if (!begun) return res.redirect(303, req.user ? '/' : '/sign-in');
  await showCode(req, res, begun.account, { values: {}, errors: {} });
}

function lockedInWords(req: Request): string {
  const link = authOf(req).mail.isOn
    ? 'The link in the mail that we sent opens it sooner, and so does an admin'
    : 'An admin can open it sooner';
  return `The account is locked for a day. ${link}.`;
}

export async function enterWithCode(req: Request, res: Response) {
  const begun = await begunSignIn(req);
  if (!begun) return tooLate(res);
  const { step, account } = begun;
  const read = readForm(codeForm, req.body);
  if (!read.ok) return showCode(req, res, account, read.form);
  const refuse = (code: string, status?: number) =>
    showCode(req, res, account, withError(req.body, { code }), status);
  const tried = await takeTry(triesOf.code(account.id));
  if (!tried.ok) {
    res.set('Retry-After', String(tried.seconds));
    return refuse(`Too many wrong codes. ${waitInWords(tried.seconds, lockedInWords(req))}`, 429);
  }
  const used = await useCode(account.id, read.data.code, sealingSecretOf(req));
  if (!used) {
    await failed(req, account, tried.locks);
    return refuse(
      'This code is not right, or was used already. Your app shows the next one within 30 seconds.',
    );
  }
  // Of two requests at the same moment one ends the step, and comes in.
  if (!(await endStep(req, step))) return tooLate(res);
  await forgetTries(triesOf.code(account.id));
  const { keep, to, by, generation } = step.data as Begun;
  await enter(req, { ...account, generation }, keep, `${by} and ${used}`);
  if (used === 'recovery code') setFlash(req, { message: await leftInWords(account.id) });
  res.redirect(303, pathOfThisSite(to));
}

/** What the app's secret is sealed with. */
function sealingSecretOf(req: Request): string {
  return authOf(req).settings.sessionSecret;
}

/** The sign-in that this browser has begun, by somebody who still is to show a code. */
async function begunSignIn(req: Request): Promise<{ step: Step; account: Account } | null> {
  const step = await findStep(req, 'second factor');
  const account = step && (await findAccount(step.userId ?? 0));
  return step && account?.totpSince ? { step, account } : null;
}

function tooLate(res: Response) {
  sendOn(res, '/sign-in', 'That took too long, or was done already. Sign in from the start.');
}

/** Who types codes knows the password already, so whoever has the account is told. */
async function failed(req: Request, account: Account, locks: boolean): Promise<void> {
  await note(account, fromOf(req), locks ? 'was locked' : 'failed to sign in', { by: 'code' });
  if (locks) postLink(req, 'unlock', account, codeLocked);
}

async function leftInWords(userId: number): Promise<string> {
  const left = await countRecoveryCodes(userId);
  const told =
    left === 0 ? 'That was your last recovery code.' : `You have ${count(left, 'recovery code')} left.`;
  return left > 3 ? told : `${told} Make new ones in your account, under “Second factor”.`;
}

async function showCode(
  req: Request,
  res: Response,
  account: Account,
  form: FormState,
  status = statusOf(form),
) {
  const factor = await findSecondFactor(account, sealingSecretOf(req));
  const canBeRead = factor.state === 'on' && factor.canBeRead;
  res.set('Cache-Control', 'no-store');
  page(req, res, 'auth/code', { title: 'Your second factor', canBeRead }, { status, onlyHtml: { form } });
}

const UNTOUCHED: FormState = { values: {}, errors: {} };

type Forms = { beginning?: FormState; begun?: FormState; renewal?: FormState; deletion?: FormState };

/** The secret is on the page only: what asks for JSON is a program, and an app takes it from the screen. */
async function showState(
  req: Request,
  res: Response,
  account: Account,
  { beginning = UNTOUCHED, begun = UNTOUCHED, renewal = UNTOUCHED, deletion = UNTOUCHED }: Forms = {},
) {
  const factor = await findSecondFactor(account, sealingSecretOf(req));
  const { state } = factor;
  const on = factor.state === 'on' ? factor : null;
  const app =
    factor.state === 'begun'
      ? { secret: inFours(factor.secret), qr: qrOf(factor.uri), uri: factor.uri }
      : null;
  const status = Math.max(...[beginning, begun, renewal, deletion].map(statusOf));
  page(
    req,
    res,
    'account/second-factor',
    { title: 'Second factor', state, on },
    { status, onlyHtml: { account, app, forms: { beginning, begun, renewal, deletion } } },
  );
}

function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? secret;
}

/** With the white edge of four modules that ISO/IEC 18004 asks for, in the dark too. */
function qrOf(text: string): string {
  return renderSVG(text, { ecc: 'M', border: 4, pixelSize: 1 });
}

/** Shown once, on the next page: what is kept are hashes. */
async function showCodes(req: Request, res: Response, codes: string[], message: string) {
  await showOnce(req, 'codes', { codes, message });
  res.redirect(303, '/account/second-factor/recovery-codes');
}

export async function recoveryCodes(req: Request, res: Response) {
  const shown = await takeShown(req, 'codes');
  if (!shown) return res.redirect(303, '/account/second-factor');
  page(req, res, 'account/recovery-codes', { title: 'Your recovery codes', ...shown });
}
