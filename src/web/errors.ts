import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { isDeadlock } from '../db/violations.js';
import { pathOfThisSite } from './addresses.js';
import { TYPED_AGAIN } from './form.js';
import { page, wantsJson } from './page.js';

declare global {
  namespace Express {
    interface Request {
      /** Set once a form has shown the token of its own session: what another site filled in is not shown as somebody's own. */
      isOwnForm?: boolean;
    }
  }
}

/** An answer other than success that a handler ends with: `throw new HttpError(404)`. The message is shown to the person. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What the page says above it, where the status's own word would mislead. */
    readonly title?: string,
  ) {
    super(message);
  }
}

/** A form that comes when the session it was opened in is over. Its page goes on holding what was typed. */
export class StaleForm extends HttpError {
  constructor() {
    super(403, 'The session in which this form was opened has ended.');
  }
}

const COMES_BACK = ['system', 'plan', 'part', 'connection', 'entry', 'extra cost', 'machine type', 'comment'];

/** The record, or the end of the request: nothing stands at this address. */
export function found<T>(record: T | null | undefined, what: string): T {
  if (record === null || record === undefined) {
    const back = COMES_BACK.includes(what)
      ? ' It may have been deleted meanwhile; what was deleted can be brought back from “Deleted”.'
      : what.startsWith('deleted ')
        ? ' It may be back already.'
        : '';
    throw new HttpError(404, `There is no such ${what}.${back}`);
  }
  return record;
}

export const notFound: RequestHandler = (req) => {
  throw new HttpError(404, `Nothing stands at ${req.path}.`);
};

const TITLES: Record<number, string> = {
  400: 'That request cannot be read',
  401: 'Sign in first',
  403: 'This is closed to you',
  404: 'Not found',
  409: 'Somebody was here before you',
  413: 'That is too much at once',
  415: 'That is no kind of file we read',
  429: 'Too many tries',
  503: 'Not ready',
};

const AT_ONCE =
  'Somebody changed the same at this very moment, and nothing of yours was done. Send it again.';

/** Every error ends here: what people can mend is told to them, what only we can mend is logged and owned up to. */
export const onError: ErrorRequestHandler = (thrown, req, res, next) => {
  if (res.headersSent) return next(thrown);
  const error = isDeadlock(thrown) ? new HttpError(409, AT_ONCE) : thrown;
  // It can be sent again, and yet is a slip of ours: whatever locks rows locks them in one order.
  if (error !== thrown)
    req.log.warn({ reqId: req.id, err: thrown }, 'two transactions waited for each other');
  const isStale =
    error instanceof StaleForm || (error as { code?: unknown } | null)?.code === 'EBADCSRFTOKEN';
  if (isStale && !wantsJson(req) && isForm(req)) return showStaleForm(req, res);
  const status = isStale && !req.user ? 401 : statusOf(error);
  if (status >= 500) req.log.error({ reqId: req.id, err: error }, 'request failed');
  const message =
    status >= 500
      ? `Something broke on our side. It is in the log under ${req.id}.`
      : messageOf(error, status);
  page(
    req,
    res,
    'errors/show',
    { title: titleOf(error, status), status, message },
    { status, onlyHtml: { typed: req.isOwnForm ? fieldsTyped(req).filter(isForPeople) : [] } },
  );
};

function titleOf(error: unknown, status: number): string {
  const own = error instanceof HttpError ? error.title : undefined;
  return own ?? TITLES[status] ?? (status >= 500 ? 'Something broke' : 'That did not work');
}

const FORM = 'application/x-www-form-urlencoded';

/** What a page that goes on holding a form does not hold: secrets, which are typed again. */
const isSecret = (field: string) => field === 'code' || TYPED_AGAIN.includes(field);

/** What a program sends as JSON nobody typed, and a name may stand there once for a thousand values. */
function isForm(req: Request): boolean {
  return !req.is('application/json');
}

/** What was typed, but for secrets. */
function fieldsTyped(req: Request): Field[] {
  if (!isForm(req)) return [];
  const typed = Object.entries((req.body ?? {}) as Record<string, string | string[]>);
  return typed
    .filter(([name]) => !isSecret(name))
    .flatMap(([name, value]) => [value].flat().map((one): Field => [name, one]));
}

type Field = [name: string, value: string];

/** What forms carry along for us, which says nothing to people. */
const HIDDEN = ['base', 'cluster', 'counted', 'id', 'revision', 'to', 'token', 'version'];

function isForPeople([name, value]: Field): boolean {
  return value !== '' && !HIDDEN.includes(name);
}

/** A form whose token is of a session that is gone, or that has none: refused, and shown with a fresh token, to be sent again by hand. */
function showStaleForm(req: Request, res: Response): void {
  const fields = fieldsTyped(req);
  // The door, opened in two tabs: one is in by the other.
  const goOn = req.user && req.path === '/sign-in' ? pathOfThisSite(req.body.to) : null;
  res.set('Cache-Control', 'no-store');
  page(
    req,
    res,
    'errors/stale-form',
    { title: goOn ? 'You are signed in already' : 'This form belongs to a session that has ended' },
    {
      status: 403,
      onlyHtml: {
        goOn,
        fields,
        shown: fields.filter(isForPeople),
        isWhole: Object.keys(req.body).every((name) => name === '_csrf' || !isSecret(name)),
        enctype: req.is('multipart/form-data') || FORM,
        action: pathOfThisSite(req.originalUrl),
        // What another site filled in must not be one press away from being sent.
        isOurs: req.get('sec-fetch-site') === 'same-origin' || req.get('origin') !== undefined,
      },
    },
  );
}

function statusOf(error: unknown): number {
  const status = (error as { status?: unknown; statusCode?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function messageOf(error: unknown, status: number): string {
  if (error instanceof HttpError) return error.message;
  if (status === 401) return 'Send a token with this: Authorization: Bearer mp_…, made in your account.';
  if (status === 413) return 'What was sent is larger than we take: 2 MB a file, 200 KB a form.';
  return error instanceof Error ? error.message : 'The request cannot be read.';
}
