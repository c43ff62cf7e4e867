import type { APIAttachment } from 'discord.js';
import sharp from 'sharp';
import { compact } from '../../../src/shared/compact.ts';
import type { AttachmentAddresses } from './attachment-addresses.ts';
import type { SnowflakeSource } from './snowflake.ts';

/** A file that came in with a request, measured. */
export interface UploadedFile {
  /** The n of `files[n]`. */
  readonly index: number;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** Pixels, for pictures. */
  readonly width?: number;
  readonly height?: number;
}

/** A kept file and how Discord describes it. */
export interface StoredFile {
  readonly attachment: APIAttachment;
  readonly channelId: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  mp4: 'video/mp4',
  webm: 'video/webm',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/x-ndjson',
};

/** What Discord takes a file for: by its name first, else what the sender said. */
export function toContentType(name: string, declared: string): string {
  const extension = name.split('.').at(-1)?.toLowerCase() ?? '';
  return CONTENT_TYPES[extension] ?? (declared === '' ? 'application/octet-stream' : declared);
}

/** Reads a picture's size; other files, and broken pictures, have none. */
export async function measure(file: Omit<UploadedFile, 'width' | 'height'>): Promise<UploadedFile> {
  if (!file.contentType.startsWith('image/')) return file;
  try {
    const { width, height } = await sharp(file.bytes).metadata();
    return { ...file, width, height };
  } catch {
    return file;
  }
}

/** Names as Discord keeps them: blanks become underscores, anything else unusual is dropped. */
function toStoredName(name: string): string {
  const cleaned = name.replaceAll(/\s/g, '_').replaceAll(/[^\w.-]/g, '');
  return cleaned === '' ? 'file' : cleaned;
}

interface Kept {
  readonly file: StoredFile;
  readonly bytes: Uint8Array;
}

/** Keeps uploaded files and gives them their addresses; bounded, the oldest go first. */
export class AttachmentStore {
  readonly #kept = new Map<string, Kept>();
  readonly #ids: SnowflakeSource;
  readonly #maxBytes: number;
  readonly addresses: AttachmentAddresses;
  #bytes = 0;

  constructor(ids: SnowflakeSource, addresses: AttachmentAddresses, maxBytes = 256 * 1024 * 1024) {
    this.#ids = ids;
    this.addresses = addresses;
    this.#maxBytes = maxBytes;
  }

  add(channelId: string, upload: UploadedFile, details: { description?: string; isEphemeral: boolean }): StoredFile {
    const id = this.#ids.next();
    const filename = toStoredName(upload.name);
    const folder = details.isEphemeral ? 'ephemeral-attachments' : 'attachments';
    const attachment: APIAttachment = {
      id,
      filename,
      size: upload.bytes.byteLength,
      ...this.addresses.toFields(`/${folder}/${channelId}/${id}/${filename}`),
      content_type: upload.contentType,
      ...compact({ width: upload.width, height: upload.height, description: details.description }),
      ...(details.isEphemeral ? { ephemeral: true } : {}),
    };
    const file = { attachment, channelId };
    this.#kept.set(id, { file, bytes: upload.bytes });
    this.#bytes += upload.bytes.byteLength;
    this.#dropOldest();
    return file;
  }

  /** A file with its bytes; none once it was dropped. */
  get(id: string): Kept | undefined {
    return this.#kept.get(id);
  }

  #dropOldest(): void {
    for (const [id, kept] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#kept.delete(id);
      this.#bytes -= kept.bytes.byteLength;
    }
  }
}
