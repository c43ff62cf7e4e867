import { createWriteStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { runAlone } from '../backends/http/flights.ts';
import type { Clock } from '../shared/clock.ts';
import { detectFile, type FileKind, WEBP } from './file-kind.ts';
import type { MediaSource } from './media-file.ts';
import type { MediaFolder, PartFile } from './media-folder.ts';
import { MediaProblem, tooLarge } from './media-problem.ts';
import type { MediaOpener, OpenedMedia } from './media-source.ts';
import { toWebp, writeRendition } from './rendition.ts';
import { mediaWords } from './words.ts';

export interface Transfer {
  readonly source: MediaSource;
  readonly key: string;
  readonly folder: MediaFolder;
  readonly opener: MediaOpener;
  readonly clock: Clock;
  /** Bytes. */
  readonly maxSourceBytes: number;
  /** Milliseconds from the first byte asked for to the last one written. */
  readonly fileTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Brings one file from where it is into the folder. @throws MediaProblem, BackendError, errors of the disk */
export async function saveSource(transfer: Transfer): Promise<void> {
  const { clock, fileTimeoutMs, signal, opener, source, folder, key, maxSourceBytes } = transfer;
  await runAlone(clock, { endpoint: 'media', deadlineMs: fileTimeoutMs, signal }, async (control) => {
    try {
      const opened = await opener.open(source, control.signal);
      await saveStream(folder.begin(key), opened, maxSourceBytes, control.signal);
    } catch (error) {
      control.signal.throwIfAborted();
      throw error;
    }
  });
}

async function saveStream(part: PartFile, opened: OpenedMedia, maxBytes: number, signal: AbortSignal): Promise<void> {
  try {
    if ((opened.contentLength ?? 0) > maxBytes) {
      opened.stream.on('error', () => undefined).destroy();
      throw tooLarge(opened.contentLength ?? 0);
    }
    const counted = countBytes(part, maxBytes);
    await pipeline(opened.stream, counted, createWriteStream(part.path, { flags: 'wx', mode: 0o600 }), { signal });
    part.commit(await toShownKind(part));
  } catch (error) {
    await part.discard();
    throw toTransferError(error);
  }
}

/** What the file can be shown as; a picture of another kind is made into one in its place. */
async function toShownKind(part: PartFile): Promise<FileKind> {
  const file = await detectFile(part.path);
  if (file.found === 'known') return file.kind;
  if (file.found === 'nothing') throw new MediaProblem('media-kind', mediaWords.neither);
  const { size } = await stat(part.path);
  const converted = await toWebp(part.path).catch(() => {
    throw new MediaProblem('media-format', mediaWords.format(file.format));
  });
  part.grow(converted.length - size);
  await writeFile(part.path, converted);
  return WEBP;
}

function countBytes(part: PartFile, maxBytes: number) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(size);
      part.grow(chunk.length);
      yield chunk;
    }
  };
}

/** undici's names for a stream that broke; its texts hold addresses. */
function toTransferError(error: unknown): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  const isBroken = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || String(code).startsWith('UND_ERR');
  return isBroken ? new MediaProblem('media-broken', mediaWords.brokenOff) : error;
}

/** Makes a smaller rendition of a picture in the folder. */
export async function saveRendition(folder: MediaFolder, key: string, from: string, step: number): Promise<void> {
  const part = folder.begin(key);
  try {
    await writeRendition(from, part.path, step).catch(() => {
      throw new MediaProblem('media-rendition', mediaWords.notReduced);
    });
    part.grow((await stat(part.path)).size);
    part.commit(WEBP);
  } catch (error) {
    await part.discard();
    throw error;
  }
}
