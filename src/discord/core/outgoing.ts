import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type APIMessageTopLevelComponent, MessageFlags } from 'discord.js';

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
 * `FormData`, the undici that discord.js brings throws outside of any promise and ends the process.
 */
export async function toRequest(body: unknown, files: readonly OutgoingFile[] = []): Promise<OutgoingRequest> {
  if (files.length === 0) return { body, passThroughBody: false };
  const boundary = `form-${randomUUID()}`;
  const parts = toPart(boundary, 'name="payload_json"', Buffer.from(JSON.stringify(body)));
  for (const [id, { name, path, contentType }] of files.entries()) {
    const disposition = `name="files[${id}]"; filename="${name.replace(/["\r\n]/g, '_')}"\r\ncontent-type: ${contentType}`;
    parts.push(...toPart(boundary, disposition, await readFile(path)));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return {
    body: Buffer.concat(parts),
    passThroughBody: true,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

function toPart(boundary: string, disposition: string, content: Buffer): Buffer[] {
  const head = `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`;
  return [Buffer.from(head), content, Buffer.from('\r\n')];
}
