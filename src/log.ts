import { pino } from 'pino';

/** JSON lines on standard output, where the platform collects them. What could sign somebody in is never among them. */
export function createLog(level: string): pino.Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['req.headers.cookie', 'req.headers.authorization', 'res.headers["set-cookie"]'],
  });
}

export type Log = pino.Logger;
