/** The smallest value that at least `share` (0 to 1) of all values do not exceed. @throws RangeError without values. */
export function toPercentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError('A percentile needs values.');
  return value;
}

/** Milliseconds as the tables show them. */
export function toMs(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** Bytes as the tables show them, in MB of 1,000,000 bytes. */
export function toMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
