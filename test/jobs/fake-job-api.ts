import type { ApiJob, ApiVersion, RunningList } from '../../src/backends/api-job.ts';
import { JobNotFoundError, ServerError, type UseapiError } from '../../src/backends/errors.ts';
import type { JobApi } from '../../src/jobs/job-api.ts';

/** The API in memory: jobs by id, calls counted. */
export class FakeJobApi implements JobApi {
  readonly jobs = new Map<string, ApiJob>();
  readonly calls: string[] = [];
  /** What reads of these jobs throw, whatever the list says of them. */
  readonly unreadable = new Map<string, UseapiError>();
  isDown = false;
  now: () => number = () => 0;

  put(...jobs: readonly ApiJob[]): void {
    for (const job of jobs) this.jobs.set(job.jobid, job);
  }

  set(jobid: string, over: Partial<ApiJob>): void {
    const job = this.jobs.get(jobid);
    if (job !== undefined) this.jobs.set(jobid, { ...job, ...over });
  }

  async listRunning(version: ApiVersion): Promise<RunningList> {
    this.calls.push(`list ${version}`);
    if (this.isDown) throw new ServerError({ endpoint: `GET ${version}`, status: 503 });
    const running = [...this.jobs.values()].filter(
      (job) => job.version === version && ['created', 'started', 'progress'].includes(job.status),
    );
    const apiChannel = '1234567890123456789';
    const jobs = running.map(({ jobid }) => ({ jobid, version, apiChannel }));
    const channels = jobs.length > 0 ? [{ apiChannel, total: jobs.length, maxJobs: 3, jobs }] : [];
    return { version, fetchedAt: this.now(), total: jobs.length, channels };
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

  async cancelJob(jobid: string): Promise<{ outcome: 'accepted' | 'refused' }> {
    this.calls.push('cancel');
    const job = this.jobs.get(jobid);
    if (job === undefined || job.status === 'completed') return { outcome: 'refused' };
    this.jobs.set(jobid, { ...job, status: 'failed', error: 'Job cancelled by user' });
    return { outcome: 'accepted' };
  }
}
