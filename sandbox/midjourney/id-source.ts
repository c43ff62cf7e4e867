import { createHash } from 'node:crypto';
import type { SandboxJobType, SandboxVersion } from './sandbox-job.ts';

const USER = '12345';
const DISCORD_EPOCH = 1_420_070_400_000n;

/** `YYYYMMDDHHmmssSSS` in UTC. */
function toDigits(at: number): string {
  return new Date(at).toISOString().replace(/\D/g, '');
}

/** `job:YYYYMMDDHHmmssSSS-user:N-channel:SNOWFLAKE-bot:midjourney`. */
function toV2JobId(at: number, apiChannel: string): string {
  return `job:${toDigits(at)}-user:${USER}-channel:${apiChannel}-bot:midjourney`;
}

/**
 * `jMMDDHHmmssSSS` + six digits + `i`, `v` or nothing + `-uN-cSNOWFLAKE-bot:midjourney`; `serial` makes the six digits.
 */
function toV3JobId(at: number, apiChannel: string, jobType: SandboxJobType | undefined, serial: number): string {
  const tail = String((serial * 48_271 + 123_457) % 1_000_000).padStart(6, '0');
  const mark = jobType === undefined ? '' : jobType.charAt(0);
  return `j${toDigits(at).slice(4)}${tail}${mark}-u${USER}-c${apiChannel}-bot:midjourney`;
}

export interface IdParts {
  readonly version: SandboxVersion;
  readonly apiChannel: string;
  readonly jobType?: SandboxJobType;
  readonly at: number;
}

/** Hands out job ids and message ids that are never the same twice in one world. */
export class IdSource {
  #serial = 0;

  /** A job id that `isTaken` does not know; a v2 id that is taken moves on by a millisecond. */
  jobId(wanted: IdParts, isTaken: (jobid: string) => boolean): string {
    for (let at = wanted.at; ; at += 1) {
      const jobid = this.#candidate({ ...wanted, at });
      if (!isTaken(jobid)) return jobid;
    }
  }

  /** A Discord snowflake for a message sent at `at`. */
  messageId(at: number): string {
    this.#serial += 1;
    const sinceEpoch = BigInt(Math.max(0, Math.trunc(at))) - DISCORD_EPOCH;
    return String(((sinceEpoch > 0n ? sinceEpoch : 0n) << 22n) | BigInt(this.#serial % 4_194_304));
  }

  #candidate(wanted: IdParts): string {
    if (wanted.version === 'v2') return toV2JobId(wanted.at, wanted.apiChannel);
    this.#serial += 1;
    return toV3JobId(wanted.at, wanted.apiChannel, wanted.jobType, this.#serial);
  }
}

/** The GUID that stands in media addresses of a job; the same job has the same one over restarts. */
export function toGuid(jobid: string): string {
  const hex = createHash('sha1').update(jobid).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
