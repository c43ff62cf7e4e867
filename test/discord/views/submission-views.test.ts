import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOwnRules } from '../../../sandbox/discord/rules/own-rules.ts';
import { checkPayload } from '../../../sandbox/discord/rules/payload-rules.ts';
import { type OutgoingMessage, toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { toComparison } from '../../../src/discord/jobs/comparison.ts';
import { toFamilyMessage } from '../../../src/discord/jobs/family-tree-view.ts';
import { toPressChoice } from '../../../src/discord/submissions/press-choice.ts';
import { toPressForm } from '../../../src/discord/submissions/press-form-view.ts';
import { toPressAnswer } from '../../../src/discord/submissions/press-messages.ts';
import { toSubmitAnswer } from '../../../src/discord/submissions/prompt-messages.ts';
import type { FamilyMember } from '../../../src/jobs/family/family-tree.ts';
import type { PressOutcome } from '../../../src/jobs/submissions/presses.ts';
import { aJob, aJobid } from '../../builders.ts';

function problemsOf(message: OutgoingMessage) {
  const body = JSON.parse(JSON.stringify(toMessageBody(message)));
  const files = (message.files ?? []).map(({ name }, id) => ({ id, name, size: 1 }));
  return [...checkPayload('interaction-edit', body, files), ...checkOwnRules('interaction-edit', body, files)];
}

const HOSTILE =
  '@everyone <@&1> **b** ```x``` [l](https://example.org) https://cdn.midjourney.com/a/0.png \u202E🦊 \n# h\u0000';
/** One of the bot's own sentences. */
const OWN_REASON = 'The answer was lost: look at `/jobs` before you try again.';
const wild = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constant(HOSTILE),
  fc.constant(HOSTILE.repeat(60)),
);
const job = fc
  .record({ prompt: wild, verb: wild, button: wild, buttons: fc.array(wild, { maxLength: 130 }), n: fc.nat(10_000) })
  .map(({ n, ...over }) => aJob({ ...over, status: 'completed', jobid: aJobid(n) }));

describe('views of submissions', () => {
  it('answers each press in a message that Discord takes', () => {
    const earlier = { id: 'a0123456789abcde', at: 1, isWaiting: false, by: '1', childRef: 'abcdefgh' };
    const outcome = fc
      .tuple(wild, wild, job)
      .chain(([label, reason, made]) =>
        fc.constantFrom<PressOutcome>(
          { label, outcome: 'pressed', job: made },
          { label, outcome: 'existing', job: made },
          { label, outcome: 'existing-elsewhere' },
          { label, outcome: 'found', job: made, isEarlier: false },
          { label, outcome: 'already-pressed', ...earlier },
          { label, outcome: 'confirm-repeat', previous: earlier },
          { label, outcome: 'confirm-repeat' },
          { label, outcome: 'may-be-running', reason: OWN_REASON, previous: earlier, isEarlier: true },
          { label, outcome: 'queued', key: earlier.id, position: 3 },
          { label, outcome: 'refused', reason },
          { label, outcome: 'incomplete', needs: 'mask' },
        ),
      );
    const again = {
      ref: 'abcdefgh',
      labelHash: '0123456789',
      submissionId: 'a0123456789abcde',
      draftId: '0123456789ab',
      cardId: '12345678901234567890',
    };

    fc.assert(
      fc.property(outcome, (some) => {
        const options = {
          toAgain: () => again,
          link: undefined,
          about: 'There.',
          before: '1 of 2 today',
          after: '2 of 2 today',
        };
        expect(problemsOf(toPressAnswer(some, options))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('answers each submit in a message that Discord takes', () => {
    fc.assert(
      fc.property(wild, wild, (prompt, reason) => {
        const options = { prompt, about: '', before: '', after: '' };
        const key = 'a0123456789abcde';
        expect(problemsOf(toSubmitAnswer({ key, outcome: 'refused', reason }, options))).toEqual([]);
        expect(problemsOf(toSubmitAnswer({ key, outcome: 'may-be-running', reason: OWN_REASON }, options))).toEqual([]);
        expect(problemsOf(toSubmitAnswer({ key, outcome: 'queued', position: 1 }, options))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('opens a form that Discord takes, whatever label and prompt are', () => {
    fc.assert(
      fc.property(wild, wild, fc.constantFrom('nothing', 'prompt', 'mask'), (label, prompt, need) => {
        const data = toPressForm({
          target: { ref: 'x', labelHash: 'y' },
          label: `x${label}`,
          need,
          prompt,
          allowance: '7 of 20 today',
        });
        expect(checkPayload('interaction-callback', JSON.parse(JSON.stringify({ type: 9, data })))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('offers the buttons of any job, and the siblings of any family', () => {
    const member = (one: FamilyMember['job'], children: FamilyMember[]): FamilyMember => ({
      ref: one?.ref ?? 'abcdefgh',
      jobid: one?.jobid ?? 'x',
      label: one?.button ?? '',
      by: '123456789012345678',
      ...(one && { job: one }),
      children,
    });
    const jobs = fc.uniqueArray(job, { maxLength: 60, minLength: 1, selector: ({ jobid }) => jobid });

    fc.assert(
      fc.property(jobs, (some) => {
        const [root, ...others] = some;
        const chain = others.slice(0, 12).reduceRight<FamilyMember[]>((below, one) => [member(one, below)], []);
        const tree = member(root, [...chain, ...others.slice(12).map((one) => member(one, []))]);
        const family = { root: tree, count: some.length, isCut: true, hasUnread: true, ref: root?.ref ?? '' };
        const compared = some.slice(0, 10).map((one) => ({
          job: one,
          media: { kind: 'missing' as const, label: 'grid', reason: one.prompt ?? '' },
        }));

        expect(problemsOf(toFamilyMessage(family))).toEqual([]);
        expect(problemsOf(toComparison(compared, ['awaiting', 'refused', 'running']))).toEqual([]);
        expect(root && problemsOf(toPressChoice(root, '12345678901234567890'))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
