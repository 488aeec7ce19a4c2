import type { Request, Response } from 'express';
import { type Action, can } from '../auth/roles.js';
import { addressOf } from './addresses.js';
import { assetUrl } from './assets.js';
import { takeFlash } from './flash.js';
import type { FormState } from './form.js';
import * as format from './format.js';
import { markdown } from './markdown.js';
import { render } from './render.js';

type Content = { title: string } & Record<string, unknown>;

/**
 * Answers with a page, or with the same content as JSON when that is what was asked for.
 * `content` is both what the view is given and what the JSON holds; `onlyHtml` is for what makes sense on a page alone
 * (pictures, choices of a form). JSON of what went wrong also says so in `status` and `message`, whatever else it holds.
 */
export function page(
  req: Request,
  res: Response,
  view: string,
  content: Content,
  { status = 200, onlyHtml = {} }: { status?: number; onlyHtml?: Record<string, unknown> } = {},
): void {
  res.status(status).vary('Accept');
  if (wantsJson(req)) {
    res.json(
      status < 400 ? content : { status, message: whatIsWrong({ ...onlyHtml, ...content }), ...content },
    );
    return;
  }
  const person = req.user ?? null;
  let token: string | undefined;
  const locals = {
    ...onlyHtml,
    ...content,
    format,
    assetUrl,
    addressOf,
    markdown,
    person,
    // Made when a form asks for it: a page without one leaves no cookie.
    csrfToken: () => (token ??= req.csrfToken?.() ?? ''),
    flash: takeFlash(req),
    path: req.path,
    address: req.originalUrl,
    may: (action: Action) => mayRead(req, action) || can(person?.role ?? null, action),
  };
  const html = render('layout', { ...locals, body: render(view, locals) });
  res.set('Content-Type', 'text/html; charset=utf-8').send(html);
}

/** All that stands beside the fields of a form, who saved it first, or what is said of files that cannot be read. */
function whatIsWrong(content: Record<string, unknown>): string {
  const { form, faults = [] } = content as { form?: FormState; faults?: { message: string }[] };
  const late = form?.theirs ? ['Somebody else saved this after you read it.'] : [];
  const messages = [...Object.values(form?.errors ?? {}), ...late, ...faults.map(({ message }) => message)];
  return messages.join(' ') || 'That did not work.';
}

/** Visitors read where the settings say so. */
function mayRead(req: Request, action: Action): boolean {
  return action === 'read' && req.app.get('public read') === true;
}

/**
 * True when the client prefers JSON to a page: an Accept header that says so, or `?format=json` for links. Programs, who send a token or JSON,
 * get JSON unless they ask for a page.
 */
export function wantsJson(req: Request): boolean {
  if (req.query.format === 'json') return true;
  return isProgram(req) ? req.accepts(['json', 'html']) !== 'html' : req.accepts(['html', 'json']) === 'json';
}

function isProgram(req: Request): boolean {
  return /^bearer\b/i.test(req.get('authorization') ?? '') || Boolean(req.is('application/json'));
}
