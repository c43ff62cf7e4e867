import type { NotificationEvent } from '../../notifications/notification-events.ts';
import { TagDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from './blocks.ts';
import { toEventLook } from './event-look.ts';
import { toJobTag } from './job-tag.ts';
import { toJobOnAccount } from './known-accounts.ts';
import { COLORS } from './notices.ts';
import { toSafeLine } from './outside-text.ts';
import { type ChannelRefusal, toRefusalText } from './refusal-text.ts';
import { uiWords } from './words.ts';

const ruleTag = new TagDefinition({ name: 'rule-tag', args: { deliveryId: required } });

export interface MissedMentionFacts {
  readonly ref: string;
  readonly event: NotificationEvent;
  readonly channelId: string;
  readonly serverName: string;
  /** Of the job's account, where the server has several. */
  readonly accountName?: string;
}

/** Notifies somebody of the end of a job that was to be posted in a channel. */
export function toMissedMentionNotice(
  { ref, event, channelId, serverName, accountName }: MissedMentionFacts,
  deliveryId: string,
): OutgoingMessage {
  const { sign, words, color } = toEventLook(event);
  const why = uiWords.missedMention(channelId);
  const where = uiWords.missedMentionShow(ref, toSafeLine(serverName, 100));
  const body = text(`${uiWords.jobEnded(sign, toJobOnAccount(ref, accountName), words)}\n${why}\n${where}`);
  return { components: [container(color, [body, toJobTag(ref, deliveryId)])] };
}

export interface SuspendedRuleFacts extends ChannelRefusal {
  readonly ruleNumber: number;
  readonly channelId: string;
}

/** Notifies the creator of a rule that its channel does not take the bot’s posts. */
export function toSuspendedRuleNotice(
  { ruleNumber, channelId, ...refusal }: SuspendedRuleFacts,
  deliveryId: string,
): OutgoingMessage {
  const what = uiWords.ruleSuspended(ruleNumber, channelId, toRefusalText(refusal));
  const tag = ruleTag.toButton({ deliveryId }, uiWords.ruleTag(ruleNumber));
  return { components: [container(COLORS.warn, [text(`${what} ${uiWords.ruleResumes}`), row(tag)])] };
}
