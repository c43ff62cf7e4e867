import type { APIMessageTopLevelComponent } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { checkByRules } from '../../../sandbox/discord/rules/payload-check.ts';
import type { OutgoingMessage } from '../../../src/discord/core/outgoing.ts';
import { toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { toExplanation } from '../../../src/discord/notify/explanation.ts';
import { toRuleResult } from '../../../src/discord/notify/rule-editor.ts';
import { toWatchList } from '../../../src/discord/notify/watch-messages.ts';
import type { EventExplanation, RuleExplanation } from '../../../src/notifications/explain.ts';
import type { Rule } from '../../../src/notifications/rules/rule.ts';
import { aJob } from '../../builders.ts';
import { aRuleInput } from '../../notifications/notification-world.ts';

const POST = 'POST /channels/{channel_id}/messages';
const job = aJob({ status: 'completed' });

function aRule(number: number): Rule {
  return { ...aRuleInput({ channelId: '1204417700112100110' }), number, guildId: '1', createdAt: 0 };
}

function aMiss(number: number, condition = 'prompt', wanted = `word${number}`): RuleExplanation {
  const because = { condition, wanted, was: 'something else' };
  return { verdict: { ruleNumber: number, matched: false, because }, rule: aRule(number), isQuietNow: false };
}

function aHit(number: number): RuleExplanation {
  return { verdict: { ruleNumber: number, matched: true }, rule: aRule(number), isQuietNow: true };
}

function anEvent(rules: readonly RuleExplanation[]): EventExplanation {
  return { event: 'completed', seenAt: 1_000, rules, otherDeliveries: [] };
}

const textOf = ({ components }: OutgoingMessage): string => JSON.stringify(components);
const problemOf = (message: OutgoingMessage) =>
  checkByRules(POST, JSON.parse(JSON.stringify(toMessageBody(message))), [], undefined);

function pagesOf(show: (page: number) => OutgoingMessage): OutgoingMessage[] {
  const pages = [show(0)];
  while (hasNext(pages.at(-1)?.components ?? []) && pages.length < 50) pages.push(show(pages.length));
  return pages;
}

function hasNext(components: readonly APIMessageTopLevelComponent[]): boolean {
  const json = JSON.stringify(components);
  return json.includes('"label":"Next ▶"') && !json.includes('"label":"Next ▶","disabled":true');
}

describe('toExplanation', () => {
  it('shows the one rule of two hundred that matched first, and all others by their reason', () => {
    const rules = [...Array.from({ length: 199 }, (_, n) => aMiss(n + 1)), aHit(200)];

    const pages = pagesOf((page) => toExplanation(job, [anEvent(rules)], { page }));

    expect(textOf(pages[0] as OutgoingMessage)).toMatch(/seen.{0,20}\\n✓ #200 matched · .* quiet hours are on now/);
    for (let n = 1; n <= 199; n += 1)
      expect(pages.map(textOf).join()).toContain(`✗ #${n}: only prompts with “word${n}” (`);
    expect(pages.map(problemOf).filter(Boolean)).toEqual([]);
  });

  it('has pages where it is long, each within Discord’s limits, and names the event on each', () => {
    const long = Array.from({ length: 200 }, (_, n) => aMiss(n + 1, 'prompt', `*_${n}${'w'.repeat(70)}`));

    const pages = pagesOf((page) => toExplanation(job, [anEvent(long)], { page }));

    expect(pages.length).toBeGreaterThan(3);
    expect(pages.map(problemOf).filter(Boolean)).toEqual([]);
    expect(pages.every((page) => textOf(page).includes('**completed**'))).toBe(true);
    expect(textOf(toExplanation(job, [anEvent(long)], { page: 99 }))).toBe(textOf(pages.at(-1) as OutgoingMessage));
  });

  it('keeps reasons apart, says what a lone rule wanted, and nothing of it of a job that is concealed', () => {
    const rules = [aMiss(1, 'verb', 'blend'), aMiss(2, 'paused', 'running'), aMiss(3, 'paused', 'running')];

    const shown = textOf(toExplanation(job, [anEvent(rules)]));
    const concealed = textOf(toExplanation({ ...job, concealed: 'awaiting' }, [anEvent(rules)]));

    expect(shown).toContain('✗ #1: only blend jobs (this one: something else)');
    expect(shown).toContain('✗ #2, #3: paused');
    expect(concealed).toContain('✗ #1, #2, #3: doesn’t match');
  });

  it('says of a job that has expired that no rule posts that', () => {
    const gone = { ...aJob({ status: 'progress' }), goneAt: 5_000 };

    expect(textOf(toExplanation(gone, []))).toMatch(/\*\*expired\*\*, seen <t:5:R>.*no rule posts it/);
  });
});

describe('toWatchList', () => {
  it('shows all live cards, ten a page, with a button for each', () => {
    const watches = Array.from({ length: 100 }, (_, n) => ({
      watch: {
        guildId: '1',
        channelId: '1204417700112100110',
        ref: `ref${n}`,
        askedBy: Array.from({ length: 10 }, (__, at) => `12044177001121${String(n * 10 + at).padStart(5, '0')}`),
        addedAt: 1_000,
      },
      job: { ...job, prompt: '*'.repeat(500) },
    }));

    const pages = pagesOf((page) => toWatchList(watches, { page, mayStop: true }));

    expect(pages).toHaveLength(10);
    expect(pages.map(problemOf).filter(Boolean)).toEqual([]);
    for (let n = 0; n < 100; n += 1)
      expect(pages.map(textOf).join()).toContain(`watch-stop:1204417700112100110:ref${n}:${Math.floor(n / 10) + 1}"`);
    expect(textOf(pages[0] as OutgoingMessage)).toContain('and 6 more');
    expect(textOf(toWatchList(watches.slice(0, 10)))).not.toContain('Next');
  });
});

describe('toRuleResult', () => {
  it('offers a sample of a rule, and none of one that is removed', () => {
    expect(textOf(toRuleResult('Saved.', aRule(1)))).toContain('rule-test:1');
    expect(textOf(toRuleResult('Removed.', aRule(1), { isRemoved: true }))).not.toContain('rule-test');
  });
});
