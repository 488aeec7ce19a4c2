import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';
import type { Fault, Note, SourceFile } from '../model.js';
import { budgetOf, spend } from './budget.js';
import { placeOf } from './places.js';
import { MAX_DEPTH, strayMarkIn, TOO_DEEP, templateIn, YamlError } from './yaml-faults.js';
import { isUnclosedQuote, slipInWords, type YamlSlip } from './yaml-slips.js';
import { type Reading, type Room, valuesOf } from './yaml-values.js';

export type YamlDocument = { file: string; line: number; value: unknown };

export type YamlFile = { documents: YamlDocument[]; faults: Fault[]; warnings: Note[] };

/**
 * Lexical pieces one file may have. Reading one takes 2 to 4 microseconds, and what becomes of it as long again: with these an import
 * stays below a second. Manifests written by people have some 280 a kilobyte; what fills megabytes (schemas of custom resources,
 * dashboards within a ConfigMap) has next to none.
 */
const MAX_PIECES = 170_000;
const MAX_DOCUMENTS = 10_000;
/** Of all files of an import: many small ones cost what a large one does. */
const MAX_PIECES_IN_ALL = 200_000;
const MAX_EXPANDED_IN_ALL = 600_000;
const MAX_LETTERS_REPEATED = 4_000_000;
const MAX_DOCUMENTS_IN_ALL = 20_000;

const readBefore = new WeakMap<SourceFile, YamlFile>();
const roomOf = new WeakMap<SourceFile, Room>();

/** From here on these files are one import: what they hold is counted together, whoever reads them. */
export function countTogether(files: readonly SourceFile[]): void {
  const room = newRoom();
  for (const file of files) roomOf.set(file, room);
}

function newRoom(): Room {
  const refusal = (most: number, what: string) =>
    `With this file there are more than ${most} ${what} in all, too many for one import. Import fewer files at a time, and none that hold no parts.`;
  return {
    pieces: budgetOf(MAX_PIECES_IN_ALL, refusal(MAX_PIECES_IN_ALL, 'words and signs of YAML')),
    expanded: budgetOf(
      MAX_EXPANDED_IN_ALL,
      refusal(MAX_EXPANDED_IN_ALL, 'values, with what aliases (*name) repeat,'),
    ),
    letters: budgetOf(
      MAX_LETTERS_REPEATED,
      refusal(MAX_LETTERS_REPEATED, 'letters that aliases (*name) repeat'),
    ),
    documents: budgetOf(MAX_DOCUMENTS_IN_ALL, refusal(MAX_DOCUMENTS_IN_ALL, 'YAML documents')),
    again: MAX_READ_AGAIN,
  };
}

/**
 * Reads a file as YAML 1.2 with merge keys (`<<`), JSON included. Empty documents are dropped; unknown tags are not fatal, they
 * stand in the places (places.ts). A file has documents or a fault, never both; a fault has line and column. A key that stands
 * twice keeps its last value and gets a warning. A CustomResourceDefinition is not read but for its kind: it can be
 * megabytes of schema, and nothing in it runs. Reading the same file object again costs nothing.
 */
export function yamlDocuments(file: SourceFile): YamlFile {
  const known = readBefore.get(file);
  if (known) return known;
  const result = read(file);
  readBefore.set(file, result);
  return result;
}

/** The line of a path in a document, of the deepest step that is there: `lineOf(document, 'spec', 'containers', 0)`. */
export function lineOf(document: YamlDocument, ...path: (string | number)[]): number {
  let { line, value } = document;
  for (const step of path) {
    const place = typeof value === 'object' && value !== null ? placeOf(value, step) : undefined;
    if (!place) break;
    line = place.line;
    value = (value as Record<string | number, unknown>)[step];
  }
  return line;
}

/** The text without a byte-order mark, and with the line ends of old Macs made ordinary. */
export function plainText(text: string): string {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return bare.includes('\r') && !bare.includes('\n') ? bare.replaceAll('\r', '\n') : bare;
}

