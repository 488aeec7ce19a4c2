/**
 * Widths of letters as a share of the font size, the first class that a letter is in. Measured in Chromium with the fonts that our list
 * of them leads to (DejaVu Sans, Liberation Sans, Roboto, Inter, Noto Sans, Ubuntu, Cantarell): what the widest font takes, nearly always
 * DejaVu Sans. The server cannot measure a text, and one guessed too narrow would run out of its box.
 */
const CLASSES: [letters: RegExp, em: number][] = [
  [/[\p{M}\p{Cf}]/u, 0],
  [/[iıìíîïjlftrI.,:;'‘’·!()[\]\s/\\\-‐іїјІЇιίϊΐΙΪ]/u, 0.4],
  [/[MWŒÆЖМФШЩЮЫДЉЊЂЋ№]/u, 1.1],
  [/[mwæœжмфшщюыљњψωώφ%@…—ΜΦΨΏ]/u, 1],
  [/\p{Lu}/u, 0.83],
  // Other systems' emoji are wider than Noto's, which take 1.25.
  [/\p{Extended_Pictographic}|\p{Regional_Indicator}/u, 1.4],
  [/[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]/u, 0.65],
  [/[+=<>~#&^×÷±]/u, 0.84],
  [/[!-~«»“”„•–€£§°\p{Nd}]/u, 0.65],
  [/[\p{Script=Armenian}\p{Script=Georgian}]/u, 0.8],
];
/** As wide as high: Han, Kana, Hangul, and what we know nothing of. */
const SQUARE = 1;
const BOLD = 1.14;

/** Places, not letters: splitting there loses nothing of a name. */
const BREAKS = /(?<=[-_./: ])(?![-_./: ])|(?=\p{Lu}\p{Ll})/u;

const known = new Map<string, number>();

/** How wide a text may become, in pixels at `fontSize`. */
export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const letter of text) em += emOf(letter);
  return em * fontSize;
}

/** The same of bold letters. */
export function boldTextWidth(text: string, fontSize: number): number {
  return textWidth(text, fontSize) * BOLD;
}

/** The text, or its beginning and an ellipsis, so that it is at most `width` pixels wide. */
export function fittedText(text: string, fontSize: number, width: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  return `${beginningOf(text, fontSize, width - textWidth('…', fontSize))}…`;
}

/**
 * A name on one line or two, broken after a hyphen, dot, slash, underscore, colon, space or before a capital, or where the line is full;
 * shortened if it must be.
 */
export function nameLines(name: string, fontSize: number, width: number): string[] {
  if (textWidth(name, fontSize) <= width) return [name];
  const pieces = name.split(BREAKS);
  let first = '';
  while (pieces.length > 0 && textWidth(first + pieces[0]!.trimEnd(), fontSize) <= width)
    first += pieces.shift()!;
  if (first === '') {
    first = beginningOf(name, fontSize, width);
    pieces.splice(0, pieces.length, name.slice(first.length));
  }
  return [first.trimEnd(), fittedText(pieces.join(''), fontSize, width)].filter((line) => line !== '');
}

/** As many letters as fit in `width` pixels, at least one. */
function beginningOf(text: string, fontSize: number, width: number): string {
  let [pixels, kept] = [0, ''];
  for (const letter of text) {
    pixels += emOf(letter) * fontSize;
    if (pixels > width && kept !== '') break;
    kept += letter;
  }
  return kept;
}

function emOf(letter: string): number {
  const em = known.get(letter) ?? CLASSES.find(([letters]) => letters.test(letter))?.[1] ?? SQUARE;
  // The squares alone are tens of thousands; what is kept here stays.
  if (letter < '\u2e80') known.set(letter, em);
  return em;
}
