import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

export type StoredRow = Readonly<Record<string, SQLOutputValue>>;

/** Characters around a word in a row that is about more than that. */
const CONTEXT = 160;

/** Rows that name one of these words: of the store, and of its queues. */
export function readRowsOf(path: string, words: readonly string[]): StoredRow[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const stored = database.prepare('SELECT namespace, key, value FROM keyv');
    const queued = database.prepare('SELECT queue, key, payload, state, run_at, due_at, last_error FROM queue_entries');
    const isAbout = (row: StoredRow) => words.some((word) => Object.values(row).some((text) => includes(text, word)));
    return [...stored.all(), ...queued.all()].filter(isAbout);
  } finally {
    database.close();
  }
}

/**
 * What texts say of these words, without numbers, times and names that differ each time: the same for states that go on
 * alike.
 */
export function toState(texts: readonly string[], words: readonly string[]): string {
  return texts
    .map((text) => mask(text, words))
    .sort()
    .join('\n');
}

/** A row as text; of one that is about more than these words only what stands around them. */
export function toRowText(
  { namespace, queue, key, value, payload, state }: StoredRow,
  words: readonly string[],
): string {
  const text = String(value ?? payload ?? '');
  const isOwn = words.some((word) => includes(key, word));
  const parts = [namespace ?? queue, isOwn ? key : '', state ?? '', isOwn ? text : toContext(text, words)];
  return parts.map(String).join(' ');
}

function toContext(text: string, words: readonly string[]): string {
  const at = words.map((word) => text.indexOf(word)).find((found) => found >= 0) ?? 0;
  return text.slice(Math.max(0, at - CONTEXT), at + CONTEXT);
}

function mask(text: string, words: readonly string[]): string {
  const known = words.reduce((masked, word, at) => masked.replaceAll(word, `<${'abcdefgh'[at]}>`), text);
  return known
    .replaceAll(/[\w-]{20,}/g, '~')
    .replaceAll(/\b[a-z0-9]{8}\b/g, '~')
    .replaceAll(/\d+/g, '#');
}

function includes(text: SQLOutputValue | undefined, word: string): boolean {
  return typeof text === 'string' && text.includes(word);
}
