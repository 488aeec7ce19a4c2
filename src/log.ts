import { type DestinationStream, pino } from 'pino';

/** JSON lines on standard output, where the platform collects them. What could sign somebody in is never among them, nor what people typed. */
export function createLog(level: string, to?: DestinationStream): pino.Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['req.headers.cookie', 'req.headers.authorization', 'res.headers["set-cookie"]'],
      serializers: { err: whatBroke },
    },
    to,
  );
}

export type Log = pino.Logger;

/** What broke and where. A database's errors carry more: the query, the values in it, the row that was refused. */
function whatBroke(error: Error) {
  const { type, message, stack, code } = pino.stdSerializers.err(error);
  return { type, message: withoutData(message), stack: withoutData(stack), code };
}

/** Prisma repeats in a complaint the whole record that it was to write. */
function withoutData(text: string): string {
  const [from, to] = [text.indexOf('\n{\n'), text.lastIndexOf('\n}\n')];
  return from < 0 || to < from ? text : `${text.slice(0, from)}\n{…${text.slice(to + 1)}`;
}
