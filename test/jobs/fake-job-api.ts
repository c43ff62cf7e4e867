import type { ApiJob, RunningList } from '../../src/backends/api-job.ts';
import { type BackendError, JobNotFoundError, ServerError } from '../../src/backends/backend-errors.ts';
import type { JobApi } from '../../src/jobs/job-api.ts';

/** The API in memory: jobs by id, calls counted. */
export class FakeJobApi implements JobApi {
  readonly jobs = new Map<string, ApiJob>();
  readonly calls: string[] = [];
  /** What reads of these jobs throw, whatever the list says of them. */
  readonly unreadable = new Map<string, BackendError>();
  isDown = false;
  now: () => number = () => 0;

  put(...jobs: readonly ApiJob[]): void {
    for (const job of jobs) this.jobs.set(job.jobid, job);
  }

  set(jobid: string, over: Partial<ApiJob>): void {
    const job = this.jobs.get(jobid);
    if (job !== undefined) this.jobs.set(jobid, { ...job, ...over });
  }

  async listRunning(board: string): Promise<RunningList> {
    this.calls.push(`list ${board}`);
    if (this.isDown) throw new ServerError({ endpoint: `GET ${board}`, status: 503 });
    const running = [...this.jobs.values()].filter(
      (job) => job.board === board && ['created', 'started', 'progress'].includes(job.status),
    );
    const apiChannel = '1234567890123456789';
    const jobs = running.map(({ jobid }) => ({ jobid, board, apiChannel }));
    const channels = jobs.length > 0 ? [{ apiChannel, total: jobs.length, maxJobs: 3, jobs }] : [];
    return { board, fetchedAt: this.now(), total: jobs.length, channels };
  }

  async readJob(jobid: string): Promise<ApiJob> {
    this.calls.push('read');
    if (this.isDown) throw new ServerError({ endpoint: 'GET job', status: 503 });
    const trouble = this.unreadable.get(jobid);
    if (trouble !== undefined) throw trouble;
    const job = this.jobs.get(jobid);
    if (job === undefined) throw new JobNotFoundError({ endpoint: 'GET job', status: 404 });
    return job;
  }

  async cancel(jobid: string): Promise<{ outcome: 'accepted' | 'refused' }> {
    this.calls.push('cancel');
    const job = this.jobs.get(jobid);
    if (job === undefined || job.status === 'completed') return { outcome: 'refused' };
    this.jobs.set(jobid, { ...job, status: 'failed', error: 'Job cancelled by user' });
    return { outcome: 'accepted' };
  }
}
