import type { Readable } from 'node:stream';
import type { ApiJob, ApiVersion, RunningList } from '../api-job.ts';
import {
  ConflictError,
  InvalidBodyError,
  InvalidJobidError,
  InvalidRequestError,
  JobNotFoundError,
  UseapiError,
} from '../errors.ts';
import { type AnswerContext, headerOf, type RawAnswer, readJson, toFacts, tryJson } from './answers.ts';
import {
  cancelRequest,
  imagineRequest,
  jobRequest,
  listRequest,
  pressRequest,
  proxyRequest,
  resetRequests,
} from './endpoints.ts';
import { Flights, runAlone, type Wait } from './flights.ts';
import { versionOf } from './job-id.ts';
import { parseRunningList } from './running-list.ts';
import { parseJob } from './schemas.ts';
import { type ApiRequest, type CallControl, Transport, type TransportOptions } from './transport.ts';

export interface UseapiClientOptions extends TransportOptions {
  /** Milliseconds a read may take in total, retries included. Default 10,000. */
  readonly readDeadlineMs?: number;
  /** Milliseconds an act may take in total, waiting for a free slot included. Default 90,000. */
  readonly actDeadlineMs?: number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds in total, retries included; default is the client's `readDeadlineMs`. */
  readonly deadlineMs?: number;
}

export interface ListOptions extends ReadOptions {
  /** Milliseconds an earlier answer may be old to be given again. Default 0: never. */
  readonly maxAgeMs?: number;
}

export interface ActOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds in total; default is the client's `actDeadlineMs`. */
  readonly deadlineMs?: number;
  /** Whether a 429 is told at once, for callers that wait on their own; default false. */
  readonly isBusyFinal?: boolean;
}

interface Reply {
  /** Where the API posts the job's records, at most 1,024 characters. */
  readonly replyUrl?: string;
  /** Comes back with each record, at most 1,024 characters. */
  readonly replyRef?: string;
}

export interface ImagineRequest extends ActOptions, Reply {
  readonly version: ApiVersion;
  /** At most 5,000 characters. */
  readonly prompt: string;
  /** Without it the API chooses. */
  readonly apiChannel?: string;
}

export interface PressRequest extends ActOptions, Reply {
  readonly jobid: string;
  /** One of the job's own `buttons`, verbatim. */
  readonly button: string;
  /** For `Custom Zoom`, and where Remix is on. */
  readonly prompt?: string;
  /** For `Vary (Region)`: a black and white PNG in base64. */
  readonly mask?: string;
}

/** `existing`: the press was made before; `job` is what the answer shows of its result. */
export type PressResult =
  | { readonly outcome: 'created'; readonly job: ApiJob }
  | { readonly outcome: 'existing'; readonly jobid: string; readonly job?: ApiJob };

/** `refused`: the API has nothing to cancel (ended, or unknown there). Either way the job is to be read again. */
export type CancelResult = { readonly outcome: 'accepted' } | { readonly outcome: 'refused'; readonly status: number };

/** A file behind the API's media proxy; `stream` must be consumed or destroyed. */
export interface ProxiedMedia {
  readonly stream: Readable;
  /** As the header says; not to be trusted. */
  readonly contentType?: string;
  /** Bytes, as the header says. */
  readonly contentLength?: number;
}

const PROXIED = 'https://cdn.midjourney.com/';
const READ_DEADLINE_MS = 10_000;
const ACT_DEADLINE_MS = 90_000;

/**
 * The useapi.net Midjourney API, v2 and v3, behind one `ApiJob`.
 *
 * Reads are retried on 429, 5xx, time-outs and broken connections until their deadline, and are shared by all who ask for the same.
 * Acts (imagine, press, cancel, reset) are sent again only after a 429 or a refused connection, whatever their HTTP method: a cancel
 * costs nothing, but a second one would answer for the first. Every failure is a `UseapiError`; only an aborted call that has
 * changed nothing rejects with its signal's reason.
 */
export class UseapiClient {
  readonly #options: UseapiClientOptions;
  readonly #transport: Transport;
  readonly #flights: Flights;
  readonly #lists = new Map<ApiVersion, readonly [epoch: number, list: RunningList, readAt: number]>();
  /** Changes whenever an act begins and ends: what was asked before it is neither reused nor joined after it. */
  #epoch = 0;

