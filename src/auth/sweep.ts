import { db } from '../db/client.js';
import type { Settings } from '../settings.js';
import { forgetLateNames } from './leaving.js';
import { SHOWN_DAYS } from './tokens/tokens.js';

const HOUR = 3_600_000;

/** Sweeps what has run out: none of it does anything any more, and no list shows it. And names that shall be gone. */
export async function sweep(now: Date, { idleHours }: Settings['sessions']): Promise<void> {
  const before = (hours: number) => ({ lt: new Date(now.getTime() - hours * HOUR) });
  const expired = { expiresAt: { lt: now } };
  await db.session.deleteMany({ where: { OR: [expired, { isKept: false, seenAt: before(idleHours) }] } });
  await db.mailedLink.deleteMany({ where: expired });
  await db.step.deleteMany({ where: expired });
  const shown = before(SHOWN_DAYS * 24);
  await db.apiToken.deleteMany({ where: { OR: [{ expiresAt: shown }, { revokedAt: shown }] } });
  // A try that is a day old counts as never made.
  await db.tries.deleteMany({ where: { lastAt: before(24) } });
  await forgetLateNames();
}
