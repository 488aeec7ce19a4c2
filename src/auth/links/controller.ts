import type { Request, Response } from 'express';
import { HttpError } from '../../web/errors.js';
import { sendOn } from '../../web/flash.js';
import { type FormState, readForm, statusOf } from '../../web/form.js';
import { page } from '../../web/page.js';
import { type Account, findAccount, findAccountByEmail } from '../accounts.js';
import { passwordAgainForm } from '../fields.js';
import { addressChanged, passwordChanged, resetLetter } from '../letters.js';
import { findMailedLink, type MailedLink, type Purpose } from '../mailed-links.js';
import { readProven } from '../own-account.js';
import { hashPassword } from '../passwords.js';
import { mailIsOff, post, postLink } from '../post.js';
import { authOf, enter, fromOf, signOut } from '../signing-in.js';
import { acceptBy, confirmBy, resetBy, unlockBy, wentTo } from './by-link.js';
import { acceptForm, addressForm, newPasswordForm } from './form.js';

// What is done by a link that came by mail. Opening it shows a page; only its button uses the link up, as mail programs open links too.

export async function newReset(req: Request, res: Response) {
  showNewReset(req, res, { values: { email: req.query.email }, errors: {} });
}

/** The same answer, and as soon, whether or not anybody has the address. */
export async function createReset(req: Request, res: Response) {
  const read = readForm(addressForm, req.body);
  if (!read.ok) return showNewReset(req, res, read.form);
  const { isOn, isPrinted } = authOf(req).mail;
  if (!isOn) throw mailIsOff('An admin can hand you the link: ask one.');
  postLink(req, 'reset', await findAccountByEmail(read.data.email), resetLetter);
  page(req, res, 'auth/told', {
    title: 'Check your mail',
    message: `If ${read.data.email} has an account here, ${isPrinted ? 'a letter to it is on the log: no mail leaves here, SMTP_URL is not set' : 'a letter is on its way there'}. The link in it is good once, for an hour.`,
  });
}

export async function resetPage(req: Request, res: Response) {
  await showReset(req, res, await linkOf(req, 'reset'), { values: {}, errors: {} });
}

export async function reset(req: Request, res: Response) {
  const link = await linkOf(req, 'reset');
  const { email = '' } = (await findAccount(link.userId ?? 0)) ?? {};
  const read = readForm(newPasswordForm(email), req.body);
  if (!read.ok) return showReset(req, res, link, read.form);
  const hash = await hashPassword(read.data.password, authOf(req).settings.passwords);
  const account = await resetBy(link, { hash, revokesAllElse: read.data.all }, fromOf(req).address);
  if (!account) throw isNoLink();
  post(req, account.email, passwordChanged(account.name));
  await signOut(req);
  sendOn(
    res,
    '/sign-in',
    'Your password is changed, and your sessions are signed out. Sign in with the new one.',
  );
}

export async function confirmationPage(req: Request, res: Response) {
  const link = await linkOf(req, 'confirmation');
  await showConfirmation(req, res, await accountOfLink(link), link, { values: {}, errors: {} });
}

export async function confirm(req: Request, res: Response) {
  const link = await linkOf(req, 'confirmation');
  const account = await accountOfLink(link);
  // Anybody can type an address when they sign up: who has the address must be who chose the password.
  const read = account.confirmedAt
    ? readForm(passwordAgainForm, req.body)
    : await readProven(req, account, passwordAgainForm, 'password');
  if (!read.ok) return showConfirmation(req, res, account, link, read.form);
  const confirmed = await confirmBy(link, fromOf(req).address);
  if (!confirmed) throw isNoLink();
  if (confirmed === 'taken') throw new HttpError(409, 'Somebody else has this address by now.');
  if (confirmed.old !== confirmed.email)
    post(req, confirmed.old, addressChanged(confirmed.name, confirmed.email));
  sendOn(res, req.user ? '/account' : '/sign-in', `${confirmed.email} is confirmed.`);
}

