import type { APIMessage } from 'discord.js';
import sharp from 'sharp';
import { createMessage } from '../../sandbox/discord/world/messages.ts';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { GuildSettings } from '../../src/moderation/guild-settings.ts';
import { AuditLog } from '../../src/moderation/log/audit-log.ts';
import type { LogEntry } from '../../src/moderation/log/log-entry.ts';
import type { Settings } from '../../src/moderation/settings.ts';
import { ids, startWorld, type World, type WorldOptions, walk } from './start-world.ts';

/** A world with finished jobs, and what of it the tests of submissions look at. */
export interface SubmissionWorld {
  readonly world: World;
  /** A finished job and its card in #general, for all to see. */
  aCard(version?: 'v2' | 'v3', prompt?: string): Promise<{ readonly jobid: string; readonly message: APIMessage }>;
  /** The bot's messages that everybody in a channel sees. */
  posts(channelId: string): readonly APIMessage[];
  /** A message of the bot with these controls, as if it had been posted there; answers its id. */
  plant(channelId: string, customIds: readonly string[]): string;
  /** Changes the main server's settings, between two runs of the bot. */
  change(change: (settings: Settings) => Settings): Promise<void>;
  /** The main server's log, newest first; read between two runs of the bot. */
  readLog(): Promise<readonly LogEntry[]>;
  /** How often the API was asked to press a button or to make a job. */
  paid(): number;
}

export async function startSubmissionWorld(options: WorldOptions = {}): Promise<SubmissionWorld> {
  const world = await startWorld({ guildIds: [ids.guild, ids.otherGuild], ...options });
  return {
    world,
    async aCard(version = 'v3', prompt = 'a quiet harbour') {
      const jobid = world.useapi.world.startJob({ version, prompt });
      world.useapi.world.advance(jobid, { to: 'completed' });
      const typed = { path: 'job show', options: { job: jobid, public: true } };
      const { message } = await world.moderator.command(ids.general, typed);
      if (message === undefined) throw new Error('There is no card.');
      return { jobid, message };
    },
    posts: (channelId) =>
      world.owner.messages(channelId).filter((message) => message.author.bot && ((message.flags ?? 0) & 64) === 0),
    plant(channelId, customIds) {
      const channel = world.discord.world.channels.get(channelId);
      if (channel === undefined) throw new Error('There is no such channel.');
      const buttons = customIds.map((id) => ({ type: 2, style: 2, custom_id: id, label: 'x' }));
      const body = { flags: 32_768, components: [{ type: 1, components: buttons }] };
      return createMessage(world.discord.world, { channel, authorId: ids.application, type: 0, body, uploads: [] })
        .message.id;
    },
    async change(change) {
      await world.betweenRuns(async (store, clock) => {
        const settings = new GuildSettings({ store, log: new AuditLog(store), clock });
        await settings.load([ids.guild]);
        await settings.change(ids.guild, { by: ids.owner, action: 'setting-change', what: 'test' }, change);
      });
    },
    readLog: () =>
      world.betweenRuns(async (store) => (await new AuditLog(store).page(ids.guild, { limit: 50 })).entries),
    paid: () =>
      world.useapi.requests.filter(
        ({ method, path }) => method === 'POST' && /\/(button|imagine|describe|blend)/.test(path),
      ).length,
  };
}

export function labelsOf(message: APIMessage | undefined): unknown[] {
  return walk(message?.components).flatMap((part) => part['label'] ?? []);
}

/** The fields of an open form, by custom id. */
export function fieldsOf({ modal }: SeenInteraction): Readonly<Record<string, Record<string, unknown>>> {
  const parts = (modal?.components ?? []).flatMap((part) => walk([part, 'component' in part ? part.component : []]));
  return Object.fromEntries(parts.flatMap((part) => ('custom_id' in part ? [[String(part['custom_id']), part]] : [])));
}

/** A black picture with a white part, as a file that is uploaded. */
export async function aMask(width: number, height: number, format: 'png' | 'jpeg' = 'png') {
  const white = { create: { width: Math.ceil(width / 2), height, channels: 3 as const, background: '#ffffff' } };
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#000000' } })
    .composite([{ input: white, left: 0, top: 0 }])
    .toFormat(format)
    .toBuffer();
  return { name: `mask.${format}`, contentType: `image/${format}`, bytes: new Uint8Array(bytes) };
}
