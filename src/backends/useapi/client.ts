import { compact } from '../../shared/compact.ts';
import type { ApiJob, RunningList } from '../api-job.ts';
import {
  BackendError,
  ConflictError,
  InvalidBodyError,
  InvalidJobidError,
  InvalidRequestError,
  JobNotFoundError,
} from '../backend-errors.ts';
import type {
  Backend,
  CallOptions,
  CancelResult,
  Capabilities,
  ListOptions,
  OpenedFile,
  PaidOptions,
  ParsedJobid,
  PressRequest,
  PressResult,
  ReadOptions,
  SubmitRequest,
} from '../contract.ts';
import { type AnswerContext, type RawAnswer, readJson, toFacts, tryJson } from '../http/answers.ts';
import { toBearerHeaders } from '../http/bearer-headers.ts';
import { type CallDeadlines, toReadWait, toWriteWait } from '../http/call-waits.ts';
import { runAlone } from '../http/flights.ts';
import { SharedReads } from '../http/shared-reads.ts';
import { type CallControl, Transport, type TransportOptions } from '../http/transport.ts';
import {
  cancelRequest,
  imagineRequest,
  jobRequest,
  listRequest,
  picturesRequest,
  pressRequest,
  proxyRequest,
  resetRequests,
  type UseapiRequest,
} from './endpoints.ts';
import { type ApiVersion, parseJobid, versionOf } from './job-id.ts';
import { parseRunningList } from './running-list.ts';
import { parseJob } from './schemas.ts';

export interface UseapiClientOptions extends Omit<TransportOptions, 'secretHeaders' | 'toStatusError'>, CallDeadlines {
  readonly token: string;
  /** Which versions are listed; the first one takes submits. Default v3 and v2. */
  readonly versions?: readonly [ApiVersion, ...ApiVersion[]];
}

const PROXIED = 'https://cdn.midjourney.com/';
const CAPABILITIES: Capabilities = {
  cancels: true,
  resets: true,
  namesForeignJobs: true,
  listHoldsRecords: false,
  submits: true,
  takesPictures: true,
  presses: 'with-prompts',
  // The API may or may not: it is learnt from the records themselves.
  echoesReplyRef: false,
};

/**
 * The useapi.net Midjourney API, v2 and v3, behind one `ApiJob`.
 *
 * Reads are retried on 429, 5xx, time-outs and broken connections until their deadline, and are shared by all who ask
 * for the same. Writes (imagine, press, cancel, reset) are sent again only after a 429 or a refused connection,
 * whatever their HTTP method: a cancel costs nothing, but a second one would answer for the first. Every failure is a
 * `BackendError`; only an aborted call that has changed nothing rejects with its signal's reason.
 */
export class UseapiClient implements Backend {
  readonly boards: readonly [ApiVersion, ...ApiVersion[]];
  readonly #options: UseapiClientOptions;
  readonly #transport: Transport;
  readonly #reads: SharedReads<RunningList>;

  constructor(options: UseapiClientOptions) {
    this.#options = options;
    this.boards = options.versions ?? ['v3', 'v2'];
    this.#transport = new Transport({ ...options, secretHeaders: toBearerHeaders(options.token) });
    this.#reads = new SharedReads(options.clock);
  }

  get clockAheadMs(): number | undefined {
    return this.#transport.clockAheadMs;
  }

  hasBoard(board: string): boolean {
    return board === 'v2' || board === 'v3';
  }

  capabilities(): Capabilities {
    return CAPABILITIES;
  }

  parseJobid(text: string): ParsedJobid | undefined {
    const id = parseJobid(text, this.#options.clock.now());
    if (id === undefined) return undefined;
    const { version, createdAt, apiChannel, jobType } = id;
    return compact({ board: version, createdAt, apiChannel, jobType });
  }

  /**
   * What is running now. Asks made at the same time share one call.
   * @see https://useapi.net/docs/api-midjourney-v3/get-midjourney-jobs
   */
  async listRunning(board: string, options: ListOptions = {}): Promise<RunningList> {
    const request = listRequest(requireBoard(board, 'listRunning'));
    return this.#reads.list(
      board,
      options.maxAgeMs ?? 0,
      toReadWait(request.endpoint, options, this.#options),
      (control) => this.#fetchList(request, control),
    );
  }

  /**
   * One job, of the version its id names. Asks made at the same time share one call.
   * @throws JobNotFoundError, JobExpiredError and the others of `errors.ts`
   * @see https://useapi.net/docs/api-v2/get-jobs-jobid
   */
  async readJob(jobid: string, options: ReadOptions = {}): Promise<ApiJob> {
    const request = jobRequest(requireVersion(jobid, 'readJob'), jobid);
    return this.#reads.read(jobid, toReadWait(request.endpoint, options, this.#options), async (control) =>
      this.#toJob(request, await this.#transport.send(request, control), jobid),
    );
  }

  /** There is no way to ask for it; lists and the parent's children are looked through instead. */
  async findByReplyRef(): Promise<undefined> {
    return undefined;
  }

  /**
   * Cancels a job; read it again afterwards, whatever the answer.
   * @see https://useapi.net/docs/api-midjourney-v3/delete-midjourney-jobs-jobid
   */
  async cancel(jobid: string, options: PaidOptions = {}): Promise<CancelResult> {
    const request = cancelRequest(requireVersion(jobid, 'cancel'), jobid);
    try {
      await this.#write(request, options);
      return { outcome: 'accepted' };
    } catch (error) {
      const status = error instanceof BackendError ? error.status : undefined;
      if (status === 400 || status === 404 || status === 409) return { outcome: 'refused' };
      throw error;
    }
  }

