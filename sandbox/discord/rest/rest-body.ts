import { apiError } from '../api-error.ts';
import { MAX_FILE_BYTES } from '../discord-numbers.ts';
import { measure, toContentType, type UploadedFile } from '../world/attachment-store.ts';
import { toMaxRequestBytes } from '../world/upload-limits.ts';

export interface RestBody {
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

/** Reads JSON or multipart; refuses too large a request or file (40005), and what is not JSON (50109). */
export async function readRestBody(
  request: Pick<Request, 'headers' | 'arrayBuffer'>,
  maxFileBytes = MAX_FILE_BYTES,
): Promise<RestBody> {
  const maxBytes = toMaxRequestBytes(maxFileBytes);
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (declared > maxBytes) throw apiError('tooLarge');
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > maxBytes) throw apiError('tooLarge');
  const contentType = request.headers.get('content-type') ?? '';
  if (contentType.startsWith('multipart/form-data')) return readMultipart(bytes, contentType, maxFileBytes);
  if (bytes.byteLength === 0) return { body: undefined, files: [] };
  return { body: parseJson(new TextDecoder().decode(bytes)), files: [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw apiError('invalidBody');
  }
}

async function readMultipart(bytes: ArrayBuffer, contentType: string, maxFileBytes: number): Promise<RestBody> {
  const form = await parseForm(bytes, contentType);
  const payload = form.get('payload_json');
  const parts: [number, File][] = [];
  for (const [name, value] of form) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (index !== undefined && value instanceof File) parts.push([Number(index), value]);
  }
  if (parts.some(([, file]) => file.size > maxFileBytes)) throw apiError('tooLarge');
  const files = await Promise.all(parts.map(([index, file]) => toUpload(index, file)));
  return { body: typeof payload === 'string' ? parseJson(payload) : {}, files };
}

async function parseForm(bytes: ArrayBuffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw apiError('invalidBody');
  }
}

async function toUpload(index: number, file: File): Promise<UploadedFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return measure({ index, name: file.name, contentType: toContentType(file.name, file.type), bytes });
}
