import { openAsBlob } from 'node:fs';
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

/** Wraps a JSON body and files into a request; the files are read from disk while they are sent. */
export async function toRequest(body: unknown, files: readonly OutgoingFile[] = []): Promise<OutgoingRequest> {
  if (files.length === 0) return { body, passThroughBody: false };
  const form = new FormData();
  form.append('payload_json', JSON.stringify(body));
  for (const [id, { name, path, contentType }] of files.entries()) {
    form.append(`files[${id}]`, await openAsBlob(path, { type: contentType }), name);
  }
  return { body: form, passThroughBody: true };
}
