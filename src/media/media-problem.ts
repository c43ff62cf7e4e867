import {
  AccountBlockedError,
  JobExpiredError,
  JobNotFoundError,
  TimedOutError,
  UseapiError,
} from '../backends/errors.ts';
import { AppError } from '../shared/errors.ts';
import { formatBytes } from '../shared/text.ts';

/** Why one file cannot be had; `reason` is a sentence part for people, without any address. */
export class MediaProblem extends AppError {
  readonly reason: string;
  /** Whether another try may help. */
  readonly isPassing: boolean;

  constructor(code: string, reason: string, isPassing = false) {
    super(code, reason);
    this.reason = reason;
    this.isPassing = isPassing;
  }
}

/** @param size Bytes. @param limit Bytes the file may have here. */
export function tooLarge(size: number, limit?: number): MediaProblem {
  const here = limit === undefined ? '' : `; the limit here is ${formatBytes(limit)}`;
  return new MediaProblem('media-too-large', `too large (${formatBytes(size)}${here})`);
}

/** What anything thrown while a file is fetched means to people. */
export function toReason(thrown: unknown): string {
  if (thrown instanceof MediaProblem) return thrown.reason;
  if (thrown instanceof TimedOutError) return 'it took too long to fetch';
  if (thrown instanceof JobNotFoundError || thrown instanceof JobExpiredError) return 'it is not there any more';
  if (thrown instanceof AccountBlockedError) return 'the API cannot fetch it until its account is reset';
  if (thrown instanceof UseapiError && thrown.status !== undefined) return `the API answered ${thrown.status}`;
  if (thrown instanceof UseapiError) return 'the API could not be reached';
  return isDiskError(thrown) ? 'it could not be kept on disk' : 'it could not be fetched';
}

function isDiskError(thrown: unknown): boolean {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EACCES' || code === 'EMFILE';
}
