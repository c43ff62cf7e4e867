import type { ApiJob, ApiVersion, RunningList } from '../backends/api-job.ts';

export interface ReadOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions extends ReadOptions {
  readonly maxAgeMs?: number;
  readonly deadlineMs?: number;
}

/** What jobs need of the API client for reading and cancelling; every call throws `UseapiError`. */
export interface JobApi {
  /** `maxAgeMs`: an answer up to that old will do; `deadlineMs`: milliseconds for all attempts together. */
  listRunning(version: ApiVersion, options?: ListOptions): Promise<RunningList>;
  /** `deadlineMs`: milliseconds for all attempts together. */
  readJob(jobid: string, options?: ReadOptions & { readonly deadlineMs?: number }): Promise<ApiJob>;
  /** Whatever the answer, the job is to be read again: it tells what became of it. */
  cancelJob(jobid: string, options?: ReadOptions): Promise<{ readonly outcome: 'accepted' | 'refused' }>;
}