export async function unlockPage(req: Request, res: Response) {
  const { secret: token } = await linkOf(req, 'unlock');
  page(req, res, 'auth/unlock', { title: 'Open your account again' }, { onlyHtml: { token } });
}

export async function unlock(req: Request, res: Response) {
  const link = await linkOf(req, 'unlock');
  if (!(await unlockBy(link, fromOf(req).address))) throw isNoLink();
  sendOn(res, '/sign-in', 'Your account is open again. Sign in.');
}

export async function invitationPage(req: Request, res: Response) {
  showInvitation(req, res, await linkOf(req, 'invitation'), { values: {}, errors: {} });
}

export async function accept(req: Request, res: Response) {
  const link = await linkOf(req, 'invitation');
  const read = readForm(acceptForm(link.email ?? ''), req.body);
  if (!read.ok) return showInvitation(req, res, link, read.form);
  const { name, password } = read.data;
  const passwordHash = await hashPassword(password, authOf(req).settings.passwords);
  const person = await acceptBy(link, name, passwordHash, fromOf(req).address);
  if (!person) throw isNoLink();
  if (person === 'taken') throw new HttpError(409, `${link.email} has an account already. Sign in with it.`);
  await enter(req, person, false, 'an invitation');
  sendOn(res, '/', `Welcome, ${person.name}.`);
}

/** Its secret goes along in the form, as `token`. */
type OpenedLink = MailedLink & { secret: string };

/** The link that the address, or the form behind it, holds. The page it is on is told to nobody. */
async function linkOf(req: Request, purpose: Purpose): Promise<OpenedLink> {
  // Not `no-referrer`: browsers then send their forms with the Origin “null”, which is no site's.
  req.res?.set('Referrer-Policy', 'strict-origin').set('Cache-Control', 'no-store');
  const secret: unknown = req.method === 'POST' ? req.body.token : req.query.token;
  const link = typeof secret === 'string' ? await findMailedLink(purpose, secret) : null;
  if (!link) throw isNoLink();
  return { ...link, secret: String(secret) };
}

async function accountOfLink(link: MailedLink): Promise<Account> {
  const account = await findAccount(link.userId ?? 0);
  if (!account || link.email !== (account.newEmail ?? account.email)) throw isNoLink();
  return account;
}

function isNoLink() {
  return new HttpError(
    404,
    'This link is not good: it was used, has expired, another took its place, or it was not copied whole. Get another: for a new password on the sign-in page, for a new address in your account, for an invitation from an admin.',
  );
}

function showNewReset(req: Request, res: Response, form: FormState) {
  page(
    req,
    res,
    'auth/new-reset',
    { title: 'Choose a new password', form },
    { status: statusOf(form), onlyHtml: { mailIsOn: authOf(req).mail.isOn } },
  );
}

async function showReset(req: Request, res: Response, link: OpenedLink, form: FormState) {
  const account = await findAccount(link.userId ?? 0);
  if (!account || !wentTo(link, account)) throw isNoLink();
  const values = { ...form.values, token: link.secret };
  page(
    req,
    res,
    'auth/reset',
    { title: 'Choose a new password', email: account.email },
    { status: statusOf(form), onlyHtml: { form: { ...form, values } } },
  );
}

function showInvitation(req: Request, res: Response, link: OpenedLink, form: FormState) {
  const values = { ...form.values, token: link.secret };
  page(
    req,
    res,
    'auth/invitation',
    { title: 'Make your account', email: link.email, role: link.role },
    { status: statusOf(form), onlyHtml: { form: { ...form, values } } },
  );
}

async function showConfirmation(
  req: Request,
  res: Response,
  account: Account,
  link: OpenedLink,
  form: FormState,
) {
  const isFirst = account.confirmedAt === null;
  page(
    req,
    res,
    'auth/confirmation',
    { title: 'Confirm your address', email: link.email, name: account.name, isFirst },
    { status: statusOf(form), onlyHtml: { form: { ...form, values: { token: link.secret } }, account } },
  );
}
