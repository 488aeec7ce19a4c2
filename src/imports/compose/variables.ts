import { type Budget, spend } from '../reading/budget.js';
import type { Place } from '../reading/places.js';
import { placeOf, setPlace } from '../reading/places.js';
import { isMapping } from '../reading/values.js';
import { plainText } from '../reading/yaml-documents.js';
import { textBudget } from './budgets.js';

export type Variables = ReadonlyMap<string, string>;

/** A variable without a value or default. `message` where the file demands one (`${X:?message}`). */
export type Unset = { name: string; place: Place | undefined; message: string | undefined };

/** Variables can double each other; beyond this one is no setting any more. What all come to has a budget (budgets.ts). */
const MAX_TEXT = 1_000_000;
/** What a variable takes beside its characters. */
const COST_OF_VARIABLE = 160;
const MAX_NESTING = 20;

/**
 * The variables of a `.env` file or env_file: `KEY=value`, `export KEY=value`, quotes, comments; values may use those above them and
 * the `outer` ones. A key without `=` takes its value from `outer`. What is no such line is left out. `room`: the characters that all
 * variables of an import may come to.
 */
export function readVariables(
  text: string,
  outer: Variables = new Map(),
  room: Budget = textBudget(),
): Map<string, string> {
  const variables = new Map<string, string>();
  const lookUp = (name: string) => variables.get(name) ?? outer.get(name);
  const line =
    /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*(?:([=:])[ \t]*('[^']*'|"(?:[^"\\]|\\[\s\S])*"|[^\n]*))?.*$/gm;
  for (const [, name = '', equals, written = ''] of plainText(text).matchAll(line)) {
    const value = equals ? unquoted(written, lookUp, room) : outer.get(name);
    if (value === undefined) continue;
    spend(room, name.length + value.length + COST_OF_VARIABLE);
    variables.set(name, value);
  }
  return variables;
}

function unquoted(written: string, lookUp: LookUp, room: Budget): string {
  const isQuoted = /^(['"])[\s\S]*\1$/.test(written) && written.length > 1;
  if (isQuoted && written.startsWith("'")) return written.slice(1, -1);
  const text = isQuoted
    ? written.slice(1, -1).replace(/\\([nrt"\\$])/g, (_, letter: string) => ESCAPED[letter] ?? letter)
    : beforeComment(written).trim();
  return fillIn(text, { lookUp, tell: () => {}, room });
}

function beforeComment(written: string): string {
  const comment = written.search(/(?:^|[ \t])#/);
  return comment < 0 ? written : written.slice(0, comment);
}

const ESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', $: '$$' };

/**
 * A copy of a document with the variables filled in wherever a text uses them (compose-spec, "Interpolation"): `$X`, `${X}`, `${X:-default}`,
 * `${X-default}`, `${X:?message}`, `${X:+instead}`, nested; `$$` is a dollar. Places are kept, what is shared stays shared.
 * Unset variables become empty and are told to `tell`. What is no variable, such as `$(hostname)`, stays as it is.
 */
export function interpolate(
  document: unknown,
  variables: Variables,
  tell: (unset: Unset) => void,
  room: Budget = textBudget(),
): unknown {
  const copies = new WeakMap<object, object>();
  const copyOf = (value: unknown, place: Place | undefined): unknown => {
    if (typeof value === 'string' && value.includes('$'))
      return fillIn(value, {
        lookUp: (name) => variables.get(name),
        tell: (name, message) => tell({ name, place, message }),
        room,
        place,
      });
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known) return known;
    const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : Object.create(null);
    copies.set(value, copy);
    if (Array.isArray(copy) && Array.isArray(value))
      value.forEach((item, i) => {
        copy.push(copyOf(item, placeOf(value, i)));
        setPlace(copy, i, placeOf(value, i));
      });
    else if (isMapping(copy) && isMapping(value))
      for (const [key, item] of Object.entries(value)) {
        copy[key] = copyOf(item, placeOf(value, key));
        setPlace(copy, key, placeOf(value, key));
      }
    return copy;
  };
  return copyOf(document, undefined);
}

type LookUp = (name: string) => string | undefined;
type Filling = {
  lookUp: LookUp;
  tell: (name: string, message: string | undefined) => void;
  room: Budget;
  place?: Place | undefined;
};

function fillIn(text: string, filling: Filling): string {
  return filled(text, 0, 0, filling).text.slice(0, MAX_TEXT);
}

const NAME = /[A-Za-z_]\w*/y;

/** Reads on from `at`, at depth 0 to the end, deeper to the brace that closes. `end`: behind what was read; -1 where no brace closes. */
function filled(text: string, at: number, depth: number, filling: Filling): { text: string; end: number } {
  const out: string[] = [];
  let length = 0;
  const add = (piece: string) => {
    // What is thrown away in the end (the other side of a `:+`) takes as long to make.
    spend(filling.room, piece.length, filling.place);
    length += piece.length;
    if (length <= MAX_TEXT) out.push(piece);
  };
  let i = at;
  while (i < text.length) {
    let next = i;
    while (next < text.length && text[next] !== '$' && (depth === 0 || text[next] !== '}')) next += 1;
    add(text.slice(i, next));
    if (next >= text.length) break;
    if (text[next] === '}') return { text: out.join(''), end: next + 1 };
    const used = variableAt(text, next, depth, filling);
    add(used.text);
    i = used.end;
  }
  return { text: out.join(''), end: depth === 0 ? text.length : -1 };
}

function variableAt(
  text: string,
  at: number,
  depth: number,
  filling: Filling,
): { text: string; end: number } {
  const { lookUp, tell } = filling;
  const literal = { text: '$', end: at + 1 };
  if (text[at + 1] === '$') return { text: '$', end: at + 2 };
  const isBraced = text[at + 1] === '{';
  NAME.lastIndex = at + (isBraced ? 2 : 1);
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return literal;
  const end = NAME.lastIndex;
  const value = lookUp(name);
  if (!isBraced || text[end] === '}') {
    if (value === undefined) tell(name, undefined);
    return { text: value ?? '', end: isBraced ? end + 1 : end };
  }
  const [operator] = /^:?[-?+]/.exec(text.slice(end, end + 2)) ?? [];
  if (operator === undefined || depth >= MAX_NESTING) return literal;
  const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'));
  // What is not used must not be complained about.
  const isUsed = operator.endsWith('+') ? isSet : !isSet;
  const inner = isUsed ? filling : { ...filling, tell: () => {} };
  const rest = filled(text, end + operator.length, depth + 1, inner);
  if (rest.end === -1) return { text: text.slice(at), end: text.length };
  if (operator.endsWith('+')) return { text: isSet ? rest.text : '', end: rest.end };
  if (isSet) return { text: value ?? '', end: rest.end };
  if (operator.endsWith('?')) tell(name, rest.text || 'it is needed');
  return { text: operator.endsWith('?') ? '' : rest.text, end: rest.end };
}
