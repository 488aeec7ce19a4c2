/** True when the database refused this write because of the named constraint or unique index. */
export function violates(error: unknown, constraint: string): boolean {
  const cause = (
    error as { meta?: { driverAdapterError?: { cause?: { originalMessage?: unknown } } } } | null
  )?.meta?.driverAdapterError?.cause;
  return typeof cause?.originalMessage === 'string' && cause.originalMessage.includes(`"${constraint}"`);
}
