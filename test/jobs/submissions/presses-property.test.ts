import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import type { PressOutcome } from '../../../src/jobs/submissions/presses.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi, type Fate } from './fake-submission-api.ts';
import { SubmissionBot } from './submission-rig.ts';

const LABELS = ['U1', 'V1', '🔄'];
const PARENT = aJobid(1);
const REF = toJobRef(PARENT);

interface PressStep {
  readonly kind: 'press';
  readonly member: number;
  readonly label: string;
  readonly isConfirmed: boolean;
  /** Whether the next step begins at once. */
  readonly isHasty: boolean;
}
type Step =
  | PressStep
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'kill' | 'release' | 'outage' };

const press = fc.record({
  kind: fc.constant('press' as const),
  member: fc.nat(3),
  label: fc.constantFrom(...LABELS),
  isConfirmed: fc.boolean(),
  isHasty: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: press, weight: 6 },
  {
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 9_999, 10_001, 60_000) }),
    weight: 3,
  },
  {
    arbitrary: fc.record({ kind: fc.constantFrom('kill' as const, 'release' as const, 'outage' as const) }),
    weight: 2,
  },
);
const fate = fc.constantFrom<Fate>('works', 'works', 'lost after', 'lost before', 'busy', 'held');

/** One history: what members do, what goes wrong, and what was sent. */
class History {
  readonly api = new FakeSubmissionApi();
  readonly clock = new FakeClock();
  readonly store = SqliteStore.open(':memory:');
  /**
   * Per label, the submissions that somebody was shown and confirmed to repeat; one without a name counts each time.
   */
  readonly confirmed = new Map<string, Set<string>>();
  readonly #shown = new Map<string, string | undefined>();
  bot = new SubmissionBot(this.api, this.store, this.clock);

  async begin(fates: readonly Fate[]): Promise<void> {
    this.api.fates = [...fates];
    this.api.now = () => this.clock.now();
    this.api.put(anApiJob({ jobid: PARENT, status: 'completed', buttons: LABELS }));
    await this.bot.tracker.observe(await this.api.readJob(PARENT));
  }

  async take(next: Step): Promise<void> {
    if (next.kind === 'press') return this.#press(next);
    if (next.kind === 'wait') return this.clock.advance(next.ms);
    if (next.kind === 'release') this.api.release();
    if (next.kind === 'outage') this.api.isDown = !this.api.isDown;
    if (next.kind === 'kill') await this.#restart();
    await this.clock.advance(0);
  }

  async end(): Promise<void> {
    this.api.isDown = false;
    this.api.fates = [];
    this.api.release();
    await this.clock.advance(0);
    await this.#restart();
    await this.clock.advance(10 * 60_000);
    this.bot.submissions.stop();
    await this.bot.submissions.whenIdle();
  }

  async #press({ member, label, isConfirmed, isHasty }: PressStep): Promise<void> {
    const confirms = this.#shown.get(label);
    const mayConfirm = isConfirmed && this.#shown.has(label);
    if (mayConfirm) this.#noteConfirmation(label, confirms ?? `${this.api.posts.length} ${this.clock.now()}`);
    const yes = mayConfirm ? { isConfirmed, ...(confirms !== undefined && { confirms }) } : {};
    this.bot.press(REF, label, { userId: `m${member}`, ...yes }).then(
      (outcome) => this.#noteShown(label, outcome),
      () => undefined,
    );
    if (!isHasty) await this.clock.advance(0);
  }

  async #restart(): Promise<void> {
    await this.clock.advance(0);
    this.bot.submissions.stop();
    this.api.kill();
    this.bot = new SubmissionBot(this.api, this.store, this.clock);
    await this.bot.tracker.restore();
    await this.bot.submissions.recover();
  }

  #noteShown(label: string, outcome: PressOutcome): void {
    if (outcome.outcome !== 'confirm-repeat' && outcome.outcome !== 'may-be-running') return;
    this.#shown.set(label, outcome.previous?.id);
  }

  #noteConfirmation(label: string, id: string): void {
    this.confirmed.set(label, (this.confirmed.get(label) ?? new Set()).add(id));
  }
}

describe('Presses, whatever happens', () => {
  it('never sends a press more often than it was confirmed', async () => {
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(fate, { maxLength: 12 }), async (steps, fates) => {
        const history = new History();
        await history.begin(fates);

        for (const next of steps) await history.take(next);
        await history.end();

        for (const label of LABELS) {
          const posts = history.api.posts.filter((post) => post.button === label && post.fate !== 'busy');
          expect(posts.length).toBeLessThanOrEqual(1 + (history.confirmed.get(label)?.size ?? 0));
          sent += posts.length;
        }
        for (const record of history.api.made) {
          const job = await history.bot.tracker.observe(record);
          expect(job).toMatchObject({ originGuildId: 'g1', requestedBy: expect.stringMatching(/^m\d$/) });
        }
        await history.store.close();
      }),
      { numRuns: 150 },
    );
    expect(sent).toBeGreaterThan(150);
  });
});
