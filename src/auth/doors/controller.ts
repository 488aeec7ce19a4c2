import type { Request, Response } from 'express';
import { HttpError } from '../../web/errors.js';
import { sendOn } from '../../web/flash.js';
import { type FormState, readForm, statusOf, withError } from '../../web/form.js';
import { page } from '../../web/page.js';
import { findAccountByEmail } from '../accounts.js';
import { authenticate } from '../by-password.js';
import { lockedLetter } from '../letters.js';
import { postConfirmation, postLink, postTaken, writtenTo } from '../post.js';
import { createAccount, createFirstAccount, hasNobody, isOpen, roleOf, takesStrangers } from '../sign-up.js';
import { authOf, enter, enterOrAskForCode, fromOf, personOf, signOut } from '../signing-in.js';
import { nobodyHere, note } from '../trail.js';
import { forgetTries, takeTry, toldToWait, tryKeys } from '../tries.js';
import { relyingPartyOf } from '../ways-in.js';
import { signInForm, signUpForm } from './form.js';

// Signing in, up and out.

export async function signInPage(req: Request, res: Response) {
  if (req.user) return res.redirect(303, '/');
  await showSignIn(req, res, { values: { to: req.query.to }, errors: {} });
}

/** The same whether or not the address has an account. */
function lockedInWords(req: Request): string {
  const sooner = authOf(req).mail.isOn
    ? 'If it has an account, we have written to it: the link in the mail opens it sooner'
    : 'An admin can open it sooner';
  return `It is locked for a day. ${sooner}.`;
}

export async function createSession(req: Request, res: Response) {
  const read = readForm(signInForm, req.body);
  if (!read.ok) return showSignIn(req, res, read.form);
  const { email, to, keep } = read.data;
  const refuse = (password: string) => showSignIn(req, res, withError(read.data, { password }));
  const tried = await takeTry(tryKeys.password(email));
  if (!tried.ok) {
    const wait = toldToWait(req, tried, lockedInWords(req));
    const password = `Too many wrong passwords for this address. ${wait}`;
    return showSignIn(req, res, withError(read.data, { password }), 429);
  }
  // passport looks there: what was read and trimmed is what it checks.
  req.body = read.data;
  const account = await authenticate(req);
  if (!account) {
    await failed(req, email, tried.locks);
    return refuse('No account has this address and this password together.');
  }
  await forgetTries(tryKeys.password(email));
  if (!account.confirmedAt) {
    await note(fromOf(req), 'failed to sign in', account, { by: 'password', why: 'not confirmed' });
    postConfirmation(req, account, account.email);
    const how = authOf(req).mail.isOn
      ? `${writtenTo(req, account.email)} Open the link in the mail, or in one that came before.`
      : 'Mail is off here: ask an admin for a link to a new password, which confirms it as well.';
    return refuse(`Your address is not confirmed yet. ${how}`);
  }
  res.redirect(303, await enterOrAskForCode(req, account, { keep, to, by: 'password' }));
}

export async function destroySession(req: Request, res: Response) {
  const [person, from] = [personOf(req), fromOf(req)];
  await signOut(req);
  await note(from, 'signed out', person);
  // Also what the browser keeps for its Back button.
  res.set('Clear-Site-Data', '"cache"');
  sendOn(res, '/', 'You are signed out.');
}

export async function signUpPage(req: Request, res: Response) {
  if (req.user) return res.redirect(303, '/');
  await showSignUp(req, res, { values: {}, errors: {} });
}

export async function create(req: Request, res: Response) {
  const isFirst = await hasNobody();
  if (!isFirst) return signUp(req, res);
  const read = readForm(signUpForm, req.body);
  if (!read.ok) return showSignUp(req, res, read.form);
  const person = await createFirstAccount(read.data, fromOf(req).address, authOf(req).settings.passwords);
  if (!person) throw signUpIsClosed();
  await enter(req, person, false, 'the first account');
  sendOn(res, '/', `Welcome, ${person.name}. This is the first account, so you are the admin.`);
}

/** Of everybody after the first. The answer is the same whether or not the address has an account: the mail tells which. */
async function signUp(req: Request, res: Response) {
  const { settings } = authOf(req);
  refuseUnlessOpen(req);
  const read = readForm(signUpForm, req.body);
  if (!read.ok) return showSignUp(req, res, read.form);
  const role = roleOf(read.data.email, settings.signUp);
  if (!role) {
    const errors = { email: `E-mail must be an address of ${settings.signUp.domain}.` };
    return showSignUp(req, res, withError(req.body, errors));
  }
  const signUp = { isConfirmed: false, ip: fromOf(req).address, cost: settings.passwords };
  const person = await createAccount({ ...read.data, role }, signUp);
  if (person) postConfirmation(req, person, person.email);
  else postTaken(req, await findAccountByEmail(read.data.email));
  page(req, res, 'auth/told', {
    title: 'Check your mail',
    message: `${writtenTo(req, read.data.email)} Open the link in the mail to go on.`,
  });
}

/** Records a failure; the one that locks is told to whoever has the account. */
async function failed(req: Request, email: string, locks: boolean): Promise<void> {
  const account = await findAccountByEmail(email);
  const about = account ?? nobodyHere('an address that nobody has');
  await note(fromOf(req), locks ? 'was locked' : 'failed to sign in', about, { by: 'password' });
  if (locks) postLink(req, 'unlock', account, lockedLetter);
}

async function showSignIn(req: Request, res: Response, form: FormState, status = statusOf(form)) {
  const isFirst = await hasNobody();
  const passkeysAt = isFirst ? null : (relyingPartyOf(authOf(req).settings)?.origin ?? null);
  page(
    req,
    res,
    'auth/sign-in',
    { title: 'Sign in', form },
    {
      status,
      onlyHtml: {
        isFirst,
        signUpOpen: isFirst || takesStrangers(req),
        providers: authOf(req).providers,
        passkeysAt,
      },
    },
  );
}

async function showSignUp(req: Request, res: Response, form: FormState) {
  const isFirst = await hasNobody();
  if (!isFirst) refuseUnlessOpen(req);
  const { domain } = authOf(req).settings.signUp;
  page(
    req,
    res,
    'auth/sign-up',
    { title: 'Sign up', form },
    { status: statusOf(form), onlyHtml: { isFirst, staysOpen: isOpen(req), domain } },
  );
}

function refuseUnlessOpen(req: Request): void {
  if (!isOpen(req)) throw signUpIsClosed();
  if (!authOf(req).mail.isOn)
    throw new HttpError(
      403,
      'Sign-up needs mail, to confirm addresses, and mail is off here (SMTP_URL is not set). Ask an admin to invite you.',
    );
}

function signUpIsClosed() {
  return new HttpError(403, 'Sign-up is closed here. Ask an admin to invite you.');
}
