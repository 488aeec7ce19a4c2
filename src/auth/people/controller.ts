import type { Request, Response } from 'express';
import { idOf } from '../../web/addresses.js';
import { found, HttpError } from '../../web/errors.js';
import { sendOn } from '../../web/flash.js';
import { type FormState, readForm, statusOf, withError } from '../../web/form.js';
import { page } from '../../web/page.js';
import { type Account, findAccount, findAccountByEmail } from '../accounts.js';
import { keyIn } from '../fields.js';
import { leave } from '../leaving.js';
import { accountRemoved, invitationLetter, resetHandedOut, roleChanged } from '../letters.js';
import { hasAppUrl, linkTo, post, refuseWithoutAppUrl, writtenTo } from '../post.js';
import { ROLES } from '../roles.js';
import { type Secrets, showOnce, takeShown } from '../shown-once.js';
import { authOf, fromOf, personOf, signOut } from '../signing-in.js';
import { lockedAmong } from '../tries.js';
import { invitationForm, roleForm } from './form.js';
import {
  changeRole,
  handOutReset,
  invite,
  listInvitations,
  listPeople,
  unlockAccount,
  withdrawInvitation,
} from './people.js';

// People, as an admin sees them.

export async function index(req: Request, res: Response) {
  const [people, invitations] = await Promise.all([listPeople(), listInvitations()]);
  const locked = await lockedAmong(people);
  const rows = people.map((one) => ({ ...one, isLocked: locked.has(one.id) }));
  const shown = await takeShown(req, 'link');
  page(req, res, 'people/index', { title: 'People', people: rows, invitations }, { onlyHtml: { shown } });
}

export async function show(req: Request, res: Response) {
  const account = await accountOf(req);
  const shown = await takeShown(req, 'link');
  await showPerson(req, res, account, { values: { role: account.role }, errors: {} }, shown);
}

const WHY_NOT = {
  'last admin': 'This is the only admin. Make somebody else one first.',
  'not confirmed': 'They have not confirmed their address yet. Make them an admin once they have.',
};

export async function updateRole(req: Request, res: Response) {
  const account = await accountOf(req);
  const read = readForm(roleForm, req.body);
  if (!read.ok) return showPerson(req, res, account, read.form);
  const { role } = read.data;
  if (role === account.role) {
    return sendOn(res, `/people/${account.id}`, `${account.name} is ${role} already.`);
  }
  const done = await changeRole(account, role, fromOf(req));
  if (done !== 'done') return showPerson(req, res, account, withError(req.body, { role: WHY_NOT[done] }));
  if (account.id === personOf(req).id) {
    await signOut(req);
    return sendOn(res, '/sign-in', `You are ${role} now. Sign in again.`);
  }
  post(req, account.email, roleChanged(account.name, role));
  sendOn(res, `/people/${account.id}`, `${account.name} is ${role} now, and was signed out everywhere.`);
}

export async function confirmRemoval(req: Request, res: Response) {
  const account = await otherOf(req);
  page(req, res, 'people/deletion', { title: `Remove ${account.name}?`, account });
}

/** For somebody who has left the team: nothing lets them in any more, and what they wrote stays, with their name. */
export async function remove(req: Request, res: Response) {
  const account = await otherOf(req);
  if ((await leave(account, true, fromOf(req))) === 'last admin')
    throw new HttpError(409, WHY_NOT['last admin']);
  post(req, account.email, accountRemoved(account.name));
  sendOn(res, '/people', `${account.name} is removed, and signed out everywhere.`);
}

export async function unlock(req: Request, res: Response) {
  const account = await accountOf(req);
  await unlockAccount(account, fromOf(req));
  sendOn(res, `/people/${account.id}`, `${account.name} can try again.`);
}

/** A link to choose a new password, to hand out where mail is off or does not arrive. Shown once. */
export async function createReset(req: Request, res: Response) {
  const account = await otherOf(req);
  refuseWithoutAppUrl(req);
  const secret = await handOutReset(account, fromOf(req));
  post(req, account.email, resetHandedOut(account.name));
  await showOnce(req, 'link', {
    title: `A new password for ${account.name}`,
    link: linkTo(req, 'reset', secret),
    message: 'Hand this link out. It is good once, for an hour.',
  });
  res.redirect(303, `/people/${account.id}`);
}

export async function newInvitation(req: Request, res: Response) {
  showInvitation(req, res, { values: { role: 'editor' }, errors: {} });
}

export async function createInvitation(req: Request, res: Response) {
  const read = readForm(invitationForm, req.body);
  if (!read.ok) return showInvitation(req, res, read.form);
  const { email, role } = read.data;
  const account = await findAccountByEmail(email);
  // One that nobody ever confirmed makes room for who is invited.
  if (account?.confirmedAt) {
    return showInvitation(
      req,
      res,
      withError(req.body, { email: 'Somebody has an account with this address.' }),
    );
  }
  refuseWithoutAppUrl(req);
  const secret = await invite({ email, role }, fromOf(req));
  const link = linkTo(req, 'invitation', secret);
  post(req, email, invitationLetter(personOf(req).name, link));
  const told = authOf(req).mail.isOn
    ? writtenTo(req, email)
    : 'Mail is off here: hand the link out yourself.';
  const message = `${told} The link is good once, for a week, and lets them in as ${role}.`;
  await showOnce(req, 'link', { title: `${email} is invited`, link, message });
  res.redirect(303, '/people');
}

export async function withdraw(req: Request, res: Response) {
  const email = found(await withdrawInvitation(keyIn(req.body.id), fromOf(req)), 'invitation');
  sendOn(res, '/people', `The invitation of ${email} is taken back.`);
}

async function accountOf(req: Request): Promise<Account> {
  return found(await findAccount(idOf(req, 'personId')), 'person');
}

/** What one does to one's own account asks for the password, and is done there. */
async function otherOf(req: Request): Promise<Account> {
  const account = await accountOf(req);
  if (account.id === personOf(req).id)
    throw new HttpError(403, 'This is your own. Change it in your account, with your password.');
  return account;
}

async function showPerson(
  req: Request,
  res: Response,
  account: Account,
  form: FormState,
  shown: Secrets['link'] | null = null,
) {
  const locked = (await lockedAmong([account])).has(account.id);
  page(
    req,
    res,
    'people/show',
    { title: account.name, account, isLocked: locked },
    { status: statusOf(form), onlyHtml: { form, roles: ROLES, shown, hasAppUrl: hasAppUrl(req) } },
  );
}

function showInvitation(req: Request, res: Response, form: FormState) {
  page(
    req,
    res,
    'people/invitation',
    { title: 'Invite somebody', form },
    {
      status: statusOf(form),
      onlyHtml: { roles: ROLES, mailIsOn: authOf(req).mail.isOn, hasAppUrl: hasAppUrl(req) },
    },
  );
}
