import { z } from 'zod';
import { type Origin, STRENGTHS, type Strength } from '../domain/model.js';
import { choice, line } from '../web/form.js';

/** The strengths in the words of people. */
export const STRENGTH_LABELS: Record<Strength, string> = {
  hard: 'Hard: the caller stops when the called stops',
  soft: 'Soft: the caller is degraded',
};

/** Where a connection is known from, in the words of people. */
export const ORIGIN_LABELS: Record<Origin, string> = {
  stated: 'stated in a file',
  guessed: 'guessed from a file',
  drawn: 'drawn by hand',
};

export const connectionForm = z
  .object({
    from: line('The part that calls'),
    to: line('The part that is called'),
    strength: choice('Strength', STRENGTHS),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'A part cannot call itself: pick another.' });

export type ConnectionInput = z.infer<typeof connectionForm>;

/** A record as the form shows it. */
export function connectionValues(connection: {
  from: { name: string };
  to: { name: string };
  strength: string;
}): Record<string, string> {
  return { from: connection.from.name, to: connection.to.name, strength: connection.strength };
}
