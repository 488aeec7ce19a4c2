import priceBook from '../../domain/price-book.json' with { type: 'json' };

/** A dyno size in today's terms, `usdPerMonth` for one dyno. */
export type DynoSize = {
  product: string;
  memoryMib: number;
  usdPerMonth: number;
  /** Paid once for all dynos of the account, however many run. */
  isFlat: boolean;
  /** One dyno of a process type is all it allows. */
  isSingle: boolean;
  asOf: string;
  /** Date and source, as the price book has them. */
  priceBasis: string;
};

/** Names that sizes had before 2022, and what the same dyno is called since. */
const TODAYS_NAME: ReadonlyMap<string, string> = new Map([
  ['hobby', 'basic'],
  ['1x', 'standard-1x'],
  ['2x', 'standard-2x'],
  ['px', 'performance-l'],
]);

/** The size as written in app.json (`Standard-1X`, `hobby`), or null where the price book does not know it. */
export function dynoSize(written: string): DynoSize | null {
  const name = written.trim().toLowerCase();
  return sizes().get(TODAYS_NAME.get(name) ?? name) ?? null;
}

/** Every size of the price book with its price, for people who have to choose one. */
export function dynoPrices(): string {
  const list = [...sizes().values()].map(({ product, usdPerMonth }) => `${product} ${usdPerMonth}`);
  const asOf = [...sizes().values()].map((size) => size.asOf).sort()[0];
  return `${list.join(', ')} USD a month (list prices of ${asOf})`;
}

function sizes(): Map<string, DynoSize> {
  const rows = priceBook.prices.filter((row) => row.provider === 'heroku' && row.kind === 'container');
  return new Map(
    rows.map((row) => [
      row.id.replace('heroku-', ''),
      {
        product: row.product.replace(/ dynos?$/, ''),
        memoryMib: row.memMiB ?? 0,
        usdPerMonth: row.usdMonth,
        isFlat: row.tier === 'eco',
        isSingle: row.tier === 'eco' || row.tier === 'basic',
        asOf: row.asOf,
        priceBasis: `${row.asOf}, ${row.source}`,
      },
    ]),
  );
}
