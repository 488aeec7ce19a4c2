import type { Subject } from './queries.js';

/** What a line of the trail is about, and what is deleted, in words. */
export const SUBJECT_LABELS: Record<Subject, string> = {
  systems: 'System',
  plans: 'Plan',
  parts: 'Part',
  connections: 'Connection',
  entries: 'Entry',
  'extra-costs': 'Extra cost',
  'machine-types': 'Machine type',
  comments: 'Comment',
  people: 'Person',
};
