interface Waiting {
  readonly weight: number;
  readonly enter: () => void;
}

export interface TurnOptions {
  /** How much of the room is taken; default 1. */
  readonly weight?: number;
  /** Ends the wait: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Lets in what fits into `room` together, in the order in which it asked; what is larger than the room comes in alone.
 */
export class Limiter {
  readonly #room: number;
  readonly #waiting: Waiting[] = [];
  #used = 0;

  constructor(room: number) {
    this.#room = room;
  }

  /** Resolves when it is this one's turn. What it returns ends the turn, and is idempotent. */
  async enter({ weight = 1, signal }: TurnOptions = {}): Promise<() => void> {
    signal?.throwIfAborted();
    await this.#turn(weight, signal);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#used -= weight;
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

  async #turn(weight: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve: enter, reject } = Promise.withResolvers<void>();
    const waiting = { weight, enter };
    const giveUp = () => {
      const at = this.#waiting.indexOf(waiting);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      reject(signal?.reason);
      this.#letIn();
    };
    this.#waiting.push(waiting);
    this.#letIn();
    signal?.addEventListener('abort', giveUp, { once: true });
    await promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  /** Nobody passes the first of those who wait. */
  #letIn(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (this.#used > 0 && this.#used + next.weight > this.#room) return;
      this.#used += next.weight;
      this.#waiting.shift();
      next.enter();
    }
  }
}

/**
 * Runs `act` for each item in order, at most `limit` at the same time; resolves when all have ended.
 * `act` must not reject.
 */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const limiter = new Limiter(limit);
  await Promise.all(items.map((item) => limiter.run(() => act(item))));
}
