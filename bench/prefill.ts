import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxIds } from '../sandbox/discord/world/world-plan.ts';
import type { Job } from '../src/jobs/job.ts';
import { toJobRef } from '../src/jobs/job-ref.ts';
import { JobStore } from '../src/jobs/job-store.ts';
import { type RuleInput, RuleStore } from '../src/notifications/rules/rule-store.ts';
import { forEachLimited } from '../src/shared/limiter.ts';
import type { Store } from '../src/storage/contract.ts';
import { SqliteStore } from '../src/storage/sqlite/sqlite-store.ts';

/** Where writing to disk costs nothing, as far as the machine has such a place. */
const FAST_FOLDER = '/dev/shm';
const WRITES_AT_ONCE = 100;
const RECENT = 500;
const RUNNING = 100;
const API_CHANNEL = '1234567890123456789';

type Inputs = readonly Omit<RuleInput, 'createdBy'>[];

/** Rules of the main server, created by its owner. */
export async function addRules(storePath: string, inputs: Inputs): Promise<void> {
  const store = SqliteStore.open(storePath);
  await addRulesWithin(store, inputs);
  await store.close();
}

/** Rules of a server, by default the main one, in a store that is open. */
export async function addRulesWithin(store: Store, inputs: Inputs, guildId: string = sandboxIds.guild): Promise<void> {
  const rules = new RuleStore(store);
  for (const input of inputs) {
    await rules.add(guildId, { ...input, createdBy: sandboxIds.owner }, Date.now());
  }
}

/** A store's file with so many completed jobs, the last ones known to autocomplete, and a hundred that still run. */
export class FilledStore {
  readonly #folder: string;
  readonly #path: string;

  private constructor(folder: string, path: string) {
    this.#folder = folder;
    this.#path = path;
  }

  static async write(jobs: number): Promise<FilledStore> {
    const folder = mkdtempSync(join(existsSync(FAST_FOLDER) ? FAST_FOLDER : tmpdir(), 'bench-'));
    const filled = new FilledStore(folder, join(folder, 'filled.sqlite'));
    const store = SqliteStore.open(filled.#path);
    await fill(new JobStore(store), jobs);
    await store.close();
    return filled;
  }

  copyTo(path: string): void {
    copyFileSync(this.#path, path);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

async function fill(store: JobStore, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, at) => at);
  await forEachLimited(numbers, WRITES_AT_ONCE, (number) => store.set(toJob(number, 'completed')));
  for (const number of numbers.slice(0, RUNNING)) {
    const job = toJob(number, 'progress');
    await store.set(job);
    await store.markRunning(job);
  }
  await store.saveRecent(numbers.slice(-RECENT).map((number) => toJob(number, 'completed').ref));
}

function toJob(number: number, status: 'completed' | 'progress'): Job {
  const jobid = `j1023141520123${String(number).padStart(6, '0')}i-u12345-c${API_CHANNEL}-bot:midjourney`;
  const url = `https://cdn.discordapp.com/attachments/${API_CHANNEL}/${number}/a_lighthouse_in_the_fog_${number}.png`;
  const at = Date.now();
  return {
    ref: toJobRef(jobid),
    jobid,
    board: 'v3',
    status,
    verb: 'imagine',
    jobType: 'image',
    prompt: `a lighthouse in the fog, number ${number}, oil on canvas, warm light --ar 3:2 --v 7`,
    content: `**a lighthouse in the fog, number ${number}, oil on canvas, warm light --ar 3:2 --v 7** - <@1> (fast)`,
    apiChannel: API_CHANNEL,
    messageId: API_CHANNEL,
    createdAt: at,
    updatedAt: at,
    attachments: [{ id: API_CHANNEL, url, filename: 'a.png', contentType: 'image/png', size: 1_500_000 }],
    buttons: ['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4'],
    imageUx: [1, 2, 3, 4].map((id) => ({ id, url: `${url}?quarter=${id}` })),
    videoUx: [],
    children: [],
    embeds: [],
    firstSeenAt: at,
    observedAt: at,
    changedAt: at,
    ...(status === 'completed' && { finalAt: at }),
    isRead: true,
  };
}
