import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Express, Response } from 'express';

/** Smaller than this, a text gains nothing by being made smaller. */
const WORTH_BYTES = 1_024;
/** What we make best first, whatever the order in which a browser names what it takes. */
const ENCODINGS = ['br', 'gzip'] as const;
/** Brotli's own default is made for files that are compressed once. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Answers of these leave without a body, which is Express's to see to. */
const BODILESS = new Set([204, 205, 304]);
/** The text that an answer was given last. */
const latest = Symbol('latest');

type Sent = Response & { [latest]?: string };

/**
 * Has every text (pages, JSON, drawings, tables) leave whole, compressed for who takes that. The usual middleware gives each response
 * functions of its own, and V8 puts a function that is written to a property straight among the old objects: there it holds the whole
 * request until the next full collection, of which a busy server had one every second.
 *
 * While a text is being compressed its answer has not begun: `headersSent` is false, and what is sent in that while is sent instead.
 */
export function sendTexts(app: Express): void {
  const { send } = app.response;
  app.response.send = function (this: Response, body) {
    const isText = typeof body === 'string' && !BODILESS.has(this.statusCode);
    return isText ? sendText(this, body) : send.call(this, body);
  };
}

/** As a text an answer leaves with its headers in one piece; Express makes a buffer of it first, which goes out beside them. */
function sendText(res: Sent, text: string): Response {
  const length = Buffer.byteLength(text);
  const type = res.get('Content-Type') ?? 'text/html';
  if (!type.includes('charset=')) res.set('Content-Type', `${type}; charset=utf-8`);
  res.vary('Accept-Encoding');
  res[latest] = text;
  const encoding = length >= WORTH_BYTES ? ENCODINGS.find((one) => res.req.acceptsEncodings(one)) : undefined;
  if (!encoding) return res.set('Content-Length', String(length)).end(text);
  const done = (error: Error | null, bytes: Buffer) => {
    if (error) res.destroy(error);
    // Where something broke after it, the page that says so goes instead.
    else if (!res.headersSent && res[latest] === text)
      res.set({ 'Content-Encoding': encoding, 'Content-Length': String(bytes.length) }).end(bytes);
  };
  if (encoding === 'br') brotliCompress(text, BROTLI, done);
  else gzip(text, done);
  return res;
}
