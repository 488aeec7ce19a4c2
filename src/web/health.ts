import type { RequestHandler } from 'express';
import { pendingMigrations } from '../db/migrations.js';

/** 200 when the database answers and has had every migration, else 503 and which of the two it is. */
export const health: RequestHandler = async (req, res) => {
  const started = performance.now();
  try {
    const pending = await pendingMigrations();
    const ready = pending.length === 0;
    res.status(ready ? 200 : 503).json({
      status: ready ? 'ok' : 'not ready',
      database: 'answers',
      migrations: ready ? 'applied' : `pending: ${pending.join(', ')}`,
      milliseconds: Math.round(performance.now() - started),
    });
  } catch (error) {
    req.log.error({ reqId: req.id, err: error }, 'the database does not answer');
    res.status(503).json({ status: 'not ready', database: 'does not answer' });
  }
};
