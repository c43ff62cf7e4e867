import type { APIButtonComponent } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { Act } from '../../jobs/submissions/submission.ts';
import type { WaitedResult } from '../../jobs/submissions/waiting-line.ts';
import { TagDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from './blocks.ts';
import { toJobTag } from './job-tag.ts';
import { toReasonText } from './job-words.ts';
import { COLORS, toNoticeMessage } from './notices.ts';
import { toSafeBlock, toSafeLine } from './outside-text.ts';
import { toShowButton } from './show-controls.ts';

/** Names what was asked for where there is no job to name. */
const actTag = new TagDefinition({ name: 'act-tag', args: { id: required, deliveryId: required } });

/** What an act is called: its button on its job, or the beginning of its prompt. */
export function toActName({ work }: Act): string {
  return work.kind === 'press' ? `**${toSafeLine(work.label, 60)}** on \`${work.ref}\`` : toPromptName(work.prompt);
}

/** A prompt as a name for what it makes. */
export function toPromptName(prompt: string): string {
  return `“${toSafeLine(prompt, 200)}”`;
}

/** What came of an act for which no interaction waits any more. */
export interface ToldOutcome {
  readonly act: Act;
  readonly result: WaitedResult;
  /** A sentence about where its card is. */
  readonly about: string;
}

/** `again` sends it once more. */
export function toActNews(told: ToldOutcome, again?: APIButtonComponent): OutgoingMessage {
  const { result } = told;
  const sentence = toSentence(told);
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
export function toOutcomeNotice(told: ToldOutcome, serverName: string, deliveryId: string): OutgoingMessage {
  const where = `It was started in **${toSafeLine(serverName, 100)}**.`;
  return { components: [container(COLORS.warn, [text(`${toSentence(told)}\n${where}`), toTag(told, deliveryId)])] };
}

function toTag({ act: { id, work }, result }: ToldOutcome, deliveryId: string) {
  const ref = 'job' in result ? result.job?.ref : work.kind === 'press' ? work.ref : undefined;
  if (ref !== undefined) return toJobTag(ref, deliveryId);
  return row(actTag.toButton({ id, deliveryId }, '/imagine'));
}

function toSentence({ act, result, about }: ToldOutcome): string {
  const name = toActName(act);
  switch (result.outcome) {
    case 'made':
      return `▶️ ${name} had its turn: \`${result.job.ref}\`. ${about}`.trim();
    case 'found':
      return `🔎 The answer to ${name} was lost, and its job was found: \`${result.job.ref}\`. ${about}`.trim();
    case 'existing':
      return `☑️ ${name} was done before: \`${result.job.ref}\`. Nothing was spent.`;
    case 'refused':
      return toRefusedSentence(name, result.reason);
    case 'may-be-running':
      return `📡 ${name}: ${result.reason}`;
    case 'failed':
      return `❌ ${name} was not taken: ${result.error.message} Nothing was spent.`;
  }
}

/** Sending once more is asked for apart, with what it costs. */
function toDoubtMessage(sentence: string, again: APIButtonComponent | undefined): OutgoingMessage {
  if (again === undefined) return toNoticeMessage(sentence, COLORS.warn);
  const cost =
    'It was not sent again. **Try again** looks once more and, where nothing is found, makes another job and spends one more.';
  return { components: [container(COLORS.warn, [text(`${sentence}\n${cost}`), row(again)])] };
}

/** What became of one that waits no more, for whoever still sees it waiting. */
export function toEndedMessage(act: Act | undefined): OutgoingMessage {
  if (act === undefined) return toNoticeMessage('It does not wait any more. `/jobs` shows what is running.');
  if (act.state === 'cancelled') return toCancelledMessage();
  const name = toActName(act);
  if (act.childRef !== undefined)
    return toButtonMessage(`▶️ ${name} waits no more: it is \`${act.childRef}\`.`, act.childRef);
  if (act.state === 'refused') return toRefusedMessage(name, act.reason ?? 'no reason is known.');
  if (act.state === 'failed') return toNoticeMessage(`❌ ${name} was not taken: ${act.reason ?? ''}`, COLORS.bad);
  return toNoticeMessage(`📡 ${name} was sent and waits no more. \`/jobs\` shows what is running.`);
}

/** Midjourney's reason, for the requester alone. */
export function toRefusedMessage(name: string, reason: string): OutgoingMessage {
  return toNoticeMessage(toRefusedSentence(name, reason), COLORS.warn);
}

function toRefusedSentence(name: string, reason: string): string {
  return `🚫 Midjourney did not take ${name}: ${toSafeBlock(reason, 1_500)}\nNothing was spent. Change the words and try again.`;
}

/** The reason why a job that had been taken was moderated, for the requester alone. */
export function toModeratedMessage(job: Job): OutgoingMessage {
  return toJobMessage(toModeratedSentence(job), job, COLORS.warn);
}

/** The same as a direct message, from where nothing of a server can be opened. */
export function toModeratedNotice(job: Job, serverName: string, deliveryId: string): OutgoingMessage {
  const where = `It was started in **${toSafeLine(serverName, 100)}**: \`/job show job:${job.ref}\` shows it there.`;
  const body = text(`${toModeratedSentence(job)}\n${where}`);
  return { components: [container(COLORS.warn, [body, toJobTag(job.ref, deliveryId)])] };
}

function toModeratedSentence(job: Job): string {
  const said = toReasonText(job);
  const reason = said === '' ? '' : `: ${toSafeBlock(said, 1_500)}`;
  const what = job.prompt === undefined ? '' : ` (${toPromptName(job.prompt)})`;
  return `🚫 Midjourney moderated your job \`${job.ref}\`${what}${reason}`;
}

export function toSendingMessage(): OutgoingMessage {
  return toNoticeMessage('⏳ It is your turn: it is being sent.');
}

export function toCancelledMessage(): OutgoingMessage {
  return toNoticeMessage('⏹️ It was taken back while it waited. Nothing was sent or spent.', COLORS.quiet);
}

function toJobMessage(sentence: string, { ref }: Job, color: number = COLORS.busy): OutgoingMessage {
  return toButtonMessage(sentence, ref, color);
}

function toButtonMessage(sentence: string, ref: string, color: number = COLORS.busy): OutgoingMessage {
  const show = row(toShowButton(ref));
  return { components: [container(color, [text(sentence.trim()), show])] };
}
