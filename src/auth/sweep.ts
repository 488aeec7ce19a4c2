import type { Settings } from '../settings.js';
import { sweepLinks } from './mailed-links.js';
import { sweepSessions } from './sessions.js';
import { sweepSteps } from './steps.js';
import { sweepTokens } from './tokens/tokens.js';
import { sweepTries } from './tries.js';

/** Sweeps what has run out: none of it does anything any more. */
export async function sweep(now: Date, limits: Settings['sessions']): Promise<void> {
  await sweepSessions(now, limits);
  await sweepLinks(now);
  await sweepSteps(now);
  await sweepTokens(now);
  await sweepTries(now);
}
