import type { Readable } from 'node:stream';
import type { ApiJob, JobType, RunningList } from './api-job.ts';

/** `plain`: its buttons can be pressed as they are, without a prompt. */
export type Presses = 'none' | 'plain' | 'with-prompts';

/** What a backend can do. What people are offered is read from here, never from which backend it is. */
export interface Capabilities {
  /** Whether a running job can be cancelled. */
  readonly cancels: boolean;
  /** Whether an API channel that takes no jobs can be reset. */
  readonly resets: boolean;
  /** Whether its lists name jobs that were not started from here. */
  readonly namesForeignJobs: boolean;
  /** Whether its lists hold whole records, which need no read each. */
  readonly listHoldsRecords: boolean;
  readonly submits: boolean;
  /** Whether a submit may describe or blend pictures; absent: it may not. */
  readonly takesPictures?: true;
  readonly presses: Presses;
  /** Whether a record carries the `replyRef` that was sent along with its submit. */
  readonly echoesReplyRef: boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds in total, retries included. Default 10,000 for reads, 90,000 for writes. */
  readonly deadlineMs?: number;
}

export interface ReadOptions extends CallOptions {
  /** Whether a read that is under way already is not joined, because it may have begun too early. Default false. */
  readonly isFresh?: boolean;
}

export interface ListOptions extends CallOptions {
  /** Milliseconds an earlier answer may be old to be given again. Default 0: never. */
  readonly maxAgeMs?: number;
  /** Job ids that run as far as we know; called only where they are needed. Default none. */
  readonly known?: () => readonly string[];
}

export interface PaidOptions extends CallOptions {
  /** Whether "no slot is free" is thrown at once, for callers that wait on their own. Default false. */
  readonly isBusyFinal?: boolean;
  /** Comes back with the job's records where the backend echoes it; at most 1,024 characters. */
  readonly replyRef?: string;
  /** Where the backend posts the job's records as they change, at most 1,024 characters. */
  readonly replyUrl?: string;
}

/** A submit of pictures instead of words: four prompts for one, or one picture of two to five. */
export type SubmitPictures =
  | { readonly verb: 'describe'; readonly url: string }
  | {
      readonly verb: 'blend';
      readonly urls: readonly string[];
      /** Square by default. */
      readonly shape?: 'Portrait' | 'Square' | 'Landscape';
    };

export interface SubmitRequest extends PaidOptions {
  /** One of the backend's `boards`. */
  readonly board: string;
  readonly prompt: string;
  /** Where these are given, they are sent, and `prompt` is not. */
  readonly pictures?: SubmitPictures;
  /** Without it the backend chooses. */
  readonly apiChannel?: string;
}

export interface PressRequest extends PaidOptions {
  readonly jobid: string;
  /** One of the job's own `buttons`, verbatim. */
  readonly button: string;
  /** Where the button needs or takes one. */
  readonly prompt?: string;
  /** A black and white PNG in base64, where the button needs one. */
  readonly mask?: string;
  /**
   * Called with the id of the job that a second step is about to start, where the backend takes a press in two: that
   * id must be stored when the promise resolves, so that `finishPress` can go on after a crash.
   */
  readonly onSecondStep?: (jobid: string) => Promise<void>;
}

/** `existing`: the press was made before; `job` is what the answer shows of its result. */
export type PressResult =
  | { readonly outcome: 'created'; readonly job: ApiJob }
  | { readonly outcome: 'existing'; readonly jobid: string; readonly job?: ApiJob };

/** `waiting`: the second step was not taken, and was not sent now either. */
export type FinishResult = PressResult | { readonly outcome: 'waiting' };

export interface FinishRequest extends PressRequest {
  /** Whether it may only be looked whether the second step was taken. Default false: it is sent where it was not. */
  readonly isLookOnly?: boolean;
}

/** `refused`: there was nothing to cancel, or it may not be. Either way the job is to be read again. */
export interface CancelResult {
  readonly outcome: 'accepted' | 'refused';
}

/** What the text of a job id says by itself. */
export interface ParsedJobid {
  /** Which list names the job. */
  readonly board: string;
  /** Epoch milliseconds. */
  readonly createdAt?: number;
  readonly apiChannel?: string;
  readonly jobType?: JobType;
}

/** A file on its way; `stream` must be consumed or destroyed. */
export interface OpenedFile {
  readonly stream: Readable;
  /** As the header says; not to be trusted. */
  readonly contentType?: string;
  /** Bytes, as the header says. */
  readonly contentLength?: number;
}

/**
 * A server on which jobs run, under one account.
 *
 * Every failure of a call is a `BackendError`; only a call that was aborted and has changed nothing rejects with its
 * signal's reason. Reads may be retried and shared. No call that may cost money (`submit`, `press`, `finishPress`) is
 * sent again after it may have arrived.
 */
export interface Backend {
  /** Keys of its lists of running jobs; the first one takes submits. */
  readonly boards: readonly [string, ...string[]];

  /** Milliseconds by which its clock is ahead of ours, to the second; undefined while it has not said. */
  readonly clockAheadMs?: number | undefined;

  /** Whether a board is its own, be it one of `boards` or not. */
  hasBoard(board: string): boolean;

  /** What can be done with the jobs of a board, as far as it is known: it may become known with the first answer. */
  capabilities(board: string): Capabilities;

  /** What a text that a person typed means as a job id of this backend; undefined where it is none. */
  parseJobid(text: string): ParsedJobid | undefined;

  /** What runs now on one of its boards. */
  listRunning(board: string, options?: ListOptions): Promise<RunningList>;

  /** One job as it is now. @throws JobNotFoundError, JobExpiredError where it is not there */
  readJob(jobid: string, options?: ReadOptions): Promise<ApiJob>;

  /** The job that was submitted with this `replyRef`; undefined where none is found, or where it cannot be known. */
  findByReplyRef(board: string, replyRef: string, options?: CallOptions): Promise<ApiJob | undefined>;

  /** Starts a job from a prompt; costs money, at most once. @throws RejectedPromptError, BusyError, … */
  submit(request: SubmitRequest): Promise<ApiJob>;

  /** Presses one of a job's buttons; costs money, at most once. @throws RejectedPromptError, BusyError, … */
  press(request: PressRequest): Promise<PressResult>;

  /**
   * Goes on with a press whose second step had been announced: sends it where it was not taken, and else returns what
   * came of it.
   * @param jobid As given to `onSecondStep`.
   */
  finishPress(jobid: string, request: FinishRequest): Promise<FinishResult>;

  /** Cancels a job; it is to be read again afterwards, whatever the outcome. */
  cancel(jobid: string, options?: CallOptions): Promise<CancelResult>;

  /** Lets an API channel that was blocked take jobs again. @throws JobNotFoundError where there is no such channel */
  resetChannel(board: string, apiChannel: string, options?: CallOptions): Promise<void>;

  /** Whether a file of a job of this board is to be opened by `openMedia`, and not straight from its address. */
  opensMedia(board: string, url: string): boolean;

  /**
   * Opens a file of a job; the signal ends the stream too, the deadline only the wait for it.
   * @param url As in a record; never shown in errors.
   */
  openMedia(board: string, url: string, options?: CallOptions): Promise<OpenedFile>;

  /** Refuses new calls; those under way get five seconds. */
  close(): Promise<void>;
}
