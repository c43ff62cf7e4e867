import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text.ts';
import type { OutgoingFile } from './outgoing.ts';
import { coreWords } from './words.ts';

export interface TextFile {
  readonly file: OutgoingFile;
  readonly bytes: number;
  /** Removes the file from disk. */
  release(): void;
}

export interface TextFileOptions {
  /** Letters, digits and `-`, with an ending: `log.jsonl`. */
  readonly name: string;
  /** Bytes that Discord takes; what is larger is packed. */
  readonly maxBytes: number;
}

/**
 * Streams lines into a file on disk, packed with gzip where it would be too large otherwise.
 * @throws UserError where that is not enough.
 */
export async function writeLines(
  toLines: () => AsyncIterable<string>,
  { name, maxBytes }: TextFileOptions,
): Promise<TextFile> {
  const folder = await mkdtemp(join(tmpdir(), 'export-'));
  const release = () => void rm(folder, { recursive: true, force: true });
  try {
    const plain = await write(toLines(), join(folder, name), false);
    if (plain <= maxBytes) return toTextFile(join(folder, name), name, plain, release);
    const packed = await write(toLines(), join(folder, `${name}.gz`), true);
    if (packed <= maxBytes) return toTextFile(join(folder, `${name}.gz`), `${name}.gz`, packed, release);
    throw new UserError('export-too-large', coreWords.fileTooLarge(formatBytes(maxBytes)));
  } catch (thrown) {
    release();
    throw thrown;
  }
}

async function write(lines: AsyncIterable<string>, path: string, isPacked: boolean): Promise<number> {
  const source = Readable.from(lines);
  const target = createWriteStream(path);
  await (isPacked ? pipeline(source, createGzip(), target) : pipeline(source, target));
  return (await stat(path)).size;
}

function toTextFile(path: string, name: string, bytes: number, release: () => void): TextFile {
  const contentType = name.endsWith('.gz') ? 'application/gzip' : 'application/x-ndjson';
  return { file: { name, path, contentType }, bytes, release };
}
