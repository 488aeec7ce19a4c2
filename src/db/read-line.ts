import pg, { type ClientConfig, type QueryConfig, type QueryResult } from 'pg';

/** A question that takes longer than this holds up those behind it: the line gets no more until it is answered. */
const SLOW_MS = 20;

export type ReadLine = {
  /** Null where the line is held up: the caller asks elsewhere then. */
  ask(question: QueryConfig): Promise<QueryResult> | null;
  close(): Promise<void>;
};

/**
 * A connection for short reads, over which questions are sent without waiting for the answers to those before; Postgres answers in order. It is
 * made when it is first needed, and anew after it broke. Under load questions and answers go many at a time, which took a fifth off the processor
 * time of a list page; a second line beside it gained nothing. Never for a transaction, which needs a connection to itself. `onError` hears
 * of a line that breaks.
 */
export function openReadLine(config: ClientConfig, onError: (error: Error) => void): ReadLine {
  let line: Promise<pg.Client> | null = null;
  /** Questions sent and not answered yet. */
  let open = 0;
  /** When the one that Postgres is at was sent, or came to be the next. */
  let since = 0;
  let isClosed = false;
  return {
    ask: (question) => (open > 0 && performance.now() - since > SLOW_MS ? null : askNow(question)),
    close: async () => {
      isClosed = true;
      await line?.then((client) => client.end()).catch(() => {});
    },
  };

  async function askNow(question: QueryConfig): Promise<QueryResult> {
    if (isClosed) throw new Error('The database is closed.');
    if (open === 0) since = performance.now();
    open += 1;
    try {
      line ??= connect();
      const client = await line;
      return await client.query(question);
    } finally {
      open -= 1;
      since = performance.now();
    }
  }

  function connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...config, pipeline: true });
    const opened = client.connect().then(() => client);
    // What broke may have another in its place by now, which is not to be forgotten with it.
    const isBroken = () => {
      if (line === opened) line = null;
    };
    client.on('end', isBroken);
    client.on('error', (error) => {
      isBroken();
      onError(error);
    });
    opened.catch(isBroken);
    return opened;
  }
}
