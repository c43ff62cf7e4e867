import { readdirSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { BotProcess } from '../crash/bot-process.ts';

/** What a running bot holds at a moment. */
export interface SoakSample {
  /** In use when everything was collected that can be. */
  readonly usedBytes: number;
  readonly rssBytes: number;
  /** Files, sockets and pipes that are open. */
  readonly handles: number;
  readonly walBytes: number;
  readonly mediaBytes: number;
  /** Rows by what they are: a namespace of the store, or the state of queue entries. */
  readonly rows: Readonly<Record<string, number>>;
}

const ROWS = `SELECT namespace AS name, count(*) AS rows FROM keyv GROUP BY namespace
  UNION ALL SELECT 'queue: ' || state, count(*) FROM queue_entries GROUP BY state`;

export async function takeSample(bot: Pick<BotProcess, 'pid' | 'storePath' | 'usedBytes'>): Promise<SoakSample> {
  const { pid, storePath } = bot;
  return {
    usedBytes: await bot.usedBytes(),
    rssBytes: readRss(pid),
    handles: readdirSync(`/proc/${pid}/fd`).length,
    walBytes: sizeOf(`${storePath}-wal`),
    mediaBytes: sizeOfFolder(`${storePath}.media`),
    rows: countRows(storePath),
  };
}

function readRss(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('The memory of the bot cannot be read.');
  return Number(kilobytes) * 1_024;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function sizeOfFolder(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.reduce((sum, entry) => sum + (entry.isFile() ? sizeOf(`${entry.parentPath}/${entry.name}`) : 0), 0);
}

function countRows(storePath: string): Readonly<Record<string, number>> {
  const database = new DatabaseSync(storePath, { readOnly: true });
  try {
    return Object.fromEntries(
      database
        .prepare(ROWS)
        .all()
        .map(({ name, rows }) => [String(name), Number(rows)]),
    );
  } finally {
    database.close();
  }
}
