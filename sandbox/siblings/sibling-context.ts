import type { Logger } from '../../src/shared/logger.ts';
import { type ApiRequest, type StandInContext, sendJson } from '../midjourney/http.ts';
import type { Pictures } from '../midjourney/pictures.ts';
import type { SandboxJob, SandboxJobType } from '../midjourney/sandbox-job.ts';
import type { Batches } from './batches.ts';
import type { SiblingWorld } from './sibling-switches.ts';

/** What all routes share. */
export interface SiblingContext extends StandInContext {
  readonly world: SiblingWorld;
  readonly token: string;
  readonly pictures: Pictures;
  readonly batches: Batches;
  /** Jobs that were taken out of the list and go on all the same. */
  readonly untracked: Set<string>;
  readonly logger: Logger;
}

/** One service: how it names its jobs, and what it answers. */
export interface SiblingService {
  readonly root: string;
  /** For people. */
  readonly title: string;
  /** One of its models, which makes pictures. */
  readonly model: string;
  readonly accounts: readonly [string, ...string[]];
  toJobid(wanted: { readonly account: string; readonly jobType: SandboxJobType; readonly at: number }): string;
  toRecord(api: SiblingContext, job: SandboxJob): Record<string, unknown>;
}

/** The job in the path, of one kind; undefined where there is none. */
export function findJob(api: SiblingContext, c: ApiRequest, jobType?: SandboxJobType): SandboxJob | undefined {
  const job = api.world.find(c.req.param('id') ?? '');
  return job === undefined || job.expired || job.jobType !== (jobType ?? job.jobType) ? undefined : job;
}

/** These services put the status into the body too. */
export function sendError(c: ApiRequest, status: number, error: string, headers = {}): Response {
  return sendJson(c, status, { error, code: status }, headers);
}
