import { existsSync } from 'node:fs';
import { CallbackKeys } from '../callbacks/callback-keys.ts';
import type { StoreConfig } from '../host-config.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Store } from '../storage/contract.ts';
import { SqliteStore } from '../storage/sqlite/sqlite-store.ts';

interface Tools {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Puts new keys into the addresses that backends call; a bot that runs takes them within ten seconds.
 * @throws AppError where there is no such store
 */
export async function rotateReplyKeys(config: StoreConfig, tools: Tools): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const store = config.kind === 'sqlite' ? openFile(config.path, tools) : await openDatabase(stack, config.url, tools);
  stack.defer(() => store.close());
  await new CallbackKeys(store, tools.clock).rotate();
}

function openFile(path: string, { clock, logger }: Tools): Store {
  if (!existsSync(path)) throw new AppError('no-store', `There is no file ${path}.`);
  return SqliteStore.open(path, clock, { logger });
}

async function openDatabase(stack: AsyncDisposableStack, url: string, tools: Tools): Promise<Store> {
  const { PostgresHandle } = await import('../shared/postgres-handle.ts');
  const { openPostgresStore } = await import('../storage/postgres/postgres-store.ts');
  const database = new PostgresHandle({ url, ...tools });
  stack.defer(() => database.close());
  return openPostgresStore(database, tools);
}