function read(file: SourceFile): YamlFile {
  const text = plainText(file.text);
  const lines = new LineCounter();
  for (let start = 0; start !== -1; start = nextLine(text, start)) lines.addNewLine(start);
  const reading: Reading = {
    file: file.name,
    here: { file: file.name },
    lines,
    offset: 0,
    pieces: 0,
    expanded: 0,
    room: roomOf.get(file) ?? newRoom(),
    warnings: [],
  };
  const documents: YamlDocument[] = [];
  try {
    // Cut into pieces to its end before any is read: what is too much is refused for a tenth of the work.
    for (const { source, offset, cut } of cutUp(text, reading)) {
      reading.offset = offset;
      spend(reading.room.documents, 1, { file: file.name, line: lines.linePos(offset).line });
      if (cut === null) {
        const value = Object.assign(Object.create(null), { kind: 'CustomResourceDefinition' });
        documents.push({ file: file.name, line: lines.linePos(offset).line, value });
      } else documents.push(...readLeniently(source, cut, reading));
      if (documents.length > MAX_DOCUMENTS)
        throw new YamlError(`This file has more than ${MAX_DOCUMENTS} YAML documents. Split it.`, offset);
    }
  } catch (error) {
    return { documents: [], faults: [faultOf(error, text, reading)], warnings: [] };
  }
  return { documents, faults: [], warnings: reading.warnings };
}

function nextLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? -1 : end + 1;
}

/** A stretch of documents of a file; `cut` is null where it is left unread. */
type Chunk = { source: string; offset: number; cut: Cut | null };

/** A text's lexical pieces, and where its values in quotes begin. */
type Cut = { pieces: string[]; quotes: number[] };

function cutUp(text: string, reading: Reading): Chunk[] {
  return chunks(text)
    .filter(({ source }) => !/^(?:---)?\s*$/.test(source))
    .map(({ source, offset }) => {
      const cut = isResourceDefinition(source) ? null : cutOf(source, offset, reading);
      return { source, offset, cut };
    });
}

