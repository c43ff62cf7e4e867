import type { RunningJob } from '../backends/api-job.ts';
import type { Job } from './job.ts';

/** Who submitted a job from Discord, and in which server. */
export interface JobOrigin {
  readonly guildId: string;
  readonly userId: string;
  /** Where the job’s card is to follow it. */
  readonly channelId?: string;
}

/** A job that no reference ties to a submission, as a list or its record shows it. */
export interface UnclaimedJob extends Pick<RunningJob, 'board' | 'apiChannel' | 'createdAt'> {
  /** Whether its record was read, and not only a line of a list, which never carries a reference; default: false. */
  readonly isRead?: boolean;
}

/** What our own submissions say of jobs. */
export interface JobClaims {
  /** Reads what was being sent when the process ended; before that nothing else is asked. */
  load(): Promise<void>;
  /**
   * Who submitted the job of this board whose records carry this `replyRef`; undefined where nobody here did.
   * `elsewhere`: that was sent to another account than the server's own one of this board, which is not believed.
   */
  originOf(replyRef: string, board: string): Promise<JobOrigin | 'elsewhere' | undefined>;
  /** From memory: whether a submission of ours that has no answer yet, or lost it, may have made this job. */
  mayHaveMade(job: UnclaimedJob): boolean;
  /** Takes note that the record of a job that was submitted here was read, and carried its `replyRef`. */
  noteEcho(job: Job): void;
}
