import { AppError } from '../shared/errors.ts';
import type { ApiJob } from './api-job.ts';

/** What every error of the client knows; nothing here comes from a body, a header value or an address. */
export interface UseapiErrorFacts {
  /** The call as `GET /v3/midjourney/jobs/{jobid}`: a template, never an id. */
  readonly endpoint: string;
  /** HTTP status as the transport saw it; none where no answer came. */
  readonly status?: number;
  /** Whether the call may have changed something at the API (made a job, spent money) although it failed. */
  readonly mayHaveActed?: boolean;
  /** How long the API asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What broke, as a stable word: `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`. */
  readonly reason?: string;
}

/** Any failure of a call to the API; catch this one, tell causes apart by class or `code`. */
export class UseapiError extends AppError {
  readonly endpoint: string;
  readonly status: number | undefined;
  readonly mayHaveActed: boolean;
  readonly retryAfterMs: number | undefined;
  readonly reason: string | undefined;

  constructor(code: string, says: string, facts: UseapiErrorFacts) {
    super(code, toSentence(says, facts));
    this.endpoint = facts.endpoint;
    this.status = facts.status;
    this.mayHaveActed = facts.mayHaveActed ?? false;
    this.retryAfterMs = facts.retryAfterMs;
    this.reason = facts.reason;
  }
}

function toSentence(says: string, facts: UseapiErrorFacts): string {
  const status = facts.status === undefined ? '' : ` answered ${facts.status}:`;
  const reason = facts.reason === undefined ? '' : ` (${facts.reason})`;
  return `${facts.endpoint}${status} ${says}${reason}`;
}

/** The id given is of neither version; nothing was sent. */
export class InvalidJobidError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-invalid-jobid', 'was not called: this is not a job id', facts);
  }
}

/** The client was closed; nothing was sent. */
export class ClientClosedError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-client-closed', 'was not called: the client is closed', facts);
  }
}

/** 400: the API refuses the request as it is. */
export class InvalidRequestError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-invalid-request', 'the request is not valid', facts);
  }
}

/** 401: the token is wrong or no longer valid. */
export class UnauthorizedError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-unauthorized', 'the API token is not accepted', facts);
  }
}

/** 402: the account has no subscription, or it ran out. */
export class SubscriptionError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-subscription', 'the account has no running subscription', facts);
  }
}

/** 404: no such job (or, for a reset, no such API channel). */
export class JobNotFoundError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-not-found', 'there is no such job or channel', facts);
  }
}

/** 409: what was asked is done already, and the answer does not name the job that did it. */
export class ConflictError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-conflict', 'this was done before', facts);
  }
}

/** 410: the job was there and has expired. */
export class JobExpiredError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-expired', 'the job has expired', facts);
  }
}

/** What the body of a 422 says, as far as it says it. */
export interface Rejection {
  readonly job?: ApiJob | undefined;
  readonly error?: string | undefined;
  readonly errorDetails?: string | undefined;
}

/** 422: the prompt was moderated or is not valid; `job` is what the API made of it, where it says. */
export class RejectedPromptError extends UseapiError {
  readonly #rejection: Rejection;

  constructor(facts: UseapiErrorFacts, rejection: Rejection = {}) {
    super('useapi-rejected-prompt', 'the prompt was refused', facts);
    this.#rejection = rejection;
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
export class BusyError extends UseapiError {
  readonly #executingJobs: readonly string[];

  constructor(facts: UseapiErrorFacts, executingJobs: readonly string[] = []) {
    super('useapi-busy', 'all slots are taken', facts);
    this.#executingJobs = executingJobs;
  }

  /** Ids of the jobs that hold the slots, where the API names them (v2). */
  get executingJobs(): readonly string[] {
    return this.#executingJobs;
  }
}

/** 429 of any call that starts no job: the API wants fewer of them. */
export class RateLimitedError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-rate-limited', 'too many calls', facts);
  }
}

/** 504: the API lost track; after an act the job may well be running although it cannot be tracked. */
export class MayBeRunningError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    const says =
      facts.mayHaveActed === true ? 'a job may be running that cannot be tracked' : 'it waited too long itself';
    super('useapi-may-be-running', says, facts);
  }
}

/** 596: the Discord account behind the API channel is blocked by a moderation message or captcha until it is reset. */
export class AccountBlockedError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-account-blocked', 'the Midjourney account takes no jobs until it is reset', facts);
  }
}

/** 5xx other than 504 and 596. */
export class ServerError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-server', 'the API has trouble', facts);
  }
}

/** 3xx: the API never redirects; the client does not follow. */
export class RedirectError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-redirect', 'it redirects, which is not followed', facts);
  }
}

/** Any status that the API's contract does not know. */
export class UnexpectedStatusError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-unexpected-status', 'this status is not part of the API', facts);
  }
}

/** A success whose body is empty where a record is due. */
export class EmptyBodyError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-empty-body', 'the body is empty', facts);
  }
}

/** A success whose body says it is something else than JSON, such as an HTML page. */
export class ContentTypeError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-content-type', 'the body is not of type JSON', facts);
  }
}

/** A success whose body claims to be JSON and is not. */
export class InvalidJsonError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-invalid-json', 'the body cannot be read as JSON', facts);
  }
}

/** A success whose body is JSON of an unknown shape. */
export class InvalidBodyError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-invalid-body', 'the body does not have the expected shape', facts);
  }
}

/** A body larger than the client reads. */
export class BodyTooLargeError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-body-too-large', 'the body is too large', facts);
  }
}

/** No connection could be made; nothing was sent. */
export class UnreachableError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-unreachable', 'no connection could be made', facts);
  }
}

/** The connection broke before the answer was complete. */
export class ConnectionLostError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-connection-lost', 'the connection broke', facts);
  }
}

/** No complete answer in time. */
export class TimedOutError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-timed-out', 'no answer in time', facts);
  }
}

/** An act was sent and its answer lost (broken, too late, given up): it may have happened and is never sent again. */
export class OutcomeUnknownError extends UseapiError {
  constructor(facts: UseapiErrorFacts) {
    super('useapi-outcome-unknown', 'the request was sent and its outcome is not known', {
      ...facts,
      mayHaveActed: true,
    });
  }
}
