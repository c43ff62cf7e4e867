import type { Clock } from '../../shared/clock.ts';
import type { BossDatabase } from './boss-database.ts';
import { listBossNames } from './boss-queues.ts';
import type { BossStatements } from './boss-statements.ts';

/** When something of one of pg-boss's queues is due, by the monotonic clock of this process; `Infinity` for never. */
export interface BossDue {
  readonly name: string;
  readonly dueAt: number;
  /** When the next lease runs out. */
  readonly lapsesAt: number;
}

export interface DueBoardParts {
  readonly database: BossDatabase;
  readonly sql: BossStatements;
  readonly clock: Clock;
  /** Milliseconds for which a poll may go by what was read before. */
  readonly maxAgeMs: number;
  /** Called after a poll for each other queue that has something due. */
  onDue(queue: string): void;
}

/**
 * Knows when what is due: one statement reads it for all queues that are worked on here, so that a process which has
 * nothing to do asks once in a while, however many workers it has.
 */
export class DueBoard {
  readonly #parts: DueBoardParts;
  readonly #queues = new Set<string>();
  readonly #known = new Map<string, BossDue>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(parts: DueBoardParts) {
    this.#parts = parts;
  }

  /** @param isPoll Nothing is known to have changed. */
  async look(queue: string, isPoll: boolean): Promise<readonly BossDue[]> {
    this.#queues.add(queue);
    const isFresh = this.#parts.clock.monotonicMs() - this.#readAt < this.#parts.maxAgeMs;
    if (!isPoll || !isFresh || !this.#isKnown(queue)) {
      await this.#readSoon();
      if (isPoll) this.#reportOthers(queue);
    }
    return this.#listOf(queue);
  }

  /** What is known of a queue, after a look. */
  async nextDueAt(queue: string): Promise<number> {
    if (!this.#isKnown(queue)) await this.look(queue, false);
    return Math.min(...this.#listOf(queue).flatMap(({ dueAt, lapsesAt }) => [dueAt, lapsesAt]));
  }

  /** Something of the queue was taken: what was known is out of date. */
  forget(queue: string): void {
    for (const name of listBossNames(queue)) this.#known.delete(name);
  }

  /** What was due is being taken by somebody else: is looked for again a little later. */
  putOff(name: string, ms: number): void {
    const at = this.#parts.clock.monotonicMs() + ms;
    this.#known.set(name, { name, dueAt: at, lapsesAt: at });
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  #isKnown(queue: string): boolean {
    return listBossNames(queue).every((name) => this.#known.has(name));
  }

  #listOf(queue: string): readonly BossDue[] {
    return listBossNames(queue).flatMap((name) => this.#known.get(name) ?? []);
  }

  /** A statement that began before now may miss what has changed since; all who ask meanwhile share the next one. */
  #readSoon(): Promise<void> {
    this.#next ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#reading = this.#read();
        return this.#reading;
      });
    return this.#next;
  }

  async #read(): Promise<void> {
    const { database, sql, clock } = this.#parts;
    const names = [...this.#queues].flatMap(listBossNames);
    const askedAt = clock.monotonicMs();
    const rows = await database.read(sql.due, [names]);
    this.#readAt = askedAt;
    // Counted from the answer: what is waited for is due then, rather than nearly.
    const now = clock.monotonicMs();
    for (const row of rows) {
      const name = String(row['name']);
      const [dueAt, lapsesAt] = [toTime(now, row['due_in']), toTime(now, row['lapses_in'])];
      this.#known.set(name, { name, dueAt, lapsesAt });
    }
  }

  #reportOthers(queue: string): void {
    const now = this.#parts.clock.monotonicMs();
    const isDue = ({ dueAt, lapsesAt }: BossDue) => Math.min(dueAt, lapsesAt) <= now;
    for (const other of this.#queues) {
      if (other !== queue && this.#listOf(other).some(isDue)) this.#parts.onDue(other);
    }
  }
}

function toTime(now: number, inMs: unknown): number {
  return typeof inMs === 'number' ? now + Math.ceil(inMs) : Number.POSITIVE_INFINITY;
}
