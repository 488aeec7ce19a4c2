/**
 * Widths of Latin letters as a share of the font size, for the widest of the fonts a browser is likely to take (DejaVu Sans):
 * the server cannot measure a text, and one guessed too narrow would run out of its box.
 */
const NARROW = 0.38;
const USUAL = 0.62;
const WIDE = 0.98;

const NARROW_LETTERS = new Set("iIjlftr.,:;'!|()[]{} -");
const WIDE_LETTERS = new Set('mwMW@%');

/** Places, not letters: splitting there loses nothing of a name. */
const BREAKS = /(?<=[-_./: ])(?![-_./: ])|(?=\p{Lu}\p{Ll})/u;

/** How wide a text may become, in pixels at `fontSize`. */
export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const letter of text) em += emOf(letter);
  return em * fontSize;
}

function emOf(letter: string): number {
  if (NARROW_LETTERS.has(letter)) return NARROW;
  return letter > '\u2e7f' || WIDE_LETTERS.has(letter) ? WIDE : USUAL;
}

/** The text, or its beginning and an ellipsis, so that it is at most `width` pixels wide. */
export function fittedText(text: string, fontSize: number, width: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const room = width / fontSize - emOf('…');
  let [em, kept] = [0, ''];
  for (const letter of text) {
    em += emOf(letter);
    if (em > room && kept !== '') break;
    kept += letter;
  }
  return `${kept}…`;
}

/** A name on one line or two, broken after a hyphen, dot, slash, underscore, colon, space or before a capital; shortened if it must be. */
export function nameLines(name: string, fontSize: number, width: number): string[] {
  if (textWidth(name, fontSize) <= width) return [name];
  const pieces = name.split(BREAKS);
  let first = '';
  while (pieces.length > 0 && textWidth(first + pieces[0]!.trimEnd(), fontSize) <= width)
    first += pieces.shift()!;
  if (first === '') return [fittedText(name, fontSize, width)];
  return [first.trimEnd(), fittedText(pieces.join(''), fontSize, width)].filter((line) => line !== '');
}
