import { stat } from 'node:fs/promises';
import type { OutgoingFile } from './outgoing.ts';

const MIB = 1024 * 1024;
/** Bytes of files that are in memory at once on their way into channels. */
const LIMIT_BYTES = 64 * MIB;

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

/** Lets messages with files in, in the order in which they asked, while what they upload fits; one alone always does. */
export class UploadBudget {
  readonly #limitBytes: number;
  readonly #waiting: Waiting[] = [];
  #usedBytes = 0;

  constructor(limitBytes = LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /** Resolves when it is the files' turn, at once where there are none; what it answers ends the turn, said again it changes nothing. */
  async enter(files: readonly OutgoingFile[] = []): Promise<() => void> {
    const sizes = await Promise.all(files.map(({ path }) => toBytes(path)));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes === 0) return () => undefined;
    await this.#wait(bytes);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#usedBytes -= bytes;
      this.#letIn();
    };
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

  #wait(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, enter: resolve });
    this.#letIn();
    return promise;
  }

  #letIn(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (this.#usedBytes > 0 && this.#usedBytes + next.bytes > this.#limitBytes) return;
      this.#usedBytes += next.bytes;
      this.#waiting.shift();
      next.enter();
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
