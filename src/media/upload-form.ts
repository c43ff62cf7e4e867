import { openAsBlob } from 'node:fs';
import type { MediaFile } from './media-file.ts';

/**
 * The multipart body of a Discord message with files, read from disk while it is sent, never whole in memory.
 * Goes to discord.js as `rest.post(route, { body: form, passThroughBody: true })`: its own `files` option takes buffers only and
 * turns a Blob into the text `[object Blob]`.
 * @param payload The message; its `attachments` name the files by their index here.
 */
export async function toUploadForm(payload: object, files: readonly MediaFile[]): Promise<FormData> {
  const form = new FormData();
  for (const [index, file] of files.entries()) {
    form.append(`files[${index}]`, await openAsBlob(file.path, { type: file.contentType }), file.name);
  }
  form.append('payload_json', JSON.stringify(payload));
  return form;
}
