import type { RequestHandler } from 'express';

/** The parser makes objects of cookies that begin with `j:`; ours are texts, and nobody else's are read. */
export const plainCookies: RequestHandler = (req, _res, next) => {
  for (const name of Object.keys(req.cookies))
    if (typeof req.cookies[name] !== 'string') delete req.cookies[name];
  next();
};

/** A request without a form has an empty one, so that every action may look into it. */
export const bodyOfItsOwn: RequestHandler = (req, _res, next) => {
  req.body ??= {};
  next();
};
