import { z } from 'zod';
import { ACTIONS, type ChangeRow, NOUNS, SUBJECTS } from '../../changes/queries.js';
import type { Deletion } from '../../deletions/queries.js';
import { id, moment, nameIt, schemaOf } from './named.js';
import { oneNamed } from './records.js';

const line = {
  id,
  at: moment,
  action: z.enum(ACTIONS),
  noun: z.enum(SUBJECTS),
  recordId: id,
  label: z.string().describe('The record’s name at the time.'),
  address: z.string().describe('Where it came from.'),
  token: z.string().describe('The name of the API token, if by one.'),
};

export const changeRow = schemaOf<Omit<ChangeRow, 'after'> & { details: string }>()(
  'ChangeRow',
  z.object({
    ...line,
    who: z.string().nullable().describe('null where nobody was signed in, or whoever it was is gone.'),
    details: z.string().describe('Of what happened to people: what exactly.'),
  }),
);

/** What a record of any noun held at any time, so that no more is said of it. */
const held = z.record(z.string(), z.unknown()).nullable();

export const change = nameIt(
  'Change',
  z.object({
    ...line,
    user: oneNamed.nullable().describe('null where nobody was signed in.'),
    before: held.describe('The record as it stood.'),
    after: held.describe('What it was given.'),
  }),
);

const noun = z.enum(NOUNS);
const holder = z.object({ ...oneNamed.shape, deleted: z.boolean() }).nullable();

export const deletion = schemaOf<Omit<Deletion, 'byId'> & { mayRestore: boolean }>()(
  'Deletion',
  z.object({
    noun,
    id,
    name: z.string(),
    deletedAt: moment,
    by: z.string().nullable().describe('null where that is not known.'),
    action: z
      .enum(['deleted', 'imported'])
      .nullable()
      .describe('Whether by hand, or by importing files that no longer have it.'),
    system: holder,
    plan: holder,
    restoreFirst: z
      .object({ noun, ...oneNamed.shape })
      .nullable()
      .describe('What must be restored before it.'),
    mayRestore: z.boolean().describe('Whether who asks may restore it, or what must be restored first.'),
  }),
);
