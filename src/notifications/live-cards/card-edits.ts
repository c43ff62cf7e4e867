import { z } from 'zod';
import type { Job } from '../../jobs/job.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type ChannelPoster, LEVELS, type Level, PostError, type PostedMessage } from '../delivery/channel-poster.ts';
import { isHopeless, isLevelToBlame, noteFailure, toLowerLevel, toPauseMs } from '../delivery/patience.ts';
import type { Sender } from '../delivery/sender.ts';

/** An edit that is not taken: what it shows, how much of that is sent, since when and how often it failed. */
export const FailingEdit = z.object({
  shown: z.string(),
  level: z.enum(LEVELS),
  since: z.number(),
  count: z.number(),
  /** What Discord said last. */
  code: z.number(),
});
export type FailingEdit = z.infer<typeof FailingEdit>;

export interface CardEdit {
  readonly job: Job;
  /** Differs for every change that people can see. */
  readonly shown: string;
  readonly guildId: string;
  readonly deliveryId: string;
  readonly place: PostedMessage;
  readonly failing?: FailingEdit;
  readonly signal: AbortSignal;
}

/** `failing`: to be tried again after `afterMs`; `given-up`: Discord takes it in no form, for hours. */
export type EditOutcome =
  | { readonly outcome: 'shown' | 'message-gone' | 'given-up' }
  | { readonly outcome: 'failing'; readonly failing: FailingEdit; readonly afterMs: number; readonly why: string };

export interface CardEditsOptions {
  readonly poster: ChannelPoster;
  readonly sender: Pick<Sender, 'takenAt'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Edits live cards with less and less until Discord takes it, and as patiently as posts are sent. */
export class CardEdits {
  readonly #options: CardEditsOptions;

  constructor(options: CardEditsOptions) {
    this.#options = options;
  }

  /** Rejects with a `PostError` where the channel refuses it, or Discord does not answer at all. */
  async edit(edit: CardEdit): Promise<EditOutcome> {
    const first = edit.failing?.level ?? 'whole';
    let code = edit.failing?.code;
    for (const level of LEVELS.slice(LEVELS.indexOf(first))) {
      try {
        await this.#send(edit, level, code);
        return { outcome: 'shown' };
      } catch (thrown) {
        const facts = { ref: edit.job.ref, level, error: toErrorMessage(thrown) };
        this.#options.logger.info(facts, 'An edit was not taken.');
        if (thrown instanceof PostError && thrown.kind === 'message-gone') return { outcome: 'message-gone' };
        if (mayPass(thrown, level)) return this.#noteFailure(edit, level, thrown);
        if (thrown instanceof PostError && thrown.kind !== 'payload') throw thrown;
        code = thrown instanceof PostError ? thrown.answerCode : code;
      }
    }
    return { outcome: 'given-up' };
  }

  async #send(edit: CardEdit, level: Level, code: number | undefined): Promise<void> {
    const { job, guildId, deliveryId, place, signal } = edit;
    const how = { deliveryId, level, guildId, ...(code !== undefined && { answerCode: code }) };
    const prepared = await this.#options.poster.prepare({ kind: 'live-card', job }, how);
    try {
      await prepared.edit({ channelId: place.channelId, messageId: place.messageId }, signal);
    } finally {
      prepared.release();
    }
  }

  async #noteFailure(edit: CardEdit, level: Level, error: PostError): Promise<EditOutcome> {
    const { clock, logger, sender } = this.#options;
    if (error.kind === 'retry' && !(await this.#isAnswering(edit))) throw error;
    const { shown } = edit;
    const before = edit.failing?.level === level ? edit.failing : edit.failing && { ...edit.failing, count: 0 };
    const failing = { ...noteFailure(before, clock.now()), shown, level, code: error.answerCode };
    const lower = error.kind === 'retry' ? toLowerLevel(level) : undefined;
    if (
      lower !== undefined &&
      isLevelToBlame(failing, { isUnanswered: error.answerCode === 0, takenAt: sender.takenAt })
    ) {
      logger.warn({ ref: edit.job.ref, level, next: lower }, 'An edit does not get through; less of it is sent.');
      return this.edit({ ...edit, failing: { ...failing, level: lower, count: 0 } });
    }
    if (lower === undefined && isHopeless(failing, clock.now())) return { outcome: 'given-up' };
    return { outcome: 'failing', failing, afterMs: toPauseMs(failing), why: error.message };
  }

  /** Looks into the channel: where Discord answers, a failure is that of the edit. */
  async #isAnswering({ guildId, deliveryId, place }: CardEdit): Promise<boolean> {
    const { poster, clock } = this.#options;
    try {
      await poster.findPosted({ guildId, channelId: place.channelId, deliveryId, since: clock.now() });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof PostError)) throw thrown;
      return thrown.kind !== 'retry';
    }
  }
}

/** Whether the same may pass later: lost on its way, refused for no known reason, or the least that can be sent. */
function mayPass(thrown: unknown, level: Level): thrown is PostError {
  if (!(thrown instanceof PostError)) return false;
  if (thrown.kind === 'retry') return thrown.isDoubtful;
  return thrown.kind === 'refused' || (thrown.kind === 'payload' && toLowerLevel(level) === undefined);
}
