import { toBackoffMs } from '../../shared/backoff.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleStore } from '../rules/rule-store.ts';
import type { PostError } from './channel-poster.ts';
import type { ChannelTurn } from './channel-turn.ts';

export interface RefusalsOptions {
  readonly rules: RuleStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once per rule when its channel refuses the bot; `reason` is a sentence part for people. */
  readonly onSuspended: (rule: Rule, reason: string) => Promise<void>;
}

const PAUSES = { firstMs: 60_000, maxMs: 10 * 60_000 };
/** Milliseconds after which a channel that is gone counts as gone for good. */
const GONE_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/**
 * Channels that refuse the bot: their rules are suspended, what is queued waits in order, and all resumes by itself.
 */
export class Refusals {
  readonly #options: RefusalsOptions;

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** Suspends the rules of a channel; says when to try again, or that there is no sense in it. */
  async note(turn: ChannelTurn, error: PostError): Promise<{ readonly isHopeless: boolean; readonly afterMs: number }> {
    const { rules, clock, onSuspended } = this.#options;
    const now = clock.now();
    const { guildId, channelId } = turn.target;
    const { since: known = now, count = 0 } = turn.state.refusal ?? {};
    // One that is still to come was noted before the clock was set back.
    const since = Math.min(known, now);
    const refusal = { since, count: count + 1, code: error.answerCode, says: error.message };
    await turn.save({ ...turn.state, refusal });
    const suspension = { reason: error.message, code: error.answerCode, at: now };
    const suspended = await rules.suspendChannel(guildId, channelId, suspension);
    for (const rule of suspended) await this.#notify(() => onSuspended(rule, error.message), rule);
    const afterMs = toBackoffMs(PAUSES, refusal.count);
    return { isHopeless: error.kind === 'gone' && now - since > GONE_AFTER_MS, afterMs };
  }

  /**
   * Marks the rules of a channel whose posts wait for a refusal to pass: `/notify list` says it, nobody is notified.
   */
  async noteDelay(turn: ChannelTurn, error: PostError): Promise<void> {
    const { guildId, channelId } = turn.target;
    const delay = { reason: error.message, code: error.answerCode, at: this.#options.clock.now() };
    if (turn.state.isDelayed !== true) await turn.save({ ...turn.state, isDelayed: true });
    await this.#options.rules.delayChannel(guildId, channelId, delay);
  }

  /** What kept posts waiting is over: the post came, or was given up. */
  async clearDelay(turn: ChannelTurn): Promise<void> {
    if (turn.state.isDelayed === undefined) return;
    await this.#options.rules.endDelay(turn.target.guildId, turn.target.channelId);
    const { isDelayed: _, ...state } = turn.state;
    await turn.save(state);
  }

  /** Resumes the rules of a channel that took a post again. */
  async clear(turn: ChannelTurn): Promise<void> {
    await this.clearDelay(turn);
    if (turn.state.refusal === undefined) return;
    await this.#options.rules.unsuspendChannel(turn.target.guildId, turn.target.channelId);
    const { refusal: _, ...state } = turn.state;
    await turn.save(state);
  }

  async #notify(notify: () => Promise<void>, { guildId, number }: Rule): Promise<void> {
    try {
      await notify();
    } catch (thrown) {
      const error = toErrorMessage(thrown);
      this.#options.logger.warn({ guildId, rule: number, error }, 'The creator of a rule could not be messaged.');
    }
  }
}
