import type { Request, Response } from 'express';
import { pathOfThisSite } from '../web/addresses.js';
import { HttpError } from '../web/errors.js';
import { setFlash } from '../web/flash.js';
import { type FormState, readForm } from '../web/form.js';
import { page } from '../web/page.js';
import { createFirstAccount, isSignUpOpen } from './accounts.js';
import { authenticate, signIn, signOut } from './auth.js';
import { signInForm, signUpForm } from './form.js';

export async function signInPage(req: Request, res: Response) {
  if (req.user) return res.redirect(303, '/');
  await showSignIn(req, res, { values: { to: req.query.to }, errors: {} });
}

export async function createSession(req: Request, res: Response) {
  const read = readForm(signInForm, req.body);
  if (!read.ok) return showSignIn(req, res, read.form, 422);
  // What was read and trimmed is what is checked.
  req.body = read.data;
  const person = await authenticate(req);
  if (!person) {
    const errors = { password: 'No account has this address and this password together.' };
    return showSignIn(req, res, { values: read.data, errors }, 422);
  }
  await signIn(req, person, read.data.keep);
  res.redirect(303, pathOfThisSite(read.data.to));
}

export async function destroySession(req: Request, res: Response) {
  await signOut(req);
  // Also what the browser keeps for its Back button.
  res.set('Clear-Site-Data', '"cache"');
  res.redirect(303, '/');
}

export async function signUpPage(req: Request, res: Response) {
  if (req.user) return res.redirect(303, '/');
  await showSignUp(req, res, { values: {}, errors: {} });
}

export async function createAccount(req: Request, res: Response) {
  if (!(await isSignUpOpen())) throw signUpIsClosed();
  const read = readForm(signUpForm, req.body);
  if (!read.ok) return showSignUp(req, res, read.form, 422);
  const person = await createFirstAccount(read.data);
  if (!person) throw signUpIsClosed();
  await signIn(req, person, false);
  setFlash(req, { message: `Welcome, ${person.name}. This is the first account, so you are the admin.` });
  res.redirect(303, '/');
}

async function showSignIn(req: Request, res: Response, form: FormState, status = 200) {
  const { password: _never, ...values } = form.values;
  page(
    req,
    res,
    'auth/sign-in',
    { title: 'Sign in', form: { ...form, values } },
    { status, onlyHtml: { signUpOpen: await isSignUpOpen() } },
  );
}

async function showSignUp(req: Request, res: Response, form: FormState, status = 200) {
  if (!(await isSignUpOpen())) throw signUpIsClosed();
  const { password: _never, ...values } = form.values;
  page(req, res, 'auth/sign-up', { title: 'Sign up', form: { ...form, values } }, { status });
}

function signUpIsClosed() {
  return new HttpError(
    403,
    'Sign-up is closed: the first account has been made. Ask its owner to let you in.',
  );
}
