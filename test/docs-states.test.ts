import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isOpenSubmission, SubmissionState } from '../src/jobs/submissions/submission.ts';
import { type Review, timeOut, Verdict } from '../src/moderation/reviews/review.ts';
import { PostRecord } from '../src/notifications/delivery/post-record.ts';

const document = readFileSync('docs/states.md', 'utf8');

/** A state diagram: its transitions, `[*]` for beginning and end. */
class Diagram {
  readonly transitions: readonly { readonly from: string; readonly to: string }[];

  constructor(title: string) {
    const section = document.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
    const [, body = ''] = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(section) ?? [];
    this.transitions = body.split('\n').flatMap((line) => (line.trim() === '' ? [] : [toTransition(line)]));
  }

  /** Every state that stands on either end of a transition. */
  get states(): string[] {
    const ends = this.transitions.flatMap(({ from, to }) => [from, to]).filter((state) => state !== '[*]');
    return [...new Set(ends)].sort();
  }

  has(from: string, to: string): boolean {
    return this.transitions.some((transition) => transition.from === from && transition.to === to);
  }

  /** States that nothing leads to, or that nothing leads out of. */
  get loose(): string[] {
    return this.states.filter(
      (state) =>
        !this.transitions.some(({ to }) => to === state) || !this.transitions.some(({ from }) => from === state),
    );
  }
}

/** A label ends at a colon or semicolon. */
function toTransition(line: string) {
  const [, from, to] = /^ {2}(\S+) --> ([^\s:]+)(: [^:;]+)?$/.exec(line) ?? [];
  if (from === undefined || to === undefined) throw new Error(`This is no transition: ${line}`);
  return { from, to };
}

describe('docs/states.md', () => {
  it.each(['Prompts', 'Reviews', 'Live cards'])('leads to every state of %s and out of it', (title) => {
    expect(new Diagram(title).loose).toEqual([]);
  });

  it('shows the states of submissions, and ends where nothing is left to do', () => {
    const diagram = new Diagram('Submissions');

    expect(diagram.states).toEqual([...SubmissionState.options].sort());
    for (const state of SubmissionState.options)
      expect([state, diagram.has(state, '[*]')]).toEqual([state, !isOpen(state)]);
  });

  it('shows the states of reviews, and what their time-outs lead to', () => {
    const diagram = new Diagram('Reviews');

    expect(diagram.states).toEqual([...Verdict.options, 'open'].sort());
    for (const onTimeout of ['publish', 'drop', 'remind'] as const)
      expect([onTimeout, diagram.has('open', toStateAfter(onTimeout))]).toEqual([onTimeout, true]);
  });

  it('shows the states of a live card’s message', () => {
    const known = PostRecord.options.map(({ shape }) => shape.state.value).filter((state) => state !== 'batched');

    expect(new Diagram('Live cards').states).toEqual(known.sort());
  });
});

function isOpen(state: SubmissionState): boolean {
  const work = { kind: 'submit', prompt: 'a fox', board: 'v3' } as const;
  return isOpenSubmission({
    id: 'a1',
    state,
    guildId: 'g1',
    userId: 'u1',
    askedAt: 0,
    turn: 0,
    hasWaited: false,
    work,
  });
}

function toStateAfter(onTimeout: Review['onTimeout']): string {
  const review: Review = { guildId: 'g1', ref: 'r1', why: 'mode', openedAt: 0, timeoutMs: 1, onTimeout, votes: [] };
  const result = timeOut(review, 2);
  return result.outcome === 'decided' ? result.decision.verdict : 'open';
}
