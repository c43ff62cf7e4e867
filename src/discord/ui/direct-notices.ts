import type { TellEvent } from '../../notifications/planning/plan.ts';
import { TagDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from './blocks.ts';
import { toEventLook } from './event-look.ts';
import { toJobTag } from './job-tag.ts';
import { COLORS } from './notices.ts';
import { toSafeLine } from './outside-text.ts';

const ruleTag = new TagDefinition({ name: 'rule-tag', args: { deliveryId: required } });

export interface MissedMentionFacts {
  readonly ref: string;
  readonly event: TellEvent;
  readonly channelId: string;
  readonly serverName: string;
}

/** Tells somebody of the end of a job that was to be told in a channel. */
export function toMissedMentionNotice(
  { ref, event, channelId, serverName }: MissedMentionFacts,
  deliveryId: string,
): OutgoingMessage {
  const { sign, words, color } = toEventLook(event);
  const why = `I could not mention you in <#${channelId}>: Discord no longer takes my messages there.`;
  const where = `\`/job show job:${ref}\` shows it in **${toSafeLine(serverName, 100)}**.`;
  const body = text(`${sign} The job \`${ref}\` ${words}.\n${why}\n${where}`);
  return { components: [container(color, [body, toJobTag(ref, deliveryId)])] };
}

export interface SuspendedRuleFacts {
  readonly ruleNumber: number;
  readonly channelId: string;
  /** A sentence part for people. */
  readonly reason: string;
}

/** Tells the creator of a rule that its channel does not take the bot’s posts. */
export function toSuspendedRuleNotice(
  { ruleNumber, channelId, reason }: SuspendedRuleFacts,
  deliveryId: string,
): OutgoingMessage {
  const what = `⛔ Your notification rule #${ruleNumber} for <#${channelId}> is suspended: ${toSafeLine(reason, 200)}.`;
  const next =
    'Once I may post there again, it resumes by itself and what waits is told. `/notify list` shows how it stands.';
  const tag = ruleTag.toButton({ deliveryId }, `Rule #${ruleNumber}`);
  return { components: [container(COLORS.warn, [text(`${what} ${next}`), row(tag)])] };
}
