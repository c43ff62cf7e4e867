import type { KnownAccount } from '../../jobs/account-names.ts';
import type { Job } from '../../jobs/job.ts';
import type { DeliveryView, EventExplanation, RuleExplanation } from '../../notifications/explain.ts';
import type { Verdict } from '../../notifications/planning/plan.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import { toChunks } from '../../shared/chunks.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, separator, text, toPageWithin } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import type { ToJobSelect } from '../ui/meant-message.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toAccountName } from './rule-messages.ts';
import { deliveryWords, explainWords } from './words.ts';

/** Previous and Next under an explanation; `use` tells them apart. */
export const turnExplanation = new ControlDefinition({
  name: 'explain-page',
  args: { ref: required, page: count, use: optional },
  requires: 'rules',
  acknowledges: 'update',
});

/** The select of jobs that the words of `/notify explain` fit, whose values are refs. */
export const pickExplained = new ControlDefinition({
  name: 'explain-meant',
  args: {},
  requires: 'rules',
  acknowledges: 'private',
});

export const toExplainSelect: ToJobSelect = (options) => pickExplained.toSelect({}, explainWords.pick(), options);

const TEXT_LIMIT = 3_600;
const PAGE_LENGTH = 3_200;
/** A name is at most 20 characters long, so that a line fits a page. */
const RULES_PER_LINE = 50;

/** One event in lines, the most telling first. */
interface EventText {
  readonly heading: string;
  readonly lines: readonly string[];
}

export interface DeliveriesView {
  /** Whether Discord's codes are shown: to those who may configure. Default: no. */
  readonly hasCodes?: boolean;
}

export interface ExplanationView extends DeliveriesView {
  /** From 0. */
  readonly page?: number;
  /** Those that the server may use. */
  readonly accounts?: readonly KnownAccount[];
}

/**
 * Rule by rule and stage by stage, why a job was posted, or was not: what matched first, then all else by its reason.
 */
export function toExplanation(
  job: Job,
  events: readonly EventExplanation[],
  { page = 0, accounts = [], hasCodes = false }: ExplanationView = {},
): OutgoingMessage {
  const { sign, word } = toStatusLook(job);
  const heading = `### ${sign} ${word} · \`${job.ref}\`\n> ${toSafeLine(toJobTitle(job), 200)}`;
  const pages = toPages([
    ...events.map((event) =>
      toEventText(withAccountNames(event, accounts), { isConcealed: job.concealed !== undefined, hasCodes }),
    ),
    ...toGoneText(job),
  ]);
  if (pages.length === 0) return { components: [container(COLORS.quiet, [text(`${heading}\n${toUnseenText(job)}`)])] };
  const at = toPageWithin(page, pages.length);
  const body = [text(heading), separator(), text(pages[at] ?? '')];
  const paging = pager((to, use) => turnExplanation.toCustomId({ ref: job.ref, page: to, use }), at, pages.length);
  return { components: [container(COLORS.busy, pages.length > 1 ? [...body, paging] : body)] };
}

/** The same in words: verdicts hold the keys of accounts. */
function withAccountNames(event: EventExplanation, accounts: readonly KnownAccount[]): EventExplanation {
  const rules = event.rules.map((explained): RuleExplanation => {
    const { because } = explained.verdict;
    if (because?.condition !== 'account') return explained;
    const { condition, ...keys } = because;
    const names = { wanted: toAccountName(keys.wanted, accounts), was: toAccountName(keys.was, accounts) };
    return { ...explained, verdict: { ...explained.verdict, because: { condition, ...names } } };
  });
  return { ...event, rules };
}

