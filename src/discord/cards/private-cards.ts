import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Answer, EditSource } from '../core/answer.ts';
import { REPLY_LIFE_MS } from '../core/kept-replies.ts';

/** A job's card that one member sees alone, and the interaction that can still edit it. */
export interface PrivateCard {
  /** Of the job. */
  readonly ref: string;
  readonly messageId: string;
  /** The card as it is now; none where nothing is known of the job any more. */
  draw(): Promise<Answer | undefined>;
  readonly edit: EditSource;
}

interface Kept extends PrivateCard {
  /** By the monotonic clock. */
  readonly until: number;
  asked: number;
  /** What was shown last. */
  shown?: string;
}

export interface PrivateCardsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

const MAX_KEPT = 500;

/** Private cards from which something was pressed: they show what came of it, for a quarter of an hour. */
export class PrivateCards {
  readonly #options: PrivateCardsOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #lock = new KeyedLock();

  constructor(options: PrivateCardsOptions) {
    this.#options = options;
  }

  /** Takes the place of an earlier interaction with the same card. */
  keep(card: PrivateCard): void {
    this.#kept.delete(card.messageId);
    this.#dropOld();
    this.#kept.set(card.messageId, { ...card, until: this.#options.clock.monotonicMs() + REPLY_LIFE_MS, asked: 0 });
  }

  /** Shows on the cards of this job what is known of it now. Never rejects. */
  async refresh(ref: string): Promise<void> {
    const now = this.#options.clock.monotonicMs();
    const cards = [...this.#kept.values()].filter((card) => card.ref === ref && card.until >= now);
    await Promise.all(cards.map((card) => this.#redraw(card)));
  }

  #redraw(card: Kept): Promise<void> {
    card.asked += 1;
    const turn = card.asked;
    return this.#lock.run(card.messageId, async () => {
      // A later one waits already, or another interaction took its place.
      if (turn !== card.asked || this.#kept.get(card.messageId) !== card) return;
      try {
        await this.#edit(card);
      } catch (thrown) {
        this.#kept.delete(card.messageId);
        this.#options.logger.info({ ref: card.ref, error: toErrorMessage(thrown) }, 'A private card was not marked.');
      }
    });
  }

  async #edit(card: Kept): Promise<void> {
    const answer = await card.draw();
    if (answer === undefined) return;
    const shown = JSON.stringify(answer.message.components);
    if (shown === card.shown) return answer.release?.();
    await card.edit(answer);
    card.shown = shown;
  }

  #dropOld(): void {
    for (const [id, { until }] of this.#kept) {
      if (until >= this.#options.clock.monotonicMs() && this.#kept.size < MAX_KEPT) return;
      this.#kept.delete(id);
    }
  }
}
