import type { Job } from '../../jobs/job.ts';
import type { DeliveryView, EventExplanation, RuleExplanation } from '../../notifications/explain.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../wire/outgoing.ts';
import { container, relativeTime, separator, text } from './blocks.ts';
import { toJobTitle, toStatusLook } from './job-words.ts';
import { COLORS } from './notices.ts';
import { toSafeLine } from './outside-text.ts';

const TEXT_LIMIT = 3_600;

const CONDITIONS: Readonly<Record<string, string>> = {
  paused: 'the rule was paused',
  events: 'the rule does not tell this event',
  type: 'another type of job was wanted',
  verb: 'another verb was wanted',
  apiChannel: 'another API channel was wanted',
  prompt: 'the prompt does not hold the words',
};

/** Rule by rule and stage by stage, why a job was told, or was not. */
export function toExplanation(job: Job, events: readonly EventExplanation[]): OutgoingMessage {
  const { sign, word } = toStatusLook(job);
  const heading = `### ${sign} ${word} · \`${job.ref}\`\n> ${toSafeLine(toJobTitle(job), 200)}`;
  if (events.length === 0) return { components: [container(COLORS.quiet, [text(`${heading}\n${toUnseenText(job)}`)])] };
  const isConcealed = job.concealed !== undefined;
  const body = cutText(events.map((event) => toEventText(event, isConcealed)).join('\n\n'), TEXT_LIMIT);
  return { components: [container(COLORS.busy, [text(heading), separator(), text(body)])] };
}

function toUnseenText(job: Job): string {
  const seen = `First seen ${relativeTime(job.firstSeenAt)}.`;
  if (job.finalAt !== undefined && job.startToldAt === undefined) {
    return `${seen} It had already ended when the bot first met it, so no rule was asked: only jobs that were in a list, submitted or watched here are told.`;
  }
  return `${seen} No rule of this server was asked about it yet, or there was none. \`/notify list\` shows the rules, \`/notify add\` makes one.`;
}

function toEventText({ event, seenAt, rules, otherDeliveries }: EventExplanation, isConcealed: boolean): string {
  const lines = rules.map((rule) => toRuleLine(rule, isConcealed));
  const cards = otherDeliveries.map((delivery) => `live card in <#${delivery.channelId}>: ${toDeliveryText(delivery)}`);
  return [`**${event}**, seen ${relativeTime(seenAt)}`, ...lines, ...cards].join('\n');
}

/** Of a concealed job, what a rule compared with it is left out too. */
function toRuleLine({ verdict, rule, isQuietNow, delivery }: RuleExplanation, isConcealed: boolean): string {
  const name = `#${verdict.ruleNumber}${rule === undefined ? ' (removed since)' : ''}`;
  if (!verdict.matched) return `${name} ✗ ${isConcealed ? 'did not match' : toMismatchText(verdict.because)}`;
  const quiet = isQuietNow ? ' · quiet hours are on now' : '';
  const fate = delivery === undefined ? 'nothing was planned' : toDeliveryText(delivery);
  return `${name} ✓ matched → ${fate}${quiet}`;
}

function toMismatchText(because: RuleExplanation['verdict']['because']): string {
  if (because === undefined) return 'did not match';
  const what = CONDITIONS[because.condition] ?? because.condition;
  return `${what}: wanted ${toSafeLine(because.wanted, 80)}, was ${toSafeLine(because.was, 80)}`;
}

/** What has become of one post, in words. */
function toDeliveryText(delivery: DeliveryView): string {
  const tried = delivery.tries > 1 ? ` after ${delivery.tries} tries` : '';
  const answer = delivery.lastAnswer;
  const said = answer === undefined ? '' : ` · Discord said: ${toSafeLine(answer.says, 120)} (${answer.code})`;
  const next = delivery.nextTryAt === undefined ? '' : ` · next try ${relativeTime(delivery.nextTryAt)}`;
  switch (delivery.state) {
    case 'posted':
    case 'batched':
      return `${toToldText(delivery)}${tried}${said}`;
    case 'dropped':
      return `dropped: ${toSafeLine(delivery.why ?? 'no reason kept', 160)}${said}`;
    case 'held':
      return 'awaiting review';
    case 'planned':
      return `waits for its turn${next}`;
    default:
      return `${delivery.state === 'sending' ? 'being sent' : 'not taken yet'}${tried}${said}${next}`;
  }
}

function toToldText({ link, postedAt, isSilent, batch, isReduced, isByCard }: DeliveryView): string {
  const how = [
    batch && `in a ${batch}`,
    isByCard && 'by its live card',
    isSilent && 'silently',
    isReduced && 'reduced',
  ].filter(Boolean);
  const manner = how.length > 0 ? ` (${how.join(', ')})` : '';
  if (postedAt === undefined) return `waits to be told${manner}`;
  return `told ${relativeTime(postedAt)}${manner}${link === undefined ? '' : ` · ${link}`}`;
}

/** The last deliveries of a server, newest first. */
export function toDeliveriesList(deliveries: readonly DeliveryView[]): OutgoingMessage {
  if (deliveries.length === 0) {
    const hint = 'Nothing was delivered yet. `/notify add` makes a rule, `/notify test` posts a sample of it.';
    return { components: [container(COLORS.quiet, [text(`### Deliveries\n${hint}`)])] };
  }
  const lines = deliveries.map((delivery) => {
    const rules = delivery.ruleNumbers.map((number) => `#${number}`).join(' ') || 'live card';
    return `\`${delivery.ref}\` ${delivery.event} → <#${delivery.channelId}> (${rules}): ${toDeliveryText(delivery)}`;
  });
  return {
    components: [container(COLORS.busy, [text('### Last deliveries'), text(cutText(lines.join('\n'), TEXT_LIMIT))])],
  };
}
