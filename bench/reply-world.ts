import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sandboxIds } from '../sandbox/discord/world/world-plan.ts';
import { closeListener, listenOn } from '../src/shared/listen-address.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { addRules } from './prefill.ts';

const SHOWCASE_POSTS = `/channels/${sandboxIds.showcase}/messages`;
const PATIENCE_MS = 60_000;
/** Milliseconds without a read after which the bot rests. */
const REST_MS = 3_000;

/** A bot that posts each end in one channel, without media, whose API calls back or does not. */
export async function startReplyWorld(pollSeconds: number, hasCallbacks: boolean): Promise<BenchWorld> {
  return startBenchWorld('ours', {
    discord: { limits: 'off' },
    environment: {
      POLL_INTERVAL_SECONDS: String(pollSeconds),
      ...(hasCallbacks ? await toReplyVariables() : {}),
    },
    prefill: (storePath) =>
      addRules(storePath, [
        { channelId: sandboxIds.showcase, events: ['completed'], promptWords: ['harbour'], media: 'none' },
      ]),
  });
}

/** On a port that was free a moment ago. */
async function toReplyVariables(): Promise<Readonly<Record<string, string>>> {
  const server = createServer();
  const port = await listenOn(server, { host: '127.0.0.1', port: 0 }, 'a free port');
  await closeListener(server);
  return { REPLY_URL: `http://127.0.0.1:${port}`, REPLY_LISTEN: `127.0.0.1:${port}` };
}

export interface SubmittedJob {
  readonly jobid: string;
  readonly prompt: string;
  readonly replyUrl: string | undefined;
}

/** Starts jobs by `/imagine`, one after the other. */
export async function submitJobs({ discord, useapi }: BenchWorld, count: number): Promise<readonly SubmittedJob[]> {
  const moderator = discord.people(sandboxIds.moderator);
  const submitted: SubmittedJob[] = [];
  for (let at = 0; at < count; at += 1) {
    const prompt = `a harbour, number ${at}.`;
    await moderator.command(sandboxIds.general, { path: 'imagine', options: { prompt } });
    const job = useapi.world.list().find((one) => one.prompt === prompt);
    if (job === undefined) throw new Error('A submit made no job.');
    submitted.push({ jobid: job.jobid, prompt, replyUrl: job.replyUrl });
  }
  return submitted;
}

/** So many submits at once are called back for at once, and those looks are not what is measured. */
export async function untilReadsRest({ useapi }: BenchWorld): Promise<void> {
  let lastAt = performance.now();
  const stop = useapi.onRequest(({ method, path }) => {
    if (method === 'GET' && path.includes('/jobs/')) lastAt = performance.now();
  });
  while (performance.now() - lastAt < REST_MS) await delay(REST_MS / 10);
  stop();
}

/** When each of the prompts is posted, and how often; `all` rejects where one does not come. */
export class ShowcasePosts {
  readonly counts = new Map<string, number>();
  readonly times = new Map<string, number>();
  readonly all: Promise<void>;

  constructor({ discord }: BenchWorld, prompts: readonly string[]) {
    this.all = new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`Only ${this.times.size} of ${prompts.length} posts came.`));
      const timer = setTimeout(fail, PATIENCE_MS * 2);
      discord.requests.subscribe(({ method, path, status, body }) => {
        if (method !== 'POST' || path !== SHOWCASE_POSTS || status !== 200) return;
        this.#note(prompts, JSON.stringify(body));
        if (this.times.size < prompts.length) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #note(prompts: readonly string[], text: string): void {
    const prompt = prompts.find((one) => text.includes(one));
    if (prompt === undefined) return;
    this.counts.set(prompt, (this.counts.get(prompt) ?? 0) + 1);
    if (!this.times.has(prompt)) this.times.set(prompt, performance.now());
  }
}
