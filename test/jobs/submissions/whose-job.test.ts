import { afterEach, describe, expect, it } from 'vitest';
import { startUseapiStandIn, type UseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import type { ApiVersion } from '../../../src/backends/api-job.ts';
import { OutcomeUnknownError } from '../../../src/backends/errors.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { ApiHealth } from '../../../src/jobs/api-health.ts';
import { isVisibleTo } from '../../../src/jobs/job.ts';
import { JobWatcher } from '../../../src/jobs/job-watcher.ts';
import { RunningBoards } from '../../../src/jobs/running-board.ts';
import type { ActApi, ImagineCall, PressCall } from '../../../src/jobs/submissions/submission-api.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { ActingBot } from './acting-rig.ts';

const MINUTE_MS = 60_000;
const VERSIONS = ['v2', 'v3'] as const;

/** The API, whose answers to paid calls come when a test lets them, or never. */
class LateApi implements ActApi {
  readonly #client: UseapiClient;
  #gate = Promise.withResolvers<'answered' | 'lost'>();

  constructor(client: UseapiClient) {
    this.#client = client;
  }

  settle(how: 'answered' | 'lost'): void {
    this.#gate.resolve(how);
  }

  async imagine(call: ImagineCall) {
    return this.#hold(await this.#client.imagine(call));
  }

  async pressButton(call: PressCall) {
    return this.#hold(await this.#client.pressButton(call));
  }

  readonly readJob: ActApi['readJob'] = (...args) => this.#client.readJob(...args);
  readonly listRunning: ActApi['listRunning'] = (...args) => this.#client.listRunning(...args);
  readonly cancelJob: ActApi['cancelJob'] = (...args) => this.#client.cancelJob(...args);
  readonly resetChannel: ActApi['resetChannel'] = (...args) => this.#client.resetChannel(...args);

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
  readonly #bots: ActingBot[] = [];
  readonly told = { g1: new Set<string>(), g2: new Set<string>() };
  #bot: ActingBot;
  #watcher: JobWatcher;

  private constructor(useapi: UseapiStandIn, version: ApiVersion) {
    this.useapi = useapi;
    const { url: baseUrl, token } = useapi;
    this.#client = new UseapiClient({ baseUrl, token, clock: this.clock, logger: silentLogger, retryDelayMs: 1 });
    this.api = new LateApi(this.#client);
    [this.#bot, this.#watcher] = this.#startBot(version);
  }

  static async start(version: ApiVersion, replyRefPlace: 'nowhere' | 'request' = 'nowhere'): Promise<World> {
    const switches = { replyRefPlace };
    return new World(await startUseapiStandIn({ speed: 0, maxJobs: 20, switches }), version);
  }

  get bot(): ActingBot {
    return this.#bot;
  }

  /** The process is gone; a new one takes up what it left. */
  async restart(version: ApiVersion): Promise<void> {
    [this.#bot, this.#watcher] = this.#startBot(version);
    await this.#bot.tracker.restore();
    await this.#bot.acting.recover();
  }

  /** Looks at the API, as every few seconds. */
  async look(): Promise<void> {
    await this.#watcher.tick();
  }

  /** All that a server can find of a job. */
  async seenIn(guildId: 'g1' | 'g2', jobid: string) {
    const { tracker, index, actions } = this.#bot;
    const options = { api: this.api, tracker, index, versions: VERSIONS, clock: this.clock };
    const boards = new RunningBoards({ ...options, health: new ApiHealth({ pollIntervalMs: 15_000 }) });
    const board = await boards.read({ guildId, maxAgeMs: 0 });
    const shown = await actions.show(jobid, guildId).catch(() => undefined);
    return {
      isListed: board.jobs.some((job) => job.jobid === jobid),
      load: board.channels.reduce((sum, { total }) => sum + total, 0),
      isSuggested: index.search('', guildId, 25).some((job) => job.jobid === jobid),
      isShown: shown !== undefined,
      told: [...this.told[guildId]].filter((news) => news.startsWith(jobid)),
    };
  }

  async close(): Promise<void> {
    this.api.settle('lost');
    for (const { acting } of this.#bots) acting.stop();
    await this.useapi.close();
    await this.#client.close();
    for (const { acting } of this.#bots) await acting.whenIdle();
    await this.store.close();
  }

  #startBot(version: ApiVersion): [ActingBot, JobWatcher] {
    const bot = new ActingBot(this.api, this.store, this.clock, version);
    this.#bots.push(bot);
    bot.tracker.onTransition(async ({ job, event }) => {
      for (const guildId of ['g1', 'g2'] as const)
        if (isVisibleTo(job, guildId)) this.told[guildId].add(`${job.jobid} ${event}`);
    });
    const options = { api: this.api, tracker: bot.tracker, versions: VERSIONS, clock: this.clock };
    const health = new ApiHealth({ pollIntervalMs: 15_000 });
    return [bot, new JobWatcher({ ...options, health, logger: silentLogger })];
  }
}

const NOTHING = { isListed: false, isSuggested: false, isShown: false, told: [] };
const ALL = { isListed: true, isSuggested: true, isShown: true };

describe('a job whose submit has no answer yet', () => {
  let world: World;
  afterEach(() => world.close());

  /** Starts a job in g1, up to where the API has made it; answers its id. */
  async function begin(wish: 'imagine' | 'press', version: ApiVersion): Promise<string> {
    const parent = world.useapi.world.startJob({ version, prompt: 'a lighthouse' });
    world.useapi.world.advance(parent, { to: 'completed' });
    const { ref } = await world.bot.tracker.observe(await world.api.readJob(parent));
    const asked = { guildId: 'g1', userId: 'ann' };
    const submit = { ...asked, prompt: 'zanzibar', key: 'i1' };
    const made = wish === 'press' ? world.bot.press(ref, 'V1', asked) : world.bot.acting.submissions.submit(submit);
    made.catch(() => undefined);
    await expect.poll(() => world.useapi.world.list()).toHaveLength(2);
    return world.useapi.world.list().find(({ jobid }) => jobid !== parent)?.jobid ?? '';
  }

  const cases = (['v2', 'v3'] as const).flatMap((version) =>
    (['imagine', 'press'] as const).flatMap((wish) =>
      (['answered', 'lost', 'crash'] as const).map((end) => [version, wish, end] as const),
    ),
  );

  it.each(cases)('is nothing to another server: %s, %s, %s', async (version, wish, end) => {
    world = await World.start(version);
    const jobid = await begin(wish, version);
    await world.look();
    world.useapi.world.advance(jobid, { to: 'progress', percent: 31 });
    await world.look();
    const meanwhile = await world.seenIn('g2', jobid);
    if (end === 'crash') await world.restart(version);
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
    expect([...world.told.g1]).toContain(`${jobid} completed`);
    expect([...world.told.g2].filter((news) => news.startsWith(jobid))).toEqual([]);
  });

  it.each(VERSIONS)(
    'is the own server’s at the first look where the API says which submission made it: %s',
    async (version) => {
      world = await World.start(version, 'request');
      const jobid = await begin('imagine', version);

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
    const early = [...world.told.g2];
    world.api.settle('answered');
    await expect.poll(async () => (await world.bot.jobs.find(jobid)).job?.originGuildId).toBe('g1');
    await expect
      .poll(async () => (await world.bot.acts.pending()).filter(({ act }) => act.state === 'sending'))
      .toEqual([]);

    await world.look();

    expect(meanwhile).toEqual({ ...NOTHING, load: 2 });
    expect(early).toEqual([]);
    expect([...world.told.g2]).toEqual([`${other} completed`]);
    expect([...world.told.g1]).toContain(`${other} completed`);
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
    expect([...world.told.g2]).toEqual([`${other} completed`]);
  });

  it('is anybody’s ten minutes later where nothing says whose it is, and not before', async () => {
    world = await World.start('v3');
    const jobid = await begin('imagine', 'v3');
    // What the API keeps is not what was asked for.
    const hidden = world.useapi.world.startJob({ version: 'v3', prompt: 'somebody else’s' });
    world.useapi.world.advance(jobid, { to: 'cancelled' });
    world.api.settle('lost');
    await expect.poll(async () => (await world.bot.acts.pending()).map(({ act }) => act.state)).toEqual(['unknown']);
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
    await expect.poll(async () => (await world.bot.acts.pending()).map(({ act }) => act.state)).toEqual(['unknown']);
    unlisted();

    await world.look();

    await expect.poll(async () => (await world.bot.jobs.find(jobid)).job?.originGuildId).toBe('g1');
    expect(await world.seenIn('g2', jobid)).toEqual({ ...NOTHING, load: 1 });
  });
});
