import type { RequestHandler } from 'express';
import multer from 'multer';
import { can } from '../auth/roles.js';
import { HttpError } from './errors.js';
import { wantsJson } from './page.js';

export const MAX_FILES = 200;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_BYTES = 16 * 1024 * 1024;

/** Names like `a[4294967294]` would make lists of as many places, which take minutes to walk. */
const PLAIN_NAMES = { fieldNestingDepth: 0 };

const parse = multer({
  storage: multer.memoryStorage(),
  limits: {
    ...PLAIN_NAMES,
    fileSize: MAX_FILE_BYTES,
    files: MAX_FILES,
    fieldSize: MAX_FILE_BYTES,
    fields: 50,
    parts: 300,
  },
  // Browsers send a folder's files under their path when asked to keep it.
  preservePath: true,
}).any();

/** As much as any other form of theirs: whoever is nobody must not fill the memory. */
const MAX_TYPED_BYTES = 200 * 1024;

/** Of somebody whose session has ended only what was typed is read, to be shown again: it goes no further than that. */
const parseTyped = multer({
  limits: { ...PLAIN_NAMES, fieldSize: MAX_TYPED_BYTES, fields: 50, parts: 60 },
}).none();

/** The addresses that take files: an import, and the source of a plan. */
export function takesFiles(path: string): boolean {
  return /^\/(imports|plans\/[^/]+\/source)$/.test(path);
}

/** Forms that carry files, at the addresses that take any and of people who may: kept in memory, 2 MB a file, 16 MB in all, never on disk. */
export const readUploads: RequestHandler = (req, res, next) => {
  if (!req.is('multipart/form-data')) return next();
  if (!takesFiles(req.path)) throw new HttpError(415, 'No files are taken here.');
  if (req.user && !can(req.user.role, 'edit'))
    throw new HttpError(403, 'Your role does not allow this: files are taken from editors and admins.');
  // What comes after tells them to sign in.
  if (!req.user && wantsJson(req)) return next();
  const [most, tooMuch] = req.user ? [MAX_BYTES, 'LIMIT_ALL'] : [MAX_TYPED_BYTES, 'LIMIT_TYPED'];
  if (!(Number(req.get('content-length')) <= most)) throw new HttpError(413, UPLOAD_ERRORS[tooMuch] ?? '');
  const read = req.user ? parse : parseTyped;
  read(req, res, (error: unknown) => {
    if (!error) {
      // Only plain fields are ours; a name that comes twice would make a list of one.
      req.body = Object.fromEntries(
        Object.entries(req.body ?? {}).filter(([, value]) => typeof value === 'string'),
      );
      return next();
    }
    req.body = {};
    const code = error instanceof multer.MulterError ? error.code : '';
    const known = UPLOAD_ERRORS[code];
    next(
      known
        ? new HttpError(413, known)
        : new HttpError(400, 'The upload cannot be read: it is broken off or garbled. Send it again.'),
    );
  });
};

const UPLOAD_ERRORS: Record<string, string> = {
  LIMIT_ALL: 'The files are larger than 16 MB together. Press Back and choose those that describe what runs.',
  LIMIT_TYPED:
    'Your session has ended, and this is more than is kept without one. Sign in in another tab, then come back here, press Back and send it again.',
  LIMIT_FILE_SIZE:
    'A file is larger than 2 MB. Press Back, what you typed is still there, and leave it out, or paste the part of it that matters.',
  LIMIT_FIELD_VALUE: 'The pasted text is larger than 2 MB. Press Back and paste the part of it that matters.',
  LIMIT_UNEXPECTED_FILE:
    'Your session has ended, so no file was taken. Sign in in another tab, then come back here, press Back and choose the files again.',
  LIMIT_FILE_COUNT: `More than ${MAX_FILES} files at once. Press Back and choose those that describe what runs.`,
};
