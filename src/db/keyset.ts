import { Prisma } from './generated/client.js';

/** A column a list can be sorted by: an expression that is never null, and the type its values are compared as. */
export type SortColumn = { by: Prisma.Sql; type: 'text' | 'int' | 'float' | 'timestamptz' };

/** Which stretch of a list: sorted by `sort` (`-name` for descending), after or before a cursor. */
export type Stretch = { sort: string; after?: string | undefined; before?: string | undefined };

export type Keyset = {
  /** To be joined to the WHERE clause, true when there is no cursor. */
  where: Prisma.Sql;
  orderBy: Prisma.Sql;
  /** To be selected as `cursor`. */
  cursor: Prisma.Sql;
  limit: Prisma.Sql;
};

export type Rows<T> = { rows: T[]; after: string | null; before: string | null };

/**
 * Paging by key: a page begins where the cursor says, found through the sort's index, so page 400 costs what page 1 does.
 * `id` is the column that breaks ties. A cursor that makes no sense counts as none.
 */
export function keyset(
  columns: Record<string, SortColumn>,
  id: Prisma.Sql,
  { sort, after, before }: Stretch,
  size: number,
): Keyset {
  const descending = sort.startsWith('-');
  const column = columns[sort.replace(/^-/, '')] ?? Object.values(columns)[0];
  if (!column) throw new Error('A list needs at least one column to sort by.');
  const at = readCursor(before ?? after);
  const backwards = before !== undefined && at !== null;
  const down = descending !== backwards;
  const type = Prisma.raw(column.type === 'float' ? 'float8' : column.type);
  const way = Prisma.raw(down ? 'DESC' : 'ASC');
  return {
    where: at
      ? Prisma.sql`(${column.by}, ${id}) ${Prisma.raw(down ? '<' : '>')} (${at.value}::text::${type}, ${at.id}::int)`
      : Prisma.sql`true`,
    orderBy: Prisma.sql`${column.by} ${way}, ${id} ${way}`,
    cursor: Prisma.sql`${id} || ' ' || (${column.by})::text`,
    limit: Prisma.sql`${size + 1}`,
  };
}

/** The page out of the rows that were read (one more than it holds, to know whether there are more), in the list's own order. */
export function pageOf<T extends { cursor: string }>(
  read: T[],
  { after, before }: Stretch,
  size: number,
): Rows<Omit<T, 'cursor'>> {
  const backwards = before !== undefined && readCursor(before) !== null;
  const more = read.length > size;
  const rows = read.slice(0, size);
  if (backwards) rows.reverse();
  const first = rows[0];
  const last = rows.at(-1);
  const hasEarlier = backwards ? more : after !== undefined && readCursor(after) !== null;
  const hasLater = backwards || more;
  return {
    rows: rows.map(({ cursor: _cursor, ...row }) => row),
    before: first && hasEarlier ? encode(first.cursor) : null,
    after: last && hasLater ? encode(last.cursor) : null,
  };
}

/** For ILIKE: what was typed, found anywhere, its own wildcards taken literally. */
export function containing(words: string): string {
  return `%${words.replace(/[\\%_]/g, '\\$&')}%`;
}

function encode(cursor: string): string {
  return Buffer.from(cursor).toString('base64url');
}

function readCursor(text: string | undefined): { id: number; value: string } | null {
  if (!text) return null;
  const parts = /^(\d{1,10}) ([^\0]{0,2000})$/su.exec(Buffer.from(text, 'base64url').toString('utf8'));
  return parts ? { id: Number(parts[1]), value: parts[2] ?? '' } : null;
}