  constructor(options: UseapiClientOptions) {
    this.#options = options;
    this.#transport = new Transport(options);
    this.#flights = new Flights(options.clock);
  }

  /**
   * What is running now. Asks made at the same time share one call.
   * @see https://useapi.net/docs/api-midjourney-v3/get-midjourney-jobs
   */
  async listRunning(version: ApiVersion, options: ListOptions = {}): Promise<RunningList> {
    const known = this.#knownList(version, options.maxAgeMs ?? 0);
    if (known !== undefined) return known;
    const request = listRequest(version);
    const epoch = this.#epoch;
    return this.#flights.share(`list ${epoch} ${version}`, this.#readWait(request, options), async (control) => {
      const list = await this.#fetchList(request, control);
      if (epoch === this.#epoch) this.#lists.set(version, [epoch, list, this.#options.clock.monotonicMs()]);
      return list;
    });
  }

  /**
   * One job, of the version its id tells. Asks made at the same time share one call.
   * @throws JobNotFoundError, JobExpiredError and the others of `errors.ts`
   * @see https://useapi.net/docs/api-v2/get-jobs-jobid
   */
  async readJob(jobid: string, options: ReadOptions = {}): Promise<ApiJob> {
    const request = jobRequest(requireVersion(jobid, 'readJob'), jobid);
    return this.#flights.share(`job ${this.#epoch} ${jobid}`, this.#readWait(request, options), async (control) =>
      this.#toJob(request, await this.#transport.send(request, control), jobid),
    );
  }

  /**
   * Cancels a job; read it again afterwards, whatever the answer.
   * @see https://useapi.net/docs/api-midjourney-v3/delete-midjourney-jobs-jobid
   */
  async cancelJob(jobid: string, options: ActOptions = {}): Promise<CancelResult> {
    const request = cancelRequest(requireVersion(jobid, 'cancelJob'), jobid);
    try {
      await this.#act(request, options);
      return { outcome: 'accepted' };
    } catch (error) {
      const status = error instanceof UseapiError ? error.status : undefined;
      if (status === 400 || status === 404 || status === 409) return { outcome: 'refused', status };
      throw error;
    }
  }

  /**
   * Starts a job from a prompt; costs money, at most once.
   * @throws RejectedPromptError, BusyError, OutcomeUnknownError and the others of `errors.ts`
   * @see https://useapi.net/docs/api-midjourney-v3/post-midjourney-jobs-imagine
   */
  async imagine(submit: ImagineRequest): Promise<ApiJob> {
    const { version, prompt, apiChannel, replyUrl, replyRef } = submit;
    const request = imagineRequest(version, { prompt, channel: apiChannel, replyUrl, replyRef });
    return this.#toJob(request, await this.#act(request, submit));
  }

  /**
   * Presses one of a job's buttons; costs money, at most once.
   * @throws RejectedPromptError, BusyError, JobNotFoundError, OutcomeUnknownError and the others of `errors.ts`
   * @see https://useapi.net/docs/api-midjourney-v3/post-midjourney-jobs-button
   */
  async pressButton(press: PressRequest): Promise<PressResult> {
    const { jobid, button, prompt, mask, replyUrl, replyRef } = press;
    const version = requireVersion(jobid, 'pressButton');
    const request = pressRequest(version, jobid, { button, prompt, mask, replyUrl, replyRef });
    const answer = await this.#act(request, press);
    if (answer.status === 409) return this.#toExisting(request, answer);
    const job = this.#toJob(request, answer);
    if (isEarlierPress(request, answer, job)) return { outcome: 'existing', jobid: job.jobid, job };
    return { outcome: 'created', job };
  }

  /**
   * Clears a 596 of an API channel.
   * @throws JobNotFoundError where the API knows no such channel
   * @see https://useapi.net/docs/api-v2/post-account-midjourney-channel-reset
   */
  async resetChannel(version: ApiVersion, apiChannel: string, options: ActOptions = {}): Promise<void> {
    let notFound: unknown;
    for (const request of resetRequests(version, apiChannel)) {
      try {
        await this.#act(request, options);
        return;
      } catch (error) {
        if (!(error instanceof JobNotFoundError)) throw error;
        notFound = error;
      }
    }
    throw notFound;
  }

  /**
   * Opens a file at `cdn.midjourney.com` through the API's proxy; the signal ends the stream too, the deadline only the wait for it.
   * @param url Begins with `https://cdn.midjourney.com/`; never shown in errors.
   * @see https://useapi.net/docs/api-v1/proxy-cdn-midjourney
   */
  async fetchProxied(url: string, options: ReadOptions = {}): Promise<ProxiedMedia> {
    const request = proxyRequest(url);
    if (!url.startsWith(PROXIED)) throw new InvalidRequestError({ endpoint: request.endpoint });
    const { stream, headers } = await runAlone(this.#options.clock, this.#readWait(request, options), (control) =>
      this.#transport.openStream(request, control),
    );
    const contentType = headerOf({ headers }, 'content-type');
    const contentLength = Number(headerOf({ headers }, 'content-length') ?? Number.NaN);
    return {
      stream,
      ...(contentType === undefined ? {} : { contentType }),
      ...(Number.isSafeInteger(contentLength) ? { contentLength } : {}),
    };
  }

  /** Ends the client: new calls are refused, those under way get five seconds. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  #knownList(version: ApiVersion, maxAgeMs: number): RunningList | undefined {
    const [epoch, list, readAt = 0] = this.#lists.get(version) ?? [];
    if (epoch !== this.#epoch || maxAgeMs <= 0) return undefined;
    return this.#options.clock.monotonicMs() - readAt <= maxAgeMs ? list : undefined;
  }

  async #fetchList(request: ApiRequest, control: CallControl): Promise<RunningList> {
    const answer = await this.#transport.send(request, control);
    const context = this.#contextOf(request);
    const parsed = parseRunningList(request.version, readJson(answer, context), context.nowMs);
    if (parsed === undefined) throw new InvalidBodyError(toFacts(answer, context));
    const { list, skipped } = parsed;
    if (skipped > 0) this.#options.logger.warn({ endpoint: request.endpoint, skipped }, 'list items could not be read');
    return list;
  }

  async #act(request: ApiRequest, options: ActOptions): Promise<RawAnswer> {
    this.#epoch += 1;
    const deadlineMs = options.deadlineMs ?? this.#options.actDeadlineMs ?? ACT_DEADLINE_MS;
    const wait = { endpoint: request.endpoint, deadlineMs, signal: options.signal };
    const sent = { ...request, isBusyFinal: options.isBusyFinal === true };
    try {
      return await runAlone(this.#options.clock, wait, (control) => this.#transport.send(sent, control));
    } finally {
      this.#epoch += 1;
    }
  }

  #toJob(request: ApiRequest, answer: RawAnswer, jobid?: string): ApiJob {
    const context = this.#contextOf(request);
    const job = parseJob(request.version, readJson(answer, context), jobid, context.nowMs);
    if (job === undefined) throw new InvalidBodyError(toFacts(answer, context));
    return job;
  }

  #toExisting(request: ApiRequest, answer: RawAnswer): PressResult {
    const context = this.#contextOf(request);
    const job = parseJob(request.version, tryJson(answer.text), undefined, context.nowMs);
    if (job === undefined) throw new ConflictError(toFacts(answer, context));
    // Without a status the answer names the job and says nothing about it.
    return job.status === 'unknown'
      ? { outcome: 'existing', jobid: job.jobid }
      : { outcome: 'existing', jobid: job.jobid, job };
  }

  #contextOf(request: ApiRequest): AnswerContext {
    return { ...request, nowMs: this.#options.clock.now() };
  }

  #readWait(request: ApiRequest, options: ReadOptions): Wait {
    const deadlineMs = options.deadlineMs ?? this.#options.readDeadlineMs ?? READ_DEADLINE_MS;
    return { endpoint: request.endpoint, deadlineMs, signal: options.signal };
  }
}

function requireVersion(jobid: string, call: string): ApiVersion {
  const version = versionOf(jobid);
  if (version === undefined) throw new InvalidJobidError({ endpoint: call });
  return version;
}

/** v3 creates with 201; for an upscale done before it shows the child it has, with 200 or as completed. */
function isEarlierPress(request: ApiRequest, answer: RawAnswer, job: ApiJob): boolean {
  return request.version === 'v3' && (answer.status === 200 || job.status === 'completed');
}