  /**
   * Starts a job from a prompt, or of pictures; costs money, at most once.
   * @throws RejectedPromptError, BusyError, OutcomeUnknownError and the others of `errors.ts`
   * @see https://useapi.net/docs/api-midjourney-v3/post-midjourney-jobs-imagine
   */
  async submit(submit: SubmitRequest): Promise<ApiJob> {
    const { board, prompt, pictures, apiChannel, replyUrl, replyRef } = submit;
    const version = requireBoard(board, 'submit');
    const fields = { channel: apiChannel, replyUrl, replyRef };
    const request =
      pictures === undefined
        ? imagineRequest(version, { prompt, ...fields })
        : picturesRequest(version, pictures, fields);
    return this.#toJob(request, await this.#write(request, submit));
  }

  /**
   * Presses one of a job's buttons; costs money, at most once.
   * @throws RejectedPromptError, BusyError, JobNotFoundError, OutcomeUnknownError and the others of `errors.ts`
   * @see https://useapi.net/docs/api-midjourney-v3/post-midjourney-jobs-button
   */
  async press(press: PressRequest): Promise<PressResult> {
    const { jobid, button, prompt, mask, replyUrl, replyRef } = press;
    const version = requireVersion(jobid, 'press');
    const request = pressRequest(version, jobid, { button, prompt, mask, replyUrl, replyRef });
    const answer = await this.#write(request, press);
    if (answer.status === 409) return this.#toExisting(request, answer);
    const job = this.#toJob(request, answer);
    if (isEarlierPress(request, answer, job)) return { outcome: 'existing', jobid: job.jobid, job };
    return { outcome: 'created', job };
  }

  /** Presses are taken in one step here. */
  async finishPress(): Promise<PressResult> {
    throw new InvalidRequestError({ endpoint: 'finishPress' });
  }

  /**
   * Clears a 596 of an API channel.
   * @throws JobNotFoundError where the API knows no such channel
   * @see https://useapi.net/docs/api-v2/post-account-midjourney-channel-reset
   */
  async resetChannel(board: string, apiChannel: string, options: PaidOptions = {}): Promise<void> {
    let notFound: unknown;
    for (const request of resetRequests(requireBoard(board, 'resetChannel'), apiChannel)) {
      try {
        await this.#write(request, options);
        return;
      } catch (error) {
        if (!(error instanceof JobNotFoundError)) throw error;
        notFound = error;
      }
    }
    throw notFound;
  }

  opensMedia(_board: string, url: string): boolean {
    return url.startsWith(PROXIED);
  }

  /**
   * Opens a file at `cdn.midjourney.com` through the API's proxy; the signal ends the stream too, the deadline only the
   * wait for it.
   * @param url Begins with `https://cdn.midjourney.com/`; never shown in errors.
   * @see https://useapi.net/docs/api-v1/proxy-cdn-midjourney
   */
  async openMedia(board: string, url: string, options: CallOptions = {}): Promise<OpenedFile> {
    const request = proxyRequest(url);
    if (!this.opensMedia(board, url)) throw new InvalidRequestError({ endpoint: request.endpoint });
    return runAlone(this.#options.clock, toReadWait(request.endpoint, options, this.#options), (control) =>
      this.#transport.openStream(request, control),
    );
  }

  /** Ends the client: new calls are refused, those under way get five seconds. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #fetchList(request: UseapiRequest, control: CallControl): Promise<RunningList> {
    const answer = await this.#transport.send(request, control);
    const context = this.#contextOf(request);
    const parsed = parseRunningList(request.version, readJson(answer, context), context.nowMs);
    if (parsed === undefined) throw new InvalidBodyError(toFacts(answer, context));
    const { list, skipped } = parsed;
    if (skipped > 0)
      this.#options.logger.warn({ endpoint: request.endpoint, skipped }, 'List items could not be read.');
    return list;
  }

  async #write(request: UseapiRequest, options: PaidOptions): Promise<RawAnswer> {
    const wait = toWriteWait(request.endpoint, options, this.#options);
    const sent = { ...request, isBusyFinal: options.isBusyFinal === true };
    return this.#reads.write(wait, (control) => this.#transport.send(sent, control));
  }

  #toJob(request: UseapiRequest, answer: RawAnswer, jobid?: string): ApiJob {
    const context = this.#contextOf(request);
    const job = parseJob(request.version, readJson(answer, context), jobid, context.nowMs);
    if (job === undefined) throw new InvalidBodyError(toFacts(answer, context));
    return job;
  }

  #toExisting(request: UseapiRequest, answer: RawAnswer): PressResult {
    const context = this.#contextOf(request);
    const job = parseJob(request.version, tryJson(answer.text), undefined, context.nowMs);
    if (job === undefined) throw new ConflictError(toFacts(answer, context));
    // Without a status the answer names the job and says nothing about it.
    return job.status === 'unknown'
      ? { outcome: 'existing', jobid: job.jobid }
      : { outcome: 'existing', jobid: job.jobid, job };
  }

  #contextOf(request: UseapiRequest): AnswerContext {
    return { ...request, nowMs: this.#options.clock.now() };
  }
}

function requireVersion(jobid: string, call: string): ApiVersion {
  const version = versionOf(jobid);
  if (version === undefined) throw new InvalidJobidError({ endpoint: call });
  return version;
}

/** v3 creates with 201; for an upscale done before it shows the child it has, with 200 or as completed. */
function isEarlierPress(request: UseapiRequest, answer: RawAnswer, job: ApiJob): boolean {
  return request.version === 'v3' && (answer.status === 200 || job.status === 'completed');
}

function requireBoard(board: string, call: string): ApiVersion {
  if (board === 'v2' || board === 'v3') return board;
  throw new InvalidRequestError({ endpoint: call, reason: 'no such board' });
}
