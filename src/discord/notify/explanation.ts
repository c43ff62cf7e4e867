import type { Job } from '../../jobs/job.ts';
import type { DeliveryView, EventExplanation, RuleExplanation } from '../../notifications/explain.ts';
import type { Verdict } from '../../notifications/planning/plan.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import { countOf, cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, relativeTime, separator, text, toPageWithin } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';

/** Previous and Next under an explanation; `use` tells them apart. */
export const turnExplanation = new ControlDefinition({
  name: 'explain-page',
  args: { ref: required, page: count, use: optional },
  requires: 'rules',
  acknowledges: 'update',
});

const TEXT_LIMIT = 3_600;
const PAGE_LENGTH = 3_200;
const LINE_LENGTH = 1_000;

const CONDITIONS: Readonly<Record<string, string>> = {
  paused: 'the rule was paused',
  events: 'the rule does not tell this event',
  type: 'another type of job was wanted',
  verb: 'another verb was wanted',
  apiChannel: 'another API channel was wanted',
  prompt: 'the prompt does not hold the words',
};

/** One event in lines, the most telling first. */
interface EventText {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** Rule by rule and stage by stage, why a job was told, or was not: what matched first, then all else by its reason. */
export function toExplanation(job: Job, events: readonly EventExplanation[], page = 0): OutgoingMessage {
  const { sign, word } = toStatusLook(job);
  const heading = `### ${sign} ${word} · \`${job.ref}\`\n> ${toSafeLine(toJobTitle(job), 200)}`;
  const pages = toPages([
    ...events.map((event) => toEventText(event, job.concealed !== undefined)),
    ...toGoneText(job),
  ]);
  if (pages.length === 0) return { components: [container(COLORS.quiet, [text(`${heading}\n${toUnseenText(job)}`)])] };
  const at = toPageWithin(page, pages.length);
  const body = [text(heading), separator(), text(pages[at] ?? '')];
  const paging = pager((to, use) => turnExplanation.toCustomId({ ref: job.ref, page: to, use }), at, pages.length);
  return { components: [container(COLORS.busy, pages.length > 1 ? [...body, paging] : body)] };
}

/** Fills pages with lines; an event that goes on over a page is named there again. */
function toPages(events: readonly EventText[]): string[] {
  const pages: string[] = [];
  let page = '';
  for (const { heading, lines } of events) {
    let next = page === '' ? heading : `\n\n${heading}`;
    for (const line of lines.length === 0 ? ['-# no rule was asked'] : lines) {
      if (page.length + next.length + line.length + 1 > PAGE_LENGTH) {
        if (page !== '') pages.push(page);
        page = '';
        next = heading;
      }
      page += `${next}\n${line}`;
      next = '';
    }
  }
  return page === '' ? pages : [...pages, page];
}

/** How a job ended that the API no longer knows cannot be known, so that no rule is asked. */
function toGoneText({ goneAt }: Job): EventText[] {
  if (goneAt === undefined) return [];
  const why =
    'The API no longer knows the job, so nobody can say how it ended. Rules are not asked about that, whatever they tell; only its live cards say it.';
  return [{ heading: `**expired**, seen ${relativeTime(goneAt)}`, lines: [why] }];
}

function toUnseenText(job: Job): string {
  const seen = `First seen ${relativeTime(job.firstSeenAt)}.`;
  if (job.finalAt !== undefined && job.startToldAt === undefined) {
    return `${seen} It had already ended when the bot first met it, so no rule was asked: only jobs that were in a list, submitted or watched here are told.`;
  }
  return `${seen} No rule of this server was asked about it yet, or there was none. \`/notify list\` shows the rules, \`/notify add\` makes one.`;
}

function toEventText({ event, seenAt, rules, otherDeliveries }: EventExplanation, isConcealed: boolean): EventText {
  const matched = rules.filter(({ verdict }) => verdict.matched).map(toMatchLine);
  const cards = otherDeliveries.map((delivery) => `live card in <#${delivery.channelId}>: ${toDeliveryText(delivery)}`);
  const others = rules.filter(({ verdict }) => !verdict.matched);
  const lines = [...matched, ...cards, ...toMismatchLines(others, isConcealed)];
  return { heading: `**${event}**, seen ${relativeTime(seenAt)}`, lines };
}

function toMatchLine({ verdict, rule, isQuietNow, delivery }: RuleExplanation): string {
  const quiet = isQuietNow ? ' · quiet hours are on now' : '';
  const fate = delivery === undefined ? 'nothing was planned' : toDeliveryText(delivery);
  return `${toRuleName({ verdict, rule })} ✓ matched → ${fate}${quiet}`;
}

function toRuleName({ verdict, rule }: { readonly verdict: Verdict; readonly rule: Rule | undefined }): string {
  return `#${verdict.ruleNumber}${rule === undefined ? ' (removed since)' : ''}`;
}

/** One line per reason; of a concealed job, what a rule compared with it is left out. */
function toMismatchLines(rules: readonly RuleExplanation[], isConcealed: boolean): string[] {
  const reasons = Map.groupBy(rules, ({ verdict }) => (isConcealed ? '' : (verdict.because?.condition ?? '')));
  return [...reasons].flatMap(([reason, some]) => {
    const [one] = some;
    if (some.length > 1 || one === undefined) return toGroupLines(reason, some);
    return `${toRuleName({ rule: undefined, ...one })} ✗ ${isConcealed ? 'did not match' : toMismatchText(one.verdict.because)}`;
  });
}

/** `12 rules ✗ another verb was wanted: #1 blend, #2 describe`, in as many lines as that takes. */
function toGroupLines(reason: string, rules: readonly RuleExplanation[]): string[] {
  const what = reason === '' ? 'did not match' : (CONDITIONS[reason] ?? reason);
  const start = `${countOf(rules.length, 'rule')} ✗ ${what}:`;
  const lines: string[] = [];
  let line = start;
  for (const explained of rules) {
    const wanted =
      reason === '' || reason === 'paused' ? '' : ` ${toSafeLine(explained.verdict.because?.wanted ?? '', 60)}`;
    const entry = ` ${toRuleName({ rule: undefined, ...explained })}${wanted}`;
    if (line.length + entry.length > LINE_LENGTH) lines.push(`${line},`);
    line = line.length + entry.length > LINE_LENGTH ? `…${entry}` : `${line}${line === start ? '' : ','}${entry}`;
  }
  return [...lines, line];
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
