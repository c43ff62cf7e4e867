import { compact } from '../shared/compact.ts';
import { AppError } from '../shared/errors.ts';
import type { ApiJob } from './api-job.ts';

/** What every error of the client knows; nothing here comes from a body, a header value or an address. */
export interface BackendErrorFacts {
  /** The call as `GET /v3/midjourney/jobs/{jobid}`: a template, never an id. */
  readonly endpoint: string;
  /** HTTP status as the transport saw it; none where no answer came. */
  readonly status?: number;
  /** Whether the call may have changed something at the API (made a job, spent money) although it failed. */
  readonly mayHaveWritten?: boolean;
  /** How long the API asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What broke, as a stable word: `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`. */
  readonly reason?: string;
}

/** Any failure of a call to the API; catch this one, tell causes apart by class or `code`. */
export class BackendError extends AppError {
  readonly endpoint: string;
  readonly status: number | undefined;
  readonly mayHaveWritten: boolean;
  readonly retryAfterMs: number | undefined;
  readonly reason: string | undefined;

  constructor(code: string, says: string, facts: BackendErrorFacts) {
    super(code, toSentence(says, facts));
    this.endpoint = facts.endpoint;
    this.status = facts.status;
    this.mayHaveWritten = facts.mayHaveWritten ?? false;
    this.retryAfterMs = facts.retryAfterMs;
    this.reason = facts.reason;
  }
}

function toSentence(says: string, facts: BackendErrorFacts): string {
  const status = facts.status === undefined ? '' : ` answered ${facts.status}:`;
  const reason = facts.reason === undefined ? '' : ` (${facts.reason})`;
  return `${facts.endpoint}${status} ${says}${reason}`;
}

/** The id given is of neither version; nothing was sent. */
export class InvalidJobidError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-invalid-jobid', 'was not called: this is not a job id', facts);
  }
}

/** The client was closed; nothing was sent. */
export class ClientClosedError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-client-closed', 'was not called: the client is closed', facts);
  }
}

/** The account that a server had brought is closed, or no longer there; nothing was sent. */
export class AccountGoneError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-account-gone', 'was not called: the server’s own account is closed', facts);
  }
}

/** A server’s members have asked for too much within a minute; nothing was sent. */
export class ReadLimitError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-read-limit', 'was not called: a server has asked too often', facts);
  }
}

/** 400: the API refuses the request as it is. */
export class InvalidRequestError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-invalid-request', 'the request is not valid', facts);
  }
}

/** 401: the token is wrong or no longer valid. */
export class UnauthorizedError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-unauthorized', 'the API token is not accepted', facts);
  }
}

/** 402: the account has no subscription, or it ran out. */
export class SubscriptionError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-subscription', 'the account has no running subscription', facts);
  }
}

/** 404: no such job (or, for a reset, no such API channel). */
export class JobNotFoundError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-not-found', 'there is no such job or channel', facts);
  }
}

/** 409: what was asked is done already, and the answer does not name the job that did it. */
export class ConflictError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-conflict', 'this was done before', facts);
  }
}

/** 410: the job was there and has expired. */
export class JobExpiredError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-expired', 'the job has expired', facts);
  }
}

/** 412: the account at the service behind the API has not enough credits for what was asked. */
export class CreditsError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-credits', 'the account has not enough credits', facts);
  }
}

/** What the body of a 422 says, as far as it says it. */
export interface Rejection {
  readonly job?: ApiJob | undefined;
  readonly error?: string | undefined;
  readonly errorDetails?: string | undefined;
}

/** 422: the prompt was moderated or is not valid; `job` is what the API made of it, where it says. */
export class RejectedPromptError extends BackendError {
  readonly #rejection: Rejection;

  constructor(facts: BackendErrorFacts, rejection: Rejection = {}) {
    super('backend-rejected-prompt', 'the prompt was refused', facts);
    this.#rejection = rejection;
  }

