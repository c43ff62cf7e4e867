import {
  startUseapiStandIn,
  type UseapiStandIn,
  type UseapiStandInOptions,
} from '../../../sandbox/useapi/useapi-stand-in.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import type { ApiVersion } from '../../../src/backends/useapi/job-id.ts';
import { ApiHealth } from '../../../src/jobs/api-health.ts';
import { JobActions } from '../../../src/jobs/job-actions.ts';
import { JobIndex } from '../../../src/jobs/job-index.ts';
import { JobStore } from '../../../src/jobs/job-store.ts';
import { JobTracker } from '../../../src/jobs/job-tracker.ts';
import { JobWatcher } from '../../../src/jobs/job-watcher.ts';
import type { PressOutcome, PressRequest } from '../../../src/jobs/submissions/presses.ts';
import type { SubmissionApi } from '../../../src/jobs/submissions/submission-api.ts';
import { SubmissionStore } from '../../../src/jobs/submissions/submission-store.ts';
import { Submissions, type SubmissionsOptions } from '../../../src/jobs/submissions/submissions.ts';
import { type Clock, systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Store } from '../../../src/storage/contract.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';

/** Everything that submissions, on a store that outlives it. */
export class SubmissionBot {
  readonly submissionStore: SubmissionStore;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  readonly submissions: Submissions;
  readonly actions: JobActions;
  readonly index = new JobIndex();
  readonly notified: string[] = [];

  constructor(
    api: SubmissionApi,
    store: Store,
    clock: Clock,
    board: string = 'v3',
    access: Pick<Partial<SubmissionsOptions>, 'accounts' | 'isOpenTo' | 'isApart' | 'isDropped'> = {},
  ) {
    const logger = silentLogger;
    this.submissionStore = new SubmissionStore(store, clock);
    this.jobs = new JobStore(store);
    this.tracker = new JobTracker({
      store: this.jobs,
      index: this.index,
      clock,
      logger,
      claims: this.submissionStore,
    });
    this.tracker.onTransition(async ({ job, event }) => void this.notified.push(`${job.ref} ${event}`));
    this.actions = new JobActions({ api, store: this.jobs, tracker: this.tracker });
    this.submissions = new Submissions({
      api,
      submissionStore: this.submissionStore,
      actions: this.actions,
      jobs: this.jobs,
      tracker: this.tracker,
      accounts: { submitBoardOf: () => board, nameIn: () => undefined },
      ...access,
      clock,
      logger,
      random: () => 0.5,
    });
    this.tracker.onChange((job) => void this.submissions.noteJob(job));
  }

  press(ref: string, label: string, over: Partial<PressRequest> = {}): Promise<PressOutcome> {
    return this.submissions.presses.press({ ref, button: { label }, guildId: 'g1', userId: 'u1', ...over });
  }
}

/** The bot's part that submissions, the real client, and the stand-in of the API. */
export class SubmissionRig {
  readonly useapi: UseapiStandIn;
  readonly store = SqliteStore.open(':memory:');
  readonly #clients: UseapiClient[] = [];
  readonly #bots: SubmissionBot[] = [];
  skippedMs = 0;
  /** By how much the wall clock was set. */
  setMs = 0;
  readonly clock: Clock = {
    now: () => Date.now() + this.skippedMs + this.setMs,
    monotonicMs: () => systemClock.monotonicMs() + this.skippedMs,
    sleep: systemClock.sleep,
  };
  bot: SubmissionBot;

  private constructor(useapi: UseapiStandIn) {
    this.useapi = useapi;
    this.bot = this.startBot();
  }

  static async start(options: UseapiStandInOptions = {}): Promise<SubmissionRig> {
    return new SubmissionRig(await startUseapiStandIn({ speed: 0, maxJobs: 20, ...options }));
  }

  /** A process of its own on the same store; the one before is left as it was, as if killed. */
  startBot(board: ApiVersion = 'v3'): SubmissionBot {
    const { url: baseUrl, token } = this.useapi;
    const client = new UseapiClient({ baseUrl, token, clock: this.clock, logger: silentLogger, retryDelayMs: 1 });
    this.#clients.push(client);
    this.bot = new SubmissionBot(client, this.store, this.clock, board);
    this.#bots.push(this.bot);
    return this.bot;
  }

  /** A finished job that the bot knows; its ref. */
  async aGrid(board: ApiVersion = 'v3', guildId?: string): Promise<string> {
    const jobid = this.useapi.world.startJob({ version: board, prompt: 'a lighthouse' });
    this.useapi.world.advance(jobid, { to: 'completed' });
    return this.know(jobid, guildId);
  }

  async anUpscale(): Promise<string> {
    const jobid = this.useapi.world.startJob({ prompt: 'a lighthouse', kind: 'upscale' });
    this.useapi.world.advance(jobid, { to: 'completed' });
    return this.know(jobid);
  }

  async know(jobid: string, guildId?: string): Promise<string> {
    const client = this.#clients.at(-1);
    if (client === undefined) throw new Error('no client');
    const origin = guildId === undefined ? {} : { origin: { guildId, userId: 'starter' } };
    return (await this.bot.tracker.observe(await client.readJob(jobid), origin)).ref;
  }

  /** One look at what runs, as the bot takes every few seconds. */
  async watch(): Promise<void> {
    const api = this.#clients.at(-1);
    if (api === undefined) throw new Error('no client');
    const { tracker } = this.bot;
    const watcher = new JobWatcher({
      api,
      tracker,
      boards: () => ['v2', 'v3'],
      clock: this.clock,
      logger: silentLogger,
      health: new ApiHealth({ pollIntervalMs: 15_000 }),
    });
    await watcher.tick();
  }

  /** How many submits and presses the API has answered, or cut off. */
  get posts(): number {
    return this.useapi.requests.filter(({ method }) => method === 'POST').length;
  }

  async close(): Promise<void> {
    for (const { submissions } of this.#bots) submissions.stop();
    await this.useapi.close();
    for (const client of this.#clients) await client.close();
    for (const { submissions } of this.#bots) await submissions.whenIdle();
    await this.store.close();
  }
}
