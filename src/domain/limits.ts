/** How large a plan may be, whether it is typed or imported: what comes in by one way can be saved again by the other. */

export const MAX_PARTS = 20_000;
export const MAX_CONNECTIONS = 200_000;
export const MAX_ENTRIES = 1_000;
/** Names of parts in all entries together. */
export const MAX_ENTRY_PARTS = 200_000;
/**
 * Entries times parts. In the worst case every entry hangs on every part, which is found out one by one: so many take a second.
 */
export const MAX_ENTRIES_TIMES_PARTS = 250_000;

/** What a plan of so many has more of than one plan may have. */
export function beyondLimits({ parts, connections, entries, entryParts = 0 }: PlanSize): Excess[] {
  return [
    { count: parts, most: MAX_PARTS, what: 'parts' },
    { count: connections, most: MAX_CONNECTIONS, what: 'connections' },
    { count: entries, most: MAX_ENTRIES, what: 'entries' },
    { count: entryParts, most: MAX_ENTRY_PARTS, what: 'parts called by all entries together' },
  ].filter(({ count, most }) => count > most);
}

export type PlanSize = { parts: number; connections: number; entries: number; entryParts?: number };
type Excess = { count: number; most: number; what: string };

/** Characters of a name: of a part, an entry, an extra cost. */
export const MAX_NAME = 200;
export const MAX_TECHNOLOGY = 100;
/** Characters of what a connection is known from. */
export const MAX_EVIDENCE = 2000;

/** Of thousandths of a core and of MiB alike: more than any machine has, and less than the database counts to. */
export const MAX_AMOUNT = 1e9;
