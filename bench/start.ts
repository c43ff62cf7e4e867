import { type BotKind, startBenchWorld } from './bench-world.ts';
import type { Measurement } from './measurement.ts';
import { toMb, toMs, toPercentile } from './statistics.ts';

const STARTS = 9;

interface Start {
  readonly readyAfterMs: number;
  readonly rssBytes: number;
}

/** From the start of the process to logged in with commands registered, and the memory held then; both bots in turn. */
export const start: Measurement = {
  name: 'start',
  async measure() {
    const ours: Start[] = [];
    const bare: Start[] = [];
    for (let round = 0; round < STARTS; round += 1) {
      ours.push(await startOnce('ours'));
      bare.push(await startOnce('bare'));
    }
    return {
      head: ['', 'this bot', 'bare discord.js bot'],
      rows: [
        ['start to ready, median', toMs(medianReady(ours)), toMs(medianReady(bare))],
        ['memory (RSS) when ready, median', toMb(medianRss(ours)), toMb(medianRss(bare))],
      ],
      notes: [
        `${STARTS} starts of each, in turn, each with an empty store; ready means logged in and commands registered, from the start of the Node process.`,
      ],
    };
  },
};

async function startOnce(kind: BotKind): Promise<Start> {
  const world = await startBenchWorld(kind);
  const seen = { readyAfterMs: world.bot.readyAfterMs, rssBytes: world.bot.rss() };
  await world.close();
  return seen;
}

function medianReady(starts: readonly Start[]): number {
  return toPercentile(
    starts.map((one) => one.readyAfterMs),
    0.5,
  );
}

function medianRss(starts: readonly Start[]): number {
  return toPercentile(
    starts.map((one) => one.rssBytes),
    0.5,
  );
}
