import type { Request, Response } from 'express';
import { pathOfThisSite } from '../../web/addresses.js';
import { sendOn, setFlash } from '../../web/flash.js';
import { type FormState, readForm, statusOf, withError } from '../../web/form.js';
import { count } from '../../web/format.js';
import { page } from '../../web/page.js';
import { type Account, findAccount } from '../accounts.js';
import { codeLocked } from '../letters.js';
import { postLink } from '../post.js';
import { sealingSecretOf } from '../sealed.js';
import { authOf, type Begun, enter, fromOf } from '../signing-in.js';
import { endStep, findStep, type Step } from '../steps.js';
import { note } from '../trail.js';
import { forgetTries, takeTry, toldToWait, tryKeys } from '../tries.js';
import { codeForm } from './form.js';
import { countRecoveryCodes } from './recovery-codes.js';
import { findSecondFactor, useCode } from './second-factor.js';

// The second step of signing in.

/** Without the first there is nothing to see. */
export async function codePage(req: Request, res: Response) {
  const begun = await begunSignIn(req);
  if (!begun) return res.redirect(303, req.user ? '/' : '/sign-in');
  await showCode(req, res, begun, { values: {}, errors: {} });
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
  if (!read.ok) return showCode(req, res, begun, read.form);
  const refuse = (code: string, status?: number) =>
    showCode(req, res, begun, withError(req.body, { code }), status);
  const tried = await takeTry(tryKeys.code(account.id));
  if (!tried.ok) {
    return refuse(`Too many wrong codes. ${toldToWait(req, tried, lockedInWords(req))}`, 429);
  }
  const used = await useCode(account.id, read.data.code, sealingSecretOf(req));
  if (!used) {
    await failed(req, begun, tried.locks);
    return refuse(
      'This code is not right, or was used already. Your app shows the next one within 30 seconds.',
    );
  }
  // Of two requests at the same moment one ends the step, and comes in.
  if (!(await endStep(req, step))) return tooLate(res);
  await forgetTries(tryKeys.code(account.id));
  const { keep, to, by, generation } = step.data as Begun;
  await enter(req, { ...account, generation }, keep, `${by} and ${used}`);
  if (used === 'recovery code') setFlash(req, { message: await leftInWords(account.id) });
  res.redirect(303, pathOfThisSite(to));
}

type BegunSignIn = { step: Step; account: Account };

/** The sign-in that this browser has begun, by somebody who still is to show a code. */
async function begunSignIn(req: Request): Promise<BegunSignIn | null> {
  const step = await findStep(req, 'second factor');
  const account = step && (await findAccount(step.userId ?? 0));
  return step && account?.totpSince ? { step, account } : null;
}

function tooLate(res: Response) {
  sendOn(res, '/sign-in', 'That took too long, or was done already. Sign in from the start.');
}

/** Who types codes has shown the first factor already, so whoever has the account is told. */
async function failed(req: Request, { account, step }: BegunSignIn, locks: boolean): Promise<void> {
  await note(fromOf(req), locks ? 'was locked' : 'failed to sign in', account, { by: 'code' });
  if (locks) postLink(req, 'unlock', account, codeLocked((step.data as Begun).by));
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
  { account, step }: BegunSignIn,
  form: FormState,
  status = statusOf(form),
) {
  const factor = await findSecondFactor(account, sealingSecretOf(req));
  const canBeRead = factor.state === 'on' && factor.canBeRead;
  res.set('Cache-Control', 'no-store');
  const { to } = step.data as Begun;
  page(req, res, 'auth/code', { title: 'Your second factor', canBeRead }, { status, onlyHtml: { form, to } });
}
