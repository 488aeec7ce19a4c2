import type { RequestHandler } from 'express';

/** The parser makes objects of cookies that begin with `j:`; ours are texts, and nobody else's are read. */
export const plainCookies: RequestHandler = (req, _res, next) => {
  req.cookies = Object.fromEntries(
    Object.entries(req.cookies).filter(([, value]) => typeof value === 'string'),
  );
  next();
};

/** A request without a form has an empty one, so that every action may look into it. */
export const bodyOfItsOwn: RequestHandler = (req, _res, next) => {
  req.body ??= {};
  next();
};
