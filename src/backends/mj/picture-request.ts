import type { Readable } from 'node:stream';
import { BackendError, ClientClosedError, PictureError } from '../backend-errors.ts';
import type { SubmitPictures } from '../contract.ts';
import type { ApiRequest, CallControl } from '../http/transport.ts';
import type { MjMedia } from './media.ts';
import { blendRequest, describeRequest, type ReplyFields } from './mj-endpoints.ts';

/** Bytes of one picture, and of all that one submit carries. */
const MAX_BYTES = 10_000_000;
const MAX_TOTAL_BYTES = 20_000_000;

/** Kinds that are sent, by what the bytes say. */
const TYPES = new Map([
  ['image/png', 'image/png'],
  ['image/apng', 'image/png'],
  ['image/jpeg', 'image/jpeg'],
  ['image/webp', 'image/webp'],
  ['image/gif', 'image/gif'],
]);

/**
 * The submit of pictures that somebody gave. Such servers take the files themselves and no links, so they are fetched
 * here first, before anything is paid. @throws PictureError
 */
export async function toPicturesRequest(
  media: MjMedia,
  pictures: SubmitPictures,
  reply: ReplyFields,
  control: CallControl,
): Promise<ApiRequest> {
  const endpoint = `POST /submit/${pictures.verb}`;
  const urls = pictures.verb === 'describe' ? [pictures.url] : pictures.urls;
  const base64Array: string[] = [];
  let total = 0;
  for (const url of urls) {
    const dataUrl = await toDataUrl(media, url, endpoint, control);
    total += dataUrl.length;
    if (total > toBase64Length(MAX_TOTAL_BYTES)) throw new PictureError({ endpoint, reason: 'too large together' });
    base64Array.push(dataUrl);
  }
  const [base64 = ''] = base64Array;
  return pictures.verb === 'describe'
    ? describeRequest(base64, reply)
    : blendRequest(base64Array, pictures.shape ?? 'Square', reply);
}

async function toDataUrl(media: MjMedia, url: string, endpoint: string, control: CallControl): Promise<string> {
  try {
    const { stream } = await media.openGiven(url, control);
    const bytes = await readBytes(stream, endpoint);
    const { fileTypeFromBuffer } = await import('file-type');
    const type = TYPES.get((await fileTypeFromBuffer(bytes))?.mime ?? '');
    if (type === undefined) throw new PictureError({ endpoint, reason: 'no picture' });
    return `data:${type};base64,${bytes.toString('base64')}`;
  } catch (thrown) {
    control.signal.throwIfAborted();
    if (thrown instanceof PictureError || thrown instanceof ClientClosedError) throw thrown;
    throw new PictureError({ endpoint, reason: thrown instanceof BackendError ? thrown.code : 'broken' });
  }
}

async function readBytes(stream: Readable, endpoint: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new PictureError({ endpoint, reason: 'too large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toBase64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