  /** The same error, with the job under another name. */
  withJob(job: ApiJob): RejectedPromptError {
    const { endpoint, status, mayHaveWritten, retryAfterMs, reason } = this;
    const facts = compact({ endpoint, status, mayHaveWritten, retryAfterMs, reason });
    return new RejectedPromptError(facts, { ...this.#rejection, job });
  }

  /** Not part of the error's JSON or inspection, like the others: it holds texts of the body. */
  get job(): ApiJob | undefined {
    return this.#rejection.job;
  }

  get error(): string | undefined {
    return this.#rejection.error;
  }

  get errorDetails(): string | undefined {
    return this.#rejection.errorDetails;
  }
}

/** 429 of a submit: all slots are taken; wait `retryAfterMs`, else 10 to 30 seconds. */
export class BusyError extends BackendError {
  readonly #executingJobs: readonly string[];

  constructor(facts: BackendErrorFacts, executingJobs: readonly string[] = []) {
    super('backend-busy', 'all slots are taken', facts);
    this.#executingJobs = executingJobs;
  }

  /** Ids of the jobs that hold the slots, where the API names them (v2). */
  get executingJobs(): readonly string[] {
    return this.#executingJobs;
  }
}

/** 429 of any call that starts no job: the API wants fewer of them. */
export class RateLimitedError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-rate-limited', 'too many calls', facts);
  }
}

/** 504: the API lost track; after a write the job may well be running although it cannot be tracked. */
export class MayBeRunningError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    const says =
      facts.mayHaveWritten === true ? 'a job may be running that cannot be tracked' : 'it waited too long itself';
    super('backend-may-be-running', says, facts);
  }
}

/** The server has no account of its own that could take this now; nothing was made. */
export class NoAccountError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-no-account', 'the server has no account that can take it', facts);
  }
}

/** A picture that is to be sent along could not be fetched, or is none; nothing was sent. */
export class PictureError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-picture', 'was not called: a picture for it could not be fetched', facts);
  }
}

/** 596: the Discord account behind the API channel is blocked by a moderation message or captcha until it is reset. */
export class AccountBlockedError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-account-blocked', 'the Midjourney account takes no jobs until it is reset', facts);
  }
}

/** 5xx other than 504 and 596. */
export class ServerError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-server', 'the API has trouble', facts);
  }
}

/** 3xx: the API never redirects; the client does not follow. */
export class RedirectError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-redirect', 'it redirects, which is not followed', facts);
  }
}

/** Any status that the API's contract does not know. */
export class UnexpectedStatusError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-unexpected-status', 'this status is not part of the API', facts);
  }
}

/** A success whose body is empty where a record is due. */
export class EmptyBodyError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-empty-body', 'the body is empty', facts);
  }
}

/** A success whose body says it is something else than JSON, such as an HTML page. */
export class ContentTypeError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-content-type', 'the body is not of type JSON', facts);
  }
}

/** A success whose body claims to be JSON and is not. */
export class InvalidJsonError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-invalid-json', 'the body cannot be read as JSON', facts);
  }
}

/** A success whose body is JSON of an unknown shape. */
export class InvalidBodyError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-invalid-body', 'the body does not have the expected shape', facts);
  }
}

/** A body larger than the client reads. */
export class BodyTooLargeError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-body-too-large', 'the body is too large', facts);
  }
}

/** No connection could be made; nothing was sent. */
export class UnreachableError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-unreachable', 'no connection could be made', facts);
  }
}

/** The connection broke before the answer was complete. */
export class ConnectionLostError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-connection-lost', 'the connection broke', facts);
  }
}

/** No complete answer in time. */
export class TimedOutError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-timed-out', 'no answer in time', facts);
  }
}

/** A write was sent and its answer lost (broken, too late, given up): it may have happened and is never sent again. */
export class OutcomeUnknownError extends BackendError {
  constructor(facts: BackendErrorFacts) {
    super('backend-outcome-unknown', 'the request was sent and its outcome is not known', {
      ...facts,
      mayHaveWritten: true,
    });
  }
}
