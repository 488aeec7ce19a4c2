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
  const cause = (
    error as { meta?: { driverAdapterError?: { cause?: { originalMessage?: unknown } } } } | null
  )?.meta?.driverAdapterError?.cause;
  return typeof cause?.originalMessage === 'string' && cause.originalMessage.includes(`"${constraint}"`);
}
