import type { ApiJob } from '../../../src/backends/api-job.ts';
import { BusyError, OutcomeUnknownError } from '../../../src/backends/backend-errors.ts';
import type { PressRequest, PressResult, SubmitRequest } from '../../../src/backends/contract.ts';
import type { SubmissionApi } from '../../../src/jobs/submissions/submission-api.ts';
import { compact } from '../../../src/shared/compact.ts';
import { ONE_STEP } from '../../backends/one-step.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeJobApi } from '../fake-job-api.ts';

/** What becomes of one POST; `held` ones wait until they are let go. */
export type Fate = 'works' | 'lost after' | 'lost before' | 'busy' | 'held';

/** The API in memory, with submissions whose fate a test decides. */
export class FakeSubmissionApi extends FakeJobApi implements SubmissionApi {
  /** Taken one by one; afterwards `otherwise`. */
  fates: Fate[] = [];
  otherwise: Fate = 'works';
  /** Whether records come without the `replyRef` of their submit. */
  forgetsReplyRef = false;
  /** Whether records come without the job and the button that they were made by. */
  forgetsParent = false;
  readonly #made = new Set<string>();
  readonly posts: {
    readonly button?: string;
    readonly jobid?: string;
    readonly prompt?: string;
    readonly fate: Fate;
  }[] = [];
  #held: (() => void)[] = [];
  #process = 0;
  #lastJob = 1_000;

  async submit(call: SubmitRequest): Promise<ApiJob> {
    return this.#submission({ prompt: call.prompt }, compact({ prompt: call.prompt, replyRef: call.replyRef }));
  }

  async press(call: PressRequest): Promise<PressResult> {
    const { jobid, button, replyRef } = call;
    const job = await this.#submission(
      { jobid, button },
      compact({ parentJobid: jobid, button, replyRef, verb: 'button' }),
    );
    return { outcome: 'created', job };
  }

  async resetChannel(): Promise<void> {}

  readonly capabilities = ONE_STEP.capabilities;
  readonly findByReplyRef = ONE_STEP.findByReplyRef;
  readonly finishPress = ONE_STEP.finishPress;

  /** Lets those go that are held; their jobs are made now. */
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  /** The process that called is dead: what is held still takes effect when it is let go, and nobody hears of it. */
  kill(): void {
    this.#process += 1;
  }

  /** Jobs that were made and paid. */
  get made(): readonly ApiJob[] {
    return [...this.jobs.values()].filter(({ jobid }) => this.#made.has(jobid));
  }

  async #submission(
    post: { jobid?: string; button?: string; prompt?: string },
    wish: Partial<ApiJob>,
  ): Promise<ApiJob> {
    const fate = this.fates.shift() ?? this.otherwise;
    this.posts.push({ ...post, fate });
    const facts = { endpoint: 'POST job' };
    if (fate === 'busy') throw new BusyError({ ...facts, status: 429 });
    if (fate === 'lost before') throw new OutcomeUnknownError(facts);
    const caller = this.#process;
    if (fate === 'held') await new Promise<void>((resolve) => this.#held.push(resolve));
    const job = this.#make(wish);
    if (caller !== this.#process) await new Promise(() => undefined);
    if (fate === 'lost after') throw new OutcomeUnknownError(facts);
    return job;
  }

  #make(wish: Partial<ApiJob>): ApiJob {
    this.#lastJob += 1;
    const { replyRef, parentJobid, button, ...rest } = wish;
    const own = {
      ...rest,
      ...(replyRef !== undefined && !this.forgetsReplyRef && { replyRef }),
      ...(parentJobid !== undefined && !this.forgetsParent && { parentJobid }),
      ...(button !== undefined && !this.forgetsParent && { button }),
    };
    const job = anApiJob({ jobid: aJobid(this.#lastJob), createdAt: this.now(), status: 'created', ...own });
    this.put(job);
    this.#made.add(job.jobid);
    const parent = this.jobs.get(wish.parentJobid ?? '');
    const child = { jobid: job.jobid, ...compact({ button: wish.button }) };
    if (parent !== undefined) this.put({ ...parent, children: [...parent.children, child] });
    return job;
  }
}
