import { compact } from '../../shared/compact.ts';
import type { ApiJob } from '../api-job.ts';
import type { Sibling, SiblingRecord } from './sibling.ts';
import type { SiblingId } from './sibling-ids.ts';

/** A record as a job. @param apiChannel What people may read of the account. */
export function toJob(jobid: string, id: SiblingId, record: SiblingRecord, apiChannel: string): ApiJob {
  const { board, jobType } = id;
  const createdAt = record.createdAt ?? id.createdAt;
  const job = { ...record, jobid, board, jobType, apiChannel, verb: 'imagine', buttons: [], children: [] };
  return { ...job, ...compact({ createdAt }) };
}

/** What is known of jobs that a submit has just made. */
export interface NewJobs {
  readonly prompt: string;
  readonly replyRef?: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly toLabel: (account: string) => string;
}

/** The first of the jobs that a submit has made, with the others as its batchmates; undefined where it names none. */
export function toNewJobs(
  sibling: Sibling,
  jobids: readonly string[],
  { prompt, replyRef, nowMs, toLabel }: NewJobs,
): ApiJob | undefined {
  const [jobid = '', ...batchmates] = jobids;
  const id = sibling.parseId(jobid, nowMs);
  if (id === undefined) return undefined;
  const nothing = { attachments: [], imageUx: [], videoUx: [], embeds: [] };
  const record = { status: 'created', prompt, createdAt: id.createdAt ?? nowMs, ...nothing, ...compact({ replyRef }) };
  const job = toJob(jobid, id, record, toLabel(id.account));
  return batchmates.length === 0 ? job : { ...job, batchmates };
}
