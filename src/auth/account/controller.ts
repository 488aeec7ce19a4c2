import type { Request, Response } from 'express';
import { HttpError } from '../../web/errors.js';
import { sendOn } from '../../web/flash.js';
import { type FormState, readForm, statusOf, withError } from '../../web/form.js';
import { page } from '../../web/page.js';
import { findAccountByEmail } from '../accounts.js';
import { keyIn } from '../fields.js';
import { isOnlyAdmin } from '../last-admin.js';
import { leave } from '../leaving.js';
import { accountDeleted, addressAsked, passwordChanged } from '../letters.js';
import { ownAccount, readProven } from '../own-account.js';
import { hashPassword } from '../passwords.js';
import { mailIsOff, post, postConfirmation, postTaken, writtenTo } from '../post.js';
import { isOfDomain } from '../sign-up.js';
import { authOf, fromOf, personOf, signInAnew, signOut } from '../signing-in.js';
import { listIdentities } from '../ways-in.js';
import { askForAddress, changeName, changePassword, forgetAddress } from './changes.js';
import { leaveForm, nameForm, newAddressForm, passwordForm } from './form.js';
import { endOwnSessions, listSessions } from './own-sessions.js';

// One's own account. What matters asks for the password again: a browser left open must not be enough.

export async function show(req: Request, res: Response) {
  const account = await ownAccount(req);
  const identities = await listIdentities(account.id, authOf(req).providers);
  page(
    req,
    res,
    'account/show',
    { title: 'Your account', account, identities },
    {
      onlyHtml: { hasProviders: authOf(req).providers.length > 0 },
    },
  );
}

export async function editName(req: Request, res: Response) {
  await showForm(req, res, 'name', { values: { name: personOf(req).name }, errors: {} });
}

export async function updateName(req: Request, res: Response) {
  const read = readForm(nameForm, req.body);
  if (!read.ok) return showForm(req, res, 'name', read.form);
  await changeName(await ownAccount(req), read.data.name, fromOf(req));
  sendOn(res, '/account', 'Your name is saved.');
}

export async function editAddress(req: Request, res: Response) {
  await showForm(req, res, 'address', { values: {}, errors: {} });
}

/** The new address is asked to confirm itself; until it does the old one stays. */
export async function updateAddress(req: Request, res: Response) {
  const account = await ownAccount(req);
  const read = await readProven(req, account, newAddressForm, 'password');
  if (!read.ok) return showForm(req, res, 'address', read.form);
  const { mail, settings } = authOf(req);
  if (!mail.isOn) throw mailIsOff('So no link can be sent to the new address, and yours stays as it is.');
  if (read.data.email === account.email)
    return showForm(req, res, 'address', withError(req.body, { email: 'This is your address already.' }));
  const { domain } = settings.signUp;
  if (domain && isOfDomain(account.email, domain) && !isOfDomain(read.data.email, domain)) {
    const errors = {
      email: `E-mail must stay an address of ${domain}, as that is what lets people in here.`,
    };
    return showForm(req, res, 'address', withError(req.body, errors));
  }
  await askForAddress(account, read.data.email, fromOf(req));
  const taken = await findAccountByEmail(read.data.email);
  post(req, account.email, addressAsked(account.name, read.data.email));
  // The answer is the same: only who has the address is told that it is theirs already. An account that nobody ever confirmed makes room.
  if (taken?.confirmedAt && taken.id !== account.id) postTaken(req, taken);
  else postConfirmation(req, account, read.data.email);
  sendOn(res, '/account', `${writtenTo(req, read.data.email)} Open the link in the mail, and it is yours.`);
}

/** Lets the address be that was asked for. */
export async function withdrawAddress(req: Request, res: Response) {
  await forgetAddress(await ownAccount(req), fromOf(req));
  sendOn(res, '/account', 'Your address stays as it is.');
}

export async function editPassword(req: Request, res: Response) {
  await showForm(req, res, 'password', { values: {}, errors: {} });
}

