import type { GuildPresence, ShardGuilds } from '../discord/core/guild-presence.ts';
import type { Memberships } from '../moderation/memberships.ts';
import { toErrorMessage } from '../shared/errors.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';

export interface ServersOptions {
  /** The servers that are wanted. */
  readonly listed: readonly string[] | 'all';
  readonly served: ServedGuilds;
  readonly memberships: Pick<Memberships, 'load' | 'listHere' | 'hasLeft' | 'noteHere' | 'noteLeft'>;
  readonly presence: Pick<GuildPresence, 'onShardNamed' | 'onHere' | 'onGone'>;
  /** Reads into memory what decides in a server, before anything is replied to there. Rejects with a `StoreError`. */
  readonly load: (guildId: string) => Promise<void>;
  readonly logger: Logger;
}

/** What is to be done as a server comes or goes. */
type Act = (guildId: string) => Promise<void>;

/** Servers that come and go while the bot runs. */
export interface Servers {
  /** Reads which servers are served until the gateway names them. Rejects with a `StoreError`. */
  restore(): Promise<void>;
  /** Tries again what the store did not take. */
  retry(): Promise<void>;
  /** Resolves when all that the gateway has said of servers until now is done. */
  whenSettled(): Promise<void>;
}

/**
 * Connects the gateway with what is served: a server that joins is loaded before it is served, and one that leaves is
 * served no more before anything of it ends.
 */
export function buildServers(options: ServersOptions): Servers {
  const { listed, served, memberships, presence, load, logger } = options;
  const lock = new KeyedLock();
  const running = new Set<Promise<void>>();
  const failed = new Map<string, Act>();
  const isWanted = (guildId: string) => listed === 'all' || listed.includes(guildId);

  const arrive = async (guildId: string) => {
    if (!isWanted(guildId)) return;
    await memberships.noteHere(guildId);
    if (!served.has(guildId)) await load(guildId);
    served.add(guildId);
  };
  const leave = async (guildId: string) => {
    served.delete(guildId);
    await memberships.noteLeft(guildId);
  };
  const attempt = async (guildId: string, act: Act) => {
    try {
      await act(guildId);
      failed.delete(guildId);
    } catch (thrown) {
      failed.set(guildId, act);
      const error = toErrorMessage(thrown);
      logger.error({ guildId, error }, 'A server that came or went could not be noted; trying again later.');
    }
  };
  const take = (guildId: string, act: Act) => {
    const run = lock.run(guildId, () => attempt(guildId, act)).finally(() => running.delete(run));
    running.add(run);
  };
  const takeShard = ({ guildIds, isOfShard }: ShardGuilds) => {
    const before = new Set([...memberships.listHere(), ...served.ids()]);
    for (const guildId of before) if (isOfShard(guildId) && !guildIds.has(guildId)) take(guildId, leave);
    for (const guildId of guildIds) take(guildId, arrive);
  };

  presence.onShardNamed(takeShard);
  presence.onHere((guildId) => take(guildId, arrive));
  presence.onGone((guildId) => {
    if (served.has(guildId) || memberships.listHere().includes(guildId)) take(guildId, leave);
  });
  const whenSettled = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    async restore() {
      await memberships.load();
      const first = listed === 'all' ? memberships.listHere() : listed.filter((id) => !memberships.hasLeft(id));
      for (const guildId of first) served.add(guildId);
    },
    async retry() {
      for (const [guildId, act] of [...failed]) take(guildId, act);
      await whenSettled();
    },
    whenSettled,
  };
}
