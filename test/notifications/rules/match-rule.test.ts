import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import { JobEvent } from '../../../src/jobs/job-events.ts';
import { matchRule } from '../../../src/notifications/rules/match-rule.ts';
import { Rule } from '../../../src/notifications/rules/rule.ts';

function aRule(changes: Partial<Rule> = {}): Rule {
  const who = { number: 1, guildId: '1', channelId: '2', createdBy: '3', createdAt: 0 };
  return Rule.parse({ ...who, events: ['completed'], media: 'full', ...changes });
}

function aJob(changes: Partial<Job> = {}): Job {
  const lists = { attachments: [], buttons: [], imageUx: [], videoUx: [], children: [], embeds: [] };
  const seen = { firstSeenAt: 0, observedAt: 0, changedAt: 0, isRead: true };
  return { ref: 'abcd1234', jobid: 'j', board: 'v3', status: 'completed', ...lists, ...seen, ...changes };
}

const aMatchingPair = {
  rule: aRule({ type: 'image', verb: 'Imagine', account: 'studio', apiChannel: '77', promptWords: ['Red', 'drágon'] }),
  job: aJob({
    jobType: 'image',
    verb: 'imagine',
    account: 'studio',
    apiChannel: '77',
    prompt: 'A DRAGON, painted red --ar 16:9',
  }),
};

describe('matchRule', () => {
  it('matches when every condition holds', () => {
    expect(matchRule(aMatchingPair.rule, aMatchingPair.job, 'completed')).toEqual({ matched: true });
  });

  it('matches any job when only events are asked for', () => {
    expect(matchRule(aRule(), aJob(), 'completed')).toEqual({ matched: true });
    expect(matchRule(aRule(), aJob({ account: 'studio' }), 'completed')).toEqual({ matched: true });
  });

  it.each([
    [{ jobType: 'video' }, { condition: 'type', wanted: 'image', was: 'video' }],
    [{ jobType: undefined }, { condition: 'type', wanted: 'image', was: 'unknown' }],
    [{ verb: 'blend' }, { condition: 'verb', wanted: 'Imagine', was: 'blend' }],
    [{ verb: undefined }, { condition: 'verb', wanted: 'Imagine', was: 'unknown' }],
    [{ account: 'lab' }, { condition: 'account', wanted: 'studio', was: 'lab' }],
    [{ account: undefined }, { condition: 'account', wanted: 'studio', was: 'unknown' }],
    [{ apiChannel: '78' }, { condition: 'apiChannel', wanted: '77', was: '78' }],
    [{ prompt: 'a dragon, hundred' }, { condition: 'prompt', wanted: 'Red, drágon', was: 'without Red' }],
    [{ prompt: undefined }, { condition: 'prompt', wanted: 'Red, drágon', was: 'no prompt' }],
  ] as const)('with %j names the condition', (changes, because) => {
    const job: Job = JSON.parse(JSON.stringify({ ...aMatchingPair.job, ...changes }));

    expect(matchRule(aMatchingPair.rule, job, 'completed')).toEqual({ matched: false, because });
  });

  it('wants every word of an entry with several, and says the same when asked again', () => {
    const rule = aRule({ promptWords: ['red-dragon'] });
    const [job, other] = [aJob({ prompt: 'a dragon in red' }), aJob({ prompt: 'a red cat' })];

    const answers = [job, other, job, other].map((asked) => matchRule(rule, asked, 'completed').matched);

    expect(answers).toEqual([true, false, true, false]);
  });

  it('names the event that was not asked for', () => {
    const rule = aRule({ events: ['failed', 'moderated'] });

    const because = { condition: 'events', wanted: 'failed, moderated', was: 'completed' };
    expect(matchRule(rule, aJob(), 'completed')).toEqual({ matched: false, because });
  });

  it('matches nothing while paused, and everything while suspended', () => {
    const paused = aRule({ paused: { by: '3', at: 0 } });
    const suspended = aRule({ suspended: { reason: 'no access', code: 50001, at: 0 } });

    expect(matchRule(paused, aJob(), 'completed')).toMatchObject({ because: { condition: 'paused' } });
    expect(matchRule(suspended, aJob(), 'completed')).toEqual({ matched: true });
  });

  it('takes the type from the files where the API does not say', () => {
    const video = aJob({ videoUx: [{ id: 1, url: 'https://example.org/1' }] });
    const image = aJob({ attachments: [{ url: 'https://example.org/1', contentType: 'image/png' }] });

    expect(matchRule(aRule({ type: 'video' }), video, 'completed')).toEqual({ matched: true });
    expect(matchRule(aRule({ type: 'image' }), image, 'completed')).toEqual({ matched: true });
    expect(matchRule(aRule({ type: 'video' }), image, 'completed')).toMatchObject({ because: { was: 'image' } });
  });
});

const anEvent = fc.constantFrom(...JobEvent.options);
const aWord = fc.constantFrom('red', 'Drágon', 'straße', 'cat', '猫', '16');
const aVerb = fc.constantFrom('imagine', 'blend', 'button');
const aRandomRule = fc
  .record(
    {
      events: fc.uniqueArray(anEvent, { minLength: 1 }),
      type: fc.constantFrom('image' as const, 'video' as const),
      verb: aVerb,
      apiChannel: fc.constantFrom('1', '2'),
      promptWords: fc.array(aWord, { maxLength: 3 }),
    },
    { requiredKeys: ['events'] },
  )
  .map((changes) => aRule(changes));
const aRandomJob = fc
  .record(
    {
      jobType: fc.constantFrom('image' as const, 'video' as const),
      verb: aVerb,
      apiChannel: fc.constantFrom('1', '2'),
      prompt: fc.array(aWord, { maxLength: 6 }).map((words) => words.join(', ')),
    },
    { requiredKeys: [] },
  )
  .map((changes) => aJob(changes));

describe('matchRule, whatever the rule and the job', () => {
  it('matches exactly when the named conditions hold', () => {
    fc.assert(
      fc.property(aRandomRule, aRandomJob, anEvent, (rule, job, event) => {
        const holds = [
          rule.events.includes(event),
          rule.type === undefined || rule.type === job.jobType,
          rule.verb === undefined || rule.verb === job.verb,
          rule.apiChannel === undefined || rule.apiChannel === job.apiChannel,
          (rule.promptWords ?? []).every((word) => (job.prompt ?? '').split(', ').includes(word)),
        ];
        const conditions = ['events', 'type', 'verb', 'apiChannel', 'prompt'];

        const result = matchRule(rule, job, event);

        const broken = conditions[holds.indexOf(false)];
        expect(result.matched ? undefined : result.because.condition).toBe(broken);
      }),
    );
  });

  it('never begins to match when a condition is added', () => {
    fc.assert(
      fc.property(aRandomRule, aRandomRule, aRandomJob, anEvent, (rule, more, job, event) => {
        const stricter = { ...more, ...rule };
        fc.pre(!matchRule(rule, job, event).matched);

        expect(matchRule(stricter, job, event).matched).toBe(false);
      }),
    );
  });

  it('finds a word whatever its case and whatever stands around it', () => {
    fc.assert(
      fc.property(aWord, fc.constantFrom(' ', ', ', '-', '\n', ' **'), fc.boolean(), (word, gap, isUpper) => {
        const prompt = `x${gap}${isUpper ? word.toUpperCase() : word}${gap}y`;

        expect(matchRule(aRule({ promptWords: [word] }), aJob({ prompt }), 'completed')).toEqual({ matched: true });
      }),
    );
  });
});
