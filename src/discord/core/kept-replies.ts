import type { Clock } from '../../shared/clock.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Answer, ShowProgress } from './answer.ts';
import type { OutgoingMessage } from './outgoing.ts';

/** Milliseconds for which an interaction's answers can be changed: Discord's tokens live for 15 minutes. */
export const REPLY_LIFE_MS = 14 * 60_000;
const MAX_KEPT = 2_000;

/** What stands in an answer while the submission waits its turn. */
export interface WaitingWords {
  readonly what: string;
  readonly allowance: string;
}

interface Kept {
  readonly show: ShowProgress;
  readonly words: WaitingWords;
  /** By the monotonic clock. */
  readonly until: number;
  shown: number;
}

/**
 * Private answers that can still be changed, by the submission they are about; gone after a quarter of an hour or a
 * restart.
 */
export class KeptReplies {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #lock = new KeyedLock();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same answer, which later reports of the submission may replace once it has been sent. */
  keep(submissionId: string, show: ShowProgress, answer: Answer, words: WaitingWords): Answer {
    this.#dropOld();
    this.#kept.set(submissionId, { show, words, until: this.#clock.monotonicMs() + REPLY_LIFE_MS, shown: 0 });
    const { promise: isSent, resolve } = Promise.withResolvers<void>();
    void this.#lock.run(submissionId, () => isSent);
    return {
      ...answer,
      release() {
        answer.release?.();
        resolve();
      },
    };
  }

  /** None where there is no answer that can still be changed. */
  waitingWords(submissionId: string): WaitingWords | undefined {
    return this.#kept.get(submissionId)?.words;
  }

  /** Replaces the answer; `false` where there is none any more, or Discord does not take it. */
  async show(submissionId: string, message: OutgoingMessage): Promise<boolean> {
    const kept = this.#kept.get(submissionId);
    if (kept === undefined || kept.until < this.#clock.monotonicMs()) return false;
    kept.shown += 1;
    const turn = kept.shown;
    return this.#lock.run(submissionId, async () => {
      // A later one waits already.
      if (turn !== kept.shown) return true;
      try {
        await kept.show(message);
        return true;
      } catch {
        return false;
      }
    });
  }

  #dropOld(): void {
    for (const [id, { until }] of this.#kept) {
      if (until >= this.#clock.monotonicMs() && this.#kept.size < MAX_KEPT) return;
      this.#kept.delete(id);
    }
  }
}
