import { afterEach, describe, expect, it } from 'vitest';
import { startUseapiStandIn, type UseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import { OutcomeUnknownError } from '../../../src/backends/backend-errors.ts';
import type { PressRequest, SubmitRequest } from '../../../src/backends/contract.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import type { ApiVersion } from '../../../src/backends/useapi/job-id.ts';
import { ApiHealth } from '../../../src/jobs/api-health.ts';
import { isVisibleTo } from '../../../src/jobs/job.ts';
import { JobWatcher } from '../../../src/jobs/job-watcher.ts';
import { RunningBoards } from '../../../src/jobs/running-board.ts';
import type { SubmissionApi } from '../../../src/jobs/submissions/submission-api.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { ONE_STEP } from '../../backends/one-step.ts';
import { oneAccount } from '../../one-account.ts';
import { SubmissionBot } from './submission-rig.ts';

const MINUTE_MS = 60_000;
const VERSIONS = ['v2', 'v3'] as const;

/** The API, whose answers to paid calls come when a test lets them, or never. */
class LateApi implements SubmissionApi {
  readonly #client: UseapiClient;
  #gate = Promise.withResolvers<'answered' | 'lost'>();
  #heldList: (() => Promise<void>) | undefined;

  constructor(client: UseapiClient) {
    this.#client = client;
  }

  settle(how: 'answered' | 'lost'): void {
    this.#gate.resolve(how);
  }

  /** Answers to calls that come from now on wait again. */
  hold(): void {
    this.#gate = Promise.withResolvers();
  }

  /** The next look at a list is answered when the test lets it, and not with a list. */
  holdNextList(): { readonly asked: Promise<void>; lose(): void } {
    const [asked, lost] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
    this.#heldList = async () => {
      asked.resolve();
      await lost.promise;
    };
    return { asked: asked.promise, lose: () => lost.reject(new OutcomeUnknownError({ endpoint: 'GET jobs' })) };
  }

  async submit(call: SubmitRequest) {
    return this.#hold(await this.#client.submit(call));
  }

  async press(call: PressRequest) {
    return this.#hold(await this.#client.press(call));
  }

  readonly readJob: SubmissionApi['readJob'] = (...args) => this.#client.readJob(...args);
  readonly listRunning: SubmissionApi['listRunning'] = async (...args) => {
    const held = this.#heldList;
    this.#heldList = undefined;
    await held?.();
    return this.#client.listRunning(...args);
  };
  readonly cancel: SubmissionApi['cancel'] = (...args) => this.#client.cancel(...args);
  readonly capabilities = ONE_STEP.capabilities;
  readonly findByReplyRef = ONE_STEP.findByReplyRef;
  readonly finishPress = ONE_STEP.finishPress;
  readonly resetChannel: SubmissionApi['resetChannel'] = (...args) => this.#client.resetChannel(...args);

  async #hold<T>(answer: T): Promise<T> {
    if ((await this.#gate.promise) === 'lost') throw new OutcomeUnknownError({ endpoint: 'POST job' });
    return answer;
  }
}

/** The bot of two servers, g1 and g2, and an API that does not say which submission made a job. */
class World {
  readonly useapi: UseapiStandIn;
  readonly store = SqliteStore.open(':memory:');
  skippedMs = 0;
  readonly clock: Clock = {
    now: () => Date.now() + this.skippedMs,
    monotonicMs: systemClock.monotonicMs,
    sleep: systemClock.sleep,
  };
  readonly api: LateApi;
  readonly #client: UseapiClient;
  readonly #bots: SubmissionBot[] = [];
  readonly notified = { g1: new Set<string>(), g2: new Set<string>() };
  #bot: SubmissionBot;
  #watcher: JobWatcher;

  private constructor(useapi: UseapiStandIn, board: ApiVersion) {
    this.useapi = useapi;
    const { url: baseUrl, token } = useapi;
    this.#client = new UseapiClient({ baseUrl, token, clock: this.clock, logger: silentLogger, retryDelayMs: 1 });
    this.api = new LateApi(this.#client);
    [this.#bot, this.#watcher] = this.#startBot(board);
  }

  static async start(board: ApiVersion, replyRefPlace: 'nowhere' | 'request' = 'nowhere'): Promise<World> {
    const switches = { replyRefPlace };
    return new World(await startUseapiStandIn({ speed: 0, maxJobs: 20, switches }), board);
  }

  get bot(): SubmissionBot {
    return this.#bot;
  }

  /** The process is gone; a new one takes up what it left. */
  async restart(board: ApiVersion): Promise<void> {
    [this.#bot, this.#watcher] = this.#startBot(board);
    await this.#bot.tracker.restore();
    await this.#bot.submissions.recover();
  }

  /** Looks at the API, as every few seconds. */
  async look(): Promise<void> {
    await this.#watcher.tick();
  }

  /** All that a server can find of a job. */
  async seenIn(guildId: 'g1' | 'g2', jobid: string) {
    const { tracker, index, actions } = this.#bot;
    const options = { api: this.api, tracker, index, boards: () => VERSIONS, accounts: oneAccount, clock: this.clock };
    const boards = new RunningBoards({ ...options, health: new ApiHealth({ pollIntervalMs: 15_000 }) });
    const board = await boards.read({ guildId, maxAgeMs: 0 });
    const shown = await actions.show(jobid, guildId).catch(() => undefined);
    return {
      isListed: board.jobs.some((job) => job.jobid === jobid),
      load: board.channels.reduce((sum, { total }) => sum + total, 0),
      isSuggested: index.search('', guildId, 25).some((job) => job.jobid === jobid),
      isShown: shown !== undefined,
      notified: [...this.notified[guildId]].filter((line) => line.startsWith(jobid)),
    };
  }

  async close(): Promise<void> {
    this.api.settle('lost');
    for (const { submissions } of this.#bots) submissions.stop();
    await this.useapi.close();
    await this.#client.close();
    for (const { submissions } of this.#bots) await submissions.whenIdle();
    await this.store.close();
  }

  #startBot(board: ApiVersion): [SubmissionBot, JobWatcher] {
    const bot = new SubmissionBot(this.api, this.store, this.clock, board);
    this.#bots.push(bot);
    bot.tracker.onTransition(async ({ job, event }) => {
      for (const guildId of ['g1', 'g2'] as const)
        if (isVisibleTo(job, guildId)) this.notified[guildId].add(`${job.jobid} ${event}`);
    });
    const options = { api: this.api, tracker: bot.tracker, boards: () => VERSIONS, clock: this.clock };
    const health = new ApiHealth({ pollIntervalMs: 15_000 });
    return [bot, new JobWatcher({ ...options, health, logger: silentLogger })];
  }
}

const NOTHING = { isListed: false, isSuggested: false, isShown: false, notified: [] };
const ALL = { isListed: true, isSuggested: true, isShown: true };

describe('a job whose submit has no answer yet', () => {
  let world: World;
  afterEach(() => world.close());

  /** Starts a job in g1, up to where the API has made it; answers its id. */
  async function begin(wish: 'imagine' | 'press', board: ApiVersion): Promise<string> {
    const before = world.useapi.world.list().map(({ jobid }) => jobid);
    const parent = world.useapi.world.startJob({ version: board, prompt: 'a lighthouse' });
    world.useapi.world.advance(parent, { to: 'completed' });
    const { ref } = await world.bot.tracker.observe(await world.api.readJob(parent));
    const asked = { guildId: 'g1', userId: 'ann' };
    const submit = { ...asked, prompt: 'zanzibar', key: `i${before.length}` };
    const asking = wish === 'press' ? world.bot.press(ref, 'V1', asked) : world.bot.submissions.prompts.submit(submit);
    asking.catch(() => undefined);
    await expect.poll(() => world.useapi.world.list()).toHaveLength(before.length + 2);
    const made = world.useapi.world.list().map(({ jobid }) => jobid);
    return made.find((jobid) => jobid !== parent && !before.includes(jobid)) ?? '';
  }

  const cases = (['v2', 'v3'] as const).flatMap((board) =>
    (['imagine', 'press'] as const).flatMap((wish) =>
      (['answered', 'lost', 'crash'] as const).map((end) => [board, wish, end] as const),
    ),
  );

  it.each(cases)('is nothing to another server: %s, %s, %s', async (board, wish, end) => {
    world = await World.start(board);
    const jobid = await begin(wish, board);
    await world.look();
    world.useapi.world.advance(jobid, { to: 'progress', percent: 31 });
    await world.look();
    const meanwhile = await world.seenIn('g2', jobid);
    if (end === 'crash') await world.restart(board);
    else world.api.settle(end);
    await expect.poll(async () => (await world.bot.jobs.find(jobid)).job?.originGuildId).toBe('g1');
    await world.look();
    const after = await world.seenIn('g2', jobid);
    const own = await world.seenIn('g1', jobid);
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.look();

    expect(meanwhile).toEqual({ ...NOTHING, load: 1 });
    expect(after).toEqual({ ...NOTHING, load: 1 });
    expect(own).toMatchObject(ALL);
    expect([...world.notified.g1]).toContain(`${jobid} completed`);
    expect([...world.notified.g2].filter((line) => line.startsWith(jobid))).toEqual([]);
  });

  it.each(VERSIONS)(
    'is the own server’s at the first look where the API says which submission made it: %s',
    async (board) => {
      world = await World.start(board, 'request');
      const jobid = await begin('imagine', board);

      await world.look();

      expect(await world.seenIn('g1', jobid)).toMatchObject(ALL);
      expect(await world.seenIn('g2', jobid)).toEqual({ ...NOTHING, load: 1 });
    },
  );

  it('leaves a job that was started elsewhere at the same time to all, once it is answered, from its start to its end', async () => {
    world = await World.start('v3');
    const jobid = await begin('imagine', 'v3');
    const other = world.useapi.world.startJob({ version: 'v3', prompt: 'somebody else’s' });
    await world.look();
    const meanwhile = await world.seenIn('g2', other);
    world.useapi.world.advance(other, { to: 'completed' });
    await world.look();
    const early = [...world.notified.g2];
    world.api.settle('answered');
    await expect.poll(async () => (await world.bot.jobs.find(jobid)).job?.originGuildId).toBe('g1');
    await expect
      .poll(async () =>
        (await world.bot.submissionStore.pending()).filter(({ submission }) => submission.state === 'sending'),
      )
      .toEqual([]);

    await world.look();

    expect(meanwhile).toEqual({ ...NOTHING, load: 2 });
    expect(early).toEqual([]);
    expect([...world.notified.g2]).toEqual([`${other} completed`]);
    expect([...world.notified.g1]).toContain(`${other} completed`);
  });

  it('does not lose the end of a job that was started elsewhere when the bot dies before it is known whose it is', async () => {
    world = await World.start('v3');
    const jobid = await begin('imagine', 'v3');
    const other = world.useapi.world.startJob({ version: 'v3', prompt: 'somebody else’s' });
    await world.look();
    world.useapi.world.advance(other, { to: 'completed' });

    await world.restart('v3');
    await world.look();
    await world.look();

    expect((await world.bot.jobs.find(jobid)).job?.originGuildId).toBe('g1');
    expect([...world.notified.g2]).toEqual([`${other} completed`]);
  });

  it('is anybody’s ten minutes later where nothing says whose it is, and not before', async () => {
    world = await World.start('v3');
    const jobid = await begin('imagine', 'v3');
    // What the API keeps is not what was asked for.
    const hidden = world.useapi.world.startJob({ version: 'v3', prompt: 'somebody else’s' });
    world.useapi.world.advance(jobid, { to: 'cancelled' });
    world.api.settle('lost');
    await expect
      .poll(async () => (await world.bot.submissionStore.pending()).map(({ submission }) => submission.state))
      .toEqual(['unknown']);
    await world.look();
    world.skippedMs = 9 * MINUTE_MS;
    await world.look();
    const before = await world.seenIn('g2', hidden);
    world.skippedMs = 10 * MINUTE_MS + 1_000;
    await world.look();

    expect(before).toEqual({ ...NOTHING, load: 1 });
    expect(await world.seenIn('g2', hidden)).toMatchObject(ALL);
  });

  it('is found when it turns up after its answer was lost and nothing was listed', async () => {
    world = await World.start('v3');
    const unlisted = world.useapi.faults.add({
      match: { method: 'GET', path: '^.v3/midjourney/jobs$' },
      action: { kind: 'status', status: 400 },
    });
    const jobid = await begin('imagine', 'v3');
    world.api.settle('lost');
    await expect
      .poll(async () => (await world.bot.submissionStore.pending()).map(({ submission }) => submission.state))
      .toEqual(['unknown']);
    unlisted();

    await world.look();

    await expect.poll(async () => (await world.bot.jobs.find(jobid)).job?.originGuildId).toBe('g1');
    expect(await world.seenIn('g2', jobid)).toEqual({ ...NOTHING, load: 1 });
  });

  it('is found when it turns up while what came of it is being looked for', async () => {
    world = await World.start('v3');
    const list = world.api.holdNextList();
    const jobid = await begin('imagine', 'v3');
    world.api.settle('lost');
    await list.asked;

    await world.look();
    list.lose();

    await expect.poll(async () => (await world.bot.jobs.find(jobid)).job?.originGuildId).toBe('g1');
  });

  /** Makes known that the API echoes: a job of our own was read, and carried its reference. */
  async function learnEcho(wish: 'imagine' | 'press', board: ApiVersion): Promise<void> {
    await begin(wish, board);
    await world.look();
    world.api.settle('answered');
    await world.bot.submissions.runner.whenIdle();
    world.api.hold();
  }

  const kinds = VERSIONS.flatMap((board) => (['imagine', 'press'] as const).map((wish) => [board, wish] as const));

  it.each(kinds)(
    'is anybody’s at the first look when it carries no reference of ours and the API is known to echo it: %s, %s',
    async (board, wish) => {
      world = await World.start(board, 'request');
      await learnEcho(wish, board);
      await begin(wish, board);
      const other = world.useapi.world.startJob({ version: board, prompt: 'somebody else’s' });

      await world.look();

      expect(await world.seenIn('g2', other)).toMatchObject(ALL);
    },
  );
});
