import type { RequestHandler } from 'express';
import { HttpError } from '../web/errors.js';
import { isJson } from '../web/json-body.js';
import { type Operation, operationOf } from './operations.js';

/**
 * Of a body of JSON, lets through the fields that the document names, and no other: a program that sends more believes that more happens.
 * A browser's forms are ours, and what they do not know is passed over.
 */
export const knownFields: RequestHandler = (req, _res, next) => {
  if (!isJson(req)) return next();
  const operation = operationOf(req.method, req.route.path);
  const known = fieldsOf(operation);
  const unknown = Object.keys(req.body).filter((name) => !known.includes(name) && name !== '_csrf');
  if (unknown.length > 0) {
    const taken = known.length > 0 ? `What it takes: ${known.join(', ')}.` : 'It takes none.';
    throw new HttpError(
      422,
      `There is no field ${unknown.map((name) => `“${name}”`).join(', ')} here. ${taken}`,
    );
  }
  if (operation?.isUpdate && !req.body.version) {
    throw new HttpError(422, 'Send the “version” of the record as you read it: so nobody’s change is lost.');
  }
  next();
};

function fieldsOf(operation: Operation | undefined): string[] {
  const own = Object.keys(operation?.form?.shape ?? {});
  return operation?.isUpdate ? [...own, 'version', 'base'] : own;
}
