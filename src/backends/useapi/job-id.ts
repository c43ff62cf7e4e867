import { compact } from '../../shared/compact.ts';
import type { JobType } from '../api-job.ts';
import { toStampTime, toYearlessTime } from '../id-stamps.ts';

/** The API versions that the service speaks; each lists its own jobs. */
export type ApiVersion = 'v2' | 'v3';

/** The parts of a job id; nothing of it is lost in them. */
export interface ParsedJobid {
  readonly version: ApiVersion;
  /** The digits of the time, and in v3 six more: `20250822143812123`, `1023141520123456789`. */
  readonly stamp: string;
  /** Epoch milliseconds; none where the digits are no date. */
  readonly createdAt?: number;
  /** The account's number at useapi. */
  readonly user: string;
  readonly apiChannel: string;
  readonly jobType?: JobType;
  readonly bot: string;
}

const V2 = /^job:(?<stamp>\d{17})-user:(?<user>\d+)-channel:(?<channel>\d+)-bot:(?<bot>[\w.-]+)$/;
const V3 = /^j(?<stamp>\d{19})(?<type>[iv]?)-u(?<user>\d+)-c(?<channel>\d+)-bot:(?<bot>[\w.-]+)$/;
const MAX_LENGTH = 200;

/**
 * Reads a job id of either version.
 * @param nowMs Epoch milliseconds: v3 ids have no year and get the one nearest before now. Without it v3 ids have no
 * `createdAt`.
 */
export function parseJobid(text: string, nowMs?: number): ParsedJobid | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const v2 = V2.exec(text)?.groups;
  if (v2 !== undefined) return toParsed('v2', v2, v2Time(v2['stamp'] ?? ''));
  const v3 = V3.exec(text)?.groups;
  if (v3 === undefined) return undefined;
  return toParsed('v3', v3, nowMs === undefined ? undefined : toYearlessTime(v3['stamp'] ?? '', nowMs));
}

function toParsed(version: ApiVersion, groups: Record<string, string>, createdAt: number | undefined): ParsedJobid {
  const type = groups['type'];
  return {
    version,
    stamp: groups['stamp'] ?? '',
    ...compact({ createdAt }),
    user: groups['user'] ?? '',
    apiChannel: groups['channel'] ?? '',
    ...(type === 'i' ? { jobType: 'image' as const } : {}),
    ...(type === 'v' ? { jobType: 'video' as const } : {}),
    bot: groups['bot'] ?? '',
  };
}

/** The version that a job id belongs to, also for ids whose later parts are of an unknown form. */
export function versionOf(jobid: string): ApiVersion | undefined {
  if (jobid.length > MAX_LENGTH) return undefined;
  if (jobid.startsWith('job:')) return 'v2';
  return /^j\d/.test(jobid) ? 'v3' : undefined;
}

function v2Time(stamp: string): number | undefined {
  return toStampTime(Number(stamp.slice(0, 4)), stamp.slice(4));
}
