import {
  AccountBlockedError,
  BackendError,
  JobExpiredError,
  JobNotFoundError,
  TimedOutError,
} from '../backends/backend-errors.ts';
import { AppError } from '../shared/errors.ts';
import { mediaWords } from './words.ts';

export interface MediaProblemFacts {
  readonly isPassing?: boolean;
  readonly status?: number;
}

/** Why one file cannot be had; `reason` is a sentence part for people, without any address. */
export class MediaProblem extends AppError {
  readonly reason: string;
  /** Whether another try may help. */
  readonly isPassing: boolean;
  /** What a file's server answered. */
  readonly status: number | undefined;

  constructor(code: string, reason: string, { isPassing = false, status }: MediaProblemFacts = {}) {
    super(code, reason);
    this.reason = reason;
    this.isPassing = isPassing;
    this.status = status;
  }
}

/** @param size Bytes. @param limit Bytes the file may have here. */
export function tooLarge(size: number, limit?: number): MediaProblem {
  return new MediaProblem('media-too-large', mediaWords.tooLarge(size, limit));
}

/** What anything thrown while a file is fetched means to people. */
export function toReason(thrown: unknown): string {
  if (thrown instanceof MediaProblem) return thrown.reason;
  if (thrown instanceof TimedOutError) return mediaWords.tookTooLong;
  if (thrown instanceof JobNotFoundError || thrown instanceof JobExpiredError) return mediaWords.gone;
  if (thrown instanceof AccountBlockedError) return mediaWords.accountBlocked;
  if (thrown instanceof BackendError && thrown.status !== undefined) return mediaWords.apiTrouble;
  if (thrown instanceof BackendError) return mediaWords.apiUnreachable;
  return isDiskError(thrown) ? mediaWords.diskTrouble : mediaWords.notLoaded;
}

/** The HTTP status that kept a file away, which operators read in the log and people in no sentence. */
export function toStatus(thrown: unknown): number | undefined {
  return thrown instanceof MediaProblem || thrown instanceof BackendError ? thrown.status : undefined;
}

function isDiskError(thrown: unknown): boolean {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EACCES' || code === 'EMFILE';
}