export async function updatePassword(req: Request, res: Response) {
  const account = await ownAccount(req);
  const read = await readProven(req, account, passwordForm(account.email), 'current');
  if (!read.ok) return showForm(req, res, 'password', read.form);
  const hash = await hashPassword(read.data.password, authOf(req).settings.passwords);
  const generation = await changePassword(account, { hash, revokesAllElse: read.data.all }, fromOf(req));
  post(req, account.email, passwordChanged(account.name));
  await signInAnew(req, account, generation);
  sendOn(res, '/account', 'Your password is changed. Your other sessions are signed out.');
}

export async function sessions(req: Request, res: Response) {
  const { id } = personOf(req);
  const listed = await listSessions(id, authOf(req).settings.sessions);
  const rows = listed.map(({ agent, ...row }) => ({
    ...row,
    browser: browserInWords(agent),
    isThis: row.id === req.session?.id,
  }));
  page(req, res, 'account/sessions', { title: 'Your sessions', rows });
}

/** "Firefox on Windows", as far as the browser says so; each names those before it as well, so the order decides. */
function browserInWords(agent: string): string {
  const first = (words: [string, RegExp][]) => words.find(([, pattern]) => pattern.test(agent))?.[0];
  const browser = first([
    ['Edge', /Edg/],
    ['Opera', /OPR/],
    ['Firefox', /Firefox|FxiOS/],
    ['Chrome', /Chrom|CriOS/],
    ['Safari', /Safari/],
  ]);
  const system = first([
    ['iPhone', /iPhone/],
    ['iPad', /iPad/],
    ['Android', /Android/],
    ['Windows', /Windows/],
    ['Mac', /Mac OS/],
    ['Linux', /Linux|X11/],
  ]);
  if (!browser) return agent.slice(0, 40) || 'unknown';
  return system ? `${browser} on ${system}` : browser;
}

/** Signs one session out, or all but this one. */
export async function endSessions(req: Request, res: Response) {
  const person = personOf(req);
  const id = keyIn(req.body.id);
  const which = id === 'others' ? { allBut: req.session?.id ?? '' } : { id };
  const hasEnded = await endOwnSessions(person, which, fromOf(req));
  if (!hasEnded && id !== 'others') throw new HttpError(404, 'That session is over already.');
  if (id === req.session?.id) {
    await signOut(req);
    return sendOn(res, '/', 'You are signed out.');
  }
  sendOn(
    res,
    '/account/sessions',
    id === 'others' ? 'All other sessions are signed out.' : 'It is signed out.',
  );
}

export async function confirmLeaving(req: Request, res: Response) {
  await showForm(req, res, 'deletion', { values: {}, errors: {} });
}

export async function leaveForGood(req: Request, res: Response) {
  const account = await ownAccount(req);
  const read = await readProven(req, account, leaveForm, 'password');
  if (!read.ok) return showForm(req, res, 'deletion', read.form);
  const done = await leave(account, !read.data.nameless, fromOf(req));
  if (done === 'last admin') {
    const errors = { form: 'You are the only admin. Make somebody else one first.' };
    return showForm(req, res, 'deletion', withError(req.body, errors));
  }
  post(req, account.email, accountDeleted(account.name));
  await signOut(req);
  sendOn(res, '/', 'Your account is deleted.');
}

const TITLES = {
  name: 'Your name',
  address: 'Change your address',
  password: 'Change your password',
  deletion: 'Delete your account?',
};

async function showForm(req: Request, res: Response, view: keyof typeof TITLES, form: FormState) {
  const account = await ownAccount(req);
  const mailIsOn = authOf(req).mail.isOn;
  const mustStay = view === 'deletion' && (await isOnlyAdmin(account));
  page(
    req,
    res,
    `account/${view}`,
    { title: TITLES[view], account, form },
    { status: statusOf(form), onlyHtml: { mailIsOn, mustStay } },
  );
}