/** `---` at the start of a line begins a document wherever it stands, so a file can be cut there before it is understood. */
function chunks(text: string): { source: string; offset: number }[] {
  const starts = [...text.matchAll(/^---(?=[ \t\r\n]|$)/gm)].map((match) => match.index);
  // A directive (`%YAML 1.2`) belongs to the document after it.
  if (/^(?:#.*\r?\n|\r?\n)*%/.test(text)) starts.shift();
  const bounds = starts[0] === 0 ? starts : [0, ...starts];
  return bounds.map((offset, i) => ({ source: text.slice(offset, bounds[i + 1] ?? text.length), offset }));
}

function isResourceDefinition(source: string): boolean {
  return /^kind:[ \t]*["']?CustomResourceDefinition\b/m.test(source);
}

/** Pieces that the files of an import are read again for the sake of quotes; a thousand letters of the text, which is looked through each time, count as one. */
const MAX_READ_AGAIN = 100_000;
const READ_TOO_OFTEN =
  'A text in quotes goes on in lines that stand no further in than its key, too often for a file of this size. Indent them.';

/**
 * YAML wants the further lines of a quoted text indented more than its key; kubectl and docker do not, and files rely on that. Such a line
 * is joined to the one before, which comes to the same text but for its spaces and leaves every place where it was.
 */
function readLeniently(source: string, first: Cut, reading: Reading): YamlDocument[] {
  const { expanded, room } = reading;
  const warnings = [...reading.warnings];
  let cut = first;
  let firstError: unknown;
  let text = source;
  for (;;) {
    try {
      return readChunk(text, cut, reading);
    } catch (error) {
      firstError ??= error;
      const at = error instanceof YamlError ? error.quoteEndsAt : undefined;
      const end = at === undefined ? -1 : text.indexOf('\n', at - reading.offset);
      room.again -= cut.pieces.length + text.length / 1000;
      if (end === -1) throw firstError;
      if (room.again < 0 && firstError instanceof YamlError)
        throw new YamlError(READ_TOO_OFTEN, firstError.offset);
      text = `${text.slice(0, end)} ${text.slice(end + 1)}`;
      Object.assign(reading, { expanded, warnings: [...warnings] });
      // The same words once more: `again` counts them, the room has.
      cut = cutOf(text, reading.offset, { ...reading, pieces: 0, room: newRoom() });
    }
  }
}

function readChunk(source: string, { pieces, quotes }: Cut, reading: Reading): YamlDocument[] {
  const composer = new Composer({
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // The library collects every error of a document before it gives the first: a million commas take it half a minute.
  let first: YamlError | null = null;
  Object.assign(composer, {
    onError: (where: unknown, code: string, message: string, isWarning?: boolean) => {
      if (isWarning) return;
      const slip = { code, message, text: source, at: startOf(where) };
      first ??= isUnclosedQuote(message) ? openQuote(slip, quotes, reading) : errorOf(slip, reading);
      throw first;
    },
  });
  const documents: YamlDocument[] = [];
  const keep = (composed: Document.Parsed): void => {
    const value = valuesOf(composed.contents, reading) ?? null;
    const { line } = reading.lines.linePos(reading.offset + (composed.contents?.range[0] ?? 0));
    if (value !== null) documents.push({ file: reading.file, line, value });
  };
  const parser = new Parser();
  const take = (tokens: ReturnType<Parser['next']>): void => {
    for (const token of tokens) {
      if (token.type === 'error')
        throw errorOf({ code: '', message: token.message, text: source, at: token.offset }, reading);
      for (const document of composer.next(token)) keep(document);
    }
  };
  for (const piece of pieces) take(parser.next(piece));
  take(parser.end());
  for (const document of composer.end()) keep(document);
  return documents;
}

function errorOf(slip: YamlSlip, { offset }: Reading, quoteEndsAt?: number): YamlError {
  if (slip.code === 'RESOURCE_EXHAUSTION') return new YamlError(TOO_DEEP, offset + slip.at);
  const { words, at } = slipInWords(slip);
  return new YamlError(`This is not valid YAML: ${words}.`, offset + at, quoteEndsAt);
}

function openQuote(slip: YamlSlip, quotes: readonly number[], reading: Reading): YamlError {
  const end = reading.offset + slip.at;
  const start = quotes.findLast((quote) => quote < end) ?? end;
  return errorOf({ ...slip, at: start - reading.offset }, reading, end);
}

/** Cuts a text that begins at `offset` of its file, and checks that the parser will not take minutes over it. */
function cutOf(source: string, offset: number, reading: Reading): Cut {
  const found: string[] = [];
  const quotes: number[] = [];
  let at = offset;
  let isScalar = false;
  let open = 0;
  let onThisLine = 0;
  for (const piece of new Lexer().lex(source)) {
    found.push(piece);
    const cost = costOf(piece);
    reading.pieces += cost;
    if (reading.pieces > MAX_PIECES)
      throw new YamlError(
        `This file has more than ${MAX_PIECES} words and signs of YAML, too many for one import. Split it.`,
        at,
      );
    spend(reading.room.pieces, cost, reading.here);
    if (isScalar) isScalar = false;
    else if (piece === SCALAR_MARK) isScalar = true;
    else if (piece.startsWith('"') || piece.startsWith("'")) quotes.push(at);
    else if (piece === '{' || piece === '[') open += 1;
    else if (piece === '}' || piece === ']') open -= 1;
    else if (piece.endsWith('\n')) onThisLine = 0;
    else if (open <= 0 && (piece === '-' || piece === '?' || piece === ':')) onThisLine += 1;
    if (open > MAX_DEPTH || onThisLine > MAX_DEPTH) throw new YamlError(TOO_DEEP, at);
    if (!isMark(piece)) at += piece.length;
  }
  return { pieces: found, quotes };
}

/** What a piece takes to read, beside a word: a list or mapping on one line, a dash, which may begin one, an alias, a text in quotes. */
function costOf(piece: string): number {
  if (piece === '[' || piece === '{') return 3;
  return piece === '-' || /^[*"']/.test(piece) ? 2 : 1;
}

/** Pieces of the lexer's own that stand for no text: a scalar follows, a document begins, a flow collection ends in error. */
const SCALAR_MARK = '\x1f';
function isMark(piece: string): boolean {
  return piece === SCALAR_MARK || piece === '\x02' || piece === '\x18';
}

function startOf(where: unknown): number {
  if (typeof where === 'number') return where;
  if (Array.isArray(where)) return Number(where[0]);
  return typeof where === 'object' && where !== null && 'offset' in where ? Number(where.offset) : 0;
}

function faultOf(error: unknown, text: string, reading: Reading): Fault {
  // The parser calls itself for each level; what the check of the pieces lets through may still be too deep for it.
  const found = error instanceof RangeError ? new YamlError(TOO_DEEP, reading.offset) : error;
  if (!(found instanceof YamlError)) throw error;
  const template = templateIn(text);
  const { message, offset } =
    strayMarkIn(text) ?? (template ? { ...template, message: `This is ${template.what}.` } : found);
  const { line, col } = reading.lines.linePos(Math.min(offset, text.length));
  return { message, file: reading.file, line, column: col };
}
