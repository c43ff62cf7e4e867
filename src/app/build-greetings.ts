import { type Client, Events, type Guild } from 'discord.js';
import type { DirectMessages } from '../discord/core/direct-messages.ts';
import { DiscordChannelPoster } from '../discord/core/discord-channel-poster.ts';
import type { GuildDirectory } from '../discord/core/guild-directory.ts';
import { GreetingMessages, type GreetingNotice, GreetingPosts } from '../discord/setup/greeting-posts.ts';
import { openPostRecords } from '../notifications/delivery/post-record.ts';
import { Sender } from '../notifications/delivery/sender.ts';
import { Greetings, type JoinedServer } from '../notifications/greetings.ts';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import type { Outside } from './outside.ts';
import type { PostObserver } from './post-observer.ts';

export interface GreetingOptions {
  readonly outside: Pick<Outside, 'store' | 'queue'>;
  readonly client: Client;
  readonly direct: DirectMessages;
  readonly directory: GuildDirectory;
  readonly served: ServedGuilds;
  readonly onPost?: PostObserver | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface GreetingStart {
  /** Greets servers that join, and those that joined while the bot was away; call it when the bot is logged in. */
  start(): Promise<void>;
  /** Forgets that a server was greeted. Rejects with a `StoreError`. */
  forget(guildId: string): Promise<void>;
}

export function buildGreetings(options: GreetingOptions): GreetingStart {
  const { outside, client, direct, directory, served, onPost, clock, logger } = options;
  const { store, queue } = outside;
  const greetings = new Greetings({ store, queue, clock });
  const poster = new DiscordChannelPoster<GreetingNotice>(client, new GreetingMessages());
  const sender = new Sender<GreetingNotice>({
    records: openPostRecords(store),
    poster,
    clock,
    logger,
    onOutcome: onPost?.('greeting'),
  });
  const note = async (guild: Guild) => {
    if (!served.has(guild.id) || !guild.available) return;
    try {
      await greetings.noteServer(toJoinedServer(guild));
    } catch (thrown) {
      logger.warn({ guildId: guild.id, error: toErrorMessage(thrown) }, 'A server was not greeted.');
    }
  };
  return {
    forget: (guildId) => greetings.forget(guildId),
    async start() {
      greetings.start(new GreetingPosts({ sender, direct, directory }).post);
      served.onJoined((guildId) => {
        const guild = client.guilds.cache.get(guildId);
        if (guild !== undefined) void note(guild);
      });
      client.on(Events.GuildAvailable, (guild) => void note(guild));
      await Promise.all(client.guilds.cache.map(note));
    },
  };
}

function toJoinedServer({ id, ownerId, systemChannelId, joinedTimestamp }: Guild): JoinedServer {
  return { guildId: id, ownerId, joinedAt: joinedTimestamp, ...compact({ channelId: systemChannelId ?? undefined }) };
}
