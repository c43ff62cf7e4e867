import type { RunningJob } from '../backends/api-job.ts';

/** Who submitted a job from Discord, and in which server. */
export interface JobOrigin {
  readonly guildId: string;
  readonly userId: string;
}

/** What our own submissions say of jobs. */
export interface JobClaims {
  /** Reads what was being sent when the process ended; before that nothing else is asked. */
  load(): Promise<void>;
  /** Who submitted the job whose records carry this `replyRef`; undefined where nobody here did. */
  originOf(replyRef: string): Promise<JobOrigin | undefined>;
  /** From memory: whether a submission of ours that has no answer yet, or lost it, may have made this job. */
  mayHaveMade(job: Pick<RunningJob, 'version' | 'apiChannel' | 'createdAt'>): boolean;
}
