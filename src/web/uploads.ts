import type { RequestHandler } from 'express';
import multer from 'multer';
import { HttpError } from './errors.js';

const MAX_FILES = 200;
const MAX_FILE_BYTES = 2 * 1024 * 1024;

const parse = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: MAX_FILE_BYTES, files: MAX_FILES, fieldSize: MAX_FILE_BYTES, fields: 50, parts: 300 },
  // Browsers send a folder's files under their path when asked to keep it.
  preservePath: true,
}).any();

/** Forms that carry files, of people who are signed in: kept in memory, 2 MB a file, never written to disk. */
export const readUploads: RequestHandler = (req, res, next) => {
  if (!req.is('multipart/form-data')) return next();
  if (!req.user) throw new HttpError(403, 'Sign in first.');
  parse(req, res, (error: unknown) => {
    if (!(error instanceof multer.MulterError)) return next(error);
    next(new HttpError(413, UPLOAD_ERRORS[error.code] ?? `The upload cannot be read: ${error.message}.`));
  });
};

const UPLOAD_ERRORS: Record<string, string> = {
  LIMIT_FILE_SIZE:
    'A file is larger than 2 MB. Go back and leave it out, or paste the part of it that matters.',
  LIMIT_FIELD_VALUE: 'The pasted text is larger than 2 MB. Go back and paste the part of it that matters.',
  LIMIT_FILE_COUNT: `More than ${MAX_FILES} files at once. Go back and choose those that describe what runs.`,
};
