/** What decides a place in a waiting line. */
export interface Waiter {
  readonly id: string;
  readonly userId: string;
  readonly guildId: string;
  /** Grows with each one that comes and each turn that is taken; no two are the same. */
  readonly turn: number;
}

/** When each server was last served, as a turn. */
export type ServedAt = ReadonlyMap<string, number>;

/** Who waits where; places from 1, counted over all servers. */
export interface WaitingPlace {
  readonly userId: string;
  readonly position: number;
}

/**
 * The line in the order in which it is served: one per server in turn, and within a server one per member. A server's
 * place in the round is when it was last served, or began to wait: however many of one wait, another one is next but
 * one.
 */
export function toServingOrder<T extends Waiter>(waiting: readonly T[], servedAt: ServedAt = new Map()): T[] {
  const servers = [...Map.groupBy(waiting, ({ guildId }) => guildId)].map(([guildId, own]) => {
    const order = toMemberOrder(own);
    const firstTurn = Math.min(...own.map(({ turn }) => turn));
    return { order, place: Math.max(firstTurn, servedAt.get(guildId) ?? 0) };
  });
  return inRounds(servers.sort((a, b) => a.place - b.place).map(({ order }) => order));
}

/**
 * One per member in turn. A member's place in the round is the turn of the oldest one that waits; who has been served
 * goes to the end, so that nobody can push another member's next one back.
 */
function toMemberOrder<T extends Waiter>(waiting: readonly T[]): T[] {
  const sorted = [...waiting].sort((a, b) => a.turn - b.turn);
  return inRounds([...Map.groupBy(sorted, ({ userId }) => userId).values()]);
}

/** The first of each, then the second of each, and so on. */
function inRounds<T>(lists: readonly (readonly T[])[]): T[] {
  const rounds = Math.max(0, ...lists.map((own) => own.length));
  return Array.from({ length: rounds }, (_, round) => lists.flatMap((own) => own.slice(round, round + 1))).flat();
}

/** The place of each in the line, from 1. */
export function toPositions(waiting: readonly Waiter[], servedAt?: ServedAt): ReadonlyMap<string, number> {
  return new Map(toServingOrder(waiting, servedAt).map(({ id }, at) => [id, at + 1]));
}

/** What of this member goes on waiting, oldest first: all of it takes later turns when one of it was served. */
export function findAllOf<T extends Waiter>(waiting: readonly T[], userId: string): T[] {
  return waiting.filter((waiter) => waiter.userId === userId).sort((a, b) => a.turn - b.turn);
}
