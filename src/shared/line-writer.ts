import { write, writeSync } from 'node:fs';

/** Bytes that wait to be written at most; lines beyond are left out. */
const MAX_WAITING = 1_000_000;
const RETRY_MS = 100;

/**
 * Writes lines to a file or a pipe, one write at a time. Where the disk is full or nobody reads, lines are left out:
 * neither the work nor the end of the process waits for them. pino's own destination waits for ever at the end.
 */
export class LineWriter {
  readonly #fd: number;
  #waiting: Buffer[] = [];
  #size = 0;
  #isWriting = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#size + bytes.length > MAX_WAITING) return;
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    if (!this.#isWriting) this.#writeNext();
  }

  /** Tries once to write what waits; for the end of the process. */
  flush(): void {
    try {
      writeSync(this.#fd, this.#take());
    } catch {
      return;
    }
  }

  #writeNext(): void {
    const bytes = this.#take();
    if (bytes.length === 0) return;
    this.#isWriting = true;
    write(this.#fd, bytes, (error, written) => {
      this.#isWriting = false;
      if (error === null) return this.#goOn(bytes.subarray(written));
      if (error.code !== 'EAGAIN') return this.#writeNext();
      this.#isWriting = true;
      setTimeout(() => {
        this.#isWriting = false;
        this.#goOn(bytes);
      }, RETRY_MS).unref();
    });
  }

  /** Writes first what is left of the write before. */
  #goOn(rest: Buffer): void {
    if (rest.length > 0) this.#waiting.unshift(rest);
    this.#size += rest.length;
    this.#writeNext();
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#size = 0;
    return bytes;
  }
}
