import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import type { RunningChannel, RunningJob, RunningList } from '../api-job.ts';
import { type ApiVersion, parseJobid, versionOf } from './job-id.ts';

/** A list, and how many of its items could not be read. */
export interface ParsedList {
  readonly list: RunningList;
  readonly skipped: number;
}

type SaidOfJob = Pick<RunningJob, 'jobid' | 'board'> & {
  readonly [K in 'apiChannel' | 'jobType' | 'createdAt']: RunningJob[K] | undefined;
};

/** What a list says of a job, not looked at yet. */
type WireItem = { readonly [K in 'jobId' | 'jobid' | 'channel' | 'jobType' | 'created']?: unknown };

const number = z.number().optional().catch(undefined);
/** Not copied: each item is looked at by itself. */
const anyArray = z.custom<readonly unknown[]>(Array.isArray).catch([]);

const Channel = z.object({
  total: number,
  images: number,
  videos: number,
  maxJobs: number,
  maxImageJobs: number,
  maxVideoJobs: number,
  jobs: anyArray,
});
/** `channels` decides: without it nothing says that nothing runs. An idle account may send none, or an empty array. */
const WireListV3 = z
  .object({
    total: number,
    images: number,
    videos: number,
    channels: z.union([z.record(z.string(), z.unknown()), z.tuple([])]).optional(),
  })
  .refine((list) => list.channels !== undefined || list.total === 0);
const WireListV2 = z.custom<readonly unknown[]>(Array.isArray);

/** Reads what one version says is running; undefined where the body is no list. Bad items are skipped and counted. */
export function parseRunningList(version: ApiVersion, body: unknown, fetchedAt: number): ParsedList | undefined {
  return version === 'v2' ? parseV2(body, fetchedAt) : parseV3(body, fetchedAt);
}

function parseV2(body: unknown, fetchedAt: number): ParsedList | undefined {
  const wire = WireListV2.safeParse(body).data;
  if (wire === undefined) return undefined;
  const jobs = toJobs('v2', wire, undefined, fetchedAt);
  const byChannel = Map.groupBy(jobs, (job) => job.apiChannel ?? '');
  const channels = [...byChannel].map(([apiChannel, list]) => ({ apiChannel, total: list.length, jobs: list }));
  return { list: { board: 'v2', fetchedAt, total: jobs.length, channels }, skipped: wire.length - jobs.length };
}

function parseV3(body: unknown, fetchedAt: number): ParsedList | undefined {
  const wire = WireListV3.safeParse(body).data;
  if (wire === undefined) return undefined;
  const channels: RunningChannel[] = [];
  let skipped = 0;
  for (const [apiChannel, value] of Object.entries(wire.channels ?? {})) {
    const parsed = Channel.safeParse(value).data;
    if (parsed === undefined) {
      skipped += 1;
      continue;
    }
    const jobs = toJobs('v3', parsed.jobs, apiChannel, fetchedAt);
    skipped += parsed.jobs.length - jobs.length;
    channels.push(compact({ ...parsed, apiChannel, total: parsed.total ?? jobs.length, jobs }));
  }
  const counted = channels.reduce((sum, channel) => sum + channel.total, 0);
  const list = compact({
    board: 'v3',
    fetchedAt,
    total: wire.total ?? counted,
    images: wire.images,
    videos: wire.videos,
    channels,
  });
  return { list, skipped };
}

function toJobs(
  version: ApiVersion,
  items: readonly unknown[],
  apiChannel: string | undefined,
  now: number,
): readonly RunningJob[] {
  const jobs: RunningJob[] = [];
  for (const item of items) {
    const job = toJob(version, item, apiChannel, now);
    if (job !== undefined) jobs.push(job);
  }
  return jobs;
}

/**
 * A v2 item is the bare id, a v3 item a record; either is taken for either version. Read without a schema, which would
 * copy each of the thousands of items that a list may have.
 */
function toJob(
  version: ApiVersion,
  value: unknown,
  apiChannel: string | undefined,
  now: number,
): RunningJob | undefined {
  const item = typeof value === 'string' ? { jobid: value } : toItem(value);
  const jobid = toText(item?.jobId) ?? toText(item?.jobid);
  if (item === undefined || jobid === undefined || versionOf(jobid) !== version) return undefined;
  return withGapsFilled(
    {
      jobid,
      board: version,
      apiChannel: toText(item.channel) ?? apiChannel,
      jobType: toJobType(item.jobType),
      createdAt: toTime(toText(item.created)),
    },
    now,
  );
}

function toItem(value: unknown): WireItem | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function toJobType(value: unknown): RunningJob['jobType'] | undefined {
  return value === 'image' || value === 'video' ? value : undefined;
}

/** What the list does not say is read from the id; lists are long, so that ids are not read for nothing. */
function withGapsFilled(said: SaidOfJob, now: number): RunningJob {
  const { jobid, board, apiChannel, jobType, createdAt } = said;
  if (apiChannel !== undefined && jobType !== undefined && createdAt !== undefined) {
    return { jobid, board, apiChannel, jobType, createdAt };
  }
  const id = parseJobid(jobid, now);
  return compact({
    jobid,
    board,
    apiChannel: apiChannel ?? id?.apiChannel,
    jobType: jobType ?? id?.jobType,
    createdAt: createdAt ?? id?.createdAt,
  });
}

function toTime(text = ''): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
