import { measure, toContentType, type UploadedFile } from '../world/attachment-store.ts';
import type { PersonFile } from '../world/people.ts';

type Values = Readonly<Record<string, string | readonly string[] | readonly PersonFile[]>>;

export async function toUpload(file: PersonFile, index: number): Promise<UploadedFile> {
  const contentType = toContentType(file.name, file.contentType);
  return measure({ index, name: file.name, contentType, bytes: file.bytes });
}

export async function toUploads(
  values: Values,
): Promise<Readonly<Record<string, string | readonly string[] | readonly UploadedFile[]>>> {
  const entries = Object.entries(values).map(async ([customId, value]) => {
    if (typeof value === 'string') return [customId, value] as const;
    const files = value.filter((item): item is PersonFile => typeof item === 'object');
    if (files.length === 0) return [customId, value as readonly string[]] as const;
    return [customId, await Promise.all(files.map(toUpload))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
