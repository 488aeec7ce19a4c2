import type { Request, Response } from 'express';
import { renderSVG } from 'uqr';
import { idOf } from '../../web/addresses.js';
import { found, HttpError } from '../../web/errors.js';
import { sendOn } from '../../web/flash.js';
import { type FormState, readForm, statusOf, withError } from '../../web/form.js';
import { page } from '../../web/page.js';
import { type Account, findAccount } from '../accounts.js';
import { recoveryCodesRenewed, secondFactorOff, secondFactorOn } from '../letters.js';
import { ownAccount, readProven } from '../own-account.js';
import { post } from '../post.js';
import { sealingSecretOf } from '../sealed.js';
import { showOnce, takeShown } from '../shown-once.js';
import { fromOf, personOf, signInAnew } from '../signing-in.js';
import { forgetTries, tryKeys } from '../tries.js';
import { codeForm, provenForm } from './form.js';
import { beginSecondFactor, findSecondFactor, renewRecoveryCodes, turnOff, turnOn } from './second-factor.js';

// One's own second factor, and another's for an admin. The second step of signing in:
export { codePage, enterWithCode } from './at-the-door.js';

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

/** The app's first code turns it on. A change of rights: the other sessions end, and this browser goes on in a new one. */
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
  const codes = await renewRecoveryCodes(account, fromOf(req));
  post(req, account.email, recoveryCodesRenewed(account.name));
  await showCodes(req, res, codes, 'The ones before are good no more.');
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
    await forgetTries(tryKeys.code(account.id));
    post(req, account.email, secondFactorOff(account.name));
  }
  sendOn(res, `/people/${account.id}`, `${account.name} signs in without a second factor now.`);
}

/** Once, after they were made. */
export async function recoveryCodes(req: Request, res: Response) {
  const shown = await takeShown(req, 'codes');
  if (!shown) return res.redirect(303, '/account/second-factor');
  page(req, res, 'account/recovery-codes', { title: 'Your recovery codes', ...shown });
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
