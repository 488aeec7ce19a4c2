import type { Author } from '../changes/queries.js';
import { hiding, type Named, showing, write } from '../changes/write-queries.js';
import { read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { CommentInput } from './form.js';

/** Nothing here asks who wrote: a visitor, who is not told, could find it out by sorting and filtering. */
export const commentsList = {
  sorts: ['written', 'updated'],
  filters: [],
} as const satisfies ListShape<string>;

const columns: Record<string, SortColumn> = {
  written: { by: Prisma.sql`x.created_at`, type: 'timestamptz' },
  updated: { by: Prisma.sql`x.updated_at`, type: 'timestamptz' },
};

/** What comments stand on: a plan, or a system as a whole where there is none. */
export type Holder = { system: Named; plan: Named | null };

export type CommentRow = {
  id: number;
  body: string;
  /** Null for visitors, who read everything but people, and where nobody has the account any more. */
  author: Named | null;
  isEdited: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** What other records call their name is how the comment begins. */
  name: string;
};
export type CommentRecord = CommentRow & Holder & { version: number };

/** A comment as it is read: its author as two columns, as an object made by Postgres took longer, to make and to read. */
type Written = Omit<CommentRow, 'author' | 'name'> & { authorId: number | null; authorName: string | null };

const COLUMNS = Prisma.sql`x.id, x.body, x.version > 1 AS "isEdited", x.created_at AS "createdAt", x.updated_at AS "updatedAt"`;

/**
 * Two statements, not one that asks who reads: with that as a parameter Postgres plans it anew each time, which takes longer than running it. A join,
 * as a query within the columns took half as long again.
 */
function commentsFor(isForPerson: boolean): { written: Prisma.Sql; from: Prisma.Sql } {
  return isForPerson
    ? {
        written: Prisma.sql`${COLUMNS}, u.id AS "authorId", u.name AS "authorName"`,
        from: Prisma.sql`comments x LEFT JOIN users u ON u.id = x.author_id`,
      }
    : {
        written: Prisma.sql`${COLUMNS}, NULL::int AS "authorId", NULL AS "authorName"`,
        from: Prisma.sql`comments x`,
      };
}

/** Written out, as copying what is left of an object is slow. */
function commentRow({ id, body, isEdited, createdAt, updatedAt, authorId, authorName }: Written): CommentRow {
  const author = authorId === null ? null : { id: authorId, name: authorName ?? '' };
  return { id, body, author, isEdited, createdAt, updatedAt, name: beginningOf(body) };
}

/** As much of it as its comments are found by. */
type HolderIds = { system: { id: number }; plan: { id: number } | null };

function on({ system, plan }: HolderIds): Prisma.Sql {
  return plan ? Prisma.sql`x.plan_id = ${plan.id}` : Prisma.sql`x.system_id = ${system.id}`;
}

/** As many as go into a file: a comment may be long, and visitors may ask for it. */
const MOST_AT_ONCE = 1_000;

/** One stretch of what is said of one thing, as searched and sorted; without authors where it is for no person. */
export async function listComments(
  holder: Holder,
  list: ListRequest<never>,
  isForPerson: boolean,
): Promise<Rows<CommentRow>> {
  const size = Math.min(list.size, MOST_AT_ONCE);
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`x.id`, list, size);
  const { written, from } = commentsFor(isForPerson);
  const rows = await read<(Written & { cursor: string })[]>`
    SELECT ${written}, ${cursor} AS cursor FROM ${from}
    WHERE ${on(holder)} AND x.deleted_at IS NULL AND ${where}
      ${list.search ? Prisma.sql`AND x.body ILIKE ${containing(list.search)}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, size, commentRow);
}

/** As many as stand on a page, and as many letters: what they become is made anew with each reader where it is too much to keep. */
const ON_PAGE = 50;
const LETTERS_ON_PAGE = 50_000;

/** The end of a discussion, the oldest of it first, and whether there is more before it. */
export async function listLatestComments(
  holder: HolderIds,
  isForPerson: boolean,
): Promise<{ comments: CommentRow[]; hasEarlier: boolean }> {
  const { written, from } = commentsFor(isForPerson);
  const rows = await read<Written[]>`
    SELECT ${written} FROM ${from} WHERE ${on(holder)} AND x.deleted_at IS NULL
    ORDER BY x.created_at DESC, x.id DESC LIMIT ${Prisma.raw(String(ON_PAGE + 1))}`;
  const latest = rows.slice(0, Math.min(ON_PAGE, countFitting(LETTERS_ON_PAGE, rows)));
  return { comments: latest.reverse().map(commentRow), hasEarlier: rows.length > latest.length };
}

