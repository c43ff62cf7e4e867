import { compact } from '../../shared/compact.ts';
import type { ApiJob, RunningList } from '../api-job.ts';
import { BackendError, InvalidBodyError, InvalidJobidError, InvalidRequestError } from '../backend-errors.ts';
import type {
  Backend,
  CallOptions,
  CancelResult,
  Capabilities,
  FinishResult,
  ListOptions,
  OpenedFile,
  ParsedJobid,
  PressResult,
  ReadOptions,
  SubmitRequest,
} from '../contract.ts';
import { type AnswerContext, type RawAnswer, readJson, toFacts } from '../http/answers.ts';
import { toBearerHeaders } from '../http/bearer-headers.ts';
import { type CallDeadlines, toReadWait, toWriteWait } from '../http/call-waits.ts';
import { runAlone } from '../http/flights.ts';
import { MediaFiles } from '../http/media-files.ts';
import { SharedReads } from '../http/shared-reads.ts';
import { type ApiRequest, type CallControl, Transport, type TransportOptions } from '../http/transport.ts';
import { mayFetch } from './fetchable-files.ts';
import { splitRatio } from './prompt-ratio.ts';
import { ServiceAccounts } from './service-accounts.ts';
import type { Sibling } from './sibling.ts';
import { type SiblingId, withoutAccount } from './sibling-ids.ts';
import { toRunningList } from './sibling-list.ts';
import { cancelRequest, listRequest, recordRequest, submitRequest } from './sibling-requests.ts';
import { SIBLINGS, type SiblingName } from './siblings.ts';
import { toSiblingStatusError } from './status-errors.ts';
import { toJob, toNewJobs } from './to-job.ts';

export interface SiblingBackendOptions
  extends Omit<TransportOptions, 'secretHeaders' | 'toStatusError'>,
    CallDeadlines {
  /** Which service it is. */
  readonly service: SiblingName;
  readonly token: string;
  /** With which model submits are made; the service's own choice by default. */
  readonly model?: string;
  /** `host` or `host:port` from which files may be fetched over https, besides the service's own domains. */
  readonly mediaHosts?: readonly string[];
}

/** How old a list may be from which a submit takes its account. */
const ACCOUNTS_MAX_AGE_MS = 60_000;
/** How many references of jobs are kept in memory. */
const MAX_REFERENCES = 1_000;

/** A service of useapi.net beside Midjourney, under one token. @see Backend */
export class SiblingBackend implements Backend {
  readonly boards: readonly [string];
  readonly #sibling: Sibling;
  readonly #options: SiblingBackendOptions;
  readonly #transport: Transport;
  readonly #media: MediaFiles;
  readonly #reads: SharedReads<RunningList>;
  readonly #accounts: ServiceAccounts;
  /** What lists and submits say of jobs whose records do not say it. */
  readonly #replyRefs = new Map<string, string>();

