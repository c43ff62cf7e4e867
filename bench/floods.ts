import { ChannelKind } from '../sandbox/discord/discord-numbers.ts';
import { defaultWorldPlan, sandboxIds, type WorldPlan } from '../sandbox/discord/world/world-plan.ts';
import type { BenchWorld } from './bench-world.ts';

/** Very much work of one server. */
export interface Flood {
  readonly title: string;
  /** Prompts of the jobs that it is made of; they run when it begins. */
  readonly prompts: readonly string[];
  /** Begins with these jobs; what it returns ends it, where it does not end by itself. */
  begin(world: BenchWorld, jobids: readonly string[]): () => Promise<void>;
}

/** Channels of the busy server, each with a rule. */
export const BUSY_CHANNELS = 200;
/** Jobs of which each is posted in every one of those channels. */
const BROADCAST_JOBS = 50;
/** Jobs that are posted with their media, each in one of those channels. */
const PICTURED_JOBS = 250;
const COMMANDS_A_SECOND = 40;

export const nothing: Flood = { title: 'nothing', prompts: [], begin: endAll };

export const broadcast: Flood = {
  title: `${BROADCAST_JOBS * BUSY_CHANNELS} posts waiting`,
  prompts: toPrompts(BROADCAST_JOBS, () => 'broadcast'),
  begin: endAll,
};

export const pictures: Flood = {
  title: `the media of ${PICTURED_JOBS} jobs to fetch and post`,
  prompts: toPrompts(PICTURED_JOBS, (at) => toWord(at % BUSY_CHANNELS)),
  begin: endAll,
};

export const commands: Flood = {
  title: `${COMMANDS_A_SECOND} \`/job show\` a second`,
  prompts: toPrompts(COMMANDS_A_SECOND, () => 'shown'),
  begin(world, jobids) {
    void endAll(world, jobids);
    const asked: Promise<unknown>[] = [];
    const timer = setInterval(() => {
      const job = jobids[asked.length % jobids.length] ?? '';
      asked.push(world.member.command(sandboxIds.general, { path: 'job show', options: { job } }));
    }, 1_000 / COMMANDS_A_SECOND);
    return async () => {
      clearInterval(timer);
      await Promise.all(asked);
    };
  },
};

/** The default world with many channels in its first server. */
export function toBusyPlan(): WorldPlan {
  const channels = Array.from({ length: BUSY_CHANNELS }, (_, at) => {
    return { id: toChannelId(at), name: `busy-${at}`, type: ChannelKind.Text };
  });
  const guilds = defaultWorldPlan.guilds.map((guild) =>
    guild.id === sandboxIds.guild ? { ...guild, channels: [...guild.channels, ...channels] } : guild,
  );
  return { ...defaultWorldPlan, guilds };
}

/** One rule in each of the busy channels: for what all of them post, or for jobs of its own, with their media. */
export function toBusyRules(kind: 'shared' | 'own') {
  const events = ['completed' as const];
  const media = kind === 'shared' ? ('none' as const) : ('full' as const);
  return Array.from({ length: BUSY_CHANNELS }, (_, at) => {
    return { channelId: toChannelId(at), events, promptWords: [kind === 'shared' ? 'broadcast' : toWord(at)], media };
  });
}

function toChannelId(at: number): string {
  return String(1_204_417_700_112_200_000n + BigInt(at));
}

function toWord(at: number): string {
  return `busy${at}`;
}

function toPrompts(count: number, toWordOf: (at: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, at) => `a flood, ${toWordOf(at)}, number ${at}`);
}

function endAll({ useapi }: BenchWorld, jobids: readonly string[]) {
  for (const jobid of jobids) useapi.world.advance(jobid, { to: 'completed' });
  return async () => undefined;
}
