import type { Job } from '../../jobs/job.ts';

/** What a server's moderators hold back; answered from memory. */
export interface HeldJobs {
  /** Whether nothing of the job's result may be shown in this server. */
  isHeld(guildId: string, ref: string): boolean;
  /** The job as this server's channels may be shown it. */
  conceal(guildId: string, job: Job): Job;
}

export const NOTHING_HELD: HeldJobs = { isHeld: () => false, conceal: (_guildId, job) => job };
