import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import type { UnclaimedJob } from '../../src/jobs/job-claims.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { JobStore } from '../../src/jobs/job-store.ts';
import { JobTracker, type Transition } from '../../src/jobs/job-tracker.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';

const HOUR_MS = 3_600_000;

describe('JobTracker', () => {
  let store: SqliteStore;
  let jobs: JobStore;
  let notified: string[];
  let tracker: JobTracker;

  function aTracker(): JobTracker {
    const made = new JobTracker({ store: jobs, index: new JobIndex(), clock: new FakeClock(), logger: silentLogger });
    made.onTransition(async ({ job, event }: Transition) => void notified.push(`${job.ref} ${event}`));
    return made;
  }

  const events = () => notified.map((line) => line.split(' ')[1]);

  beforeEach(() => {
    store = SqliteStore.open(':memory:');
    jobs = new JobStore(store);
    notified = [];
    tracker = aTracker();
  });

  it('reports a start and an end once, whoever brings them again', async () => {
    await tracker.observe(anApiJob({ status: 'created' }));
    await tracker.observe(anApiJob({ status: 'progress' }));
    await tracker.observe(anApiJob({ status: 'completed' }));
    await tracker.observe(anApiJob({ status: 'completed' }));

    expect(events()).toEqual(['started', 'completed']);
  });

  it('notifies nobody of a job that is first met when it has already ended', async () => {
    await tracker.observe(anApiJob({ status: 'completed' }));
    await tracker.observe(anApiJob({ status: 'completed' }));

    expect(events()).toEqual([]);
  });

  it('reports the end of a job that was in a list and had ended before it was read', async () => {
    await tracker.observeListed({ jobid: aJobid(), board: 'v3' });
    await tracker.observe(anApiJob({ status: 'completed' }));

    expect(events()).toEqual(['completed']);
  });

  it('reports the end of a submitted job although it was over at once', async () => {
    const origin = { guildId: 'g1', userId: 'u1' };

    await tracker.observe(anApiJob({ status: 'moderated' }), { origin });

    expect(events()).toEqual(['moderated']);
  });

  it('never lets a final job run again', async () => {
    await tracker.observe(anApiJob({ status: 'progress' }));
    await tracker.observe(anApiJob({ status: 'completed' }));

    const late = await tracker.observe(anApiJob({ status: 'progress' }));
    const changed = await tracker.observe(anApiJob({ status: 'failed' }));

    expect(late.status).toBe('completed');
    expect(changed.status).toBe('completed');
    expect(events()).toEqual(['started', 'completed']);
  });

  it('reports again after a crash between reporting and storing', async () => {
    await tracker.observe(anApiJob({ status: 'progress' }));
    const crashing = aTracker();
    crashing.onTransition(() => Promise.reject(new Error('killed')));
    await expect(crashing.observe(anApiJob({ status: 'completed' }))).rejects.toThrow('killed');

    await aTracker().observe(anApiJob({ status: 'completed' }));

    expect(events()).toEqual(['started', 'completed', 'completed']);
  });

  it('reports before it stores the end', async () => {
    await tracker.observe(anApiJob({ status: 'progress' }));
    let storedWhenNotified: Job | undefined;
    tracker.onTransition(async ({ job }) => {
      storedWhenNotified = await jobs.get(job.ref);
    });

    const job = await tracker.observe(anApiJob({ status: 'completed' }));

    expect(storedWhenNotified?.status).toBe('progress');
    expect((await jobs.get(job.ref))?.status).toBe('completed');
  });

  it('knows who submitted a job that is heard of before its submit is answered', async () => {
    const asked: string[] = [];
    const originOf = async (replyRef: string) => {
      asked.push(replyRef);
      return replyRef === 'ours' ? { guildId: 'g1', userId: 'u1' } : undefined;
    };
    const knowing = new JobTracker({
      store: jobs,
      index: new JobIndex(),
      clock: new FakeClock(),
      logger: silentLogger,
      claims: { load: async () => undefined, originOf, mayHaveMade: () => false, noteEcho: () => undefined },
    });

    await knowing.observeListed({ jobid: aJobid(1), board: 'v3' });
    const ours = await knowing.observe(anApiJob({ jobid: aJobid(1), replyRef: 'ours' }));
    await knowing.observe(anApiJob({ jobid: aJobid(1), replyRef: 'ours', content: 'more' }));
    const other = await knowing.observe(anApiJob({ jobid: aJobid(2), replyRef: 'theirs' }));

    expect(ours).toMatchObject({ originGuildId: 'g1', requestedBy: 'u1' });
    expect(other).not.toHaveProperty('originGuildId');
    expect(asked).toEqual(['ours', 'theirs']);
  });

  describe('while a submission waits for its answer', () => {
    let isAnswered: boolean;
    let isEchoed: boolean;
    let waiting: JobTracker;

    function aWaitingTracker(): JobTracker {
      const claims = {
        load: async () => undefined,
        originOf: async () => undefined,
        mayHaveMade: ({ isRead = false }: UnclaimedJob) => !isAnswered && !(isRead && isEchoed),
        noteEcho: () => undefined,
      };
      const made = new JobTracker({
        store: jobs,
        index: new JobIndex(),
        clock: new FakeClock(),
        logger: silentLogger,
        claims,
      });
      made.onTransition(async ({ job, event }) => void notified.push(`${job.ref} ${event}`));
      return made;
    }

    beforeEach(() => {
      isAnswered = false;
      isEchoed = false;
      waiting = aWaitingTracker();
    });

    it('reports the end of a listed job whose record names another submission', async () => {
      await waiting.observeListed({ jobid: aJobid(), board: 'v3' });
      await waiting.observe(anApiJob({ status: 'failed', replyRef: 'theirs' }));

      expect(events()).toEqual(['failed']);
    });

    it('reports the end of a listed job that is read after the answer has come', async () => {
      await waiting.observeListed({ jobid: aJobid(), board: 'v3' });
      isAnswered = true;
      await waiting.observe(anApiJob({ status: 'completed' }));
      await waiting.decide();

      expect(events()).toEqual(['completed']);
    });

    it('reports the end of a listed job that is read after a restart', async () => {
      await waiting.observeListed({ jobid: aJobid(), board: 'v3' });
      const restarted = aWaitingTracker();
      await restarted.restore();
      isAnswered = true;
      await restarted.observe(anApiJob({ status: 'completed' }));

      expect(events()).toEqual(['completed']);
      expect(restarted.liveJobs()).toEqual([]);
    });

    it('reads a job again that was read without a reference before it was known that ours have one', async () => {
      await waiting.observeListed({ jobid: aJobid(), board: 'v3' });
      await waiting.observe(anApiJob({ status: 'completed' }));
      isEchoed = true;
      await waiting.decide();
      expect(waiting.isLive(aJobid())).toBe(true);
      await waiting.observe(anApiJob({ status: 'completed' }));

      expect(events()).toEqual(['completed']);
    });

    it('reports the end of a listed job that was over before the answer came', async () => {
      await waiting.observeListed({ jobid: aJobid(), board: 'v3' });
      await waiting.observe(anApiJob({ status: 'completed' }));
      isAnswered = true;
      await waiting.decide();
      await waiting.observe(anApiJob({ status: 'completed' }));

      expect(events()).toEqual(['completed']);
    });
  });

  it('takes two reports at the same time one after the other', async () => {
    await tracker.observe(anApiJob({ status: 'progress' }));

    await Promise.all([
      tracker.observe(anApiJob({ status: 'completed' })),
      tracker.observe(anApiJob({ status: 'completed' })),
    ]);

    expect(events()).toEqual(['started', 'completed']);
  });

  it('finds a job as the record has it that is being taken in', async () => {
    const taking = tracker.observe(anApiJob({ status: 'completed' }));

    expect(await tracker.find(aJobid())).toMatchObject({ status: 'completed' });
    expect(await tracker.find(aJobid(2))).toBeUndefined();
    await taking;
  });

  it('gives a job to the server of its parent', async () => {
    await tracker.observe(anApiJob({ jobid: aJobid(1) }), { origin: { guildId: 'g1', userId: 'u1' } });

    const child = await tracker.observe(anApiJob({ jobid: aJobid(2), parentJobid: aJobid(1) }));

    expect(child.originGuildId).toBe('g1');
  });

  it('ends a job that is gone without reporting a result', async () => {
    await tracker.observe(anApiJob());

    const gone = await tracker.observeGone(aJobid());

    expect(gone?.goneAt).toBeDefined();
    expect(events()).toEqual(['started']);
    expect(tracker.liveJobs()).toEqual([]);
  });

  it('says once that a job has been silent for too long', async () => {
    await tracker.observe(anApiJob());

    const lost: string[] = [];
    const notify = async (job: Job) => void lost.push(job.ref);

    expect(await tracker.observeSilence(aJobid(), notify)).toBe(true);
    expect(await tracker.observeSilence(aJobid(), notify)).toBe(false);
    expect(lost).toHaveLength(1);
  });

  it('counts an unknown status as running', async () => {
    const job = await tracker.observe(anApiJob({ status: 'pondering' }));

    expect(job.status).toBe('pondering');
    expect(tracker.liveJobs().map((live) => live.ref)).toEqual([job.ref]);
  });

  it('goes on with what ran and finds what ended, after a restart', async () => {
    const running = await tracker.observe(anApiJob({ jobid: aJobid(1), prompt: 'a red fox' }));
    await tracker.observe(anApiJob({ jobid: aJobid(2), prompt: 'a blue whale' }));
    const ended = await tracker.observe(anApiJob({ jobid: aJobid(2), prompt: 'a blue whale', status: 'completed' }));

    const index = new JobIndex();
    const restarted = new JobTracker({ store: jobs, index, clock: new FakeClock(), logger: silentLogger });
    await restarted.restore();

    expect(restarted.liveJobs().map((job) => job.ref)).toEqual([running.ref]);
    expect(index.search('', 'g1', 25).map((job) => job.ref)).toEqual([running.ref, ended.ref]);
    expect(index.search('WHALE blue', 'g1', 25).map((job) => job.ref)).toEqual([ended.ref]);
  });

  it('goes on with a job of which only the entry was written when the process died', async () => {
    const dying = new JobStore(store);
    dying.set = () => Promise.reject(new Error('killed'));
    const killed = new JobTracker({
      store: dying,
      index: new JobIndex(),
      clock: new FakeClock(),
      logger: silentLogger,
    });
    await expect(killed.observeListed({ jobid: aJobid(), board: 'v3' })).rejects.toThrow('killed');

    await tracker.restore();
    expect(tracker.liveJobs()).toMatchObject([{ jobid: aJobid(), board: 'v3', jobType: 'image', isRead: false }]);
    await tracker.observe(anApiJob({ status: 'completed' }));

    expect(events()).toEqual(['completed']);
  });

  it('keeps no entry of a job that is over', async () => {
    await tracker.observe(anApiJob({ jobid: aJobid(1) }));
    await tracker.observe(anApiJob({ jobid: aJobid(2) }));
    await tracker.observe(anApiJob({ jobid: aJobid(1), status: 'completed' }));
    await tracker.observeGone(aJobid(2));

    expect(await Array.fromAsync(jobs.running())).toEqual([]);
  });

  it('reports the end of a job that was taken for gone', async () => {
    await tracker.observe(anApiJob());
    await tracker.observeGone(aJobid());

    await tracker.observe(anApiJob({ status: 'failed' }));
    await tracker.observe(anApiJob({ status: 'failed' }));

    expect(events()).toEqual(['started', 'failed']);
  });

  it('takes back that a job is gone when a record comes after all, and reports its end once', async () => {
    await tracker.observe(anApiJob());
    await tracker.observeGone(aJobid());

    const back = await tracker.observe(anApiJob());
    expect(back.goneAt).toBeUndefined();
    expect(await Array.fromAsync(jobs.running())).toHaveLength(1);
    await tracker.observe(anApiJob({ status: 'completed' }));
    await tracker.observeGone(aJobid());
    const last = await tracker.observe(anApiJob({ status: 'completed' }));

    expect(last).not.toHaveProperty('goneAt');
    expect(events()).toEqual(['started', 'completed']);
  });

  it('writes nothing for an hour where a job is only seen again, and knows when it was', async () => {
    const clock = new FakeClock();
    const counting = new JobStore(store);
    let writes = 0;
    counting.set = async (job) => {
      writes += 1;
      return jobs.set(job);
    };
    const seeing = new JobTracker({ store: counting, index: new JobIndex(), clock, logger: silentLogger });
    await seeing.observe(anApiJob({ status: 'completed' }));

    await clock.advance(1_000);
    const again = await seeing.observe(anApiJob({ status: 'completed' }));

    expect(writes).toBe(1);
    expect(again.observedAt).toBe(clock.now());
    expect((await seeing.find(aJobid()))?.observedAt).toBe(clock.now());

    await seeing.observe(
      anApiJob({ status: 'completed', attachments: [{ url: 'https://cdn.discordapp.com/new.png' }] }),
    );
    expect(writes).toBe(2);

    await clock.advance(HOUR_MS);
    await seeing.observe(anApiJob({ status: 'completed' }));
    expect((await jobs.get(again.ref))?.observedAt).toBe(clock.now());
  });

  it('keeps what a later record leaves out', async () => {
    await tracker.observe(anApiJob({ verb: 'imagine', prompt: 'a fox' }));
    const { prompt: _, ...young } = anApiJob({ status: 'completed' });

    const job = await tracker.observe(young);

    expect(job.prompt).toBe('a fox');
  });
});
