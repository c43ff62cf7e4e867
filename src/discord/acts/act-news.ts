import type { Act } from '../../jobs/acting/act.ts';
import type { PressDrafts } from '../../jobs/acting/press-drafts.ts';
import type { Progress, WaitedResult } from '../../jobs/acting/waiting-line.ts';
import { toWordlessAct, toWordlessResult } from '../../jobs/acting/wordless-act.ts';
import type { Job } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import type { Quotas } from '../../moderation/quotas.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { DirectMessages } from '../connection/direct-messages.ts';
import type { RequesterMessages } from '../moderators/requester-messages.ts';
import type { ChannelCards } from '../posting/channel-cards.ts';
import {
  toActName,
  toActNews,
  toCancelledMessage,
  toFoundMessage,
  toModeratedMessage,
  toSendingMessage,
} from '../views/act-news.ts';
import { toWaitingMessage } from '../views/waiting.ts';
import { encodeCustomId } from '../wire/custom-id.ts';
import type { ActReplies } from './act-replies.ts';
import type { PrivateCards } from './private-cards.ts';

export interface ActNewsOptions {
  readonly replies: ActReplies;
  readonly channelCards: Pick<ChannelCards, 'follow' | 'refresh'>;
  readonly privateCards: Pick<PrivateCards, 'refresh'>;
  readonly directMessages: Pick<DirectMessages, 'send'>;
  readonly requesters: Pick<RequesterMessages, 'tellModerated'>;
  readonly drafts: Pick<PressDrafts, 'keep'>;
  readonly quotas: Pick<Quotas, 'refund'>;
  readonly logger: Logger;
}

/** Tells requesters what becomes of what they wait for, after the interaction in which they asked; gives back what came to nothing. */
export class ActNews {
  readonly #options: ActNewsOptions;

  constructor(options: ActNewsOptions) {
    this.#options = options;
  }

  /** Listens to all that waits; never rejects. */
  onProgress(progress: Progress): void {
    void this.#tell(progress).catch((thrown: unknown) =>
      this.#options.logger.error({ act: progress.key, error: toErrorMessage(thrown) }, 'News of an act was not told.'),
    );
  }

  /** Listens to what a crash left open. */
  onRecovered(act: Act, result: WaitedResult): void {
    void this.#over(act, result).catch((thrown: unknown) =>
      this.#options.logger.error({ act: act.id, error: toErrorMessage(thrown) }, 'A recovered act was not told.'),
    );
  }

  /** Listens to jobs that turn up after `may-be-running` was said of them. */
  onFound(act: Act, job: Job): void {
    void this.#found(act, job).catch((thrown: unknown) =>
      this.#options.logger.error({ act: act.id, error: toErrorMessage(thrown) }, 'A found job was not told.'),
    );
  }

  async #tell(progress: Progress): Promise<void> {
    const { replies } = this.#options;
    switch (progress.kind) {
      case 'position': {
        const { key, position } = progress;
        const words = replies.waitingWords(key);
        if (words !== undefined) await replies.show(key, toWaitingMessage({ ...words, key, position }));
        return;
      }
      case 'sending':
        await replies.show(progress.key, toSendingMessage());
        return;
      case 'cancelled':
        await this.#giveBack(progress.act);
        await replies.show(progress.key, toCancelledMessage());
        if (progress.act !== undefined) await this.#markCards(progress.act);
        return;
      case 'over':
        await this.#over(progress.act, progress.result);
    }
  }

  async #over(act: Act, result: WaitedResult): Promise<void> {
    const isMade = result.outcome === 'made' || result.outcome === 'found';
    if (!isMade && result.outcome !== 'may-be-running') await this.#giveBack(act);
    const about = isMade ? await this.#showCard(act, result.job) : '';
    const againId = result.outcome === 'may-be-running' ? await this.#toAgainId(act) : undefined;
    const { replies } = this.#options;
    if (await replies.show(act.id, toActNews(act, result, about, againId))) return;
    await replies.show(act.id, toActNews(toWordlessAct(act), toWordlessResult(result), about, againId));
    // From a direct message nothing of a server can be pressed.
    if (!isMade) await this.#options.directMessages.send(act.userId, toActNews(act, result, about));
  }

  async #toAgainId({ id, guildId, place, work }: Act): Promise<string> {
    if (work.kind === 'submit') return encodeCustomId('submit-again', id);
    const labelHash = toLabelHash(work.label);
    const draftId = await this.#options.drafts.keep({ guildId, ref: work.ref, labelHash }, work);
    return encodeCustomId('press-again', work.ref, labelHash, id, draftId, place?.replyTo ?? '');
  }

  async #found(act: Act, job: Job): Promise<void> {
    const about = await this.#showCard(act, job);
    await this.#options.replies.show(act.id, toFoundMessage(toActName(act), job, about));
  }

  async #showCard(act: Act, job: Job): Promise<string> {
    const { guildId, userId, place } = act;
    if (place === undefined) return '';
    const about = await this.#options.channelCards.follow({ guildId, userId, job, place });
    await this.#markCards(act);
    return about;
  }

  /** Shows on the cards of the job whose button was pressed what came of it. */
  async #markCards({ guildId, place, work }: Act): Promise<void> {
    if (work.kind === 'submit') return;
    const { channelCards, privateCards } = this.#options;
    if (place !== undefined) await channelCards.refresh(guildId, place, work.ref);
    await privateCards.refresh(work.ref);
  }

  async #giveBack(act: Act | undefined): Promise<void> {
    if (act?.wishId !== undefined) await this.#options.quotas.refund(act.guildId, act.wishId);
  }

  /** A job that had been taken was moderated: why, is told on the private answer, else directly. */
  async tellModerated(act: Act, job: Job): Promise<void> {
    const { replies, requesters } = this.#options;
    if (await replies.show(act.id, toModeratedMessage(job))) return;
    await requesters.tellModerated(act, job);
  }
}
