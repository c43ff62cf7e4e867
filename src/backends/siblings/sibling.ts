import type { ApiJob, JobType } from '../api-job.ts';
import type { Capabilities } from '../contract.ts';
import type { SchedulerList } from './scheduler-lists.ts';
import type { ParseSiblingId } from './sibling-ids.ts';

/** What a submit says, as far as all siblings have it. */
export interface SubmitFields {
  readonly prompt: string;
  readonly model: string | undefined;
  readonly account: string | undefined;
  /** `16:9`, as the prompt asked for it. */
  readonly ratio: string | undefined;
  readonly replyUrl: string | undefined;
  readonly replyRef: string | undefined;
}

/** A record as its schema reads it: everything but what the id tells. */
export type SiblingRecord = Omit<
  ApiJob,
  'jobid' | 'board' | 'apiChannel' | 'jobType' | 'verb' | 'buttons' | 'children'
>;

/**
 * One service of useapi.net beside Midjourney: how it names, lists, reads and starts jobs. All of them have host,
 * token, errors and `replyRef` in common.
 */
export interface Sibling {
  /** Name of its one board. */
  readonly board: string;
  /** Before every path: `/v1/minimax`. */
  readonly root: string;
  readonly capabilities: Capabilities;
  /** Behind the root. */
  readonly paths: {
    readonly list: string;
    readonly records: Readonly<Record<JobType, string>>;
    readonly submits: Readonly<Record<JobType, string>>;
    /** Of a DELETE that ends a job; none where there is no such call. */
    readonly cancel?: string;
  };
  /** What its models are called that make videos. */
  readonly videoModels: RegExp;
  /** What the limits of its list count; none where it tells none. */
  readonly limits?: 'maxJobs' | 'maxVideoJobs';
  /** Whether a submit must name an account where there are several. */
  readonly asksForAccount: boolean;
  /** Domains on which its files lie, with all their subdomains; https only. */
  readonly mediaDomains: readonly string[];
  readonly parseId: ParseSiblingId;
  /** Undefined where the body is no list. */
  parseList(body: unknown, nowMs: number): SchedulerList | undefined;
  /** Undefined where the body is no record of this job. */
  parseRecord(body: unknown, jobid: string): SiblingRecord | undefined;
  toSubmitBody(fields: SubmitFields): object;
  /** The ids of the jobs that a submit has made, in the service's order; none where the body names none. */
  parseSubmitted(body: unknown): readonly string[];
}
