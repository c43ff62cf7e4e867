import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE_MB = 320;
const MB = Buffer.alloc(2 ** 20);
const BLOCK = Buffer.alloc(2 ** 12);

/** A folder on a disk of its own that is soon full; a plain folder where none may be mounted. */
export class SmallDisk {
  readonly folder: string;
  readonly isSmall: boolean;

  private constructor(folder: string, isSmall: boolean) {
    this.folder = folder;
    this.isSmall = isSmall;
  }

  static async make(folder: string): Promise<SmallDisk> {
    mkdirSync(folder);
    const options = ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder];
    const isSmall = await run('mount', options).then(
      () => true,
      () => false,
    );
    return new SmallDisk(folder, isSmall);
  }

  /** Leaves no room for anything else. */
  fill(): void {
    for (const block of [MB, BLOCK]) while (this.#append(block));
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  async remove(): Promise<void> {
    if (this.isSmall) await run('umount', ['-l', this.folder]);
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }

  get #filler(): string {
    return join(this.folder, 'filler');
  }

  #append(block: Buffer): boolean {
    try {
      writeFileSync(this.#filler, block, { flag: 'a' });
      return true;
    } catch {
      return false;
    }
  }
}
