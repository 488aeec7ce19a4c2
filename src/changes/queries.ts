import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, isDay, keyset, pageOf, type Rows } from '../db/keyset.js';
import type { LastChange } from '../db/saved.js';
import { idIn } from '../web/addresses.js';
import { HttpError } from '../web/errors.js';
import type { ListRequest, ListShape } from '../web/list.js';

/** The nouns whose records have a trail, and can be deleted and restored. */
export const NOUNS = [
  'systems',
  'plans',
  'parts',
  'connections',
  'entries',
  'extra-costs',
  'machine-types',
  'comments',
] as const;
export type Noun = (typeof NOUNS)[number];

const RECORD_ACTIONS = ['created', 'updated', 'deleted', 'restored', 'imported', 'copied'] as const;

/** What happens to people and their keys has a trail as well. */
const AUTH_ACTIONS = [
  'signed up',
  'signed in',
  'signed out',
  'failed to sign in',
  'was locked',
  'was unlocked',
  'invited',
  'changed',
  'left',
  'removed',
] as const;
export type AuthAction = (typeof AUTH_ACTIONS)[number];

/** All that a line of the trail can say, and be about. */
export const ACTIONS = [...RECORD_ACTIONS, ...AUTH_ACTIONS] as const;
export const SUBJECTS = [...NOUNS, 'people'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Who writes: from where, and by which API token's name, if by one. */
export type Author = { userId: number; address: string; token: string };

export type Trace = {
  userId: number | null;
  action: (typeof ACTIONS)[number];
  noun: Subject;
  recordId: number;
  /** The record's name at the time, for people. */
  label: string;
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
  /** Where it came from, and by which API token, if by one. */
  address?: string;
  token?: string;
};

/** Writes one line of the trail, in the transaction of the write it tells of. */
export async function recordChange(
  tx: Pick<Prisma.TransactionClient, 'change'>,
  trace: Trace,
): Promise<void> {
  await tx.change.create({ data: trace, select: { id: true } });
}

/** Who touched the record last, and when. An import leaves its line with the plan: `planId` is where to look for it. */
export async function lastChangeOf(
  noun: Noun,
  recordId: number,
  planId: number | undefined,
  reader: number,
): Promise<LastChange> {
  const change = await db.change.findFirst({
    where: {
      OR: [{ noun, recordId }, ...(planId ? [{ noun: 'plans', recordId: planId, action: 'imported' }] : [])],
    },
    orderBy: { id: 'desc' },
    select: { at: true, userId: true, user: { select: { name: true } } },
  });
  const by = change?.userId === reader ? 'you' : (change?.user?.name ?? 'somebody');
  return { by, at: change?.at ?? new Date() };
}

export const changesList = {
  sorts: ['-at'],
  filters: ['noun', 'record', 'action', 'who', 'from', 'until'],
} as const satisfies ListShape<string>;

export type ChangeRow = {
  id: number;
  at: Date;
  /** Null where nobody was signed in, or whoever it was is gone. */
  who: string | null;
  action: string;
  noun: Subject;
  recordId: number;
  label: string;
  address: string;
  token: string;
  /** Of what happened to people: what exactly. Of records it is too much for a list. */
  after: Prisma.JsonValue;
};

/** The trail, the latest first. */
export async function listChanges(
  list: ListRequest<(typeof changesList)['filters'][number]>,
): Promise<Rows<ChangeRow>> {
  const columns = { at: { by: Prisma.sql`c.at`, type: 'timestamptz' as const } };
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`c.id`, list, list.size);
  const { noun, record, action, who, from, until } = list.filters;
  const wanted = [
    list.search && Prisma.sql`c.label ILIKE ${containing(list.search)}`,
    noun && Prisma.sql`c.noun = ${noun}`,
    record && Prisma.sql`c.record_id = ${numberIn(record)}`,
    action && Prisma.sql`c.action = ${action}`,
    who && Prisma.sql`u.name ILIKE ${containing(who)}`,
    isWritten(from) && Prisma.sql`c.at >= ${from}::text::date`,
    isWritten(until) && Prisma.sql`c.at < ${until}::text::date + 1`,
  ].filter((condition) => condition !== '' && condition !== false);
  const rows = await read<(ChangeRow & { cursor: string })[]>`
    SELECT c.id, c.at, u.name AS who, c.action, c.noun, c.record_id AS "recordId", c.label, c.address, c.token,
      CASE WHEN c.noun = 'people' THEN c.after END AS after, ${cursor} AS cursor
    FROM changes c LEFT JOIN users u ON u.id = c.user_id
    WHERE ${where} ${wanted.length ? Prisma.sql`AND ${Prisma.join(wanted, ' AND ')}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size);
}

/** A line of the trail with what stood before and after it, or null. */
export async function findChange(id: number) {
  return db.change.findUnique({
    where: { id },
    select: {
      id: true,
      at: true,
      action: true,
      noun: true,
      recordId: true,
      label: true,
      address: true,
      token: true,
      before: true,
      after: true,
      user: { select: { id: true, name: true } },
    },
  });
}

/** The number that is asked for. Throws 422 where what stands there is none. */
function numberIn(record: string): number {
  const id = /^\d+$/.test(record) ? idIn(record) : null;
  if (id === null)
    throw new HttpError(422, `“${record}” is no number of a record. It stands on the page of each line.`);
  return id;
}

/** Whether a day is asked for. Throws 422 where what stands there is none. */
function isWritten(day: string): boolean {
  if (day === '') return false;
  if (/^\d{4}-\d\d-\d\d$/.test(day) && isDay(day)) return true;
  throw new HttpError(422, `“${day}” is no day. Write days like 2026-01-31.`);
}
