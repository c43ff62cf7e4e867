import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import type { MediaRequest, MediaSource } from '../../src/media/media-file.ts';
import { MediaStore, type MediaStoreOptions } from '../../src/media/media-store.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { FakeClock } from '../fake-clock.ts';

export type MediaHandler = (response: ServerResponse, request: IncomingMessage) => void;

export interface MediaRig {
  readonly store: MediaStore;
  readonly clock: FakeClock;
  readonly folder: string;
  readonly host: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  /** Transfers under way at once, at most. */
  readonly peak: () => number;
  source(path: string, label?: string): MediaSource;
  request(paths: readonly string[], limits?: Partial<MediaRequest>): MediaRequest;
  files(): Promise<string[]>;
  untilAsked(count: number): Promise<void>;
}

const MEGABYTE = 1024 * 1024;

/** Makes media stores, each with a folder and a file server of its own, and removes them all. */
export class MediaRigs {
  readonly #open: (() => Promise<unknown>)[] = [];

  async start(handler: MediaHandler, options: Partial<MediaStoreOptions> = {}): Promise<MediaRig> {
    const files = await this.#serve(handler);
    const folder = options.folder ?? (await this.folder());
    const clock = new FakeClock();
    const proxy = {
      opensMedia: () => false,
      openMedia: async () => ({ stream: Readable.from([Buffer.from('none')]) }),
    };
    const common = { allowedHosts: [files.host], proxy, clock, logger: silentLogger };
    const store = new MediaStore({ ...common, ...options, folder });
    this.#open.push(() => store.close());
    const source = (path: string, label = path.replaceAll('/', '')) => ({
      via: 'direct' as const,
      url: `http://${files.host}${path}`,
      label,
    });
    return {
      ...files,
      store,
      clock,
      folder,
      source,
      request: (paths, limits = {}) => ({
        ref: 'abcd1234',
        guildId: undefined,
        sources: paths.map((path) => source(path)),
        maxFileBytes: 10 * MEGABYTE,
        maxFiles: 10,
        maxTotalBytes: 24 * MEGABYTE,
        ...limits,
      }),
      files: () => readdir(folder),
    };
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'media-test-'));
    this.#open.unshift(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  async close(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close();
  }

  async #serve(handler: MediaHandler) {
    const asked: string[] = [];
    let running = 0;
    let peak = 0;
    let watchers: { readonly count: number; resolve(): void }[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      running += 1;
      peak = Math.max(peak, running);
      response.on('close', () => {
        running -= 1;
      });
      for (const watcher of watchers.filter(({ count }) => asked.length >= count)) watcher.resolve();
      watchers = watchers.filter(({ count }) => asked.length < count);
      handler(response, request);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#open.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const untilAsked = async (count: number) => {
      if (asked.length >= count) return;
      await new Promise<void>((resolve) => {
        watchers.push({ count, resolve });
      });
    };
    return { host: `127.0.0.1:${port}`, asked, peak: () => peak, untilAsked };
  }
}

/** A picture that compresses badly: `pixels` squared, of noise. */
export async function noisePicture(pixels: number): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  return sharp({ create: { width: pixels, height: pixels, channels: 3, background: '#000', noise } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** A small plain picture. */
export async function plainPicture(format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png'): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: '#468' } })
    .toFormat(format)
    .toBuffer();
}

/** Bytes that are an mp4 by their head, `size` of them. */
export function videoBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(24, 0);
  bytes.write('ftypisom', 4);
  bytes.write('isomiso2', 16);
  return bytes;
}
