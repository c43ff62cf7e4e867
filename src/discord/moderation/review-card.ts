import { type APIComponentInContainer, ButtonStyle, ComponentType } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { MediaFile, MediaResult } from '../../media/media-file.ts';
import type { Review, ReviewDecision, Verdict, Vote } from '../../moderation/reviews/review.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, relativeTime, row, separator, text } from '../ui/blocks.ts';
import { toJobTag } from '../ui/job-tag.ts';
import { toVerbText } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toPlainLine, toSafeBlock, toSafeLine } from '../ui/outside-text.ts';
import { toPersonText } from './member-pages.ts';

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

export const VERDICT_LOOKS: Readonly<Record<Verdict, { readonly sign: string; readonly word: string }>> = {
  approve: { sign: '✅', word: 'approve' },
  reject: { sign: '⛔', word: 'reject' },
  ask: { sign: '🔁', word: 'ask for variation' },
};
const DECIDED_WORDS: Readonly<Record<Verdict, string>> = {
  approve: 'Approved',
  reject: 'Rejected',
  ask: 'Variation asked for',
};

/** A result as its reviewers see it: media, prompt, who, the votes so far, and how to vote; once decided, without media. */
export function toReviewCard(options: ReviewCardOptions): OutgoingMessage {
  const { review, job, media = [], notice } = options;
  const { decision } = review;
  const isShown = (result: MediaResult): result is MediaFile => result.kind === 'file';
  const files = decision === undefined ? media.filter(isShown).slice(0, GALLERY_ITEMS) : [];
  const body: APIComponentInContainer[] = [];
  if (notice !== undefined) body.push(text(`⚠️ ${cutText(notice, 400)}`));
  body.push(text(toHeading(review, job)), text(toFacts(options)));
  if (job?.prompt !== undefined && job.prompt !== '') body.push(text(`> ${toSafeLine(job.prompt, 1_400)}`));
  if (files.length > 0) body.push(toGallery(job, files));
  const missing = decision === undefined ? media.filter(({ kind }) => kind === 'missing') : [];
  if (missing.length > 0) body.push(text(`-# Not shown here: ${missing.map(({ label }) => label).join(', ')}`));
  body.push(separator(), text(toVotesText(options)), toControls(options));
  return {
    components: [container(toColor(decision), body)],
    files: files.map(({ name, path, contentType }) => ({ name, path, contentType })),
  };
}

function toHeading({ ref, decision }: Review, job: Job | undefined): string {
  const title = decision === undefined ? '🔎 Review' : toDecisionTitle(decision);
  const verb = job === undefined ? '' : ` · ${toSafeLine(toVerbText(job), 80)}`;
  return `### ${title}${verb}\n-# \`${ref}\``;
}

function toDecisionTitle({ verdict, cause }: ReviewDecision): string {
  const { sign } = VERDICT_LOOKS[verdict];
  return `${sign} ${DECIDED_WORDS[verdict]}${cause === 'timeout' ? ': time ran out' : ''}`;
}

function toFacts({ review, quorum }: ReviewCardOptions): string {
  const { requestedBy, why, word, openedAt, timeoutMs, onTimeout, decision } = review;
  const by = requestedBy === undefined ? 'nobody here: it was started outside Discord' : toPersonText(requestedBy);
  const ends = { publish: 'it is published', drop: 'it is dropped', remind: 'you are reminded' }[onTimeout];
  const lines = [
    `**By** ${by}`,
    why === 'word' &&
      `**Because** ${word === undefined ? 'of a listed word' : `its prompt holds “${toSafeLine(word, 80)}”`}`,
    `**Finished** ${relativeTime(openedAt)}`,
    decision === undefined && `**Decides** ${quorum === 1 ? '1 vote' : `${quorum} votes for the same`}`,
    decision === undefined &&
      timeoutMs !== undefined &&
      `**Without them** ${ends} ${relativeTime(openedAt + timeoutMs)}`,
  ];
  return lines.filter(Boolean).join('\n');
}

function toVotesText({ review: { votes, decision } }: ReviewCardOptions): string {
  const lines = votes.map(toVoteLine);
  if (decision !== undefined) lines.push(`-# Decided ${relativeTime(decision.at)}. Later votes change nothing.`);
  return lines.length === 0 ? '-# No votes yet.' : cutText(lines.join('\n'), 1_400);
}

function toVoteLine({ by, verdict, reason }: Vote): string {
  const { sign, word } = VERDICT_LOOKS[verdict];
  const why = reason === undefined ? '' : `: ${toSafeLine(reason, REASON_LENGTH)}`;
  return `${sign} ${toPersonText(by)} ${word}${why}`;
}

function toControls({ review: { ref, decision }, deliveryId }: ReviewCardOptions) {
  const about = { ref, deliveryId };
  if (decision !== undefined) return row(openReviewed.toButton(about, 'Open the job'));
  return row(
    approveResult.toButton(about, 'Approve', { style: ButtonStyle.Success }),
    rejectResult.toButton(about, 'Reject', { style: ButtonStyle.Danger }),
    askForVariation.toButton(about, 'Ask for variation'),
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
  readonly serverName: string;
  /** What the job was asked for, if that is known. */
  readonly prompt?: string;
}

/** What the requester is told, directly, when a result is not shown. */
export function toVerdictNotice(
  { decision, ref, serverName, prompt }: ReviewVerdict,
  deliveryId: string,
): OutgoingMessage {
  const { verdict, reasons, cause } = decision;
  const where = `\`${ref}\` in **${toSafeLine(serverName, 100)}**`;
  const sentences = {
    approve: `✅ Your job ${where} was approved.`,
    reject: `⛔ The result of your job ${where} is not shown: its reviewers rejected it.`,
    ask: `🔁 The reviewers of your job ${where} ask you for a variation; this result is not shown.`,
  };
  const said = reasons.map((reason) => `> ${toSafeBlock(reason, 600).replaceAll('\n', '\n> ')}`);
  const why = cause === 'timeout' ? ['Nobody decided in time.'] : said;
  const asked = prompt === undefined || prompt === '' ? [] : [`**Your prompt** ${toSafeLine(prompt, 900)}`];
  const next = verdict === 'approve' ? [] : ['To try again, send `/imagine` with a changed prompt in that server.'];
  const body = [cutText([sentences[verdict], ...why].join('\n'), 2_400), ...asked, ...next].join('\n');
  return { components: [container(COLORS.warn, [text(body), toJobTag(ref, deliveryId)])] };
}

/** Says again that a review waits. */
export function toReminder({ ref, openedAt }: Review, deliveryId: string): OutgoingMessage {
  const sentence = `⏰ The result of \`${ref}\` has waited for its review since ${relativeTime(openedAt)}.`;
  const open = row(openReviewed.toButton({ ref, deliveryId }, 'Open the job'));
  return { components: [container(COLORS.warn, [text(sentence), open])] };
}
