import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Express, Response } from 'express';

/** Smaller than this, a text gains nothing by being made smaller. */
const WORTH_BYTES = 1_024;
/** Brotli's own default is made for files that are compressed once. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/**
 * Has every text (pages, JSON, drawings, tables) leave whole, compressed for who takes that. The usual middleware gives each response
 * functions of its own, and V8 puts a function that is written to a property straight among the old objects: there it holds the whole
 * request until the next full collection, of which a busy server had one every second.
 */
export function sendTexts(app: Express): void {
  const { send } = app.response;
  app.response.send = function (this: Response, body) {
    return typeof body === 'string' ? sendText(this, body) : send.call(this, body);
  };
}

/** As a text an answer leaves with its headers in one piece; Express makes a buffer of it first, which goes out beside them. */
function sendText(res: Response, text: string): Response {
  const length = Buffer.byteLength(text);
  if (!res.get('Content-Type')) res.type('html');
  res.vary('Accept-Encoding');
  const encoding = length >= WORTH_BYTES && res.req.acceptsEncodings('br', 'gzip');
  if (!encoding) return res.set('Content-Length', String(length)).end(text);
  const done = (error: Error | null, bytes: Buffer) => {
    if (error) res.destroy(error);
    // Where something broke after it, the page that says so may have left meanwhile.
    else if (!res.headersSent)
      res.set({ 'Content-Encoding': encoding, 'Content-Length': String(bytes.length) }).end(bytes);
  };
  if (encoding === 'br') brotliCompress(text, BROTLI, done);
  else gzip(text, done);
  return res;
}
