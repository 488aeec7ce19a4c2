import type { Request, Response } from 'express';
import { idIn } from '../../web/addresses.js';
import { found } from '../../web/errors.js';
import { sendOn } from '../../web/flash.js';
import { type FormState, statusOf, withError } from '../../web/form.js';
import { page } from '../../web/page.js';
import { tokenMade } from '../letters.js';
import { ownAccount, readProven } from '../own-account.js';
import { post } from '../post.js';
import { showOnce, takeShown } from '../shown-once.js';
import { fromOf, personOf } from '../signing-in.js';
import { tokenForm } from './form.js';
import { listTokens, MOST_DAYS, MOST_TOKENS, makeToken, revokeToken, SCOPES } from './tokens.js';

// One's own API tokens, for programs. They are made and ended at a browser only.

const NEW_TOKEN = { scope: 'read', days: '90' };

export async function index(req: Request, res: Response) {
  const made = await takeShown(req, 'token');
  await showTokens(req, res, { values: NEW_TOKEN, errors: {} }, made);
}

/** The next page shows the new token itself: it is the only place where it ever stands. */
export async function create(req: Request, res: Response) {
  const account = await ownAccount(req);
  const read = await readProven(req, account, tokenForm, 'password');
  if (!read.ok) return showTokens(req, res, read.form);
  const { password: _proven, ...asked } = read.data;
  const made = await makeToken(account, asked, fromOf(req));
  if (made === null) {
    const name = `You have ${MOST_TOKENS} tokens, which is as many as one may. Revoke one that is not used.`;
    return showTokens(req, res, withError(req.body, { name }));
  }
  post(req, account.email, tokenMade(account.name, asked.name, asked.scope));
  await showOnce(req, 'token', { name: asked.name, text: made });
  res.redirect(303, '/account/tokens');
}

export async function revoke(req: Request, res: Response) {
  const id = idIn(String(req.body.id)) ?? 0;
  const name = found(await revokeToken(personOf(req), id, fromOf(req)), 'token of yours');
  sendOn(res, '/account/tokens', `${name} is revoked: whoever has it is refused from now on.`);
}

async function showTokens(
  req: Request,
  res: Response,
  form: FormState,
  made: { name: string; text: string } | null = null,
) {
  const account = await ownAccount(req);
  const rows = await listTokens(account.id);
  const onlyHtml = { account, form, scopes: SCOPES, mostDays: MOST_DAYS };
  page(
    req,
    res,
    'account/tokens',
    { title: 'Your tokens', rows, made },
    { status: statusOf(form), onlyHtml },
  );
}
