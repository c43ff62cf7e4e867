import { TurnLines } from './turn-lines.ts';

interface Waiting {
  readonly tenant: string;
  readonly weight: number;
  readonly enter: () => void;
}

export interface LimiterOptions {
  /** How much of the room one tenant may take together; more alone. Default: all of it. */
  readonly perTenant?: number;
}

export interface TurnOptions {
  /** How much of the room is taken; default 1. */
  readonly weight?: number;
  /** Whose turn it is. Default: nobody's, which is one tenant too. */
  readonly tenant?: string | undefined;
  /** Ends the wait: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Lets in what fits into `room` together: tenants take turns, each in the order in which it asked; what is larger than
 * the room comes in alone.
 */
export class Limiter {
  readonly #room: number;
  readonly #perTenant: number;
  readonly #waiting = new TurnLines<Waiting>();
  readonly #usedBy = new Map<string, number>();
  #used = 0;

  constructor(room: number, { perTenant = room }: LimiterOptions = {}) {
    this.#room = room;
    this.#perTenant = perTenant;
  }

  /** Resolves when it is this one's turn. What it returns ends the turn, and is idempotent. */
  async enter({ weight = 1, tenant = '', signal }: TurnOptions = {}): Promise<() => void> {
    signal?.throwIfAborted();
    await this.#turn(weight, tenant, signal);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#use(tenant, -weight);
      this.#letIn();
    };
  }

  /** Runs the task in its turn. */
  async run<T>(task: () => Promise<T>, options?: TurnOptions): Promise<T> {
    const leave = await this.enter(options);
    try {
      return await task();
    } finally {
      leave();
    }
  }

  async #turn(weight: number, tenant: string, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve: enter, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { tenant, weight, enter };
    const giveUp = () => {
      if (!this.#waiting.remove(tenant, waiting)) return;
      reject(signal?.reason);
      this.#letIn();
    };
    this.#waiting.add(tenant, waiting);
    this.#letIn();
    signal?.addEventListener('abort', giveUp, { once: true });
    await promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  /** Nobody passes the first of those who wait, but those whose tenant has all that it may take. */
  #letIn(): void {
    for (let next = this.#findNext(); next !== undefined; next = this.#findNext()) {
      if (this.#used > 0 && this.#used + next.weight > this.#room) return;
      this.#waiting.take(next.tenant);
      this.#use(next.tenant, next.weight);
      next.enter();
    }
  }

  #findNext(): Waiting | undefined {
    return this.#waiting.find((tenant, { weight }) => {
      const used = this.#usedBy.get(tenant) ?? 0;
      return used === 0 || used + weight <= this.#perTenant;
    });
  }

  #use(tenant: string, weight: number): void {
    this.#used += weight;
    const used = (this.#usedBy.get(tenant) ?? 0) + weight;
    if (used === 0) this.#usedBy.delete(tenant);
    else this.#usedBy.set(tenant, used);
  }
}

/**
 * Runs `work` for each item in order, at most `limit` at the same time; resolves when all have ended.
 * `work` must not reject.
 */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const limiter = new Limiter(limit);
  await Promise.all(items.map((item) => limiter.run(() => work(item))));
}
