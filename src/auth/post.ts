import type { Request } from 'express';
import { HttpError } from '../web/errors.js';
import type { Letter } from '../web/mail.js';
import type { Person } from './accounts.js';
import { addressTaken, confirmationLetter, type LinkLetter, newAddressLetter } from './letters.js';
import { type AskedFor, addMailedLink, type Purpose } from './mailed-links.js';
import { authOf } from './signing-in.js';
import { takeTry, tryKeys } from './tries.js';

const NOT_SET_UP = 'Not set up here';

const PATHS: Record<Purpose, string> = {
  confirmation: '/confirmation',
  reset: '/password-reset',
  unlock: '/unlock',
  invitation: '/invitation',
};

/** The address of a link, as a person opens it. Its secret stands in the query, which no log of ours keeps. */
export function linkTo(req: Request, purpose: Purpose, secret: string): string {
  refuseWithoutAppUrl(req);
  return `${authOf(req).settings.appUrl}${PATHS[purpose]}?token=${secret}`;
}

/** “We have written to …”, or where that letter is while no mail leaves here. */
export function writtenTo(req: Request, email: string): string {
  return authOf(req).mail.isPrinted
    ? `The letter to ${email} is on the log: no mail leaves here, SMTP_URL is not set.`
    : `We have written to ${email}.`;
}

/** Whether the app's own address is set, which links begin with: without it none is offered. */
export function hasAppUrl(req: Request): boolean {
  return authOf(req).settings.appUrl !== null;
}

/** Before a link is made: the one before it must not be void for nothing. Throws 403 where links have no address to begin with. */
export function refuseWithoutAppUrl(req: Request): void {
  if (!hasAppUrl(req))
    throw new HttpError(
      403,
      'Links need the setting APP_URL, the address that people open this app at. Whoever runs it sets it.',
      NOT_SET_UP,
    );
}

type Addressee = { name: string; email: string; confirmedAt: Date | null };

function nameOf({ name, confirmedAt }: Addressee): string | null {
  return confirmedAt ? name : null;
}

/**
 * Writes a letter with a link to whoever has the account, in its own time: nobody waits for it, so the answer takes as long when there is no
 * account, and nothing is written. (The database is asked for one all the same: what comes next on this process tells less by its time.)
 */
export function postLink(
  req: Request,
  purpose: AskedFor,
  account: (Addressee & { id: number }) | null,
  letter: LinkLetter,
): void {
  if (!authOf(req).mail.isOn) return;
  later(req, async () => {
    const secret = await addMailedLink(purpose, { userId: account?.id ?? 0, email: account?.email ?? '' });
    if (secret === null || !account) return;
    await authOf(req).mail.send(account.email, letter(nameOf(account), linkTo(req, purpose, secret)));
  });
}

/** Writes to the address that is to be confirmed, which may be another than the account has. */
export function postConfirmation(req: Request, account: Person, to: string): void {
  const letter = to === account.email ? confirmationLetter : newAddressLetter(account.email);
  postLink(req, 'confirmation', { ...account, email: to, confirmedAt: null }, letter);
}

/** Tells somebody that an address which was typed here is theirs already. Anybody can type it, so only so often. */
export function postTaken(req: Request, account: Addressee | null): void {
  if (!account || !authOf(req).mail.isOn) return;
  later(req, async () => {
    if (!(await takeTry(tryKeys.letter(account.email))).ok) return;
    const link = `${authOf(req).settings.appUrl}/password-reset/new`;
    await authOf(req).mail.send(account.email, addressTaken(nameOf(account), link));
  });
}

/** Sends a letter without anybody waiting for it; one that does not leave is logged. */
export function post(req: Request, to: string, letter: Letter): void {
  later(req, () => authOf(req).mail.send(to, letter));
}

const underWay = new Set<Promise<void>>();

/** Once the answer has left, so that its time tells nothing; at once where nobody waits for it any more. */
function later(req: Request, work: () => Promise<void>): void {
  const begin = () => {
    const letter = work()
      .catch((error) => authOf(req).log.error({ reqId: req.id, err: error }, 'a mail could not be sent'))
      .finally(() => underWay.delete(letter));
    underWay.add(letter);
  };
  if (!req.res || req.res.closed) begin();
  else req.res.once('close', begin);
}

/** Waits for the letters that are on their way out, before the process ends. */
export async function lettersLeave(): Promise<void> {
  await Promise.all(underWay);
}

/** What is said where something needs a letter and none can leave; `instead` is what to do. */
export function mailIsOff(instead: string): HttpError {
  return new HttpError(403, `Mail is off here (SMTP_URL is not set). ${instead}`, NOT_SET_UP);
}
