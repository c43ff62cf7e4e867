import type { ApiJob } from '../backends/api-job.ts';
import type { Backend } from '../backends/contract.ts';

/** What jobs need of a backend for reading and cancelling. */
export type JobApi = Pick<Backend, 'listRunning' | 'readJob' | 'cancel'>;

/** Reads a job because a member of a server asked. Rejects with a `BackendError`. */
export type GuildRead = (guildId: string, jobid: string, options: { readonly deadlineMs: number }) => Promise<ApiJob>;
