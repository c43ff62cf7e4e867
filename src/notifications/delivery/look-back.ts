import { RetryLater } from '../../queue/contract.ts';
import { type Clock, isYounger } from '../../shared/clock.ts';
import { toDeliveryId } from '../planning/plan.ts';
import { type ChannelPoster, PostError, type PostedMessage, type PostTarget } from './channel-poster.ts';
import type { InDoubt } from './post-record.ts';

/** Milliseconds for which the same nonce surely gives back the first message; Discord keeps it for some minutes. */
export const NONCE_WINDOW_MS = 60_000;
/** Milliseconds in which a request whose answer was lost may still be on its way, where no nonce helps. */
const LANDING_MS = 30_000;
/** Milliseconds that Discord's clock may be behind ours. */
const CLOCK_SLACK_MS = 60_000;
/** Milliseconds that are looked through where the clock was set back, so that when it was sent is not known. */
const LOOK_BACK_MS = 24 * 60 * 60_000;

/** Looks whether a message is there whose answer was lost. */
export class LookBack<N> {
  readonly #poster: Pick<ChannelPoster<N>, 'honoursNonce' | 'findPosted'>;
  readonly #clock: Clock;
  /** Messages whose lost answer was waited for although the clock does not show since when. */
  readonly #hasWaited = new Set<string>();

  constructor(poster: Pick<ChannelPoster<N>, 'honoursNonce' | 'findPosted'>, clock: Clock) {
    this.#poster = poster;
    this.#clock = clock;
  }

  /**
   * Looks where it was sent, which may be another channel than `target` by now. `protected`: its nonce still keeps a
   * second attempt there from making another. Rejects where nobody can know now.
   */
  async find(key: string, target: PostTarget, record: InDoubt): Promise<PostedMessage | 'absent' | 'protected'> {
    const sentTo = { guildId: target.guildId, channelId: record.channelId ?? target.channelId };
    if (sentTo.channelId === target.channelId) return this.#find(key, target, record);
    try {
      return await this.#find(key, sentTo, record);
    } catch (thrown) {
      // The channel was changed, maybe for this very reason: to come twice is better than never.
      if (thrown instanceof PostError && ['gone', 'target'].includes(thrown.kind)) return 'absent';
      throw thrown;
    }
  }

  async #find(key: string, target: PostTarget, record: InDoubt): Promise<PostedMessage | 'absent' | 'protected'> {
    const now = this.#clock.now();
    const hasNonce = await this.#poster.honoursNonce(target);
    if (hasNonce && isYounger(record.since, NONCE_WINDOW_MS, now)) return 'protected';
    const endedAt = hasNonce ? record.since : Math.max(record.since, record.lastAnswer?.at ?? 0);
    const waitMs = this.#toLandingMs(key, endedAt, now);
    if (waitMs > 0) throw new RetryLater(waitMs, 'waiting for a lost answer');
    const { guildId, channelId } = target;
    const place = { guildId, channelId, deliveryId: toDeliveryId(key) };
    const found = await this.#poster.findPosted({ ...place, ...toSpan(record, now) });
    this.#hasWaited.delete(key);
    return found ?? 'absent';
  }

  /** Milliseconds in which it may still land; the whole time once where the clock was set back since it was sent. */
  #toLandingMs(key: string, since: number, now: number): number {
    if (since <= now) return LANDING_MS - (now - since);
    if (this.#hasWaited.has(key)) return 0;
    this.#hasWaited.add(key);
    return LANDING_MS;
  }
}

/** When a message of which only the intent is known was posted, if it was. */
function toSpan({ since }: InDoubt, now: number) {
  if (since > now) return { since: now - LOOK_BACK_MS, until: now + CLOCK_SLACK_MS };
  return { since: since - CLOCK_SLACK_MS };
}
