import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VoteOutcome } from '../../../src/moderation/reviews/reviews.ts';
import { compact } from '../../../src/shared/compact.ts';
import { StoreError } from '../../../src/storage/contract.ts';
import { FAULTS } from '../faulty-store.ts';
import { aReviewSetting, configure, type Process, ReviewWorld } from './review-world.ts';

const HOUR_MS = 3_600_000;
const REFS = ['aaaa', 'bbbb'];

const aGuild = fc.constantFrom('g1', 'g2');
const aRef = fc.constantFrom(...REFS);
const aVote = fc.record({
  guildId: aGuild,
  ref: aRef,
  by: fc.constantFrom('m1', 'm2', 'm3', 'm4'),
  verdict: fc.constantFrom('approve', 'reject', 'ask'),
  reason: fc.option(fc.constantFrom('too dark', 'x'), { nil: undefined }),
});
const aStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('vote'), votes: fc.array(aVote, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open'), guildId: aGuild, ref: aRef }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('quorum'), quorum: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'work' } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), hours: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fault'),
      k: fc.integer({ min: 1, max: 12 }),
      fault: fc.constantFrom(...FAULTS),
    }),
  },
);
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never;

/** Plays steps against a world and checks after each what must always hold. */
class Play {
  readonly world = new ReviewWorld();
  readonly #opened = new Set<string>();
  /** The first decision that anybody was notified of, per review. */
  readonly #decisions = new Map<string, string>();
  #bot: Process | undefined;
  /** Votes that were answered as counted or as decisive, per review. */
  readonly #effective = new Map<string, number>();
  isFaulty = false;
  #isDeadly = false;

