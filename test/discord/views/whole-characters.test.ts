import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tryJson } from '../../../src/backends/http/answers.ts';
import { toJobCard } from '../../../src/discord/cards/job-card.ts';
import { CommandOptions } from '../../../src/discord/core/command-options.ts';
import type { AutocompleteCall } from '../../../src/discord/core/handlers.ts';
import { toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { toCancelQuestion, toCancelResult } from '../../../src/discord/jobs/cancel-messages.ts';
import { toComparison } from '../../../src/discord/jobs/comparison.ts';
import { toFamilyMessage } from '../../../src/discord/jobs/family-tree-view.ts';
import { jobSuggestions, type SuggestionNeeds } from '../../../src/discord/jobs/job-suggestions.ts';
import { toJobsBoard } from '../../../src/discord/jobs/jobs-board.ts';
import { toAlertMessage } from '../../../src/discord/moderation/alert-message.ts';
import { toLogPage } from '../../../src/discord/moderation/log-page.ts';
import { toReviewCard, toVerdictNotice } from '../../../src/discord/moderation/review-card.ts';
import { toChangeMessage, toWordsList } from '../../../src/discord/moderation/settings-page.ts';
import { toDeliveriesList, toExplanation } from '../../../src/discord/notify/explanation.ts';
import { toForumTitle } from '../../../src/discord/notify/forum-title.ts';
import { toEndingNotice, toTextNotice } from '../../../src/discord/notify/job-notices.ts';
import { toRuleResult } from '../../../src/discord/notify/rule-editor.ts';
import { toRulesList } from '../../../src/discord/notify/rule-messages.ts';
import { toSummaryCard } from '../../../src/discord/notify/summary-card.ts';
import { toWatchList } from '../../../src/discord/notify/watch-messages.ts';
import { toPressChoice } from '../../../src/discord/submissions/press-choice.ts';
import { toPressForm } from '../../../src/discord/submissions/press-form-view.ts';
import { toPressAnswer } from '../../../src/discord/submissions/press-messages.ts';
import { toSubmitAnswer } from '../../../src/discord/submissions/prompt-messages.ts';
import {
  toModeratedNotice,
  toOutcomeMessage,
  toOutcomeNotice,
  toSubmissionName,
} from '../../../src/discord/ui/outcome-messages.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { JobIndex } from '../../../src/jobs/job-index.ts';
import type { Submission } from '../../../src/jobs/submissions/submission.ts';
import type { MediaResult } from '../../../src/media/media-file.ts';
import type { LogEntry } from '../../../src/moderation/log/log-entry.ts';
import type { Review, ReviewDecision } from '../../../src/moderation/reviews/review.ts';
import type { DeliveryView, EventExplanation } from '../../../src/notifications/explain.ts';
import { parseEvents } from '../../../src/notifications/rules/events.ts';
import { parseQuietHours } from '../../../src/notifications/rules/quiet-hours.ts';
import type { Rule } from '../../../src/notifications/rules/rule.ts';
import { aJob, aJobid } from '../../builders.ts';
import { aListedWord } from '../../moderation/moderation-builders.ts';
import { aRuleInput } from '../../notifications/notification-world.ts';

const GUILD = '1204417700112100100';
const CHANNEL = '1204417700112100110';
const ODD_PARTS = ['🦊', '👩‍👩‍👧‍👦', '🇩🇪', '1️⃣', 'é', 'a', ' ', '*', '\\', '\n', '\uD83D', '\uDE00'];
const even = fc.string({ unit: fc.constantFrom(...ODD_PARTS.slice(0, -2)), maxLength: 250 });
const odd = fc.string({ unit: fc.constantFrom(...ODD_PARTS), maxLength: 250 });
const long = fc.tuple(odd, fc.nat(3)).map(([text, n]) => text.repeat(2 ** n));
const job = fc
  .record({ prompt: long, verb: odd, button: odd, error: odd, errorDetails: odd, status: odd, apiChannel: odd })
  .chain((over) =>
    fc
      .record({
        buttons: fc.array(odd, { maxLength: 20 }),
        n: fc.nat(9),
        embed: long,
        child: odd,
        isOver: fc.boolean(),
      })
      .map(({ buttons, n, embed, child, isOver }) =>
        aJob({
          ...over,
          buttons,
          status: isOver ? 'completed' : over.status,
          jobid: aJobid(n),
          embeds: [{ title: embed, description: embed }],
          children: [{ jobid: aJobid(n + 1), button: child }],
        }),
      ),
  );

/** The texts of a payload that hold half a character. */
function halvesIn(payload: unknown): string[] {
  if (typeof payload === 'string') return payload.isWellFormed() ? [] : [payload];
  return typeof payload === 'object' && payload !== null ? Object.values(payload).flatMap(halvesIn) : [];
}

function mediaOf(reason: string): MediaResult[] {
  const file = { kind: 'file', name: 'a.png', path: '/a.png', contentType: 'image/png', size: 1 } as const;
  return [
    { ...file, label: 'image-1', isReduced: true },
    { kind: 'missing', label: 'image-2', reason },
  ];
}

function jobViews(shown: Job, text: string): unknown[] {
  const notice = { kind: 'job', job: shown, event: 'completed', media: 'none' } as const;
  const label = shown.button ?? '';
  const child = { ref: 'abcdefgh', jobid: aJobid(2), label, job: shown, children: [] };
  const root = { ...child, children: [child, child] };
  const watch = { guildId: GUILD, channelId: CHANNEL, ref: shown.ref, askedBy: ['1'], addedAt: 1 };
  return [
    toJobCard(shown, { media: mediaOf(text), marks: new Map([[label, { by: '1', isWaiting: true }]]) }),
    toTextNotice(shown, 'completed', { deliveryId: 'd' }),
    toEndingNotice(shown, 'failed', { deliveryId: 'd' }),
    toForumTitle({ ...notice, mentionRoleIds: [], mentionUserIds: [] }),
    toSummaryCard('digest', [{ job: shown, event: 'completed' }], { deliveryId: 'd' }),
    toFamilyMessage({ ref: shown.ref, root, count: 3, isCut: false, hasUnread: false }),
    toComparison([{ job: shown, media: mediaOf(text)[1] }], []),
    toCancelQuestion(shown),
    toCancelResult({ outcome: 'already-over', job: shown }),
    toPressChoice(shown, '1'),
    toWatchList([{ watch, job: shown }]),
    toModeratedNotice(shown, text, 'd'),
    toJobsBoard(
      {
        jobs: [shown],
        channels: [{ apiChannel: text, board: 'v3', total: 1 }],
        problems: [],
        isPartial: false,
        listed: ['v3'],
        total: 1,
        hiddenCount: 0,
        page: 0,
        pageCount: 1,
        lookedAt: 1,
      },
      {},
    ),
  ];
}

function submissionViews(text: string, made: Job): unknown[] {
  const submission: Submission = {
    id: 'a0123456789abcde',
    state: 'waiting',
    guildId: GUILD,
    userId: '1',
    askedAt: 1,
    turn: 1,
    hasWaited: true,
    work: { kind: 'submit', prompt: text, board: 'v3' },
  };
  const press = {
    ...submission,
    work: { kind: 'press', ref: made.ref, jobid: made.jobid, label: text, childrenBefore: [] },
  };
  const options = { about: 'There.', before: '', after: '' };
  const pressed = { ...options, toAgain: () => ({ ref: 'x', labelHash: 'y' }), link: undefined };
  return [
    toSubmissionName(press as Submission),
    toOutcomeMessage({ submission, result: { outcome: 'refused', reason: text }, about: '' }),
    toOutcomeNotice({ submission, result: { outcome: 'refused', reason: text }, about: '' }, text, 'd1'),
    toPressAnswer({ outcome: 'pressed', label: text, job: made }, pressed),
    toPressAnswer({ outcome: 'refused', label: text, reason: text }, pressed),
    toSubmitAnswer({ outcome: 'refused', key: submission.id, reason: text }, { ...options, prompt: text }),
    toPressForm({ target: { ref: 'x', labelHash: 'y' }, label: text, need: 'prompt', prompt: text, allowance: '' }),
  ];
}

function serverViews(text: string, shown: Job): unknown[] {
  const rule: Rule = {
    ...aRuleInput({ channelId: CHANNEL }),
    number: 1,
    guildId: GUILD,
    createdAt: 0,
    verb: text,
    apiChannel: text,
    promptWords: [text, text],
    suspended: { reason: text, code: 1, at: 1 },
  };
  const delivery: DeliveryView = {
    ref: shown.ref,
    event: 'completed',
    channelId: CHANNEL,
    ruleNumbers: [1],
    plannedAt: 1,
    isByCard: false,
    state: 'dropped',
    tries: 2,
    why: text,
    lastAnswer: { code: 1, says: text, at: 1 },
  };
  const because = { condition: 'verb', wanted: text, was: text };
  const miss = { verdict: { ruleNumber: 1, matched: false, because }, rule, isQuietNow: false };
  const events: EventExplanation[] = [
    { event: 'completed', seenAt: 1, rules: [miss], otherDeliveries: [delivery] },
    { event: 'failed', seenAt: 1, rules: [miss, { ...miss, rule }], otherDeliveries: [] },
  ];
  const entry: LogEntry = {
    id: 'x',
    number: 1,
    at: 1,
    guildId: GUILD,
    action: 'rule-change',
    actorId: '1',
    details: { what: text, more: { text } },
    before: { verb: text },
    after: { verb: `${text}a`, words: [text] },
  };
  const words = { before: {}, after: { [`word/${text}`]: aListedWord(text, 'refuse') } };
  return [
    toRulesList([rule], 0),
    toRuleResult('Done.', rule),
    toExplanation(shown, events),
    toDeliveriesList([delivery]),
    toLogPage(GUILD, { entries: [entry] }, {}),
    toWordsList([aListedWord(text, 'refuse')], 0),
    toChangeMessage(GUILD, { outcome: 'changed', entryNumber: 1, diff: words } as never),
    toAlertMessage({ kind: 'refused', by: '1', reason: text, prompt: text }, { job: shown }, 'd'),
    toAlertMessage({ kind: 'moderated', ref: shown.ref }, { job: shown }, 'd'),
    toAlertMessage({ kind: 'rule-suspended', ruleNumber: 1, channelId: CHANNEL, reason: text }, { job: shown }, 'd'),
  ];
}

function reviewViews(text: string, shown: Job): unknown[] {
  const review: Review = {
    guildId: GUILD,
    ref: shown.ref,
    why: 'word',
    word: text,
    openedAt: 1,
    onTimeout: 'drop',
    votes: [{ by: text, verdict: 'reject', reason: text, at: 1 }],
  };
  const decision: ReviewDecision = { verdict: 'reject', by: ['1'], reasons: [text, text], cause: 'votes', at: 1 };
  return [
    toReviewCard({ review, job: shown, quorum: 1, media: mediaOf(text), notice: 'Look.' }),
    toVerdictNotice({ decision, ref: shown.ref, prompt: text }, text, 'd'),
  ];
}

async function suggestionsFor(shown: Job, text: string): Promise<unknown[]> {
  const index = new JobIndex();
  index.note(shown);
  index.noteApiChannel(text);
  const gate = { audienceOf: () => ({}), concealmentOf: () => undefined };
  const needs = { index, gate, permissions: { isAllowed: () => true } } as unknown as SuggestionNeeds;
  const { suggestJobs, suggestApiChannels } = jobSuggestions(needs);
  const call = { path: '', text: '', caller: { guildId: GUILD } } as unknown as AutocompleteCall;
  return [await suggestJobs(call), await suggestApiChannels({ ...call, text: text.trim() })];
}

const sentenceOf = (submission: () => unknown): string => {
  try {
    return JSON.stringify(submission() ?? '');
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : '';
  }
};

describe('characters of outside text', () => {
  it('are whole in every view, whatever a stored record holds and wherever it is cut', () => {
    fc.assert(
      fc.property(job, long, (shown, text) => {
        const views = [jobViews, (some: Job, words: string) => submissionViews(words, some)].flatMap((view) =>
          view(shown, text),
        );
        const others = [...serverViews(text, shown), ...reviewViews(text, shown)];

        expect([...views, ...others].flatMap(halvesIn)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('are whole in every suggestion, which fits Discord’s hundred characters', async () => {
    await fc.assert(
      fc.asyncProperty(job, even, async (shown, text) => {
        const choices = (await suggestionsFor(shown, text)).flat() as { name: string; value: string }[];

        expect(choices.flatMap(halvesIn)).toEqual([]);
        expect(choices.filter(({ name, value }) => name.length > 100 || value.length > 100)).toEqual([]);
      }),
    );
  });

  it('are whole in what people are shown of the words that they typed', () => {
    fc.assert(
      fc.property(even, (text) => {
        expect(halvesIn([sentenceOf(() => parseEvents(text)), sentenceOf(() => parseQuietHours(text))])).toEqual([]);
        expect(halvesIn(sentenceOf(() => parseQuietHours(`22-7 ${text.replaceAll(/\s/g, '')}`)))).toEqual([]);
      }),
    );
  });

  it('are made whole where a person’s options and the API’s answers come in', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const read = tryJson(JSON.stringify({ prompt: text, list: [text], [text]: { text } })) as object;

        expect([...halvesIn(read), ...Object.keys(read).flatMap(halvesIn)]).toEqual([]);
        expect(halvesIn(new CommandOptions([['prompt', text]]).string('prompt'))).toEqual([]);
      }),
    );
    expect(tryJson('{"prompt":"\\ud83e\\udd8a \\ud83e"}')).toEqual({ prompt: '🦊 \uFFFD' });
  });

  it('are whole in the body of a message', () => {
    const shown = aJob({ prompt: `${'x'.repeat(1_150)}${'🦊'.repeat(100)}` });

    expect(halvesIn(toMessageBody(toJobCard(shown)))).toEqual([]);
  });
});
