import type { APIButtonComponent } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { Submission } from '../../jobs/submissions/submission.ts';
import type { WaitedResult } from '../../jobs/submissions/waiting-line.ts';
import { TagDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from './blocks.ts';
import { toJobTag } from './job-tag.ts';
import { toReasonText } from './job-words.ts';
import { toJobOnAccount } from './known-accounts.ts';
import { COLORS, toNoticeMessage } from './notices.ts';
import { toSafeBlock, toSafeLine } from './outside-text.ts';
import { toShowButton } from './show-controls.ts';
import { uiWords } from './words.ts';

/** Names what was asked for where there is no job to name. */
const submissionTag = new TagDefinition({ name: 'act-tag', args: { id: required, deliveryId: required } });

/** What a submission is called: its button on its job, or the beginning of its prompt. */
export function toSubmissionName({ work }: Submission): string {
  return work.kind === 'press' ? uiWords.button(toSafeLine(work.label, 60), work.ref) : toPromptName(work.prompt);
}

/** A prompt as a name for what it makes. */
export function toPromptName(prompt: string): string {
  return `“${toSafeLine(prompt, 200)}”`;
}

/** What came of a submission for which no interaction waits any more. */
export interface KnownOutcome {
  readonly submission: Submission;
  readonly result: WaitedResult;
  /** A sentence about where its card is. */
  readonly about: string;
}

/** `again` sends it once more. */
export function toOutcomeMessage(known: KnownOutcome, again?: APIButtonComponent): OutgoingMessage {
  const { result } = known;
  const sentence = toSentence(known);
  switch (result.outcome) {
    case 'made':
    case 'found':
    case 'existing':
      return toJobMessage(sentence, result.job);
    case 'may-be-running':
      return toDoubtMessage(sentence, again);
    default:
      return toNoticeMessage(sentence, result.outcome === 'refused' ? COLORS.warn : COLORS.bad);
  }
}

/** The same as a direct message, from where nothing of a server can be pressed. */
export function toOutcomeNotice(known: KnownOutcome, serverName: string, deliveryId: string): OutgoingMessage {
  const where = uiWords.startedIn(toSafeLine(serverName, 100));
  return { components: [container(COLORS.warn, [text(`${toSentence(known)}\n${where}`), toTag(known, deliveryId)])] };
}

function toTag({ submission: { id, work }, result }: KnownOutcome, deliveryId: string) {
  const ref = 'job' in result ? result.job?.ref : work.kind === 'press' ? work.ref : undefined;
  if (ref !== undefined) return toJobTag(ref, deliveryId);
  return row(submissionTag.toButton({ id, deliveryId }, '/imagine'));
}

function toSentence({ submission, result, about }: KnownOutcome): string {
  const name = toSubmissionName(submission);
  switch (result.outcome) {
    case 'made':
      return uiWords.started(name, about);
    case 'found':
      return uiWords.found(name, `\`${result.job.ref}\``, about);
    case 'existing':
      return uiWords.existing(name, `\`${result.job.ref}\``);
    case 'refused':
      return toRefusedSentence(name, result.reason);
    case 'may-be-running':
      return uiWords.inDoubt(name, result.reason);
    case 'failed':
      return uiWords.failed(name, result.error.message);
  }
}

/** Says that nobody knows whether it started, and what trying again may cost. */
export function toDoubtText(name: string, reason: string, before: string): string {
  return [uiWords.inDoubt(name, reason), uiWords.costOfTryAgain(before)].join('\n');
}

/** Sending once more is asked for apart, with what it costs. */
function toDoubtMessage(sentence: string, again: APIButtonComponent | undefined): OutgoingMessage {
  if (again === undefined) return toNoticeMessage(sentence, COLORS.warn);
  const body = text(`${sentence}\n${uiWords.costOfTryAgain()}`);
  return { components: [container(COLORS.warn, [body, row(again)])] };
}

/** What became of one that waits no more, for whoever still sees it waiting. */
export function toEndedMessage(submission: Submission | undefined): OutgoingMessage {
  if (submission === undefined) return toNoticeMessage(uiWords.waitsNoMore);
  if (submission.state === 'cancelled') return toCancelledMessage();
  const name = toSubmissionName(submission);
  if (submission.childRef !== undefined)
    return toButtonMessage(uiWords.waitedAndIs(name, submission.childRef), submission.childRef);
  if (submission.state === 'refused') return toRefusedMessage(name, submission.reason ?? uiWords.noReason);
  if (submission.state === 'failed')
    return toNoticeMessage(uiWords.notTaken(name, submission.reason ?? ''), COLORS.bad);
  return toNoticeMessage(uiWords.waitedAndSent(name));
}

/** Midjourney's reason, for the requester alone. */
export function toRefusedMessage(name: string, reason: string): OutgoingMessage {
  return toNoticeMessage(toRefusedSentence(name, reason), COLORS.warn);
}

function toRefusedSentence(name: string, reason: string): string {
  return uiWords.refused(name, toSafeBlock(reason, 1_500));
}

/** The reason why a job that had been taken was moderated, for the requester alone. */
export function toModeratedMessage(job: Job): OutgoingMessage {
  return toJobMessage(toModeratedSentence(job), job, COLORS.warn);
}

/** The same as a direct message, from where nothing of a server can be opened. */
export function toModeratedNotice(job: Job, serverName: string, deliveryId: string): OutgoingMessage {
  const where = uiWords.startedInShow(toSafeLine(serverName, 100), job.ref);
  const body = text(`${toModeratedSentence(job)}\n${where}`);
  return { components: [container(COLORS.warn, [body, toJobTag(job.ref, deliveryId)])] };
}

function toModeratedSentence(job: Job): string {
  const said = toReasonText(job);
  const reason = said === '' ? '' : `: ${toSafeBlock(said, 1_500)}`;
  const what = job.prompt === undefined ? '' : ` (${toPromptName(job.prompt)})`;
  return uiWords.moderated(toJobOnAccount(job.ref, job.accountName), what, reason);
}

export function toSendingMessage(): OutgoingMessage {
  return toNoticeMessage(uiWords.sending);
}

export function toCancelledMessage(): OutgoingMessage {
  return toNoticeMessage(uiWords.cancelledWaiting, COLORS.quiet);
}

function toJobMessage(sentence: string, { ref }: Job, color: number = COLORS.busy): OutgoingMessage {
  return toButtonMessage(sentence, ref, color);
}

function toButtonMessage(sentence: string, ref: string, color: number = COLORS.busy): OutgoingMessage {
  const show = row(toShowButton(ref));
  return { components: [container(color, [text(sentence.trim()), show])] };
}
