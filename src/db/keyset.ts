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
  const at = readCursor(before ?? after, column.type);
  const backwards = before !== undefined && at !== null;
  const down = descending !== backwards;
  const type = Prisma.raw(column.type === 'float' ? 'float8' : column.type);
  const way = Prisma.raw(down ? 'DESC' : 'ASC');
  const beyond = Prisma.raw(down ? '<' : '>');
  const value = Prisma.sql`${at?.value}::text::${type}`;
  return {
    // Where the sort's column and the id stand in two tables no index serves the pair, but one may serve the column alone.
    where: at
      ? Prisma.sql`${column.by} ${beyond}= ${value} AND (${column.by}, ${id}) ${beyond} (${value}, ${at.id}::int)`
      : Prisma.sql`true`,
    orderBy: Prisma.sql`${column.by} ${way}, ${id} ${way}`,
    cursor: Prisma.sql`${id} || ' ' || (${column.by})::text`,
    // Written out: with the limit a parameter Postgres plans the statement anew each time, which takes longer than running it.
    limit: Prisma.raw(String(size + 1)),
  };
}

/**
 * The page out of the rows that were read (one more than it holds, to know whether there are more), in the list's own order, each as
 * `shownAs` makes it: as it was read, without its cursor, where nothing else is said.
 */
export function pageOf<T extends { cursor: string }, R = Omit<T, 'cursor'>>(
  read: T[],
  { after, before }: Stretch,
  size: number,
  shownAs: (row: T) => R = withoutCursor as (row: T) => R,
): Rows<R> {
  const backwards = before !== undefined && readCursor(before) !== null;
  const more = read.length > size;
  const rows = read.slice(0, size);
  if (backwards) rows.reverse();
  const first = rows[0];
  const last = rows.at(-1);
  const hasEarlier = backwards ? more : after !== undefined && readCursor(after) !== null;
  const hasLater = backwards || more;
  return {
    rows: rows.map(shownAs),
    before: first && hasEarlier ? encode(first.cursor) : null,
    after: last && hasLater ? encode(last.cursor) : null,
  };
}

function withoutCursor<T extends { cursor: string }>({ cursor: _cursor, ...row }: T): Omit<T, 'cursor'> {
  return row;
}

/** For ILIKE: what was typed, found anywhere, its own wildcards taken literally. */
export function containing(words: string): string {
  return `%${words.replace(/[\\%_]/g, '\\$&')}%`;
}

function encode(cursor: string): string {
  return Buffer.from(cursor).toString('base64url');
}

function readCursor(
  text: string | undefined,
  type: SortColumn['type'] = 'text',
): { id: number; value: string } | null {
  if (!text) return null;
  const parts = /^(\d{1,10}) ([^\0]{0,2000})$/su.exec(Buffer.from(text, 'base64url').toString('utf8'));
  const [id, value] = [Number(parts?.[1]), parts?.[2] ?? ''];
  return id <= MAX_INT && isOfType[type](value) ? { id, value } : null;
}

const MAX_INT = 2_147_483_647;

/** Whether the database could read the value as this type; in another it would fail on it. */
const isOfType: Record<SortColumn['type'], (value: string) => boolean> = {
  text: () => true,
  int: (value) => /^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= MAX_INT,
  float: (value) => isFloat(value),
  timestamptz: (value) => TIMESTAMP.test(value) && isDay(value.slice(0, 10)),
};

/** Neither too large for the database nor so small that it would take it for 0 and complain. */
function isFloat(value: string): boolean {
  const number = Number(value);
  return (
    /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) &&
    Number.isFinite(number) &&
    (number !== 0 || !/[1-9]/.test(value.replace(/e.*$/i, '')))
  );
}

const TIMESTAMP = /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/;

/** Whether the text, written as 2026-01-31, is a day that the database has. */
export function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) && !text.startsWith('0000');
}
