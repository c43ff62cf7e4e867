import { type BucketTurns, LOGIN_GAP_MS } from '../discord/core/bucket-turns.ts';
import type { Clock } from '../shared/clock.ts';
import type { PostgresHandle } from '../shared/postgres-handle.ts';
import { LeaseTable } from '../storage/postgres/lease-table.ts';

/** How long a log-in may take until the next one's turn comes in any case. */
const LOGIN_LIMIT_MS = 30_000;
const ASK_MS = 1_000;

/** For shards that log in from several processes: a bucket is a lease, which ends when the gap is over. */
export class SharedTurns implements BucketTurns {
  readonly #database: PostgresHandle;
  readonly #owner: string;
  readonly #clock: Clock;
  /** What ends the turn of each bucket that this process has. */
  readonly #turns = new Map<string, () => Promise<unknown>>();

  constructor(database: PostgresHandle, owner: string, clock: Clock) {
    this.#database = database;
    this.#owner = owner;
    this.#clock = clock;
  }

  async take(bucket: string, signal: AbortSignal): Promise<void> {
    const lease = this.#lease(bucket, LOGIN_LIMIT_MS);
    for (;;) {
      signal.throwIfAborted();
      // Where the database cannot be asked it is asked again: the library would log in twice if this rejected.
      const asked = await lease.take().catch(() => ({ endsInMs: ASK_MS }));
      if ('epoch' in asked) {
        this.#turns.set(bucket, () => this.#lease(bucket, LOGIN_GAP_MS).renew(asked.epoch));
        return;
      }
      await this.#clock.sleep(Math.min(ASK_MS, Math.max(0, asked.endsInMs)), signal);
    }
  }

  /** Where the database does not hear of it, the next one's turn comes later. */
  noteReady(bucket: string): void {
    void this.#turns
      .get(bucket)?.()
      .catch(() => undefined);
    this.#turns.delete(bucket);
  }

  #lease(bucket: string, leaseMs: number): LeaseTable {
    return new LeaseTable(this.#database, { name: `login_${bucket}`, owner: this.#owner, leaseMs });
  }
}
