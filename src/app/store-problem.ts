import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { StoreConfig } from '../host-config.ts';
import { AppError } from '../shared/errors.ts';
import { toServerProblem } from '../shared/postgres-errors.ts';
import { toDamage, toUnusableReason } from '../shared/sqlite-errors.ts';
import { StoreFileError } from '../shared/sqlite-file.ts';

/** Names the setting and the place where the store is why the bot cannot start, and what to do. */
export function explainStore(thrown: unknown, store: StoreConfig, setting = 'STORE_URL'): unknown {
  const isFile = store.kind === 'sqlite';
  const place = isFile ? store.path : toServerName(store.url);
  const problem = isFile ? (toFileProblem(thrown) ?? toPlaceProblem(thrown, store.path)) : toDatabaseProblem(thrown);
  if (problem === undefined) return thrown;
  const message = `${setting}: ${place} cannot be used: ${problem.reason}. ${problem.todo}`;
  return new AppError('store-unusable', message, { cause: thrown });
}

interface StoreProblem {
  readonly reason: string;
  readonly todo: string;
}

/** Without user and password. */
function toServerName(url: string): string {
  const { host, pathname } = new URL(url);
  return `the database ${pathname.slice(1)} at ${host}`;
}

function toDatabaseProblem(thrown: unknown): StoreProblem | undefined {
  const chain = [thrown, thrown instanceof Error ? thrown.cause : undefined];
  for (const error of chain) {
    const problem = toServerProblem(error);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is in the file. */
function toFileProblem(thrown: unknown): StoreProblem | undefined {
  if (thrown instanceof StoreFileError) {
    const todo =
      thrown.code === 'store-newer'
        ? 'Start that version again, or restore a backup that this version made, or set another path.'
        : 'Set another path; nothing in it was changed.';
    return { reason: thrown.message, todo };
  }
  const reason = toDamage(thrown);
  if (reason === undefined) return undefined;
  return {
    reason,
    todo: 'Restore a backup in its place, or move it away to begin with an empty store, or set another path.',
  };
}

/** Where the file is. */
function toPlaceProblem(thrown: unknown, path: string): StoreProblem | undefined {
  const reason = toUnusableReason(thrown) ?? toFolderReason(thrown, dirname(resolve(path)));
  if (reason === undefined) return undefined;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    return { reason: 'it is a folder', todo: 'Name a file in it, such as `bot.sqlite`.' };
  return { reason, todo: 'Set another path, or put right the file, its folder and their rights.' };
}

function toFolderReason(thrown: unknown, folder: string): string | undefined {
  if (!(thrown instanceof Error && 'path' in thrown && 'syscall' in thrown && thrown.syscall === 'mkdir'))
    return undefined;
  const isAbove = `${folder}/`.startsWith(`${resolve(String(thrown.path))}/`);
  return isAbove ? 'its folder cannot be made' : undefined;
}
