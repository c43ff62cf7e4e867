import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type APIMessageTopLevelComponent, MessageFlags } from 'discord.js';
import { AppError } from '../../shared/errors.ts';

const SMALL_BYTES = 256 * 1024;

/** A file on disk that a message carries; its name is what `attachment://…` refers to. */
export interface OutgoingFile {
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
}

/** A message of Components V2 on its way out; nobody is mentioned but who is named here. */
export interface OutgoingMessage {
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly files?: readonly OutgoingFile[];
  readonly mentionRoleIds?: readonly string[];
  readonly mentionUserIds?: readonly string[];
}

/** A request's body as discord.js's REST takes it. */
export interface OutgoingRequest {
  readonly body: unknown;
  /** Whether the body is a form that must be passed on as it is. */
  readonly passThroughBody: boolean;
  readonly headers?: Record<string, string>;
}

/** The message as JSON, its files listed: what an edit does not list is dropped. */
export function toMessageBody(message: OutgoingMessage, flags = 0) {
  const files = message.files ?? [];
  return {
    flags: MessageFlags.IsComponentsV2 | flags,
    components: message.components,
    attachments: files.map(({ name }, id) => ({ id: String(id), filename: name })),
    allowed_mentions: {
      parse: [],
      roles: [...(message.mentionRoleIds ?? [])],
      users: [...(message.mentionUserIds ?? [])],
      replied_user: false,
    },
  };
}

/**
 * Wraps a JSON body and files into a request of one buffer: where Discord answers before it has read a whole
 * `FormData`, the undici that discord.js brings throws outside of any promise and ends the process. Rejects where a
 * file cannot be read.
 */
export async function toRequest(body: unknown, files: readonly OutgoingFile[] = []): Promise<OutgoingRequest> {
  if (files.length === 0) return { body, passThroughBody: false };
  const boundary = `form-${randomUUID()}`;
  const parts: (Buffer | SizedFile)[] = [toHead(boundary, 'name="payload_json"'), Buffer.from(JSON.stringify(body))];
  for (const [id, { name, path, contentType }] of files.entries()) {
    const about = `name="files[${id}]"; filename="${name.replace(/["\r\n]/g, '_')}"\r\ncontent-type: ${contentType}`;
    // What a process wrote itself a moment ago: asking for its size is faster than waiting for the answer.
    parts.push(toHead(boundary, about), { path, length: statSync(path).size });
  }
  parts.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  return {
    body: await toWhole(parts),
    passThroughBody: true,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

interface SizedFile {
  readonly path: string;
  /** Bytes. */
  readonly length: number;
}

/** The line end before the first boundary belongs to no part. */
function toHead(boundary: string, disposition: string): Buffer {
  return Buffer.from(`\r\n--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`);
}

/** Reads all files at once, each to its place: what is allocated and copied twice is collected twice. */
async function toWhole(parts: readonly (Buffer | SizedFile)[]): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0));
  const reads: Promise<void>[] = [];
  let at = 0;
  for (const part of parts) {
    const place = whole.subarray(at, at + part.length);
    if (Buffer.isBuffer(part)) part.copy(place);
    else reads.push(readInto(place, part.path));
    at += part.length;
  }
  await Promise.all(reads);
  return whole;
}

async function readInto(place: Buffer, path: string): Promise<void> {
  // Sooner there than a thread would have begun.
  if (place.length <= SMALL_BYTES) return readSmallInto(place, path);
  const file = await open(path);
  try {
    for (let at = 0; at < place.length; ) {
      const { bytesRead } = await file.read(place, at);
      if (bytesRead === 0) throw toCutError();
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function readSmallInto(place: Buffer, path: string): void {
  const file = openSync(path, 'r');
  try {
    for (let at = 0; at < place.length; ) {
      const bytesRead = readSync(file, place, at, place.length - at, null);
      if (bytesRead === 0) throw toCutError();
      at += bytesRead;
    }
  } finally {
    closeSync(file);
  }
}

function toCutError(): AppError {
  return new AppError('file-cut', 'A file became shorter while it was read.');
}
