import { db, read } from '../db/client.js';
import book from '../domain/price-book.json' with { type: 'json' };

type Price = (typeof book.prices)[number] & {
  vcpu?: number;
  memMiB?: number;
  availability?: number;
  availabilityBasis?: string;
};

/**
 * Puts the price book's machine types and service levels into the database. What is there, and perhaps edited or deleted by people,
 * is left as it is. Gives how many rows were new.
 */
export async function loadPriceBook(): Promise<number> {
  const machines = (book.prices as Price[]).filter((price) => price.kind === 'machine');
  const ids = [...machines, ...book.slas].map(({ id }) => id);
  const known = await read<{ id: string }[]>`
    SELECT book_id AS id FROM machine_types UNION ALL SELECT book_id FROM service_levels`;
  const there = new Set(known.map(({ id }) => id));
  if (ids.every((id) => there.has(id))) return 0;
  const machineTypes = await db.machineType.createMany({
    data: machines.map(machineTypeOf),
    skipDuplicates: true,
  });
  const serviceLevels = await db.serviceLevel.createMany({
    data: book.slas.map(({ id, ...level }) => ({ bookId: id, ...level, asOf: book.meta.compiled })),
    skipDuplicates: true,
  });
  return machineTypes.count + serviceLevels.count;
}

const prices = (book.prices as Price[])
  .filter((price) => price.kind !== 'machine')
  .map((price) => ({
    id: price.id,
    kind: price.kind,
    confidence: price.confidence,
    ...described(price),
    memoryMib: price.memMiB ?? null,
  }));

/** Who sells what is no machine. */
export const otherProviders = [...new Set(prices.map(({ provider }) => provider))];

/** What the book says of things that are no machines: dynos, databases, load balancers. What has all of what is asked for. */
export function listOtherPrices({
  search,
  filters,
}: {
  search: string;
  filters: { provider: string };
}): typeof prices {
  const words = search.toLowerCase();
  return prices.filter(
    ({ name, provider, kind, notes }) =>
      (!filters.provider || provider === filters.provider) &&
      [name, provider, kind, notes].some((text) => text.toLowerCase().includes(words)),
  );
}

/** The kinds of prices in the words of people. */
export const PRICE_KIND_LABELS: Record<string, string> = {
  cache: 'Cache',
  container: 'Container',
  'container-unit': 'Container, by its size',
  'control-plane': 'Cluster control',
  database: 'Database',
  disk: 'Disk',
  'load-balancer': 'Load balancer',
  network: 'Network',
};

function machineTypeOf(price: Price) {
  return {
    ...described(price),
    bookId: price.id,
    cpuMillicores: Math.round((price.vcpu ?? 0) * 1000),
    memoryMib: price.memMiB ?? 0,
    // The tiers of GKE stand in for any managed or self-run cluster; a bare server reserves nothing. Both can be changed on the record.
    reserve: price.provider === 'aws' ? 'gke' : 'none',
  };
}

/** What the book says of any price, in the words of our records. */
function described(price: Price) {
  return {
    name: price.product,
    provider: price.provider,
    usdPerMonth: price.usdMonth,
    priceDate: price.asOf,
    priceSource: price.source,
    availability: price.availability ?? null,
    availabilityBasis: price.availabilityBasis ?? '',
    notes: price.note ?? '',
  };
}
