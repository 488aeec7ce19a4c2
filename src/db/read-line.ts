import type { Socket } from 'node:net';
import pg, { type ClientConfig, type QueryConfig, type QueryResult } from 'pg';

/** A question that takes longer than this holds up those behind it: the line gets no more until it is answered. */
const SLOW_MS = 20;
/** How long after a line could not be had the next is tried. */
const PAUSE_MS = 1_000;

export type ReadLine = {
  /** Null where the line is held up, or not there yet: the caller asks elsewhere then. Throws once it is closed. */
  ask(question: QueryConfig): Promise<QueryResult> | null;
  close(): Promise<void>;
};

/**
 * A connection for short reads, over which questions are sent without waiting for the answers to those before; Postgres answers in order. It is
 * made when something is asked, and anew after it broke; until it is there the caller asks elsewhere. Under load questions and answers go many
 * at a time, which took a fifth off the processor time of a list page; a second line beside it gained nothing. Never for a transaction, which
 * needs a connection to itself. `onError` hears of a line that breaks.
 */
export function openReadLine(config: ClientConfig, onError: (error: Error) => void): ReadLine {
  let line: pg.Client | null = null;
  let connecting: Promise<void> | null = null;
  /** Questions sent and not answered yet. */
  let open = 0;
  /** When the one that Postgres is at was sent, or came to be the next. */
  let since = 0;
  /** Questions of this turn of the loop wait for each other, so that they leave as one write. */
  let isHeld = false;
  let isClosed = false;
  let notBefore = 0;
  return {
    ask: (question) => {
      if (isClosed) throw new Error('The database is closed.');
      if (!line && performance.now() >= notBefore)
        connecting ??= connect().finally(() => (connecting = null));
      return line === null || (open > 0 && performance.now() - since > SLOW_MS)
        ? null
        : askOn(line, question);
    },
    close: async () => {
      isClosed = true;
      await connecting;
      await line?.end();
    },
  };

  async function askOn(client: pg.Client, question: QueryConfig): Promise<QueryResult> {
    if (open === 0) since = performance.now();
    open += 1;
    if (!isHeld) hold(client);
    try {
      return await sent(client, question);
    } catch (error) {
      // From where it was asked, not from where its answer was read.
      Error.captureStackTrace(error as Error);
      throw error;
    } finally {
      open -= 1;
      since = performance.now();
    }
  }

  function hold(client: pg.Client): void {
    const { stream } = (client as pg.Client & { connection: { stream: Socket } }).connection;
    isHeld = true;
    stream.cork();
    setImmediate(() => {
      isHeld = false;
      stream.uncork();
    });
  }

  /** What cannot connect is let be for a while: whoever asks elsewhere hears why. */
  async function connect(): Promise<void> {
    const client = new pg.Client({ ...config, pipeline: true });
    const isBroken = () => {
      if (line === client) line = null;
    };
    client.on('end', isBroken);
    client.on('error', (error) => {
      isBroken();
      onError(error);
    });
    try {
      await client.connect();
      line = client;
    } catch (error) {
      notBefore = performance.now() + PAUSE_MS;
      onError(error as Error);
    }
  }
}

/**
 * Sends a question as a query of its own making: given a plain object the driver copies it, property by property with its descriptors, which
 * took an eighth of the processor time of a list page.
 */
function sent(client: pg.Client, { name, text, values }: QueryConfig): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    const callback = (error: Error | null, result: QueryResult) => (error ? reject(error) : resolve(result));
    client.query(Object.assign(new pg.Query(text, values), { name, callback }));
  });
}
