import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiJob, RunningList } from '../../src/backends/api-job.ts';
import { ServerError, TimedOutError } from '../../src/backends/backend-errors.ts';
import { ApiHealth } from '../../src/jobs/api-health.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { JobStore } from '../../src/jobs/job-store.ts';
import { JobTracker } from '../../src/jobs/job-tracker.ts';
import { RunningBoards } from '../../src/jobs/running-board.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';
import { oneAccount } from '../one-account.ts';
import { FakeJobApi } from './fake-job-api.ts';

/** An API whose answers take a while on the fake clock and that keeps to deadlines, as the client does. */
class SlowApi extends FakeJobApi {
  readonly #clock: FakeClock;
  listMs = 0;
  readMs = 0;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  override async listRunning(board: string, options: { deadlineMs?: number } = {}): Promise<RunningList> {
    await this.#wait(this.listMs, options.deadlineMs ?? 60_000);
    return super.listRunning(board);
  }

  override async readJob(jobid: string, options: { deadlineMs?: number } = {}): Promise<ApiJob> {
    await this.#wait(this.readMs, options.deadlineMs ?? 60_000);
    return super.readJob(jobid);
  }

  async #wait(ms: number, deadlineMs: number): Promise<void> {
    await this.#clock.sleep(Math.min(ms, deadlineMs));
    if (ms > deadlineMs) throw new TimedOutError({ endpoint: 'GET' });
  }
}