  async #process(): Promise<Process> {
    this.#bot ??= await this.world.start();
    return this.#bot;
  }

  async begin(onTimeout: 'publish' | 'drop' | 'remind'): Promise<void> {
    for (const guildId of ['g1', 'g2']) {
      const review = aReviewSetting({ quorum: 2, timeoutHours: 6, onTimeout });
      await configure(await this.#process(), { review }, guildId);
    }
  }

  async play(step: Step): Promise<void> {
    try {
      await this.#take(step, await this.#process());
    } catch (error) {
      if (!(error instanceof StoreError) || !this.isFaulty) throw error;
      this.#recover();
    }
    await this.check();
  }

  /** A dead process is followed by another one; after any other failure the same one goes on. */
  #recover(): void {
    this.world.store.heal();
    if (this.#isDeadly) this.#bot = undefined;
  }

  restart(): void {
    this.world.store.heal();
    this.#bot = undefined;
  }

  async #take(step: Step, { reviews, settings }: Process): Promise<void> {
    if (step.kind === 'restart') return this.restart();
    if (step.kind === 'work') return this.world.queue.runDue();
    if ('hours' in step) return this.world.clock.advance(step.hours * HOUR_MS);
    if ('fault' in step) {
      this.isFaulty = true;
      this.#isDeadly = step.fault === 'die';
      return this.world.store.failAt(step.k, step.fault);
    }
    if ('quorum' in step) {
      const change = { by: 'owner', action: 'setting-change', what: 'quorum' } as const;
      await settings.change('g1', change, (s) => ({ ...s, review: { ...s.review, quorum: step.quorum } }));
      return;
    }
    if ('votes' in step) {
      const ballots = step.votes.map(({ guildId, ref, by, verdict, reason }) =>
        reviews.vote(guildId, ref, { by, verdict, ...compact({ reason }) }),
      );
      const outcomes = await Promise.allSettled(ballots);
      for (const [at, outcome] of outcomes.entries()) {
        const { guildId = '', ref = '' } = step.votes[at] ?? {};
        if (outcome.status === 'fulfilled') this.#noteOutcome(`${guildId}:${ref}`, outcome.value);
        else expect(this.isFaulty && outcome.reason instanceof StoreError).toBe(true);
      }
      if (outcomes.some(({ status }) => status === 'rejected')) this.#recover();
      return;
    }
    this.#opened.add(`${step.guildId}:${step.ref}`);
    await reviews.open(step.guildId, step.ref, { why: 'mode' });
  }

  #noteOutcome(key: string, outcome: VoteOutcome): void {
    const isEffective = outcome.outcome === 'counted' || outcome.outcome === 'decided';
    if (isEffective) this.#effective.set(key, (this.#effective.get(key) ?? 0) + 1);
    if (outcome.outcome === 'not-found') return;
    if (outcome.outcome === 'decided' || outcome.outcome === 'already-decided')
      this.#noteDecision(key, outcome.decision);
  }

  #noteDecision(key: string, decision: object): void {
    const text = JSON.stringify(decision);
    expect(text).toBe(this.#decisions.get(key) ?? text);
    this.#decisions.set(key, text);
  }

  /** Decided at most once; visible only when approved; nothing in a server where nothing was opened. */
  async check(): Promise<void> {
    for (const { review, decision } of this.world.decided)
      this.#noteDecision(`${review.guildId}:${review.ref}`, decision);
    if (this.#bot === undefined) return;
    for (const guildId of ['g1', 'g2']) {
      for (const ref of REFS) {
        const key = `${guildId}:${ref}`;
        const isVisible = !this.#bot.reviews.isHeld(guildId, ref);
        if (!this.#opened.has(key)) expect(isVisible).toBe(true);
        else if (isVisible && !this.isFaulty) expect(await this.#verdictOf(guildId, ref)).toBe('approve');
      }
    }
  }

  async #verdictOf(guildId: string, ref: string): Promise<string | undefined> {
    return (await this.#bot?.reviews.get(guildId, ref))?.decision?.verdict;
  }

  async end(): Promise<void> {
    this.restart();
    const bot = await this.#process();
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await this.world.queue.runDue();
      await this.world.clock.advance(2_000);
    }
    await this.check();
    for (const guildId of ['g1', 'g2']) for (const ref of REFS) await this.#checkEnd(bot, guildId, ref);
  }

  async #checkEnd({ reviews, log }: Process, guildId: string, ref: string): Promise<void> {
    const review = await reviews.get(guildId, ref);
    const { entries } = await log.page(guildId, { ref, limit: 100 });
    const heard = this.world.decided.filter((heard) => heard.review.guildId === guildId && heard.review.ref === ref);
    const isApproved = review?.decision?.verdict === 'approve';
    expect(entries).toHaveLength(review?.revision ?? 0);
    const byMembers = entries.filter(({ actorId }) => actorId !== undefined);
    if (!this.isFaulty) expect(byMembers).toHaveLength(this.#effective.get(`${guildId}:${ref}`) ?? 0);
    expect(entries.filter(({ action }) => action === 'review-decision')).toHaveLength(
      review?.decision === undefined ? 0 : 1,
    );
    expect(reviews.isHeld(guildId, ref)).toBe(review !== undefined && !isApproved);
    expect(heard.length > 0).toBe(review?.decision !== undefined);
    if (!this.isFaulty) expect(heard.length).toBeLessThanOrEqual(1);
    expect(heard.some(({ decision }) => decision.verdict === 'approve')).toBe(isApproved);
    expect(new Set(review?.votes.map(({ by }) => by)).size).toBe(review?.votes.length ?? 0);
  }
}

describe('any sequence of votes, restarts and waits', () => {
  const anEnd = fc.constantFrom('publish', 'drop', 'remind');

  it('decides each review at most once and shows nothing that was not approved', async () => {
    const steps = fc.array(
      aStep.filter((step) => step.kind !== 'fault'),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, anEnd, async (all, onTimeout) => {
        const play = new Play();
        await play.begin(onTimeout);
        for (const step of all) await play.play(step);
        await play.end();
      }),
      { numRuns: 60 },
    );
  });

  it('does so too when statements fail and processes die in between', async () => {
    const steps = fc.array(aStep, { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(steps, anEnd, async (all, onTimeout) => {
        const play = new Play();
        await play.begin(onTimeout);
        for (const step of all) await play.play(step);
        await play.end();
      }),
      { numRuns: 120 },
    );
  });
});
