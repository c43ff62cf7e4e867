import { type APIButtonComponent, ButtonStyle } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import type { Acting } from '../../jobs/submissions/create-submissions.ts';
import type { PressDrafts } from '../../jobs/submissions/press-drafts.ts';
import type { Act } from '../../jobs/submissions/submission.ts';
import type { Progress, WaitedResult } from '../../jobs/submissions/waiting-line.ts';
import { toWordlessAct, toWordlessResult } from '../../jobs/submissions/wordless-submission.ts';
import type { Quotas } from '../../moderation/quotas.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ChannelCards, FollowedCard } from '../cards/channel-cards.ts';
import type { PrivateCards } from '../cards/private-cards.ts';
import type { ActReplies } from '../core/kept-replies.ts';
import {
  type ToldOutcome,
  toActNews,
  toCancelledMessage,
  toModeratedMessage,
  toSendingMessage,
} from '../ui/outcome-messages.ts';
import { pressAgain } from './press-messages.ts';
import { submitAgain } from './prompt-messages.ts';
import { toWaitingMessage } from './waiting.ts';

/** Notifies a requester directly, once each; rejects where that is worth another try. */
interface RequesterNotifier {
  tellModerated(act: Act, job: Job): Promise<void>;
  tellOutcome(outcome: ToldOutcome): Promise<void>;
}

export interface ActNewsOptions {
  readonly acting: Pick<Acting, 'noteTold'>;
  readonly replies: ActReplies;
  readonly channelCards: Pick<ChannelCards, 'follow' | 'refresh'>;
  readonly privateCards: Pick<PrivateCards, 'refresh'>;
  readonly requesters: RequesterNotifier;
  readonly drafts: Pick<PressDrafts, 'keep'>;
  readonly quotas: Pick<Quotas, 'refund'>;
  readonly logger: Logger;
}

const NO_CARD: FollowedCard = { isShown: false, about: '' };

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

  /** For `Acting.onOutcome`. Rejects where telling it is worth another try. */
  async tellOutcome(act: Act, result: WaitedResult): Promise<void> {
    const isMade = result.outcome === 'made' || result.outcome === 'found';
    if (!isMade && result.outcome !== 'may-be-running') await this.#giveBack(act);
    // Whoever took it back was told so.
    if (act.state === 'cancelled') return;
    const { isShown, about } = isMade ? await this.#showCard(act, result.job) : NO_CARD;
    const told = { act, result, about };
    const again = result.outcome === 'may-be-running' ? await this.#toAgain(act) : undefined;
    const { replies, requesters } = this.#options;
    const wordless = { act: toWordlessAct(act), result: toWordlessResult(result), about };
    const isAnswered =
      (await replies.show(act.id, toActNews(told, again))) || (await replies.show(act.id, toActNews(wordless, again)));
    if (!isAnswered && !isShown) await requesters.tellOutcome(told);
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
        await this.#options.acting.noteTold(progress.key);
        return;
      case 'over':
      // Told by `tellOutcome`.
    }
  }

  async #toAgain({ id, guildId, place, work }: Act): Promise<APIButtonComponent> {
    const style = { style: ButtonStyle.Danger } as const;
    if (work.kind === 'submit') return submitAgain.toButton({ key: id }, 'Try again', style);
    const labelHash = toLabelHash(work.label);
    const draftId = await this.#options.drafts.keep({ guildId, ref: work.ref, labelHash }, work);
    const press = { ref: work.ref, labelHash, actId: id, draftId, cardId: place?.replyTo };
    return pressAgain.toButton(press, 'Try again', style);
  }

  async #showCard(act: Act, job: Job): Promise<FollowedCard> {
    const { guildId, userId, place } = act;
    if (place === undefined) return NO_CARD;
    const card = await this.#options.channelCards.follow({ guildId, userId, job, place });
    await this.#markCards(act);
    return card;
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
