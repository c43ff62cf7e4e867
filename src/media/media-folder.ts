import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileKind } from './file-kind.ts';
import { MediaProblem } from './media-problem.ts';
import { mediaWords } from './words.ts';

/** A whole file in the folder. */
export interface StoredFile extends FileKind {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** A file that stays until it is released, once. */
export interface PinnedFile {
  readonly file: StoredFile;
  release(): void;
}

/** A file being written at `path`; it ends with `commit` or `discard`. */
export interface PartFile {
  readonly path: string;
  /** Counts bytes about to be written. @throws MediaProblem where the folder has no room for them */
  grow(bytes: number): void;
  /** Makes it a file of the folder. */
  commit(kind: FileKind): void;
  discard(): Promise<void>;
}

interface Entry {
  readonly file: StoredFile;
  pins: number;
}

const OURS = /^[0-9a-f]{32}\.\d+$/;

/**
 * A folder of files that never holds more than `maxBytes`, files being written included: the longest unused leave
 * first, pinned ones never. It belongs to one process, which removes at the start what an earlier one left.
 */
export class MediaFolder {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #files = 0;
  #preparing: Promise<void> | undefined;

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** Bytes held now, files being written included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Makes the folder and removes what an earlier process left; runs once, and again after it failed. */
  prepare(): Promise<void> {
    this.#preparing ??= this.#clean().catch((error: unknown) => {
      this.#preparing = undefined;
      throw error;
    });
    return this.#preparing;
  }

  /** Pins a file; undefined where it is not there (any more). Waits for nobody: a look at a file's size is quick. */
  take(key: string): PinnedFile | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.pins += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const size = toSize(entry.file.path);
    const release = () => {
      entry.pins -= 1;
    };
    if (size === entry.file.size) return { file: entry.file, release };
    release();
    this.#forget(key, entry);
    return undefined;
  }

  begin(key: string): PartFile {
    this.#files += 1;
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const path = join(this.#folder, `${name}.${this.#files}`);
    let size = 0;
    return {
      path,
      grow: (bytes) => {
        size += bytes;
        this.#grow(bytes);
      },
      commit: (kind) => this.#keep(key, { ...kind, path, size }),
      discard: async () => {
        this.#bytes -= size;
        size = 0;
        await rm(path, { force: true }).catch(() => undefined);
      },
    };
  }

  async #clean(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder)) {
      if (OURS.test(name)) await rm(join(this.#folder, name), { force: true, recursive: true });
    }
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return;
      if (entry.pins === 0) this.#forget(key, entry);
    }
    if (this.#bytes > this.#maxBytes) throw new MediaProblem('media-no-room', mediaWords.noRoom);
  }

  #keep(key: string, file: StoredFile): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#forget(key, old);
    this.#entries.set(key, { file, pins: 0 });
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) !== entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.file.size;
    // A file that cannot be removed now is removed at the next start.
    rm(entry.file.path, { force: true }).catch(() => undefined);
  }
}

function toSize(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size;
  } catch {
    return undefined;
  }
}
