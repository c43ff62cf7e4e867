import { DatabaseSync } from 'node:sqlite';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import type { LifeWorld } from './life-world.ts';

/** When something happened to a job, by the clock of all, in which life of the bot. */
export interface Trace {
  readonly at: number;
  readonly life: number;
  readonly what: string;
}

const MAX_VALUE = 600;
const MAX_LOG_LINES = 30;

/**
 * All that is known of a job that was not told as it has to be: what the API gave out of it, what the bot logged
 * and what it keeps.
 */
export function toUntoldReport({ bot, useapi }: LifeWorld, jobid: string, traces: readonly Trace[]): string {
  const ref = toJobRef(jobid);
  const happened = traces.map(({ at, life, what }) => `${new Date(at).toISOString()} life ${life}: ${what}`);
  const reads = useapi.requests.filter(({ path }) => path.endsWith(encodeURIComponent(jobid)) || path.endsWith(jobid));
  const lines = bot.log().filter((line) => line.includes(ref) || line.includes(jobid));
  return [
    `── ${ref} ${jobid}`,
    ...happened,
    ...reads.map(({ at, method, status }) => `${new Date(at).toISOString()} ${method}: ${status}`),
    ...lines.slice(-MAX_LOG_LINES),
    ...storedOf(bot.storePath, [ref, jobid]),
  ].join('\n');
}

/** Rows that name one of these words: of the store, and of its queues. */
function storedOf(path: string, words: readonly string[]): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const patterns = words.map((word) => `%${word}%`);
  const stored = database
    .prepare('SELECT namespace, key, value FROM keyv WHERE key LIKE ? OR value LIKE ? OR value LIKE ?')
    .all(`%${words[0] ?? ''}%`, ...patterns);
  const queued = database
    .prepare('SELECT * FROM queue_entries WHERE payload LIKE ? OR payload LIKE ? OR key LIKE ?')
    .all(...patterns, `%${words[0] ?? ''}%`);
  database.close();
  return [...stored, ...queued].map((row) => JSON.stringify(row).slice(0, MAX_VALUE));
}
