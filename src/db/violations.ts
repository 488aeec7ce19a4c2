/** What the work gives, or `instead` where the database refuses it because of the named constraint or unique index. */
export async function unlessViolated<const T, const I>(
  constraint: string,
  instead: I,
  work: () => Promise<T>,
): Promise<T | I> {
  try {
    return await work();
  } catch (error) {
    if (violates(error, constraint)) return instead;
    throw error;
  }
}

/** True when the database refused this write because of the named constraint or unique index. */
export function violates(error: unknown, constraint: string): boolean {
  const message = causeOf(error)?.originalMessage;
  return typeof message === 'string' && message.includes(`"${constraint}"`);
}

/** True when two transactions waited for each other, and the database ended this one: it may be done again. */
export function isDeadlock(error: unknown): boolean {
  return causeOf(error)?.originalCode === '40P01';
}

type Cause = { originalMessage?: unknown; originalCode?: unknown };

function causeOf(error: unknown): Cause | undefined {
  return (error as { meta?: { driverAdapterError?: { cause?: Cause } } } | null)?.meta?.driverAdapterError
    ?.cause;
}
