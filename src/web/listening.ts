import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Express } from 'express';

/**
 * How long, in milliseconds, a request may take to arrive, its headers and the whole of it, how often that is looked at, and for how long nothing may
 * move: no letter of the request, none of the answer.
 */
export type Patience = { headersMs: number; requestMs: number; everyMs: number; stillMs: number };

const PATIENCE: Patience = { headersMs: 20_000, requestMs: 120_000, everyMs: 5_000, stillMs: 60_000 };

/**
 * The server, which does not listen yet. Whoever sends a request a byte at a time is told 408 and cut off: connections that are held open by
 * many would leave none for others. What may be 2 MB has time enough on a slow line. Whoever does not read their answer is cut off, too: until then
 * it takes up memory.
 */
export function serverOf(app: Express, { headersMs, requestMs, everyMs, stillMs } = PATIENCE): Server {
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: everyMs,
      IncomingMessage: bornAs(app.request, IncomingMessage),
      ServerResponse: bornAs(app.response, ServerResponse),
    },
    app,
  );
  server.timeout = stillMs;
  // Longer than the platform's router keeps its connections (90 s), so that it never sends a request into one that we are closing.
  server.keepAliveTimeout = 95_000;
  return server;
}

/**
 * Node's class of requests or responses, whose objects have this prototype from the start. Express gives each its own prototype when it
 * comes, and what has changed its prototype is slow to use for all that comes after: a third of a list page's time on Node 20.
 */
function bornAs<C extends object>(prototype: object, made: C): C {
  function Born(this: object, ...given: unknown[]): void {
    Reflect.apply(made as unknown as () => void, this, given);
  }
  Born.prototype = prototype;
  return Born as unknown as C;
}