/** How many of the first of them have no more letters than this together. */
function countFitting(most: number, rows: Written[]): number {
  let letters = 0;
  const beyond = rows.findIndex(({ body }) => {
    letters += body.length;
    return letters > most;
  });
  return beyond === -1 ? rows.length : beyond;
}

/** A comment with what it stands on, or null when there is none, or it or what it stands on is deleted. */
export async function findComment(id: number, isForPerson: boolean): Promise<CommentRecord | null> {
  const { written, from } = commentsFor(isForPerson);
  const [comment] = await read<(Written & Holder & { version: number })[]>`
    SELECT ${written}, x.version, json_build_object('id', s.id, 'name', s.name) AS system,
      CASE WHEN p.id IS NOT NULL THEN json_build_object('id', p.id, 'name', p.name) END AS plan
    FROM ${from} LEFT JOIN plans p ON p.id = x.plan_id JOIN systems s ON s.id = coalesce(x.system_id, p.system_id)
    WHERE x.id = ${id} AND x.deleted_at IS NULL AND p.deleted_at IS NULL AND s.deleted_at IS NULL`;
  if (!comment) return null;
  const { version, system, plan } = comment;
  return { ...commentRow(comment), version, system, plan };
}

/** Who deleted a comment, as the trail has it; null when nothing of this id is deleted, or what it stood on is. */
export async function findDeletedComment(id: number): Promise<{ deletedById: number | null } | null> {
  const [comment] = await read<{ deletedById: number | null }[]>`
    SELECT (SELECT c.user_id FROM changes c WHERE c.noun = 'comments' AND c.record_id = x.id AND c.action = 'deleted'
      ORDER BY c.id DESC LIMIT 1) AS "deletedById"
    FROM comments x LEFT JOIN plans p ON p.id = x.plan_id JOIN systems s ON s.id = coalesce(x.system_id, p.system_id)
    WHERE x.id = ${id} AND x.deleted_at IS NOT NULL AND p.deleted_at IS NULL AND s.deleted_at IS NULL`;
  return comment ?? null;
}

/** The plan's revision stays: nothing that is said of a plan changes what it comes to. */
export function createComment(author: Author, holder: Holder, input: CommentInput): Promise<Saved<Named>> {
  const { system, plan } = holder;
  const at = plan ? { planId: plan.id } : { systemId: system.id };
  const after = { ...at, ...input };
  return write({ author, action: 'created', noun: 'comments', after }, {}, async (tx) =>
    named(await tx.comment.create({ data: { ...after, authorId: author.userId }, select: BODY })),
  );
}

/** Writes the comment unless somebody did since `version`. */
export function updateComment(
  author: Author,
  comment: CommentRecord,
  version: number,
  input: CommentInput,
): Promise<Saved<Named>> {
  const { id } = comment;
  const trace = {
    author,
    action: 'updated',
    noun: 'comments',
    before: traceOf(comment),
    after: input,
  } as const;
  return write(trace, {}, async (tx) => {
    const { count } = await tx.comment.updateMany({
      where: { id, version, deletedAt: null },
      data: { ...input, version: { increment: 1 }, updatedAt: new Date() },
    });
    return count === 0 ? null : named({ id, ...input });
  });
}

/** Hides the comment; `restoreComment` brings it back. */
export async function deleteComment(author: Author, comment: CommentRecord): Promise<void> {
  const trace = { author, action: 'deleted', noun: 'comments', before: traceOf(comment) } as const;
  await write(trace, {}, async (tx) => {
    const { count } = await tx.comment.updateMany(hiding(comment.id));
    return count === 0 ? null : comment;
  });
}

/** Throws 404 where it is deleted no more. */
export function restoreComment(author: Author, id: number): Promise<Saved<Named>> {
  return write({ author, action: 'restored', noun: 'comments' }, {}, async (tx) => {
    const restored = await tx.comment.updateManyAndReturn({ ...showing(id), select: BODY });
    return restored.map(named);
  });
}

const BODY = { id: true, body: true } as const;

/** Without the author's name, which whoever leaves may take along: the trail knows who it was by who wrote the first line. */
function traceOf({ id, name, body, system, plan }: CommentRecord) {
  return { id, name, body, system, plan };
}

function named<T extends { body: string }>(comment: T): T & { name: string } {
  return { ...comment, name: beginningOf(comment.body) };
}

/** 60 letters of its first line at most. `deletions` says the same in SQL. */
function beginningOf(body: string): string {
  const start = Array.from(body.slice(0, 120)).slice(0, 60).join('').split('\n')[0] ?? '';
  return start === body ? start : `${start}…`;
}
