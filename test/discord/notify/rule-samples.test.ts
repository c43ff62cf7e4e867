import { describe, expect, it } from 'vitest';
import { RuleSamples } from '../../../src/discord/notify/rule-samples.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { JobIndex } from '../../../src/jobs/job-index.ts';
import { aJob, aJobid } from '../../builders.ts';
import { aRuleInput } from '../../notifications/notification-world.ts';

const rule = { ...aRuleInput(), number: 1, guildId: 'g1', createdAt: 0 };

/** Posts a sample where these jobs are known; answers the ref of the one that it shows. */
async function sampleOf(jobs: readonly Job[], hidden?: string): Promise<string | undefined> {
  const index = new JobIndex();
  for (const job of jobs) index.note(job);
  let shown: string | undefined;
  const samples = new RuleSamples({
    index,
    jobs: { get: async (ref) => jobs.find((job) => job.ref === ref) },
    gate: { concealmentOf: ({ ref }) => (ref === hidden ? 'awaiting' : undefined) },
    samples: {
      async post(_rule, job) {
        shown = job.ref;
        return { outcome: 'posted', link: 'https://discord.com/channels/1/2/3' };
      },
    },
  });
  await samples.post(rule);
  return shown;
}

const aRunning = (n: number) => aJob({ jobid: aJobid(n), status: 'progress' });
const anEnded = (n: number) => aJob({ jobid: aJobid(n), status: 'completed' });

describe('RuleSamples', () => {
  it('shows the last job that ended, however many run', async () => {
    const running = Array.from({ length: 60 }, (_, n) => aRunning(n + 10));
    const last = anEnded(2);

    expect(await sampleOf([anEnded(1), last, ...running])).toBe(last.ref);
  });

  it('shows one that runs where none has ended, and none that is hidden', async () => {
    const [older, newer] = [anEnded(1), anEnded(2)];

    expect(await sampleOf([older, newer], newer.ref)).toBe(older.ref);
    expect(await sampleOf([aRunning(3), newer], newer.ref)).toBe(aRunning(3).ref);
    await expect(sampleOf([newer], newer.ref)).rejects.toThrow('no job to show');
  });
});
