import { rm } from 'node:fs/promises';
import { Flights, runAlone } from '../backends/http/flights.ts';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { Limiter } from '../shared/limiter.ts';
import type { Logger } from '../shared/logger.ts';
import { TRANSFERS, TRANSFERS_PER_GUILD } from './limits.ts';
import type { MediaLease, MediaMissing, MediaRequest, MediaResult, MediaSource } from './media-file.ts';
import { MediaFolder, type PinnedFile, type StoredFile } from './media-folder.ts';
import { MediaProblem, tooLarge, toReason, toStatus } from './media-problem.ts';
import { MediaOpener, type MediaProxy } from './media-source.ts';
import { fileName, sourceKey } from './names.ts';
import { RENDITION_STEPS } from './rendition.ts';
import { saveRendition, saveSource } from './transfer.ts';
import { mediaWords } from './words.ts';

export interface MediaStoreOptions {
  /** Belongs to this store alone; emptied of its files at the start. */
  readonly folder: string;
  /** Bytes all files in the folder may have together. Default 512 MiB. */
  readonly maxFolderBytes?: number;
  /** Bytes of one file that are fetched at most. Default 100 MiB. */
  readonly maxSourceBytes?: number;
  /** `host` or `host:port` from which files are fetched directly: https, or http where that host is loopback. */
  readonly allowedHosts: readonly string[];
  /** Serves what lies at `cdn.midjourney.com`; `UseapiClient` is one. */
  readonly proxy: MediaProxy;
  /** @see MediaOpenerOptions.isGuarded */
  readonly isGuarded?: ((board: string) => boolean) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds one file may take. Default 20,000. */
  readonly fileTimeoutMs?: number;
  /** Milliseconds all files of a lease may take. Default 60,000. */
  readonly leaseTimeoutMs?: number;
}

const DEFAULTS = {
  maxFolderBytes: 512 * 1024 * 1024,
  maxSourceBytes: 100 * 1024 * 1024,
  fileTimeoutMs: 20_000,
  leaseTimeoutMs: 60_000,
};
const TRANSFERS_PER_LEASE = 2;
const TAKE_TRIES = 3;

/** One lease being made. */
interface Work {
  readonly request: MediaRequest;
  readonly signal: AbortSignal;
  /** Milliseconds of the monotonic clock. */
  readonly endsAt: number;
  readonly pins: PinnedFile[];
  readonly names: Set<string>;
}

interface Fetched {
  readonly source: MediaSource;
  readonly pinned?: PinnedFile;
  readonly reason?: string;
}

/**
 * Fetches the files of jobs once for all who need them, keeps them in a bounded folder, and makes them fit. Where more
 * is wanted than is done at once, servers take turns.
 */
export class MediaStore {
  readonly #options: Required<Omit<MediaStoreOptions, 'isGuarded'>>;
  readonly #folder: MediaFolder;
  readonly #opener: MediaOpener;
  readonly #flights: Flights;
  readonly #transfers = new Limiter(TRANSFERS, { perTenant: TRANSFERS_PER_GUILD });
  readonly #renditions = new Limiter(1);

  constructor(options: MediaStoreOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#folder = new MediaFolder(this.#options.folder, this.#options.maxFolderBytes);
    this.#opener = new MediaOpener({ ...options, connections: TRANSFERS });
    this.#flights = new Flights(options.clock);
  }

  /** Opens a file where it is, and reads nothing of it. @throws MediaProblem, BackendError */
  async tryToOpen(source: MediaSource, signal: AbortSignal): Promise<void> {
    const { stream } = await this.#opener.open(source, signal);
    stream.on('error', () => undefined).destroy();
  }

  /**
   * Files for one message, in the order of their sources; one that cannot be had is named as missing and stops no
   * other. The files stay on disk until the lease is released. Rejects only with the reason of an aborted signal.
   */
  async lease(request: MediaRequest): Promise<MediaLease> {
    const signal = request.signal ?? new AbortController().signal;
    signal.throwIfAborted();
    const endsAt = this.#options.clock.monotonicMs() + this.#options.leaseTimeoutMs;
    const work: Work = { request, signal, endsAt, pins: [], names: new Set() };
    const release = () => {
      for (const pin of work.pins.splice(0)) pin.release();
    };
    const results = await this.#fitAll(work, await this.#fetchAll(work));
    if (!signal.aborted) return { results, release };
    release();
    throw signal.reason;
  }

