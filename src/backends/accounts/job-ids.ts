import type { ApiJob, RunningList } from '../api-job.ts';
import type { ParsedJobid } from '../contract.ts';
import { parseTaskId } from '../mj/jobid.ts';
import { parseSiblingId } from '../siblings/sibling-ids.ts';
import { parseJobid as parseUseapiJobid, versionOf } from '../useapi/job-id.ts';

const QUALIFIED = /^([a-z0-9][a-z0-9-]{0,23})\/(.+)$/;

/** An id or board apart from its account; none for the accounts that the variables name. */
export interface Unqualified {
  readonly accountId?: string;
  readonly text: string;
}

export function unqualify(text: string): Unqualified {
  if (!text.includes('/')) return { text };
  const [, accountId, local] = QUALIFIED.exec(text) ?? [];
  return accountId === undefined || local === undefined ? { text } : { accountId, text: local };
}

/** @param accountId None for the accounts that the variables name: their ids and boards stand alone. */
export function qualify(accountId: string | undefined, text: string): string {
  return accountId === undefined ? text : `${accountId}/${text}`;
}

/** Whether two ids or boards name the same account; those of the variables are one here. */
export function isSameAccount(one: string, other: string): boolean {
  return unqualify(one).accountId === unqualify(other).accountId;
}

/**
 * Reads a job id of any backend, with its account before it where it has one.
 * @param nowMs Epoch milliseconds, to date ids that have no year.
 */
export function parseJobid(text: string, nowMs?: number): ParsedJobid | undefined {
  const { accountId, text: local } = unqualify(text);
  const parsed = parseLocal(local, nowMs);
  return parsed && { ...parsed, board: qualify(accountId, parsed.board) };
}

function parseLocal(text: string, nowMs: number | undefined): ParsedJobid | undefined {
  const useapi = parseUseapiJobid(text, nowMs);
  if (useapi === undefined) return parseTaskId(text, nowMs ?? Number.POSITIVE_INFINITY) ?? parseSiblingId(text, nowMs);
  const { version: board, stamp: _, user: __, bot: ___, ...rest } = useapi;
  return { board, ...rest };
}

/** The board that lists a job, also for ids whose later parts are of an unknown form. */
export function boardOf(jobid: string): string | undefined {
  const { accountId, text } = unqualify(jobid);
  // A sibling's id may begin like one of useapi's own.
  const board = parseSiblingId(text)?.board ?? versionOf(text) ?? parseLocal(text, undefined)?.board;
  return board === undefined ? undefined : qualify(accountId, board);
}

/** A record with its account before every id. */
export function qualifyJob(accountId: string | undefined, job: ApiJob): ApiJob {
  if (accountId === undefined) return job;
  const { parentJobid, children, batchmates, ...rest } = job;
  return {
    ...rest,
    ...(batchmates !== undefined && { batchmates: batchmates.map((jobid) => qualify(accountId, jobid)) }),
    jobid: qualify(accountId, job.jobid),
    board: qualify(accountId, job.board),
    ...(parentJobid !== undefined && { parentJobid: qualify(accountId, parentJobid) }),
    children: children.map(({ jobid, ...child }) =>
      jobid === undefined ? child : { ...child, jobid: qualify(accountId, jobid) },
    ),
  };
}

/** A list with its account before every id. */
export function qualifyList(accountId: string | undefined, list: RunningList): RunningList {
  if (accountId === undefined) return list;
  const toQualified = <T extends { readonly jobid: string; readonly board: string }>(item: T): T => ({
    ...item,
    jobid: qualify(accountId, item.jobid),
    board: qualify(accountId, item.board),
  });
  return {
    ...list,
    board: qualify(accountId, list.board),
    channels: list.channels.map((channel) => ({ ...channel, jobs: channel.jobs.map(toQualified) })),
    ...(list.records !== undefined && { records: list.records.map((record) => qualifyJob(accountId, record)) }),
  };
}
