import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JobEvent } from '../../../src/jobs/job-events.ts';
import { planJob } from '../../../src/notifications/planning/planner.ts';
import { matchRule } from '../../../src/notifications/rules/match-rule.ts';
import type { Rule } from '../../../src/notifications/rules/rule.ts';
import { aJob } from '../../builders.ts';
import { aRuleInput } from '../notification-world.ts';

function aRule(number: number, over: Partial<Rule> = {}): Rule {
  return { ...aRuleInput(), number, guildId: 'g1', createdAt: 0, ...over };
}

const job = aJob({ status: 'completed' });
const question = { guildId: 'g1', job, event: 'completed', liveCardChannelIds: [], now: 5 } as const;

describe('planJob', () => {
  it('makes one post of all rules of a channel: mentions joined, the fullest media', () => {
    const rules = [
      aRule(1, { media: 'none', mentionRoleId: 'r1' }),
      aRule(2, { media: 'spoiler', mentionRoleId: 'r1' }),
      aRule(3, { channelId: 'c2' }),
    ];

    const { posts } = planJob({ ...question, rules });

    expect(posts).toMatchObject([
      { channelId: 'c1', ruleNumbers: [1, 2], mentionRoleIds: ['r1'], media: 'spoiler', via: 'post', dueAt: 5 },
      { channelId: 'c2', ruleNumbers: [3], mentionRoleIds: [], media: 'full' },
    ]);
  });

  it('leaves a channel with a live card to the card: its end is a post, its start is none', () => {
    const rules = [aRule(1, { events: ['started', 'completed'] })];
    const cards = { liveCardChannelIds: ['c1', 'c9'] };

    const atEnd = planJob({ ...question, ...cards, rules });
    const atStart = planJob({ ...question, ...cards, rules, event: 'started' });

    expect(atEnd.posts.map(({ channelId, via, ruleNumbers }) => [channelId, via, ruleNumbers])).toEqual([
      ['c1', 'card', [1]],
      ['c9', 'card', []],
    ]);
    expect(atStart).toMatchObject({ posts: [], verdicts: [{ matched: true, via: 'card' }] });
  });

  it('leaves the start to the card that comes where somebody has just started the job, but for pings', () => {
    const rules = [
      aRule(1, { events: ['started'] }),
      aRule(2, { events: ['started'], mentionRoleId: 'r1' }),
      aRule(3, { events: ['started'], channelId: 'c2' }),
    ];

    const { posts, verdicts } = planJob({ ...question, event: 'started', newCardChannelId: 'c1', rules });

    expect(verdicts.map(({ via }) => via)).toEqual(['card', 'post', 'post']);
    expect(posts.map(({ channelId, ruleNumbers }) => [channelId, ruleNumbers])).toEqual([
      ['c1', [2]],
      ['c2', [3]],
    ]);
  });

  it('lets the fullest media win, in whatever order the rules are', () => {
    const media = (...wanted: readonly Rule['media'][]) =>
      planJob({ ...question, rules: wanted.map((one, at) => aRule(at + 1, { media: one })) }).posts[0]?.media;

    expect([media('full', 'none'), media('spoiler', 'none'), media('none', 'full', 'spoiler')]).toEqual([
      'full',
      'spoiler',
      'full',
    ]);
  });

  it('reports lost contact by a post of its own also beside a live card, which goes on', () => {
    const { posts, verdicts } = planJob({
      ...question,
      event: 'lost-contact',
      liveCardChannelIds: ['c1', 'c9'],
      rules: [aRule(1)],
    });

    expect(posts.map(({ channelId, via, ruleNumbers }) => [channelId, via, ruleNumbers])).toEqual([
      ['c1', 'post', [1]],
    ]);
    expect(verdicts).toMatchObject([{ matched: true, via: 'post' }]);
  });

  it('is due since the job ended at the API: not in the future, and not before the rule was made', () => {
    const dueAt = (updatedAt: number, createdAt = 0, event: 'completed' | 'lost-contact' = 'completed') =>
      planJob({ ...question, event, job: { ...job, updatedAt }, now: 100, rules: [aRule(1, { createdAt })] }).posts[0]
        ?.dueAt;

    expect([dueAt(40), dueAt(900), dueAt(40, 70), dueAt(40, 900)]).toEqual([40, 100, 70, 100]);
    expect(dueAt(40, 0, 'lost-contact')).toBe(100);
  });

  it('says of every rule whether it matched or which condition did not', () => {
    const rules = [aRule(1, { verb: 'blend' }), aRule(2, { events: ['failed'] }), aRule(3)];

    const { verdicts } = planJob({ ...question, rules });
    const lost = planJob({ ...question, event: 'lost-contact', rules });

    expect(verdicts.map(({ because }) => because?.condition)).toEqual(['verb', 'events', undefined]);
    expect(lost.verdicts.map(({ matched }) => matched)).toEqual([false, true, true]);
  });

  it('puts every rule that matches into exactly one post, of its channel, and no other rule', () => {
    const rule = fc.record({
      channelId: fc.constantFrom('c1', 'c2', 'c3'),
      events: fc.uniqueArray(fc.constantFrom(...JobEvent.options), { minLength: 1 }),
      verb: fc.constantFrom(undefined, 'imagine', 'blend'),
      mentionRoleId: fc.constantFrom(undefined, 'r1', 'r2'),
      media: fc.constantFrom('full' as const, 'spoiler' as const, 'none' as const),
    });
    const event = fc.constantFrom(...JobEvent.options);
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 20 }), event, fc.subarray(['c1', 'c2']), (inputs, some, cards) => {
        const rules = inputs.map((over, at) => aRule(at + 1, over));

        const { posts, verdicts } = planJob({ ...question, event: some, rules, liveCardChannelIds: cards });

        const matching = rules.filter((other) => matchRule(other, job, some).matched);
        const wanted = matching.filter(({ channelId }) => some !== 'started' || !cards.includes(channelId));
        const planned = posts.flatMap(({ channelId, ruleNumbers }) => ruleNumbers.map((n) => `${n} ${channelId}`));
        expect(planned.sort()).toEqual(wanted.map(({ number, channelId }) => `${number} ${channelId}`).sort());
        expect(new Set(posts.map(({ channelId }) => channelId)).size).toBe(posts.length);
        expect(new Set(posts.map(({ key }) => key)).size).toBe(posts.length);
        expect(verdicts.map(({ matched }) => matched)).toEqual(rules.map((other) => matching.includes(other)));
      }),
    );
  });
});
