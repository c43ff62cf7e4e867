import type { MediaSource } from './media-file.ts';

/** Parts of a Discord link that change with each reading of the same file. */
const EXPIRING = ['ex', 'is', 'hm'];
const MAX_PART = 60;

/** What makes a file the same file: the job, and where it comes from without what expires. */
export function sourceKey(ref: string, source: MediaSource): string {
  const url = URL.parse(source.url);
  if (url === null) return `${ref} ${source.via} ${source.url}`;
  for (const name of EXPIRING) url.searchParams.delete(name);
  url.searchParams.sort();
  url.hash = '';
  return `${ref} ${source.via} ${url.href}`;
}

/** A name of its own within one message, of `[A-Za-z0-9_.-]` only. */
export function fileName(ref: string, label: string, extension: string, taken: Set<string>): string {
  const stem = `${clean(ref)}-${clean(label)}`;
  let name = `${stem}.${extension}`;
  for (let copy = 2; taken.has(name); copy += 1) name = `${stem}-${copy}.${extension}`;
  taken.add(name);
  return name;
}

function clean(text: string): string {
  const safe = text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, MAX_PART);
  return safe.replace(/^-+|-+$/g, '') || 'file';
}
