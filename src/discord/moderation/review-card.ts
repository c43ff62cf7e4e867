import { type APIComponentInContainer, ButtonStyle, ComponentType } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { MediaFile, MediaResult } from '../../media/media-file.ts';
import type { Review, ReviewDecision, Verdict, Vote } from '../../moderation/reviews/review.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, separator, text } from '../ui/blocks.ts';
import { toJobTag } from '../ui/job-tag.ts';
import { toVerbText } from '../ui/job-words.ts';
import { toAccountText, toJobOnAccount } from '../ui/known-accounts.ts';
import { COLORS } from '../ui/notices.ts';
import { toPlainLine, toSafeBlock, toSafeLine } from '../ui/outside-text.ts';
import { toShowButton } from '../ui/show-controls.ts';
import { accountWords } from '../ui/words.ts';
import { toPersonText } from './member-pages.ts';
import { reviewWords, verdictWords } from './words.ts';

export interface ReviewCardOptions {
  readonly review: Review;
  /** None where nothing is known of it any more. */
  readonly job?: Job;
  /** Votes that decide. */
  readonly quorum: number;
  /** Shown as spoilers. */
  readonly media?: readonly MediaResult[];
  /** A sentence above everything else. */
  readonly notice?: string;
  /** Carried by a control, so that the message can be found again. */
  readonly deliveryId?: string;
}

const args = { ref: required, deliveryId: optional };
export const approveResult = new ControlDefinition({
  name: 'review-approve',
  args,
  requires: 'review',
  acknowledges: 'private',
});
/** Opens the form that asks why. */
export const rejectResult = new ControlDefinition({
  name: 'review-reject',
  args,
  requires: 'review',
  acknowledges: 'form',
});
/** The same, for a variation. */
export const askForVariation = new ControlDefinition({
  name: 'review-ask',
  args,
  requires: 'review',
  acknowledges: 'form',
});
/** Shows the job to whoever uses it, as far as they may see it. */
export const openReviewed = new ControlDefinition({
  name: 'review-open',
  args,
  requires: 'view',
  acknowledges: 'private',
});

const GALLERY_ITEMS = 10;
const ALT_TEXT_LENGTH = 200;
const REASON_LENGTH = 200;
const MISSING_LENGTH = 600;

export const VERDICT_LOOKS: Readonly<Record<Verdict, { readonly sign: string; readonly word: string }>> = {
  approve: { sign: '✅', word: reviewWords.verdicts.approve },
  reject: { sign: '⛔', word: reviewWords.verdicts.reject },
  ask: { sign: '🔁', word: reviewWords.verdicts.ask },
};

/**
 * A result as its reviewers see it: media, prompt, who, the votes so far, and how to vote; once decided, without media.
 */
export function toReviewCard(options: ReviewCardOptions): OutgoingMessage {
  const { review, job, media = [], notice } = options;
  const { decision } = review;
  const isShown = (result: MediaResult): result is MediaFile => result.kind === 'file';
  const files = decision === undefined ? media.filter(isShown).slice(0, GALLERY_ITEMS) : [];
  const body: APIComponentInContainer[] = [];
  if (notice !== undefined) body.push(text(reviewWords.notice(cutText(notice, 400))));
  body.push(text(toHeading(review, job)), text(toFacts(options)));
  if (job?.prompt !== undefined && job.prompt !== '') body.push(text(`> ${toSafeLine(job.prompt, 1_400)}`));
  if (files.length > 0) body.push(toGallery(job, files));
  const missing = decision === undefined ? toMissingLines(media) : [];
  if (missing.length > 0) body.push(text(cutText(missing.join('\n'), MISSING_LENGTH)));
  body.push(separator(), text(toVotesText(options)), toControls(options));
  return {
    components: [container(toColor(decision), body)],
    files: files.map(({ name, path, contentType }) => ({ name, path, contentType })),
  };
}

/** One line for each reason. */
function toMissingLines(media: readonly MediaResult[]): string[] {
  const byReason = Map.groupBy(
    media.filter((result) => result.kind === 'missing'),
    ({ reason }) => reason,
  );
  return [...byReason].map(([reason, results]) => {
    const labels = results.map(({ label }) => label);
    return reviewWords.notShown(labels, toSafeLine(reason, 120));
  });
}

function toHeading({ ref, decision }: Review, job: Job | undefined): string {
  const title = decision === undefined ? reviewWords.heading() : toDecisionTitle(decision);
  const verb = job === undefined ? '' : ` · ${toSafeLine(toVerbText(job), 80)}`;
  const account = job?.accountName === undefined ? '' : ` ${accountWords.on(toAccountText(job.accountName))}`;
  return `### ${title}${verb}\n-# \`${ref}\`${account}`;
}

function toDecisionTitle({ verdict, cause }: ReviewDecision): string {
  const { sign } = VERDICT_LOOKS[verdict];
  return `${sign} ${reviewWords.decided[verdict]}${cause === 'timeout' ? reviewWords.timeRanOut() : ''}`;
}