  /** Ends transfers and removes the folder: what it held is fetched anew when it is needed. */
  async close(): Promise<void> {
    await this.#opener.close();
    // What was being written a moment ago may come in between.
    await rm(this.#options.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #fetchAll(work: Work): Promise<Fetched[]> {
    const perLease = new Limiter(TRANSFERS_PER_LEASE);
    const chosen = work.request.sources.slice(0, Math.max(0, work.request.maxFiles));
    const fetchOne = async (source: MediaSource): Promise<Fetched> => {
      try {
        const pinned = await perLease.run(() => this.#takeSource(work, source), { signal: work.signal });
        work.pins.push(pinned);
        return { source, pinned };
      } catch (error) {
        return { source, reason: this.#explain(work, source, error) };
      }
    };
    return Promise.all(chosen.map(fetchOne));
  }

  #takeSource(work: Work, source: MediaSource): Promise<PinnedFile> {
    const key = sourceKey(work.request.ref, source);
    const { clock, maxSourceBytes, fileTimeoutMs } = this.#options;
    const tools = { clock, maxSourceBytes, fileTimeoutMs, folder: this.#folder, opener: this.#opener };
    return this.#takeInTurn(this.#transfers, key, work, async (signal) => {
      await this.#folder.prepare();
      await saveSource({ ...tools, source, key, signal });
    });
  }

  /** What is there needs no turn. Whoever asks for the same in another server's turn has a turn of its own. */
  async #takeInTurn(
    turns: Limiter,
    key: string,
    work: Work,
    make: (signal: AbortSignal) => Promise<void>,
  ): Promise<PinnedFile> {
    const pinned = this.#folder.take(key);
    if (pinned !== undefined) return pinned;
    const tenant = work.request.guildId;
    return runAlone(this.#options.clock, this.#toWait(work), ({ signal }) =>
      turns.run(() => this.#takeOrMake(key, work, make), { tenant, signal }),
    );
  }

  #toWait({ endsAt, signal }: Work) {
    return { endpoint: 'media', deadlineMs: endsAt - this.#options.clock.monotonicMs(), signal };
  }

  /** What was made may be pushed out again before it is taken, so it is made anew a few times. */
  async #takeOrMake(key: string, work: Work, make: (signal: AbortSignal) => Promise<void>): Promise<PinnedFile> {
    for (let attempt = 0; attempt < TAKE_TRIES; attempt += 1) {
      const pinned = this.#folder.take(key);
      if (pinned !== undefined) return pinned;
      await this.#flights.share(key, this.#toWait(work), (control) => make(control.signal));
    }
    throw new MediaProblem('media-no-room', mediaWords.noRoom);
  }

  /** One after the other, in order: each file may have what the ones before it left. */
  async #fitAll(work: Work, fetched: readonly Fetched[]): Promise<MediaResult[]> {
    const { sources, maxFiles, maxTotalBytes } = work.request;
    const results: MediaResult[] = [];
    let left = maxTotalBytes;
    for (const { source, pinned, reason } of fetched) {
      if (work.signal.aborted) return results;
      const result =
        pinned === undefined
          ? missing(source, reason ?? mediaWords.notLoaded)
          : await this.#fit(work, source, pinned.file, left);
      if (result.kind === 'file') left -= result.size;
      results.push(result);
    }
    const tooMany = mediaWords.tooManyFiles(maxFiles);
    return [...results, ...sources.slice(fetched.length).map((source) => missing(source, tooMany))];
  }

  async #fit(work: Work, source: MediaSource, original: StoredFile, left: number): Promise<MediaResult> {
    const { ref, maxFileBytes, maxTotalBytes } = work.request;
    const limit = Math.min(maxFileBytes, left);
    try {
      const file = original.size <= limit ? original : await this.#reduce(work, source, original, limit);
      const name = fileName(ref, source.label, file.extension, work.names);
      const { path, contentType, size } = file;
      return { kind: 'file', label: source.label, name, path, contentType, size, isReduced: file !== original };
    } catch (error) {
      const total = mediaWords.tooManyBytes(maxTotalBytes);
      return missing(source, original.size <= maxFileBytes ? total : this.#explain(work, source, error));
    }
  }

  async #reduce(work: Work, source: MediaSource, original: StoredFile, limit: number): Promise<StoredFile> {
    const root = sourceKey(work.request.ref, source);
    for (let step = 0; step < RENDITION_STEPS && !original.isVideo; step += 1) {
      const key = `${root} smaller ${step}`;
      const pinned = await this.#takeInTurn(this.#renditions, key, work, () =>
        saveRendition(this.#folder, key, original.path, step),
      );
      if (pinned.file.size <= limit) {
        work.pins.push(pinned);
        return pinned.file;
      }
      pinned.release();
    }
    throw tooLarge(original.size, work.request.maxFileBytes);
  }

  #explain(work: Work, source: MediaSource, error: unknown): string {
    const reason = toReason(error);
    this.#options.logger.info(
      { ref: work.request.ref, label: source.label, via: source.via, reason, ...compact({ status: toStatus(error) }) },
      'A file of a job could not be had.',
    );
    return reason;
  }
}

function missing(source: MediaSource, reason: string): MediaMissing {
  return { kind: 'missing', label: source.label, reason };
}
