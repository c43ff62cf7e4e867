import { compact } from '../../shared/compact.ts';
import { AppError } from '../../shared/errors.ts';
import type { ApiJob, RunningChannel, RunningJob, RunningList } from '../api-job.ts';
import { InvalidJobidError, InvalidRequestError, UnauthorizedError } from '../backend-errors.ts';
import type {
  Backend,
  CallOptions,
  CancelResult,
  Capabilities,
  FinishRequest,
  FinishResult,
  ListOptions,
  OpenedFile,
  ParsedJobid,
  PressRequest,
  PressResult,
  ReadOptions,
  SubmitPictures,
  SubmitRequest,
} from '../contract.ts';
import { type CallDeadlines, toReadWait, toWriteWait } from '../http/call-waits.ts';
import { runAlone } from '../http/flights.ts';
import { SharedReads } from '../http/shared-reads.ts';
import type { CallControl, TransportOptions } from '../http/transport.ts';
import { MjCalls } from './calls.ts';
import { capabilitiesOf, type Flavour } from './flavours.ts';
import { BOARD, parseTaskId } from './jobid.ts';
import { DEFAULT_MEDIA_HOSTS, isLoopback, MjMedia, toReachableUrl } from './media.ts';
import { cancelRequest, imagineRequest, listRequest } from './mj-endpoints.ts';
import { MjPresses } from './mj-presses.ts';
import { toPicturesRequest } from './picture-request.ts';
import { submitTask } from './submit-task.ts';
import { type NewTask, toJob, toNewJob } from './task-job.ts';
import { findFlavour, readRunningTasks } from './task-lists.ts';
import type { WireTask } from './wire-task.ts';

/** How the secret is sent: `mj-api-secret: <secret>`, or `authorization: Bearer <secret>`. */
export type MjAuth = 'mj-api-secret' | 'bearer';

/** `baseUrl` ends in `/mj`. */
export interface MjBackendOptions extends Omit<TransportOptions, 'secretHeaders' | 'toStatusError'>, CallDeadlines {
  readonly secret: string;
  /** Default `mj-api-secret`. */
  readonly auth?: MjAuth;
  /** Forces the flavour; by default it is found out by what the server answers. */
  readonly flavour?: Flavour;
  /** `host` or `host:port` from which its files may be fetched over https, besides the server itself. */
  readonly mediaHosts?: readonly string[];
  /** The same for pictures that people give it to describe or blend; http where the host is loopback. Default none. */
  readonly pictureHosts?: readonly string[];
}

const FINAL = new Set(['completed', 'moderated', 'failed', 'cancelled']);

/** A server that speaks the REST dialect of Midjourney proxies. @see Backend */
export class MjBackend implements Backend {
  readonly boards = [BOARD] as const;
  readonly #options: MjBackendOptions;
  readonly #base: URL;
  readonly #calls: MjCalls;
  readonly #media: MjMedia;
  readonly #presses: MjPresses;
  readonly #reads: SharedReads<RunningList>;
  #flavour: Flavour | undefined;
  #saidLoopback = false;

  constructor(options: MjBackendOptions) {
    this.#options = options;
    this.#base = new URL(options.baseUrl);
    this.#flavour = options.flavour;
    this.#reads = new SharedReads(options.clock);
    this.#calls = new MjCalls({ ...options, secretHeaders: toSecretHeaders(options) });
    const { mediaHosts = DEFAULT_MEDIA_HOSTS, pictureHosts = [] } = options;
    this.#media = new MjMedia({ ...options, mediaHosts: [...mediaHosts, ...pictureHosts] });
    this.#presses = new MjPresses(this.#calls, (task) => this.#toJob(task), options.clock, options.logger);
  }

  get clockAheadMs(): number | undefined {
    return this.#calls.clockAheadMs;
  }

  hasBoard(board: string): boolean {
    return board === BOARD;
  }

