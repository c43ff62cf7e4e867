/** What a file is by its bytes. */
export interface FileKind {
  readonly contentType: string;
  /** Without the dot. */
  readonly extension: string;
  readonly isVideo: boolean;
}

export const WEBP: FileKind = { contentType: 'image/webp', extension: 'webp', isVideo: false };

const KINDS = new Map<string, FileKind>([
  ['image/png', { contentType: 'image/png', extension: 'png', isVideo: false }],
  ['image/apng', { contentType: 'image/png', extension: 'png', isVideo: false }],
  ['image/jpeg', { contentType: 'image/jpeg', extension: 'jpg', isVideo: false }],
  ['image/webp', WEBP],
  ['image/gif', { contentType: 'image/gif', extension: 'gif', isVideo: false }],
  ['video/mp4', { contentType: 'video/mp4', extension: 'mp4', isVideo: true }],
  ['video/x-m4v', { contentType: 'video/mp4', extension: 'mp4', isVideo: true }],
  ['video/webm', { contentType: 'video/webm', extension: 'webm', isVideo: true }],
  ['video/quicktime', { contentType: 'video/quicktime', extension: 'mov', isVideo: true }],
]);

/** Pictures that not every client of Discord shows. */
const FOREIGN = new Map([
  ['image/avif', 'AVIF'],
  ['image/avif-sequence', 'AVIF'],
  ['image/heic', 'HEIC'],
  ['image/heif', 'HEIF'],
  ['image/jp2', 'JPEG 2000'],
  ['image/jxl', 'JPEG XL'],
  ['image/tiff', 'TIFF'],
  ['image/bmp', 'BMP'],
]);

/** `foreign`: a picture that has to be made into another kind; `format` is its name for people. */
export type DetectedFile =
  | { readonly found: 'known'; readonly kind: FileKind }
  | { readonly found: 'foreign'; readonly format: string }
  | { readonly found: 'nothing' };

/** Looks at the bytes; `nothing` where they are neither a picture nor a video. */
export async function detectFile(path: string): Promise<DetectedFile> {
  const { fileTypeFromFile } = await import('file-type');
  const mime = (await fileTypeFromFile(path).catch(() => undefined))?.mime ?? '';
  const kind = KINDS.get(mime);
  if (kind !== undefined) return { found: 'known', kind };
  const format = FOREIGN.get(mime);
  return format === undefined ? { found: 'nothing' } : { found: 'foreign', format };
}