  constructor(options: SiblingBackendOptions) {
    this.#options = options;
    this.#sibling = SIBLINGS[options.service];
    this.boards = [this.#sibling.board];
    const secretHeaders = toBearerHeaders(options.token);
    this.#transport = new Transport({ ...options, secretHeaders, toStatusError: toSiblingStatusError });
    const { baseUrl, mediaHosts: hosts = [] } = options;
    const rules = { baseUrl, domains: this.#sibling.mediaDomains, hosts };
    this.#media = new MediaFiles({ ...options, isAllowed: (url) => mayFetch(rules, url) });
    this.#reads = new SharedReads(options.clock);
    this.#accounts = new ServiceAccounts(options.token);
  }

  get clockAheadMs(): number | undefined {
    return this.#transport.clockAheadMs;
  }

  hasBoard(board: string): boolean {
    return board === this.#sibling.board;
  }

  capabilities(): Capabilities {
    return this.#sibling.capabilities;
  }

  parseJobid(text: string): ParsedJobid | undefined {
    const id = this.#sibling.parseId(text, this.#options.clock.now());
    return id && withoutAccount(id);
  }

  async listRunning(board: string, options: ListOptions = {}): Promise<RunningList> {
    const request = listRequest(this.#sibling);
    return this.#reads.list(
      board,
      options.maxAgeMs ?? 0,
      toReadWait(request.endpoint, options, this.#options),
      (control) => this.#fetchList(request, control),
    );
  }

  async readJob(jobid: string, options: ReadOptions = {}): Promise<ApiJob> {
    const id = this.#requireId(jobid, 'readJob');
    const request = recordRequest(this.#sibling, jobid, id.jobType);
    return this.#reads.read(jobid, toReadWait(request.endpoint, options, this.#options), async (control) => {
      const { context, answer, body } = await this.#readBody(request, control);
      const record = this.#sibling.parseRecord(body, jobid);
      if (record === undefined) throw new InvalidBodyError(toFacts(answer, context));
      const replyRef = record.replyRef ?? this.#replyRefs.get(jobid);
      return toJob(jobid, id, { ...record, ...compact({ replyRef }) }, this.#accounts.labelOf(id.account));
    });
  }

  /** Found in the list, where it names references. */
  async findByReplyRef(board: string, replyRef: string, options: CallOptions = {}): Promise<ApiJob | undefined> {
    if (!this.capabilities().echoesReplyRef) return undefined;
    const list = await this.listRunning(board, options);
    const jobs = list.channels.flatMap((channel) => channel.jobs);
    const found = jobs.find(({ jobid }) => this.#replyRefs.get(jobid) === replyRef);
    return found && this.readJob(found.jobid, options);
  }

  async submit(submit: SubmitRequest): Promise<ApiJob> {
    const { board, pictures, replyRef, replyUrl, isBusyFinal } = submit;
    if (pictures !== undefined) throw new InvalidRequestError({ endpoint: 'submit', reason: 'no pictures' });
    const { prompt, ratio } = splitRatio(submit.prompt);
    const { model } = this.#options;
    const account = await this.#chooseAccount(board, submit);
    const jobType = model !== undefined && this.#sibling.videoModels.test(model) ? 'video' : 'image';
    const fields = { prompt, model, account, ratio, replyUrl, replyRef };
    const request = { ...submitRequest(this.#sibling, fields, jobType), isBusyFinal: isBusyFinal === true };
    return this.#reads.write(toWriteWait(request.endpoint, submit, this.#options), async (control) => {
      const { context, answer, body } = await this.#readBody(request, control);
      const made = toNewJobs(this.#sibling, this.#sibling.parseSubmitted(body), {
        prompt: submit.prompt,
        nowMs: context.nowMs,
        toLabel: (name) => this.#accounts.labelOf(name),
        ...compact({ replyRef }),
      });
      if (made === undefined) throw new InvalidBodyError(toFacts(answer, context));
      if (replyRef !== undefined) this.#noteReferences([made.jobid, ...(made.batchmates ?? [])], replyRef);
      return made;
    });
  }

  /** Its jobs have no buttons. */
  async press(): Promise<PressResult> {
    throw new InvalidRequestError({ endpoint: 'press' });
  }

  async finishPress(): Promise<FinishResult> {
    throw new InvalidRequestError({ endpoint: 'finishPress' });
  }

  async cancel(jobid: string, options: CallOptions = {}): Promise<CancelResult> {
    this.#requireId(jobid, 'cancel');
    const request = cancelRequest(this.#sibling, jobid);
    if (request === undefined) return { outcome: 'refused' };
    try {
      await this.#reads.write(toWriteWait(request.endpoint, options, this.#options), (control) =>
        this.#transport.send(request, control),
      );
      return { outcome: 'accepted' };
    } catch (error) {
      const status = error instanceof BackendError ? error.status : undefined;
      if (status === 400 || status === 404 || status === 409) return { outcome: 'refused' };
      throw error;
    }
  }

  /** There is no such call. */
  async resetChannel(): Promise<void> {
    throw new InvalidRequestError({ endpoint: 'resetChannel' });
  }

  opensMedia(): boolean {
    return true;
  }

  async openMedia(_board: string, url: string, options: CallOptions = {}): Promise<OpenedFile> {
    return runAlone(this.#options.clock, toReadWait('GET {media}', options, this.#options), (control) =>
      this.#media.open(url, control),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#transport.close(), this.#media.close()]);
  }

  async #fetchList(request: ApiRequest, control: CallControl): Promise<RunningList> {
    const { context, answer, body } = await this.#readBody(request, control);
    const parsed = this.#sibling.parseList(body, context.nowMs);
    if (parsed === undefined) throw new InvalidBodyError(toFacts(answer, context));
    const { endpoint } = request;
    if (parsed.skipped > 0)
      this.#options.logger.warn({ endpoint, skipped: parsed.skipped }, 'List items could not be read.');
    for (const { jobid, replyRef } of parsed.jobs) if (replyRef !== undefined) this.#noteReferences([jobid], replyRef);
    const running = parsed.jobs.flatMap(({ jobid }) => this.#sibling.parseId(jobid)?.account ?? []);
    this.#accounts.note(parsed.accounts, running);
    return toRunningList(this.#sibling, parsed, this.#accounts, context.nowMs);
  }

  async #readBody(request: ApiRequest, control: CallControl) {
    const answer: RawAnswer = await this.#transport.send(request, control);
    const context: AnswerContext = { ...request, nowMs: this.#options.clock.now() };
    return { answer, context, body: readJson(answer, context) };
  }

  /** Who asks for an account by its label gets that one; else one is named where the service wants it to be. */
  async #chooseAccount(board: string, { apiChannel, signal }: SubmitRequest): Promise<string | undefined> {
    if (apiChannel === undefined && !this.#sibling.asksForAccount) return undefined;
    const known = apiChannel === undefined ? undefined : this.#accounts.find(apiChannel);
    if (known !== undefined) return known;
    const look = this.listRunning(board, { maxAgeMs: ACCOUNTS_MAX_AGE_MS, ...compact({ signal }) });
    if (apiChannel === undefined) {
      // Without a list the service decides, and says so where it does not.
      await look.catch(() => undefined);
      return this.#accounts.leastBusy();
    }
    await look;
    const found = this.#accounts.find(apiChannel);
    if (found === undefined) throw new InvalidRequestError({ endpoint: 'submit', reason: 'no such account' });
    return found;
  }

  /** The oldest are forgotten. */
  #noteReferences(jobids: readonly string[], replyRef: string): void {
    for (const jobid of jobids) this.#replyRefs.set(jobid, replyRef);
    for (const jobid of this.#replyRefs.keys()) {
      if (this.#replyRefs.size <= MAX_REFERENCES) return;
      this.#replyRefs.delete(jobid);
    }
  }

  #requireId(jobid: string, call: string): SiblingId {
    const id = this.#sibling.parseId(jobid, this.#options.clock.now());
    if (id === undefined) throw new InvalidJobidError({ endpoint: call });
    return id;
  }
}
