import { SnowflakeUtil } from 'discord.js';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { textOf } from '../e2e/start-world.ts';
import type { LifeWorld } from './life-world.ts';
import { readRowsOf } from './stored-state.ts';

/** When something happened to a job, by the clock of all, in which life of the bot. */
export interface Trace {
  readonly at: number;
  readonly life: number;
  readonly what: string;
}

const MAX_VALUE = 600;
const MAX_LOG_LINES = 30;

/**
 * All that is known of a job that was not posted as it has to be: what the API gave out of it, what Discord shows of
 * it, what the bot logged and what it keeps.
 */
export function toUnreportedText({ bot, discord, useapi }: LifeWorld, jobid: string, traces: readonly Trace[]): string {
  const ref = toJobRef(jobid);
  const happened = traces.map(({ at, life, what }) => `${new Date(at).toISOString()} life ${life}: ${what}`);
  const reads = useapi.requests.filter(({ path }) => path.endsWith(encodeURIComponent(jobid)) || path.endsWith(jobid));
  const lines = bot.log().filter((line) => line.includes(ref) || line.includes(jobid));
  return [
    `── ${ref} ${jobid}`,
    ...happened,
    ...reads.map(({ at, method, status }) => `${new Date(at).toISOString()} ${method}: ${status}`),
    ...toShown(discord.world, ref),
    ...lines.slice(-MAX_LOG_LINES),
    ...readRowsOf(bot.storePath, [ref, jobid]).map((row) => JSON.stringify(row).slice(0, MAX_VALUE)),
  ].join('\n');
}

function toShown({ channels, messages }: LifeWorld['discord']['world'], ref: string): readonly string[] {
  const all = [...channels.keys()].flatMap((channelId) => messages.list(channelId).map(({ message }) => message));
  const shown = all.filter((message) => textOf(message).includes(ref));
  return shown.map(({ id, channel_id }) => `${toTime(id)} message ${id} in ${channel_id}`);
}

function toTime(id: string): string {
  return new Date(SnowflakeUtil.timestampFrom(id)).toISOString();
}
