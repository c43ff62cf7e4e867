/** A request that a life of a bot made, in the order of arrival. */
export interface TrailEntry {
  /** Which life, such as `2.5`. */
  readonly by: string;
  /** Milliseconds by the monotonic clock. */
  readonly at: number;
  /** Such as `GET /v3/midjourney/jobs`. */
  readonly line: string;
}

/**
 * Each life that acted again after another one had: two were at work at once. With the request, and by how much it was
 * late.
 */
export function findOverlaps(trail: readonly TrailEntry[]): readonly string[] {
  const relieved = new Map<string, TrailEntry>();
  let last: TrailEntry | undefined;
  return trail.flatMap((entry) => {
    if (last !== undefined && last.by !== entry.by) relieved.set(last.by, entry);
    last = entry;
    const successor = relieved.get(entry.by);
    if (successor === undefined) return [];
    return [`${entry.by} after ${successor.by}, by ${Math.round(entry.at - successor.at)} ms: ${entry.line}`];
  });
}