describe('RunningBoards', () => {
  let clock: FakeClock;
  let api: SlowApi;
  let tracker: JobTracker;
  let health: ApiHealth;
  let boards: RunningBoards;

  beforeEach(() => {
    clock = new FakeClock();
    api = new SlowApi(clock);
    const index = new JobIndex();
    const store = new JobStore(SqliteStore.open(':memory:'));
    tracker = new JobTracker({ store, index, clock, logger: silentLogger });
    health = new ApiHealth({ pollIntervalMs: 15_000 });
    boards = new RunningBoards({ api, tracker, index, health, boards: () => ['v3'], accounts: oneAccount, clock });
  });

  it('keeps nothing of what a board listed whose account is gone', async () => {
    api.now = () => clock.now();
    let known: readonly string[] = ['v3', 'own-2s-t0/v3'];
    const index = new JobIndex();
    boards = new RunningBoards({ api, tracker, index, health, boards: () => known, accounts: oneAccount, clock });
    await boards.read({ guildId: 'g1' });
    known = ['v3'];
    await boards.read({ guildId: 'g1' });
    known = ['v3', 'own-2s-t0/v3'];
    api.isDown = true;

    const { problems } = await boards.read({ guildId: 'g1' });

    expect(problems.map(({ listedAt }) => listedAt !== undefined)).toEqual([true, false]);
  });

  describe('with two accounts', () => {
    let both: RunningBoards;

    beforeEach(() => {
      const index = new JobIndex();
      const accounts = {
        keyOf: (board: string) => (board === 'v3' ? 'useapi' : 'studio'),
        nameIn: (_guildId: string, board: string) => (board === 'v3' ? 'useapi' : 'Studio'),
        boardNameIn: (_guildId: string, board: string) => (board === 'v3' ? 'useapi v3' : 'Studio'),
      };
      both = new RunningBoards({ api, tracker, index, health, boards: () => ['v3', 'studio/mj'], accounts, clock });
      api.put(anApiJob(), anApiJob({ jobid: 'studio/1700000000000123', board: 'studio/mj' }));
    });

    it('lists one of them where it is asked for, and calls boards by their accounts', async () => {
      const all = await both.read({ guildId: 'g1' });
      const one = await both.read({ guildId: 'g1', account: 'studio' });

      expect(all.listed).toEqual(['useapi v3', 'Studio']);
      expect(all.jobs).toHaveLength(2);
      expect(one.channels.map(({ board }) => board)).toEqual(['Studio']);
      expect(one.jobs.map(({ board }) => board)).toEqual(['studio/mj']);
    });

    it('names the one that lists only what was started here', async () => {
      const list = api.listRunning.bind(api);
      api.listRunning = async (board, options) => ({ ...(await list(board, options)), isPartial: board !== 'v3' });

      expect(await both.read({ guildId: 'g1' })).toMatchObject({ isPartial: true, partialAccounts: ['Studio'] });
    });

    it('reads the jobs of one although the other, which is down, takes all the time it gets', async () => {
      const list = api.listRunning.bind(api);
      api.listRunning = async (board, options = {}) => {
        if (board === 'v3') return list(board);
        await clock.sleep(options.deadlineMs ?? 60_000);
        throw new TimedOutError({ endpoint: 'GET' });
      };
      health.noteFailure('studio/mj', clock, 'It is down.');

      const reading = both.read({ guildId: 'g1' });
      await clock.advance(10_000);
      const board = await reading;

      expect(board.jobs.map(({ isRead }) => isRead)).toEqual([true]);
      expect(board.problems).toMatchObject([{ board: 'Studio' }]);
    });
  });

  it.each([
    [0, 60_000, 4_000],
    [8_000, 60_000, 10_000],
    [9_999, 60_000, 10_000],
    [10_000, 60_000, 10_000],
    [60_000, 0, 10_000],
  ])(
    'with a list that takes %i ms and reads that take %i ms answers within %i ms',
    async (listMs, readMs, withinMs) => {
      api.put(anApiJob());
      Object.assign(api, { listMs, readMs });
      let answeredAt: number | undefined;
      const startedAt = clock.now();

      const done = boards.read({ guildId: 'g1' }).then(() => {
        answeredAt = clock.now();
      });
      await clock.advance(120_000);
      await done;

      expect((answeredAt ?? Number.NaN) - startedAt).toBe(withinMs);
    },
  );

  it('shows jobs that could not be read in time as listed', async () => {
    api.put(anApiJob());
    api.listMs = 10_000;

    const reading = boards.read({ guildId: 'g1' });
    await clock.advance(10_000);

    expect((await reading).jobs).toMatchObject([{ jobid: aJobid(), isRead: false }]);
  });

  it('does not read again what somebody else has read and is about to store', async () => {
    const stored = Promise.withResolvers<void>();
    api.put(anApiJob({ verb: 'imagine' }));
    await tracker.observeListed({ jobid: aJobid(), board: 'v3' });
    tracker.onTransition(() => stored.promise);
    const taking = tracker.observe(await api.readJob(aJobid()));
    const readsBefore = api.calls.length;

    const reading = boards.read({ guildId: 'g1' });
    await clock.advance(0);
    stored.resolve();
    await taking;

    expect((await reading).jobs).toMatchObject([{ verb: 'imagine', isRead: true }]);
    expect(api.calls.slice(readsBefore)).not.toContain('read');
  });

  it('knows the slots of a list that does not name them from the jobs in it', async () => {
    class SilentApi extends SlowApi {
      override async listRunning(board: string): Promise<RunningList> {
        const list = await super.listRunning(board);
        return { ...list, channels: list.channels.map(({ maxJobs: _, ...channel }) => channel) };
      }
    }
    const silent = new SilentApi(clock);
    silent.put(anApiJob({ board: 'v2', maxJobs: 12 }));
    boards = new RunningBoards({
      api: silent,
      tracker,
      index: new JobIndex(),
      health,
      boards: () => ['v2'],
      accounts: oneAccount,
      clock,
    });

    const reading = boards.read({ guildId: 'g1' });
    await clock.advance(0);

    expect((await reading).channels).toMatchObject([{ total: 1, maxJobs: 12 }]);
  });

  it('shows the last list while none can be had, with its age, without what has ended, for an hour', async () => {
    api.now = () => clock.now();
    api.put(anApiJob({ prompt: 'runs on' }));
    api.put(anApiJob({ jobid: aJobid(2), prompt: 'ends' }));
    const before = await boards.read({ guildId: 'g1' });
    await tracker.observe(anApiJob({ jobid: aJobid(2), status: 'completed' }));
    api.isDown = true;
    await clock.advance(60_000);

    const stale = await boards.read({ guildId: 'g1' });
    await clock.advance(3_600_000);
    const tooOld = await boards.read({ guildId: 'g1' });

    expect(before.total).toBe(2);
    expect(stale.jobs).toMatchObject([{ prompt: 'runs on' }]);
    expect(stale.channels).toHaveLength(1);
    expect(stale.problems).toMatchObject([{ board: 'v3', listedAt: before.lookedAt }]);
    expect(stale.lookedAt).toBe(before.lookedAt);
    expect(tooOld.lookedAt).toBeUndefined();
  });

  it('says since when a list cannot be had', async () => {
    api.isDown = true;
    health.noteFailure('v3', new FakeClock(clock.now() - 60_000), 'down');

    const { problems, lookedAt } = await boards.read({ guildId: 'g1' });

    expect(problems).toMatchObject([{ board: 'v3', since: clock.now() - 60_000 }]);
    expect(problems[0]?.sentence).toContain('The API has trouble');
    expect(lookedAt).toBeUndefined();
  });

  it('says no time where the polling has not failed', async () => {
    api.isDown = true;

    expect((await boards.read({ guildId: 'g1' })).problems[0]).not.toHaveProperty('since');
  });

  it('shows jobs of the wanted type alone, also where the type is known only once they are read', async () => {
    const { jobType: _, ...untyped } = anApiJob({ jobid: aJobid(3), prompt: 'a fox --video 1' });
    api.put(anApiJob({ jobid: aJobid(1) }), anApiJob({ jobid: aJobid(2), jobType: 'video' }), untyped);

    const videos = await boards.read({ guildId: 'g1', type: 'video' });
    const again = await boards.read({ guildId: 'g1', type: 'image' });

    expect(videos.jobs.map((job) => job.jobid).sort()).toEqual([aJobid(2), aJobid(3)]);
    expect(again.jobs.map((job) => job.jobid)).toEqual([aJobid(1)]);
    expect(again.total).toBe(1);
  });

  it('counts jobs of other servers and does not name them', async () => {
    const origin = { guildId: 'g2', userId: 'u1' };
    api.put(anApiJob({ jobid: aJobid(1) }), anApiJob({ jobid: aJobid(2) }), anApiJob({ jobid: aJobid(3) }));
    for (const n of [1, 2]) await tracker.observe(anApiJob({ jobid: aJobid(n) }), { origin });

    const board = await boards.read({ guildId: 'g1' });
    const theirs = await boards.read({ guildId: 'g2' });

    expect(board).toMatchObject({ hiddenCount: 2, total: 1 });
    expect(board.jobs.map((job) => job.jobid)).toEqual([aJobid(3)]);
    expect(theirs).toMatchObject({ hiddenCount: 0, total: 3 });
  });

  it('leaves out a job that is found to be of another server when it is read', async () => {
    await tracker.observe(anApiJob({ jobid: aJobid(1) }), { origin: { guildId: 'g2', userId: 'u1' } });
    api.put(anApiJob({ jobid: aJobid(2), parentJobid: aJobid(1) }));

    const board = await boards.read({ guildId: 'g1' });

    expect(board.jobs).toEqual([]);
  });

  it('shows ten jobs a page and reads no others', async () => {
    api.put(...Array.from({ length: 12 }, (_, n) => anApiJob({ jobid: aJobid(n) })));

    const last = await boards.read({ guildId: 'g1', page: 7 });

    expect(last).toMatchObject({ page: 1, pageCount: 2, total: 12 });
    expect(last.jobs).toHaveLength(2);
    expect(api.calls.filter((call) => call === 'read')).toHaveLength(2);
  });

  it('shows the others when a job cannot be read', async () => {
    api.put(anApiJob({ jobid: aJobid(1) }), anApiJob({ jobid: aJobid(2) }));
    api.unreadable.set(aJobid(1), new ServerError({ endpoint: 'GET job', status: 500 }));

    const { jobs } = await boards.read({ guildId: 'g1' });

    expect(jobs.map((job) => job.isRead).sort()).toEqual([false, true]);
  });
});
