import { UseapiClient } from '../backends/useapi/client.ts';
import { MediaStore } from '../media/media-store.ts';
import type { Queue } from '../queue/contract.ts';
import { SqliteQueue } from '../queue/sqlite/sqlite-queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Store } from '../storage/contract.ts';
import { SqliteStore } from '../storage/sqlite/sqlite-store.ts';
import type { AppConfig } from './app-config.ts';

export interface OutsideOptions {
  readonly config: Pick<AppConfig, 'storePath' | 'useapi' | 'mediaHosts'>;
  /** Bytes the store's file may have; default: no limit. */
  readonly maxStoreBytes?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the bot works with outside of its own memory, Discord excepted. */
export interface Outside {
  readonly store: Store;
  readonly queue: Queue;
  readonly backend: UseapiClient;
  readonly media: MediaStore;
}

/** Opens each and defers its closing onto the stack. */
export async function openOutside(stack: AsyncDisposableStack, options: OutsideOptions): Promise<Outside> {
  const { config, maxStoreBytes, clock, logger } = options;
  const { storePath: path } = config;
  const limit = maxStoreBytes === undefined ? {} : { maxBytes: maxStoreBytes };
  const store = SqliteStore.open(path, clock, { logger, ...limit });
  stack.defer(() => store.close());
  const queue = await SqliteQueue.open({ path, file: store.file, clock, logger, ...limit });
  stack.defer(async () => void (await queue.stop()));
  const backend = new UseapiClient({ baseUrl: config.useapi.url, token: config.useapi.token, clock, logger });
  stack.defer(() => backend.close());
  const folder = `${path}.media`;
  const media = new MediaStore({ folder, allowedHosts: config.mediaHosts, proxy: backend, clock, logger });
  stack.defer(() => media.close());
  return { store, queue, backend, media };
}
