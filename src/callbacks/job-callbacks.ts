import type { Clock } from '../shared/clock.ts';
import { AppError, toErrorMessage } from '../shared/errors.ts';
import { type ListenAddress, toHttpUrl } from '../shared/listen-address.ts';
import { Listeners } from '../shared/listeners.ts';
import type { Logger } from '../shared/logger.ts';
import type { Store } from '../storage/contract.ts';
import { CallbackKeys } from './callback-keys.ts';
import type { CallbackListener } from './callback-listener.ts';
import { readCallbackPath, toCallbackPath } from './callback-path.ts';

export interface JobCallbacksOptions {
  readonly store: Store;
  readonly listen: ListenAddress;
  /** Under which address backends reach `listen`, without a slash at its end; default: just there, on this machine. */
  readonly url?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Gives each submission an address of its own that its backend can call, and takes those calls. */
export class JobCallbacks {
  readonly #options: JobCallbacksOptions;
  readonly #keys: CallbackKeys;
  #listener: CallbackListener | undefined;
  readonly #calls = new Listeners<[ref: string, body: unknown], void>();
  /** Calls the listener with what came for a submission, of which nothing is to be believed. */
  readonly onCall = this.#calls.on;
  #url: string | undefined;
  #isStopped = false;

  constructor(options: JobCallbacksOptions) {
    this.#options = options;
    this.#keys = new CallbackKeys(options.store, options.clock);
  }

  /** @throws AppError `listen-failed` */
  async start(): Promise<void> {
    const { listen, url, clock, logger } = this.#options;
    // Node's HTTP server, and all that comes with it, is only for those who are called back.
    const { CallbackListener } = await import('./callback-listener.ts');
    if (this.#isStopped) return;
    this.#listener = new CallbackListener({
      findRef: (path) => this.#findRef(path),
      onCall: (ref, body) => this.#calls.emit(ref, body),
      clock,
    });
    const port = await this.#listener.start(listen, 'REPLY_LISTEN');
    this.#url = url ?? toHttpUrl({ host: listen.host, port });
    // In the sandbox nobody has asked for it.
    logger[url === undefined ? 'debug' : 'info']({ host: listen.host, port }, 'Backends can call back.');
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#url = undefined;
    await this.#listener?.stop();
  }

  /** Where the backend is to call for this submission; undefined where it cannot: then its job is polled alone. */
  async urlFor(ref: string): Promise<string | undefined> {
    const url = this.#url;
    if (url === undefined) return undefined;
    try {
      const [keys] = await this.#keys.valid();
      return `${url}${toCallbackPath(keys, ref)}`;
    } catch (thrown) {
      const code = thrown instanceof AppError ? thrown.code : toErrorMessage(thrown);
      this.#options.logger.warn({ code }, 'The keys of calls back could not be read; a job is polled alone.');
      return undefined;
    }
  }

  async #findRef(path: string): Promise<string | undefined> {
    const valid = await this.#keys.valid();
    return readCallbackPath(path, valid) ?? readCallbackPath(this.#withoutPrefix(path), valid);
  }

  /** A proxy in front may hand on the path of the public address, or leave it out. */
  #withoutPrefix(path: string): string {
    const prefix = URL.parse(this.#url ?? '')?.pathname ?? '/';
    return prefix !== '/' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : '';
  }
}
