import { compact } from '../../shared/compact.ts';
import type { ApiJob } from '../api-job.ts';
import {
  AccountBlockedError,
  type BackendError,
  type BackendErrorFacts,
  BusyError,
  ConflictError,
  ContentTypeError,
  CreditsError,
  EmptyBodyError,
  InvalidJsonError,
  InvalidRequestError,
  JobExpiredError,
  JobNotFoundError,
  MayBeRunningError,
  RateLimitedError,
  RedirectError,
  RejectedPromptError,
  type Rejection,
  ServerError,
  SubscriptionError,
  UnauthorizedError,
  UnexpectedStatusError,
} from '../backend-errors.ts';

/** One complete HTTP answer, body unread. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** Whose answer it is. */
export interface AnswerContext {
  readonly endpoint: string;
  /** Whether the call changes something at the API. */
  readonly isWrite: boolean;
  /** Whether the call starts a job. */
  readonly takesSlot?: boolean;
  /** Reads the job that the body of a 422 may hold. */
  readonly readRejectedJob?: (body: unknown, nowMs: number) => ApiJob | undefined;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

const MAX_RETRY_AFTER_MS = 86_400_000;
const SIMPLE = new Map<number, new (facts: BackendErrorFacts) => BackendError>([
  [400, InvalidRequestError],
  [401, UnauthorizedError],
  [402, SubscriptionError],
  [404, JobNotFoundError],
  [409, ConflictError],
  [410, JobExpiredError],
  [412, CreditsError],
  [504, MayBeRunningError],
  [596, AccountBlockedError],
]);

/** The error that an answer outside 2xx stands for; the status alone decides, the body only adds. */
export function toStatusError(answer: RawAnswer, context: AnswerContext): BackendError {
  const { status } = answer;
  const facts = toFacts(answer, context);
  if (status === 422) return new RejectedPromptError(facts, rejectionOf(answer, context));
  if (status === 429)
    return context.takesSlot === true ? new BusyError(facts, executingJobsOf(answer)) : new RateLimitedError(facts);
  const Simple = SIMPLE.get(status);
  if (Simple !== undefined) return new Simple(facts);
  if (status >= 300 && status < 400) return new RedirectError(facts);
  return status >= 500 && status < 600 ? new ServerError(facts) : new UnexpectedStatusError(facts);
}

/** Types under which servers send JSON that they do not know to be it. */
const PLAIN = /^(text\/plain|application\/octet-stream)\b/;

/** Reads a success's body as JSON. @throws EmptyBodyError, ContentTypeError, InvalidJsonError */
export function readJson(answer: RawAnswer, context: AnswerContext): unknown {
  if (answer.text.trim() === '') throw new EmptyBodyError(toFacts(answer, context));
  const type = headerOf(answer, 'content-type')?.toLowerCase() ?? 'application/json';
  const isJson = /^[^;]*\bjson\b/.test(type);
  const json = isJson || PLAIN.test(type) ? tryJson(answer.text) : undefined;
  if (json === undefined) throw new (isJson ? InvalidJsonError : ContentTypeError)(toFacts(answer, context));
  return json;
}

/** The body as JSON whatever its type says, every text in it well formed; undefined where it is none. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/u, ''), SURROGATE_ESCAPE.test(text) ? toWellFormed : undefined);
  } catch {
    return undefined;
  }
}

/** Only an escape can bring half a character: what comes as bytes is well formed when it is decoded. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

function toWellFormed(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner]));
}

/** What an error about this answer may say. */
export function toFacts(answer: RawAnswer, context: AnswerContext): BackendErrorFacts {
  const retryAfterMs = retryAfterOf(answer, context.nowMs);
  return {
    endpoint: context.endpoint,
    status: answer.status,
    mayHaveWritten: context.isWrite && mayHaveWritten(answer.status),
    ...compact({ retryAfterMs }),
  };
}

/**
 * 3xx and 4xx are refusals; anything else (a success that cannot be read, 5xx, 596, an unknown status) may hide a
 * write.
 */
function mayHaveWritten(status: number): boolean {
  return status === 408 || status < 300 || status >= 500;
}

function rejectionOf(answer: RawAnswer, context: AnswerContext): Rejection {
  const job = context.readRejectedJob?.(tryJson(answer.text), context.nowMs);
  return { job, error: textOf(answer, 'error'), errorDetails: textOf(answer, 'errorDetails') };
}

function textOf(answer: RawAnswer, name: string): string | undefined {
  const value = fieldOf(answer, name);
  return typeof value === 'string' ? value : undefined;
}

function executingJobsOf(answer: RawAnswer): string[] {
  const jobs = fieldOf(answer, 'executingJobs');
  if (!Array.isArray(jobs)) return [];
  return jobs
    .map((job: unknown) => (typeof job === 'object' && job !== null && 'jobid' in job ? job.jobid : job))
    .filter((job) => typeof job === 'string');
}

function fieldOf(answer: RawAnswer, name: string): unknown {
  const body = tryJson(answer.text);
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}

/** `Retry-After` in seconds or as a date, else the body's `retryAfter` in seconds. */
function retryAfterOf(answer: RawAnswer, nowMs: number): number | undefined {
  const waitMs = toWaitMs(headerOf(answer, 'retry-after'), nowMs) ?? toWaitMs(fieldOf(answer, 'retryAfter'), nowMs);
  return waitMs === undefined ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, waitMs));
}

function toWaitMs(value: unknown, nowMs: number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value * 1000 : undefined;
  if (typeof value !== 'string') return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const at = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at - nowMs;
}

export function headerOf(answer: Pick<RawAnswer, 'headers'>, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
