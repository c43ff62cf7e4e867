import { type Client, Events } from 'discord.js';
import { z } from 'zod';
import { Listeners } from '../../shared/listeners.ts';

/** All servers of a shard, as its log-in names them. */
export interface ShardGuilds {
  readonly guildIds: ReadonlySet<string>;
  /** Whether it is this shard that would have named the server. */
  isOfShard(guildId: string): boolean;
}

const Named = z.object({ id: z.string(), unavailable: z.boolean().optional() });
const Ready = z.object({ guilds: z.array(Named), shard: z.tuple([z.number(), z.number()]).default([0, 1]) });
const Dispatch = z.discriminatedUnion('t', [
  z.object({ t: z.literal('READY'), d: Ready }),
  z.object({ t: z.literal('GUILD_CREATE'), d: Named }),
  z.object({ t: z.literal('GUILD_DELETE'), d: Named }),
]);

/**
 * Which servers the bot is in, as the gateway says it. An outage is no leaving; a removal that happened while the
 * connection was lost shows when a shard logs in anew. discord.js reports neither before all shards are there.
 */
export class GuildPresence {
  readonly #client: Client;
  readonly #named = new Listeners<[shard: ShardGuilds], void>();
  readonly #here = new Listeners<[guildId: string], void>();
  readonly #gone = new Listeners<[guildId: string], void>();
  /** Calls the listener with the servers of a shard that has logged in. */
  readonly onShardNamed = this.#named.on;
  /** Calls the listener with a server that the bot is in: it has joined, or an outage is over. */
  readonly onHere = this.#here.on;
  /** Calls the listener with a server that has removed the bot, or that was deleted. */
  readonly onGone = this.#gone.on;

  constructor(client: Client) {
    this.#client = client;
    client.on(Events.Raw, (packet: unknown) => this.#note(packet));
  }

  #note(packet: unknown): void {
    const dispatch = Dispatch.safeParse(packet).data;
    if (dispatch?.t === 'READY') this.#noteReady(dispatch.d);
    else if (dispatch?.t === 'GUILD_CREATE' && dispatch.d.unavailable !== true) this.#here.emit(dispatch.d.id);
    else if (dispatch?.t === 'GUILD_DELETE' && dispatch.d.unavailable !== true) this.#gone.emit(dispatch.d.id);
  }

  /** discord.js keeps what a new session no longer names. */
  #noteReady({ guilds, shard: [shardId, shardCount] }: z.infer<typeof Ready>): void {
    const guildIds = new Set(guilds.map(({ id }) => id));
    const isOfShard = (guildId: string) => toShardId(guildId, shardCount) === shardId;
    const { guilds: known, channels } = this.#client;
    const stale = known.cache.filter(({ id }) => isOfShard(id) && !guildIds.has(id));
    for (const guild of stale.values()) {
      for (const id of guild.channels.cache.keys()) channels.cache.delete(id);
      known.cache.delete(guild.id);
    }
    this.#named.emit({ guildIds, isOfShard });
  }
}

function toShardId(guildId: string, shardCount: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(shardCount));
}
