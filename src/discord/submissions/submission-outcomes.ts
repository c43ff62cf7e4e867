import { type APIButtonComponent, ButtonStyle } from 'discord.js';
import { type AccountNames, withAccountName } from '../../jobs/account-names.ts';
import type { Job } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import type { PressDrafts } from '../../jobs/submissions/press-drafts.ts';
import type { Submission } from '../../jobs/submissions/submission.ts';
import type { Submissions } from '../../jobs/submissions/submissions.ts';
import type { Progress, WaitedResult } from '../../jobs/submissions/waiting-line.ts';
import { toWordlessResult, toWordlessSubmission } from '../../jobs/submissions/wordless-submission.ts';
import type { Quotas } from '../../moderation/quotas.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ChannelCards, FollowedCard } from '../cards/channel-cards.ts';
import type { PrivateCards } from '../cards/private-cards.ts';
import type { RequesterNotes } from '../cards/requester-notes.ts';
import type { KeptReplies } from '../core/kept-replies.ts';
import {
  type KnownOutcome,
  toCancelledMessage,
  toModeratedMessage,
  toOutcomeMessage,
  toSendingMessage,
} from '../ui/outcome-messages.ts';
import { pressAgain } from './press-messages.ts';
import { submitAgain } from './prompt-messages.ts';
import { toWaitingMessage } from './waiting.ts';
import { submissionWords } from './words.ts';

/** Notifies a requester directly, once each; rejects where that is worth another try. */
interface RequesterNotifier {
  notifyOfModeration(submission: Submission, job: Job): Promise<void>;
  notifyOfOutcome(outcome: KnownOutcome): Promise<void>;
}

export interface SubmissionOutcomesOptions {
  readonly submissions: Pick<Submissions, 'noteReported'>;
  readonly replies: KeptReplies;
  readonly channelCards: Pick<ChannelCards, 'follow' | 'refresh'>;
  readonly privateCards: Pick<PrivateCards, 'refresh'>;
  readonly requesters: RequesterNotifier;
  readonly notes: Pick<RequesterNotes, 'write'>;
  readonly accounts: Pick<AccountNames, 'nameIn'>;
  readonly drafts: Pick<PressDrafts, 'keep'>;
  readonly quotas: Pick<Quotas, 'refund'>;
  readonly logger: Logger;
}

const NO_CARD: FollowedCard = { isShown: false, about: '' };

/**
 * Notifies requesters of what becomes of what they wait for, after the interaction in which they asked; gives back what
 * came to nothing.
 */
export class SubmissionOutcomes {
  readonly #options: SubmissionOutcomesOptions;

  constructor(options: SubmissionOutcomesOptions) {
    this.#options = options;
  }

  /** Listens to all that waits; never rejects. */
  onProgress(progress: Progress): void {
    void this.#report(progress).catch((thrown: unknown) =>
      this.#options.logger.error(
        { submission: progress.key, error: toErrorMessage(thrown) },
        'The progress of a submission was not reported.',
      ),
    );
  }

  /** Follows a further job of a submission where it was started, as its first one is. Never rejects. */
  async showBatchmate({ guildId, userId, place }: Submission, job: Job): Promise<void> {
    const { channelCards, logger } = this.#options;
    if (place === undefined) return;
    try {
      await channelCards.follow({ guildId, userId, job, place });
    } catch (thrown) {
      logger.warn({ ref: job.ref, error: toErrorMessage(thrown) }, 'A further job of a submission was not followed.');
    }
  }

  /** For `Submissions.onOutcome`. Rejects where it is worth another try. */
  async notifyOfOutcome(submission: Submission, result: WaitedResult): Promise<void> {
    const isMade = result.outcome === 'made' || result.outcome === 'found';
    if (!isMade && result.outcome !== 'may-be-running') await this.#giveBack(submission);
    // Whoever cancelled it was shown so.
    if (submission.state === 'cancelled') return;
    const { isShown, about } = isMade ? await this.#showCard(submission, result.job) : NO_CARD;
    const known = { submission, result, about };
    const again = result.outcome === 'may-be-running' ? await this.#toAgain(submission) : undefined;
    const { replies, requesters } = this.#options;
    const wordless = { submission: toWordlessSubmission(submission), result: toWordlessResult(result), about };
    const isAnswered =
      (await replies.show(submission.id, toOutcomeMessage(known, again))) ||
      (await replies.show(submission.id, toOutcomeMessage(wordless, again)));
    if (!isAnswered && !isShown) await requesters.notifyOfOutcome(known);
  }

  async #report(progress: Progress): Promise<void> {
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
        await this.#giveBack(progress.submission);
        await replies.show(progress.key, toCancelledMessage());
        if (progress.submission !== undefined) await this.#markCards(progress.submission);
        await this.#options.submissions.noteReported(progress.key);
        return;
      case 'over':
      // Reported by `notifyOfOutcome`.
    }
  }

  async #toAgain({ id, guildId, place, work }: Submission): Promise<APIButtonComponent> {
    const style = { style: ButtonStyle.Danger } as const;
    if (work.kind === 'submit') return submitAgain.toButton({ key: id }, submissionWords.tryAgain, style);
    const labelHash = toLabelHash(work.label);
    const draftId = await this.#options.drafts.keep({ guildId, ref: work.ref, labelHash }, work);
    const press = { ref: work.ref, labelHash, submissionId: id, draftId, cardId: place?.replyTo };
    return pressAgain.toButton(press, submissionWords.tryAgain, style);
  }

  async #showCard(submission: Submission, job: Job): Promise<FollowedCard> {
    const { guildId, userId, place } = submission;
    if (place === undefined) return NO_CARD;
    const card = await this.#options.channelCards.follow({ guildId, userId, job, place });
    await this.#markCards(submission);
    return card;
  }

  /** Shows on the cards of the job whose button was pressed what came of it. */
  async #markCards({ guildId, place, work }: Submission): Promise<void> {
    if (work.kind === 'submit') return;
    const { channelCards, privateCards } = this.#options;
    if (place !== undefined) await channelCards.refresh(guildId, place, work.ref);
    await privateCards.refresh(work.ref);
  }

  async #giveBack(submission: Submission | undefined): Promise<void> {
    if (submission?.requestId !== undefined)
      await this.#options.quotas.refund(submission.guildId, submission.requestId);
  }

  /**
   * A job that had been taken was moderated: the reason goes onto the private reply, else behind the ping in the
   * channel, else into a direct message.
   */
  async notifyOfModeration(submission: Submission, job: Job): Promise<void> {
    const { notes, requesters, accounts } = this.#options;
    const named = withAccountName(job, accounts.nameIn(submission.guildId, job.board));
    if (await notes.write(submission.guildId, job, toModeratedMessage(named))) return;
    await requesters.notifyOfModeration(submission, named);
  }
}
