import type { APIAttachment } from 'discord.js';
import { compact } from '../../../src/shared/compact.ts';
import { invalidForm } from '../api-error.ts';
import { isObject, type JsonObject, toNumber, toObject, toObjects, toText } from '../json.ts';
import { withoutSignature } from './attachment-addresses.ts';
import type { AttachmentStore, StoredFile, UploadedFile } from './attachment-store.ts';
import type { SnowflakeSource } from './snowflake.ts';

const SCHEME = 'attachment://';

/** The files of one message while it is written, and which of them components or embeds show. */
export class MessageMedia {
  readonly files: readonly StoredFile[];
  readonly #shown = new Set<string>();
  readonly #ids: SnowflakeSource;

  constructor(files: readonly StoredFile[], ids: SnowflakeSource) {
    this.files = files;
    this.#ids = ids;
  }

  /** The files that nothing shows: what `message.attachments` lists. */
  get unshown(): readonly StoredFile[] {
    return this.files.filter((file) => !this.#shown.has(file.attachment.id));
  }

  /** A media item as components carry it, with the file's name and size. */
  toUnfurled(url: string): JsonObject {
    const file = this.#find(url);
    if (file === undefined) return { id: this.#ids.next(), url, proxy_url: url, width: null, height: null };
    const { attachment } = file;
    return {
      id: attachment.id,
      url: attachment.url,
      proxy_url: attachment.proxy_url,
      width: attachment.width ?? null,
      height: attachment.height ?? null,
      content_type: attachment.content_type ?? null,
      attachment_id: attachment.id,
      name: attachment.filename,
      size: attachment.size,
    };
  }

  toEmbed(embed: JsonObject): JsonObject {
    const timestamp = toText(embed['timestamp']);
    const shown = { ...embed, type: 'rich', ...(timestamp ? { timestamp: new Date(timestamp).toISOString() } : {}) };
    const pictures = ['image', 'thumbnail'].flatMap((key) => {
      const url = toText(toObject(embed[key])['url']);
      return url === undefined ? [] : [[key, this.#toEmbedPicture(url)]];
    });
    const icons = ['author', 'footer'].flatMap((key) => {
      const part = embed[key];
      return isObject(part) ? [[key, this.#withIcon(part)]] : [];
    });
    return { ...shown, ...Object.fromEntries([...pictures, ...icons]) };
  }

  #toEmbedPicture(url: string): JsonObject {
    const attachment = this.#find(url)?.attachment;
    if (attachment === undefined) return { url, proxy_url: url };
    const { width, height } = attachment;
    return {
      url: attachment.url,
      proxy_url: attachment.proxy_url,
      ...(width ? { width } : {}),
      ...(height ? { height } : {}),
    };
  }

  #withIcon(part: JsonObject): JsonObject {
    const url = toText(part['icon_url']);
    if (url === undefined) return part;
    const shown = this.#find(url)?.attachment.url ?? url;
    return { ...part, icon_url: shown, proxy_icon_url: shown };
  }

  #find(url: string): StoredFile | undefined {
    const name = url.startsWith(SCHEME) ? url.slice(SCHEME.length) : undefined;
    const file = this.files.find(({ attachment }) =>
      name === undefined ? isAddressOf(attachment, url) : attachment.filename === name,
    );
    if (file === undefined && name !== undefined) {
      throw invalidForm(
        'components',
        'MEDIA_ATTACHMENT_NOT_FOUND',
        `The attachment ${name} is not part of the message`,
      );
    }
    if (file !== undefined) this.#shown.add(file.attachment.id);
    return file;
  }
}

function isAddressOf(attachment: APIAttachment, url: string): boolean {
  const plain = withoutSignature(url);
  return plain === attachment.url || plain === attachment.proxy_url;
}

interface FilesOfMessage {
  readonly store: AttachmentStore;
  readonly channelId: string;
  readonly isEphemeral: boolean;
  readonly body: JsonObject;
  readonly uploads: readonly UploadedFile[];
  readonly existing: readonly StoredFile[];
}

/** The files a message has after a create or an edit: an edit's `attachments` keeps only what it lists. */
export function gatherFiles(from: FilesOfMessage): readonly StoredFile[] {
  const listed = Array.isArray(from.body['attachments']) ? toObjects(from.body['attachments']) : undefined;
  const details = new Map((listed ?? []).map((entry) => [toListedId(entry['id']), entry]));
  for (const id of details.keys()) requireKnown(id, from);
  const kept = from.existing.filter((file) => listed === undefined || details.has(file.attachment.id));
  const added = from.uploads.map((upload) => {
    const entry = details.get(String(upload.index));
    const description = toText(entry?.['description']);
    const name = toText(entry?.['filename']) ?? upload.name;
    return from.store.add(
      from.channelId,
      { ...upload, name },
      {
        isEphemeral: from.isEphemeral,
        ...compact({ description }),
      },
    );
  });
  return [...kept, ...added];
}

function toListedId(id: unknown): string {
  return toText(id) ?? String(toNumber(id) ?? '');
}

function requireKnown(id: string, from: FilesOfMessage): void {
  const isUploaded = from.uploads.some((upload) => String(upload.index) === id);
  const isThere = from.existing.some((file) => file.attachment.id === id);
  if (isUploaded || isThere) return;
  throw invalidForm('attachments.0', 'ATTACHMENT_NOT_FOUND', `Attachment data for ${id} not found`);
}
