import type { Part, PartKind } from '../../domain/model.js';
import priceBook from '../../domain/price-book.json' with { type: 'json' };
import type { Note } from '../model.js';

/**
 * A part that a provider runs, with the price and the service level the price book has under `id`, and a note that says which, of what
 * date and from where.
 */
export function providerPart(
  name: string,
  kind: PartKind,
  technology: string | null,
  id: string,
): { part: Part; note: Note } {
  const price = priceBook.prices.find((row) => row.id === id);
  if (!price) throw new Error(`the price book has no ${id}`);
  const availability = price.availability ?? null;
  const part: Part = {
    name,
    kind,
    replicas: 1,
    needed: 1,
    cpuMillicores: null,
    memoryMib: null,
    runs: 'managed',
    perMachine: false,
    spread: false,
    availability,
    usdPerMonth: price.usdMonth,
    priceBasis: `${price.asOf}, ${price.source}`,
    technology,
  };
  const message = `Added ${name}, run by a provider: assumed ${price.product} at ${price.usdMonth} USD a month (${price.asOf}, ${price.source}) and ${availability} available (${price.availabilityBasis}).`;
  return { part, note: { kind: 'added', message, part: name } };
}
