/** What decides a place in a waiting line. */
export interface Waiter {
  readonly id: string;
  readonly userId: string;
  /** Grows with each one that comes and each turn that is taken; no two are the same. */
  readonly turn: number;
}

/**
 * The line in the order in which it is served: one per member in turn. A member's place in the round is the turn of the
 * oldest one that waits; who has been served goes to the end, so that nobody can push another member's next one back.
 */
export function toServingOrder<T extends Waiter>(waiting: readonly T[]): T[] {
  const byMember = Map.groupBy(
    [...waiting].sort((a, b) => a.turn - b.turn),
    ({ userId }) => userId,
  );
  const members = [...byMember.values()];
  const rounds = Math.max(0, ...members.map((own) => own.length));
  return Array.from({ length: rounds }, (_, round) => members.flatMap((own) => own.slice(round, round + 1))).flat();
}

/** The place of each in the line, from 1. */
export function toPositions(waiting: readonly Waiter[]): ReadonlyMap<string, number> {
  return new Map(toServingOrder(waiting).map(({ id }, at) => [id, at + 1]));
}

/** What of this member goes on waiting, oldest first: all of it takes later turns when one of it was served. */
export function findAllOf<T extends Waiter>(waiting: readonly T[], userId: string): T[] {
  return waiting.filter((waiter) => waiter.userId === userId).sort((a, b) => a.turn - b.turn);
}