/** Fills pages with lines; an event that goes on over a page is named there again. */
function toPages(events: readonly EventText[]): string[] {
  const pages: string[] = [];
  let page = '';
  for (const { heading, lines } of events) {
    let next = page === '' ? heading : `\n\n${heading}`;
    for (const line of lines.length === 0 ? [explainWords.noRule()] : lines) {
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
  return [{ heading: explainWords.event('expired', goneAt), lines: [explainWords.gone()] }];
}

function toUnseenText(job: Job): string {
  const isMetEnded = job.finalAt !== undefined && job.startToldAt === undefined;
  return isMetEnded ? explainWords.endedBefore(job.firstSeenAt) : explainWords.notAsked(job.firstSeenAt);
}

interface EventView {
  readonly isConcealed: boolean;
  readonly hasCodes: boolean;
}

function toEventText(
  { event, seenAt, rules, otherDeliveries }: EventExplanation,
  { isConcealed, hasCodes }: EventView,
): EventText {
  const matched = rules.filter(({ verdict }) => verdict.matched).map((rule) => toMatchLine(rule, hasCodes));
  const cards = otherDeliveries.map((delivery) =>
    explainWords.liveCard(delivery.channelId, toDeliveryText(delivery, hasCodes)),
  );
  const others = rules.filter(({ verdict }) => !verdict.matched);
  const lines = [...matched, ...cards, ...toMismatchLines(others, isConcealed)];
  return { heading: explainWords.event(event, seenAt), lines };
}

function toMatchLine({ verdict, rule, isQuietNow, delivery }: RuleExplanation, hasCodes: boolean): string {
  const quiet = isQuietNow ? explainWords.quietNow() : '';
  const fate = delivery === undefined ? toNoDeliveryText(verdict) : toDeliveryText(delivery, hasCodes);
  return `${explainWords.matched(toRuleName({ verdict, rule }), fate)}${quiet}`;
}

function toNoDeliveryText({ via }: Verdict): string {
  return via === 'card' ? explainWords.shownByCard() : explainWords.nothingPlanned();
}

function toRuleName({ verdict, rule }: { readonly verdict: Verdict; readonly rule: Rule | undefined }): string {
  return rule === undefined ? explainWords.removedRule(verdict.ruleNumber) : explainWords.ruleName(verdict.ruleNumber);
}

/** A line for all rules with one reason; of a concealed job, what a rule compared with it is left out. */
function toMismatchLines(rules: readonly RuleExplanation[], isConcealed: boolean): string[] {
  const byReason = Map.groupBy(rules, ({ verdict }) => (isConcealed ? '' : toMismatchText(verdict.because)));
  return [...byReason].flatMap(([reason, some]) => toGroupLines(reason || explainWords.noMatch(), some));
}

/** `✗ #1, #4: only blend jobs (this one: imagine)`, in as many lines as the numbers take. */
function toGroupLines(reason: string, rules: readonly RuleExplanation[]): string[] {
  const names = rules.map((explained) => toRuleName({ rule: undefined, ...explained }));
  return toChunks(names, RULES_PER_LINE).map((some) => explainWords.notMatched(some, reason));
}

function toMismatchText(because: RuleExplanation['verdict']['because']): string {
  if (because === undefined) return explainWords.noMatch();
  const { condition, wanted, was } = because;
  return explainWords.mismatch(condition, toSafeLine(wanted, 80), toSafeLine(was, 80));
}

/** What has become of one post, in words. */
function toDeliveryText(delivery: DeliveryView, hasCodes: boolean): string {
  const tried = delivery.tries > 1 ? deliveryWords.afterTries(delivery.tries) : '';
  const answer = delivery.lastAnswer;
  const said =
    answer === undefined
      ? ''
      : deliveryWords.answer(toSafeLine(answer.says, 120), hasCodes && answer.code > 0 ? answer.code : undefined);
  const next = delivery.nextTryAt === undefined ? '' : deliveryWords.nextTry(delivery.nextTryAt);
  switch (delivery.state) {
    case 'posted':
    case 'batched':
      return `${toPostedText(delivery)}${tried}${said}`;
    case 'dropped':
      return `${deliveryWords.dropped(toSafeLine(delivery.why ?? deliveryWords.noReason(), 160))}${said}`;
    case 'held':
      return deliveryWords.held();
    case 'planned':
      return `${deliveryWords.planned()}${next}`;
    default:
      return `${delivery.state === 'sending' ? deliveryWords.sending() : deliveryWords.notTaken()}${tried}${said}${next}`;
  }
}

function toPostedText({ link, postedAt, isSilent, batch, isReduced, isByCard }: DeliveryView): string {
  const how = [
    batch && deliveryWords.inBatch(batch),
    isByCard && deliveryWords.byCard(),
    isSilent && deliveryWords.silently(),
    isReduced && deliveryWords.reduced(),
  ].filter(Boolean);
  const manner = how.length > 0 ? ` (${how.join(', ')})` : '';
  return postedAt === undefined ? deliveryWords.waitsToBePosted(manner) : deliveryWords.posted(postedAt, manner, link);
}

/** The last deliveries of a server, newest first. */
export function toDeliveriesList(
  deliveries: readonly DeliveryView[],
  { hasCodes = false }: DeliveriesView = {},
): OutgoingMessage {
  if (deliveries.length === 0) {
    return { components: [container(COLORS.quiet, [text(deliveryWords.none())])] };
  }
  const lines = deliveries.map((delivery) => {
    const rules = delivery.ruleNumbers.map(explainWords.ruleName).join(' ') || deliveryWords.liveCard();
    return deliveryWords.line(
      delivery.ref,
      delivery.event,
      delivery.channelId,
      rules,
      toDeliveryText(delivery, hasCodes),
    );
  });
  return {
    components: [container(COLORS.busy, [text(deliveryWords.heading()), text(cutText(lines.join('\n'), TEXT_LIMIT))])],
  };
}
