import type { Request, Response } from 'express';
import type { Rows, Stretch } from '../db/keyset.js';
import { HttpError } from './errors.js';
import { page } from './page.js';

/** What a list is asked for in its address: words to search, filters by name, the sort, the stretch. */
export type ListRequest<F extends string> = Stretch & {
  search: string;
  filters: Record<F, string>;
  size: number;
};

export type ListShape<F extends string> = {
  /** Columns that sort, the default first; `-updated` begins with the latest. */
  sorts: readonly [string, ...string[]];
  filters: readonly F[];
};

const PAGE_SIZE = 25;
const EXPORT_SIZE = 50_000;

/** Reads a list's address: `?q=shop&lifecycle=production&sort=-updated&after=...`. Unknown words are left alone. */
export function readList<F extends string>(req: Request, shape: ListShape<F>): ListRequest<F> {
  // Express reads the address anew each time it is asked.
  const { query } = req;
  const asked = (name: string) => {
    const value = query[name];
    return typeof value === 'string' ? value.trim().slice(0, 2000) : '';
  };
  const sort = asked('sort');
  const known = shape.sorts.map((name) => name.replace(/^-/, '')).includes(sort.replace(/^-/, ''));
  return {
    search: asked('q').replaceAll('\0', ''),
    filters: Object.fromEntries(
      shape.filters.map((name) => [name, asked(name).replaceAll('\0', '')]),
    ) as Record<F, string>,
    sort: known ? sort : shape.sorts[0],
    after: asked('after') || undefined,
    before: asked('before') || undefined,
    size: isExport(query) ? EXPORT_SIZE : PAGE_SIZE,
  };
}

/** One column of the exported table: its head and its cell. */
export type CsvColumns<T> = Record<string, (row: T) => string | number | boolean | null>;

/**
 * Answers a list: the page, its JSON, or with `?format=csv` or `json` the whole of what was searched and filtered, as a file.
 */
export function answerList<T, F extends string>(
  req: Request,
  res: Response,
  view: string,
  content: { title: string; list: ListRequest<F> } & Record<string, unknown>,
  { rows, after, before }: Rows<T>,
  csv: CsvColumns<T>,
  onlyHtml: Record<string, unknown> = {},
): void {
  const { query } = req;
  if (isExport(query)) {
    if (after !== null)
      throw new HttpError(413, 'The table is too long to export at once. Narrow it by a search or a filter.');
    const name = req.path.split('/').filter(Boolean).join('-');
    if (query.format === 'csv') res.attachment(`${name}.csv`).type('text/csv').send(csvOf(rows, csv));
    else res.attachment(`${name}.json`).json({ ...content, rows });
    return;
  }
  const addressWith = addressesFrom(req.originalUrl);
  const links = {
    next: after && addressWith('after', after),
    previous: before && addressWith('before', before),
    csv: addressWith('format', 'csv'),
    json: addressWith('format', 'json'),
  };
  page(
    req,
    res,
    view,
    { ...content, rows, links },
    { onlyHtml: { ...onlyHtml, sortLink: sortLinks(addressWith, content.list.sort) } },
  );
}

type AddressWith = (name: string, value: string) => string;

/** The same address with one of its questions answered otherwise; the stretch begins anew unless it is what changes. */
function addressesFrom(address: string): AddressWith {
  const [path, ...query] = address.split('?');
  const asked = [...new URLSearchParams(query.join('?'))].filter(
    ([name]) => name !== 'after' && name !== 'before',
  );
  return (name, value) => {
    const pairs = [...asked.filter(([other]) => other !== name), [name, value]];
    return `${path}?${pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;
  };
}

function sortLinks(addressWith: AddressWith, sort: string) {
  return (name: string, firstDescending = false) => {
    const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : null;
    const next =
      direction === null
        ? firstDescending
          ? `-${name}`
          : name
        : direction === 'ascending'
          ? `-${name}`
          : name;
    return { href: addressWith('sort', next), direction };
  };
}

/** The whole table as a file, `?format=csv` or `?format=json`; a client that wants JSON by its Accept header gets it page by page. */
function isExport({ format }: Request['query']): boolean {
  return format === 'csv' || format === 'json';
}

function csvOf<T>(rows: T[], columns: CsvColumns<T>): string {
  const heads = Object.keys(columns);
  const lines = rows.map((row) => heads.map((head) => cell(columns[head]?.(row) ?? null)).join(','));
  return `${[heads.map(cell).join(','), ...lines].join('\r\n')}\r\n`;
}

/**
 * RFC 4180. What a spreadsheet would take for a formula is kept a text by an apostrophe before it: at the start, and behind whatever else than a comma
 * there are spreadsheets that part cells by.
 */
function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = value.replace(/^(?=[\t\r])|(^|[;\t\r\n][^\S\t\r\n]*)(?=[=+\-@＝＋－＠])/g, "$1'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