  capabilities(): Capabilities {
    return capabilitiesOf(this.#flavour);
  }

  parseJobid(text: string): ParsedJobid | undefined {
    return parseTaskId(text, this.#options.clock.now());
  }

  async listRunning(_board: string, options: ListOptions = {}): Promise<RunningList> {
    const wait = toReadWait('GET /task/list', options, this.#options);
    return this.#reads.list(BOARD, options.maxAgeMs ?? 0, wait, async (control) => {
      const flavour = await this.#findFlavour(control);
      const tasks = await readRunningTasks(this.#calls, flavour, options.known?.() ?? [], control);
      return this.#toList(tasks, flavour);
    });
  }

  async readJob(jobid: string, options: ReadOptions = {}): Promise<ApiJob> {
    this.#requireTaskId(jobid, 'readJob');
    return this.#reads.read(jobid, toReadWait('GET /task/{id}/fetch', options, this.#options), async (control) =>
      this.#toJob(await this.#calls.readTask(jobid, control)),
    );
  }

  async findByReplyRef(_board: string, replyRef: string, options: CallOptions = {}): Promise<ApiJob | undefined> {
    return this.#reads.read(
      `ref ${replyRef}`,
      toReadWait('GET /task/list', options, this.#options),
      async (control) => {
        const flavour = await this.#findFlavour(control);
        if (!capabilitiesOf(flavour).echoesReplyRef) return undefined;
        const tasks = await this.#calls.readTasks(listRequest('list'), control);
        const task = tasks.find(({ state }) => state === replyRef);
        return task && this.#toJob(task);
      },
    );
  }

  async submit(submit: SubmitRequest): Promise<ApiJob> {
    const { prompt, pictures, replyRef, replyUrl } = submit;
    const reply = { state: replyRef, notifyHook: replyUrl };
    return this.#reads.write(toWriteWait('POST /submit/imagine', submit, this.#options), async (control) => {
      const request =
        pictures === undefined
          ? imagineRequest(prompt, reply)
          : await toPicturesRequest(this.#media, pictures, reply, control);
      const sent = { ...request, isBusyFinal: submit.isBusyFinal === true };
      const context = { kind: 'imagine', flavour: this.#flavour } as const;
      const { jobid } = await submitTask(this.#calls, sent, context, control, this.#options.logger);
      return toNewJob(jobid, { replyRef, ...toNewTask(prompt, pictures) }, this.#options.clock.now());
    });
  }

  async press(press: PressRequest): Promise<PressResult> {
    this.#requireTaskId(press.jobid, 'press');
    return this.#reads.write(toWriteWait('POST /submit/action', press, this.#options), async (control) => {
      const flavour = await this.#findFlavour(control);
      return this.#presses.press(press, flavour, control);
    });
  }

  async finishPress(jobid: string, press: FinishRequest): Promise<FinishResult> {
    this.#requireTaskId(jobid, 'finishPress');
    const wait = toWriteWait('POST /submit/modal', press, this.#options);
    return this.#reads.write(wait, (control) => this.#presses.finish(jobid, press, this.#flavour, control));
  }

  async cancel(jobid: string, options: CallOptions = {}): Promise<CancelResult> {
    this.#requireTaskId(jobid, 'cancel');
    if (!this.capabilities().cancels) return { outcome: 'refused' };
    const request = cancelRequest(jobid);
    try {
      await this.#reads.write(toWriteWait(request.endpoint, options, this.#options), (control) =>
        this.#calls.write(request, control),
      );
      return { outcome: 'accepted' };
    } catch (error) {
      // It is for administrators only, whose secret ours need not be.
      if (error instanceof UnauthorizedError) return { outcome: 'refused' };
      throw error;
    }
  }

  /** Such servers have no such call. */
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
    await Promise.all([this.#calls.close(), this.#media.close()]);
  }

  async #findFlavour(control: CallControl): Promise<Flavour> {
    if (this.#flavour !== undefined) return this.#flavour;
    const flavour = await findFlavour(this.#calls, control);
    if (this.#flavour === undefined) this.#options.logger.info({ flavour }, 'The kind of Midjourney proxy is known.');
    this.#flavour = flavour;
    return flavour;
  }

  #toList(tasks: readonly WireTask[], flavour: Flavour): RunningList {
    const records = tasks.map((task) => this.#toJob(task));
    const running = records.filter(({ status }) => !FINAL.has(status));
    const byChannel = Map.groupBy(running, ({ apiChannel = '' }) => apiChannel);
    const channels = [...byChannel].map(
      ([apiChannel, jobs]): RunningChannel => ({ apiChannel, total: jobs.length, jobs: jobs.map(toRunning) }),
    );
    return {
      board: BOARD,
      fetchedAt: this.#options.clock.now(),
      total: running.length,
      channels,
      records,
      isPartial: !capabilitiesOf(flavour).namesForeignJobs,
    };
  }

  #toJob(task: WireTask): ApiJob {
    const nowMs = this.#options.clock.now();
    return toJob(task, { flavour: this.#flavour, nowMs, toMediaUrl: (url) => this.#toMediaUrl(url) });
  }

  #toMediaUrl(url: string): string {
    const reachable = toReachableUrl(url, this.#base);
    const isReplaced = URL.parse(url) !== null && new URL(reachable).origin !== new URL(url).origin;
    if (isReplaced && !this.#saidLoopback && isLoopback(new URL(url).hostname)) {
      this.#saidLoopback = true;
      this.#options.logger.warn(
        {},
        'The server names its files by a loopback address; its own address is used instead.',
      );
    }
    return reachable;
  }

  #requireTaskId(jobid: string, call: string): void {
    if (this.parseJobid(jobid) === undefined) throw new InvalidJobidError({ endpoint: call });
  }
}

function toSecretHeaders({ secret, auth = 'mj-api-secret' }: MjBackendOptions): Readonly<Record<string, string>> {
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw new AppError('backend-invalid-token', 'the secret has characters that no secret has');
  return auth === 'bearer' ? { authorization: `Bearer ${secret}` } : { 'mj-api-secret': secret };
}

/** What a record may leave out of a task that was made from a prompt, or from pictures. */
function toNewTask(prompt: string, pictures: SubmitPictures | undefined): Omit<NewTask, 'replyRef'> {
  if (pictures === undefined) return { verb: 'imagine', prompt };
  if (pictures.verb === 'describe') return { verb: 'describe', describeUrl: pictures.url };
  return { verb: 'blend', blendUrls: pictures.urls, blendDimensions: pictures.shape };
}

function toRunning({ jobid, board, apiChannel, jobType, createdAt }: ApiJob): RunningJob {
  return compact({ jobid, board, apiChannel, jobType, createdAt });
}