function toFacts({ review, quorum }: ReviewCardOptions): string {
  const { requestedBy, why, word, openedAt, timeoutMs, onTimeout, decision } = review;
  const by =
    requestedBy === undefined ? reviewWords.startedOutside() : reviewWords.startedBy(toPersonText(requestedBy));
  const isOpen = decision === undefined;
  const lines = [
    `${by} · ${reviewWords.finished(openedAt)}`,
    why === 'word' && reviewWords.because(word && toSafeLine(word, 80)),
    isOpen && reviewWords.decides(quorum),
    isOpen && timeoutMs !== undefined && reviewWords.withoutVotes(onTimeout, openedAt + timeoutMs),
  ];
  return lines.filter(Boolean).join('\n');
}

function toVotesText({ review: { votes, decision } }: ReviewCardOptions): string {
  const lines = votes.map(toVoteLine);
  if (decision !== undefined) lines.push(reviewWords.decidedAt(decision.at));
  return lines.length === 0 ? reviewWords.noVotes() : cutText(lines.join('\n'), 1_400);
}

function toVoteLine({ by, verdict, reason }: Vote): string {
  const { sign, word } = VERDICT_LOOKS[verdict];
  const why = reason === undefined ? '' : `: ${toSafeLine(reason, REASON_LENGTH)}`;
  return `${reviewWords.vote(sign, toPersonText(by), word)}${why}`;
}

function toControls({ review: { ref, decision }, deliveryId }: ReviewCardOptions) {
  const about = { ref, deliveryId };
  if (decision !== undefined) return row(openReviewed.toButton(about, reviewWords.open()));
  return row(
    approveResult.toButton(about, reviewWords.buttons.approve, { style: ButtonStyle.Success }),
    rejectResult.toButton(about, reviewWords.buttons.reject, { style: ButtonStyle.Danger }),
    askForVariation.toButton(about, reviewWords.buttons.ask),
  );
}

function toGallery(job: Job | undefined, files: readonly MediaFile[]): APIComponentInContainer {
  const about = toPlainLine(job?.prompt ?? '');
  const items = files.map(({ name, label }) => ({
    media: { url: `attachment://${name}` },
    description: cutText(`${label}: ${about}`, ALT_TEXT_LENGTH),
    spoiler: true,
  }));
  return { type: ComponentType.MediaGallery, items };
}

function toColor(decision: ReviewDecision | undefined): number {
  if (decision === undefined) return COLORS.busy;
  return decision.verdict === 'approve' ? COLORS.good : COLORS.bad;
}

export interface ReviewVerdict {
  readonly decision: ReviewDecision;
  readonly ref: string;
  /** What the job was asked for, if that is known. */
  readonly prompt?: string;
  /** Of the job's account, where the server has several. */
  readonly accountName?: string;
}

/** What the requester reads on the note of the click, in the server, when a result is not shown. */
export function toVerdictNote(verdict: ReviewVerdict): OutgoingMessage {
  const { ref, accountName } = verdict;
  const said = toVerdictLines(verdict, toJobOnAccount(ref, accountName), verdictWords.next());
  return { components: [container(COLORS.warn, [text(said), row(toShowButton(ref))])] };
}

/** The same as a direct message, from where nothing of a server can be opened. */
export function toVerdictNotice(verdict: ReviewVerdict, serverName: string, deliveryId: string): OutgoingMessage {
  const { ref, accountName } = verdict;
  const where = verdictWords.where(toJobOnAccount(ref, accountName), toSafeLine(serverName, 100));
  const said = toVerdictLines(verdict, where, verdictWords.nextThere());
  return { components: [container(COLORS.warn, [text(said), toJobTag(ref, deliveryId)])] };
}

function toVerdictLines({ decision, prompt = '' }: ReviewVerdict, job: string, next: string): string {
  const asked = prompt === '' ? '' : verdictWords.prompt(toSafeLine(prompt, 900));
  const lines = [toVerdictText(decision, job), asked, decision.verdict === 'approve' ? '' : next];
  return lines.filter((line) => line !== '').join('\n');
}

/** What was decided on a job, and why; `job` names it. */
export function toVerdictText({ verdict, reasons, cause }: ReviewDecision, job: string): string {
  const said = reasons.map((reason) => `> ${toSafeBlock(reason, 600).replaceAll('\n', '\n> ')}`);
  const why = cause === 'timeout' ? [verdictWords.timeout()] : said;
  return cutText([verdictWords.sentence(verdict, job), ...why].join('\n'), 2_400);
}

/** Says again that a review waits. */
export function toReminder({ ref, openedAt }: Review, deliveryId: string): OutgoingMessage {
  const sentence = reviewWords.reminder(ref, openedAt);
  const open = row(openReviewed.toButton({ ref, deliveryId }, reviewWords.open()));
  return { components: [container(COLORS.warn, [text(sentence), open])] };
}
