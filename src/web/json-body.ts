import type { Request, RequestHandler } from 'express';
import express from 'express';
import { isOfDevices } from '../auth/auth.js';
import { can } from '../auth/roles.js';
import { HttpError } from './errors.js';
import { MAX_FILES, takesFiles } from './uploads.js';

const small = express.json({ limit: '200kb', strict: true });
const large = express.json({ limit: '3mb', strict: true });

/**
 * Bodies of JSON, read into what forms send, so that the same schemas read both: numbers become texts, true a ticked box, false one that
 * is not sent, null an empty field. Lists hold texts. Files stand within as `files: [{ name, text }]` and come out as uploads.
 */
export const readJson: RequestHandler[] = [
  (req, res, next) => {
    if (isOfDevices(req.path)) return next();
    const isLarge = takesFiles(req.path) && req.user && can(req.user.role, 'edit');
    (isLarge ? large : small)(req, res, next);
  },
  (req, _res, next) => {
    if (!isJson(req) || isOfDevices(req.path)) return next();
    const { files, ...fields } = objectIn(req.body);
    if (takesFiles(req.path) && files !== undefined) req.files = filesIn(files) as Express.Multer.File[];
    else if (files !== undefined) fields.files = files;
    req.body = formOf(fields);
    next();
  },
];

/** Whether the request came with a body of JSON. */
export function isJson(req: Request): boolean {
  return Boolean(req.is('application/json'));
}

/** An entry may name all parts of a plan, 20,000. */
const MOST_VALUES = 25_000;

/** The fields of a form. Throws 422 where a value is none that a form could hold, 413 where there are too many. */
export function formOf(given: Record<string, unknown>): Record<string, string | string[]> {
  if (Object.values(given).flat().length > MOST_VALUES)
    throw new HttpError(413, `That is more than ${MOST_VALUES} values, lists and their items counted.`);
  const odd = Object.keys(given).filter((name) => !isPlain(given[name]));
  if (odd.length > 0) {
    const which = odd.map((name) => `“${name}”`).join(', ');
    throw new HttpError(
      422,
      `A field takes a text, a number, true, false, null or a list of texts: look at ${which}.`,
    );
  }
  const sent = Object.entries(given).filter(([, value]) => value !== false);
  return Object.fromEntries(sent.map(([name, value]) => [name, fieldOf(name, value)]));
}

function fieldOf(name: string, value: unknown): string | string[] {
  if (Array.isArray(value)) return value.map(whole);
  // A person who types 2 means two processors; a program that sends what it has read means what the name says.
  if (typeof value === 'number' && name.endsWith('Millicores')) return `${value}m`;
  return value === true ? 'on' : whole(String(value ?? ''));
}

/** JSON can hold halves of letters, which no form sends and no database takes. */
function whole(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '�');
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return value === null || typeof value !== 'object';
}

function objectIn(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  if (body === undefined) return {};
  throw new HttpError(422, 'Send one object, with the fields by name.');
}

function filesIn(files: unknown): { originalname: string; buffer: Buffer }[] {
  const isFile = (file: unknown): file is { name: string; text: string } => {
    const { name, text } = Object(file) as Record<string, unknown>;
    return typeof name === 'string' && name !== '' && typeof text === 'string';
  };
  if (!Array.isArray(files) || !files.every(isFile)) {
    throw new HttpError(
      422,
      '“files” takes a list of files, each { "name": "docker-compose.yml", "text": "…" }.',
    );
  }
  if (files.length > MAX_FILES) throw new HttpError(413, `More than ${MAX_FILES} files at once.`);
  return files.map(({ name, text }) => ({ originalname: name, buffer: Buffer.from(text) }));
}
