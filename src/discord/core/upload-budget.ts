import { stat } from 'node:fs/promises';
import { Limiter } from '../../shared/limiter.ts';
import type { OutgoingFile } from './outgoing.ts';

/** Bytes of files that are in memory at once on their way into channels. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/** Lets messages with files in, in the order in which they asked, while what they upload fits; one alone always does. */
export class UploadBudget {
  readonly #bytes: Limiter;

  constructor(limitBytes = LIMIT_BYTES) {
    this.#bytes = new Limiter(limitBytes);
  }

  /** Resolves when it is the files' turn, at once where there are none. What it returns ends the turn, and is idempotent. */
  async enter(files: readonly OutgoingFile[] = []): Promise<() => void> {
    const sizes = await Promise.all(files.map(({ path }) => toBytes(path)));
    const weight = sizes.reduce((sum, size) => sum + size, 0);
    return weight === 0 ? () => undefined : this.#bytes.enter({ weight });
  }

  /** Runs `act` in the files' turn. */
  async run<T>(files: readonly OutgoingFile[] | undefined, act: () => Promise<T>): Promise<T> {
    const leave = await this.enter(files);
    try {
      return await act();
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
