import { stat } from 'node:fs/promises';
import { Limiter } from '../../shared/limiter.ts';
import type { OutgoingFile } from './outgoing.ts';

/** Bytes of files that are in memory at once on their way into channels. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** Bytes of them that one server may have: what is left holds a message of another one. */
const PER_GUILD_BYTES = 40 * 1024 * 1024;

/**
 * Lets messages with files in while what they upload fits: servers take turns, each in the order in which it asked; one
 * alone always fits.
 */
export class UploadBudget {
  readonly #bytes: Limiter;

  constructor(limitBytes = LIMIT_BYTES, perGuildBytes = PER_GUILD_BYTES) {
    this.#bytes = new Limiter(limitBytes, { perTenant: perGuildBytes });
  }

  /**
   * Resolves when it is the files' turn, at once where there are none. What it returns ends the turn, and is
   * idempotent.
   */
  async enter(files: readonly OutgoingFile[] = [], guildId?: string): Promise<() => void> {
    const sizes = await Promise.all(files.map(({ path }) => toBytes(path)));
    const weight = sizes.reduce((sum, size) => sum + size, 0);
    return weight === 0 ? () => undefined : this.#bytes.enter({ weight, tenant: guildId });
  }

  /** Runs `work` in the files' turn. */
  async run<T>(files: readonly OutgoingFile[] | undefined, work: () => Promise<T>, guildId?: string): Promise<T> {
    const leave = await this.enter(files, guildId);
    try {
      return await work();
    } finally {
      leave();
    }
  }
}

/** One for the process: memory is one too. */
export const channelUploads = new UploadBudget();

/** A file that is gone takes no room; whoever reads it says so. */
async function toBytes(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
