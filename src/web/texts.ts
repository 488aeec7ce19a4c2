import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Express, Response } from 'express';

/** Smaller than this, a text gains nothing by being made smaller. */
const WORTH_BYTES = 1_024;
/** What we make best first, whatever the order in which a browser names what it takes. */
const ENCODINGS = ['br', 'gzip'] as const;
/** Answers of these leave without a body, which is Express's to see to. */
const BODILESS = new Set([204, 205, 304]);

/**
 * Has every text (pages, JSON, drawings, tables) leave whole, compressed for who takes that. The usual middleware gives each response
 * functions of its own, and V8 puts a function that is written to a property straight among the old objects: there it holds the whole
 * request until the next full collection, of which a busy server had one every second.
 */
export function sendTexts(app: Express): void {
  const { send } = app.response;
  app.response.send = function (this: Response, body) {
    const isText = typeof body === 'string' && !BODILESS.has(this.statusCode);
    return isText ? sendText(this, body) : send.call(this, body);
  };
}

/** As a text an answer leaves with its headers in one piece; Express makes a buffer of it first, which goes out beside them. */
function sendText(res: Response, text: string): Response {
  const length = Buffer.byteLength(text);
  const type = res.get('Content-Type') ?? 'text/html';
  if (!type.includes('charset=')) res.set('Content-Type', `${type}; charset=utf-8`);
  res.vary('Accept-Encoding');
  const encoding = length >= WORTH_BYTES ? ENCODINGS.find((one) => res.req.acceptsEncodings(one)) : undefined;
  if (!encoding) return res.set('Content-Length', String(length)).end(text);
  const bytes = encoding === 'br' ? brotli(text, length) : gzipSync(text, { level: 4 });
  return res.set({ 'Content-Encoding': encoding, 'Content-Length': String(bytes.length) }).end(bytes);
}

/**
 * At once, 10 ms a megabyte: in a thread of its own a plan's page took three times the processor. The window and the pieces of the answer are
 * as large as pages are; Brotli's own are made for files that are compressed once.
 */
function brotli(text: string, length: number): Buffer {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 3,
    [constants.BROTLI_PARAM_LGWIN]: 17,
    [constants.BROTLI_PARAM_SIZE_HINT]: length,
  };
  return brotliCompressSync(text, { params, chunkSize: 32_768 });
}
