import { fileTypeFromFile } from 'file-type';

/** What a file is by its bytes. */
export interface FileKind {
  readonly contentType: string;
  /** Without the dot. */
  readonly extension: string;
  readonly isVideo: boolean;
}

const KINDS = new Map<string, FileKind>([
  ['image/png', { contentType: 'image/png', extension: 'png', isVideo: false }],
  ['image/apng', { contentType: 'image/png', extension: 'png', isVideo: false }],
  ['image/jpeg', { contentType: 'image/jpeg', extension: 'jpg', isVideo: false }],
  ['image/webp', { contentType: 'image/webp', extension: 'webp', isVideo: false }],
  ['image/gif', { contentType: 'image/gif', extension: 'gif', isVideo: false }],
  ['video/mp4', { contentType: 'video/mp4', extension: 'mp4', isVideo: true }],
  ['video/x-m4v', { contentType: 'video/mp4', extension: 'mp4', isVideo: true }],
  ['video/webm', { contentType: 'video/webm', extension: 'webm', isVideo: true }],
  ['video/quicktime', { contentType: 'video/quicktime', extension: 'mov', isVideo: true }],
]);

/** Looks at the bytes; undefined where they are neither a picture nor a video that can be shown. */
export async function detectKind(path: string): Promise<FileKind | undefined> {
  const found = await fileTypeFromFile(path).catch(() => undefined);
  return found === undefined ? undefined : KINDS.get(found.mime);
}
