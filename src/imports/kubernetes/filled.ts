/**
 * A text with what `standsFor` gives for each place that the pattern finds, by its first two groups; null where it would become longer than `most`. That
 * is noticed on the way: a short text with thousands of places for a long value is never written out.
 */
export function filledWithin(
  text: string,
  places: RegExp,
  most: number,
  standsFor: (written: string, first?: string, second?: string) => string,
): string | null {
  let { length } = text;
  const filled = text.replace(places, (written, first?: string, second?: string) => {
    if (length > most) return written;
    const value = standsFor(written, first, second);
    length += value.length - written.length;
    return value;
  });
  return length > most ? null : filled;
}
