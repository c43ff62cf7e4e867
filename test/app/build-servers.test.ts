import { beforeEach, describe, expect, it } from 'vitest';
import { buildServers, type Servers } from '../../src/app/build-servers.ts';
import type { ShardGuilds } from '../../src/discord/core/guild-presence.ts';
import { Listeners } from '../../src/shared/listeners.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ServedGuilds } from '../../src/shared/served-guilds.ts';

/** Even numbers are of shard 0 of two, odd ones of shard 1. */
const isOfShard = (shardId: number) => (guildId: string) => Number(guildId) % 2 === shardId;

describe('buildServers', () => {
  const named = new Listeners<[shard: ShardGuilds], void>();
  const here = new Listeners<[guildId: string], void>();
  const gone = new Listeners<[guildId: string], void>();
  let served: ServedGuilds;
  /** What was done, in order. */
  let done: string[];
  let known: Map<string, 'here' | 'left'>;
  let failures: number;

  beforeEach(() => {
    for (const listeners of [named, here, gone]) listeners.clear();
    served = new ServedGuilds();
    done = [];
    known = new Map();
    failures = 0;
  });

  async function note(what: string, guildId: string): Promise<void> {
    if (failures > 0) {
      failures -= 1;
      throw new Error('no room left');
    }
    done.push(`${what} ${guildId}${served.has(guildId) ? ' served' : ''}`);
  }

  function build(listed: readonly string[] | 'all'): Servers {
    return buildServers({
      listed,
      served,
      memberships: {
        load: async () => undefined,
        listHere: () => [...known].flatMap(([guildId, state]) => (state === 'here' ? [guildId] : [])),
        hasLeft: (guildId) => known.get(guildId) === 'left',
        noteHere: async (guildId) => void known.set(guildId, 'here'),
        noteLeft: async (guildId) => {
          await note('left', guildId);
          known.set(guildId, 'left');
        },
      },
      presence: { onShardNamed: named.on, onHere: here.on, onGone: gone.on },
      load: (guildId) => note('load', guildId),
      logger: silentLogger,
    });
  }

  it('loads a server before it is served, and serves one no more before anything of it ends', async () => {
    const servers = build('all');
    await servers.restore();

    here.emit('1');
    await servers.whenSettled();
    const during = served.ids();
    gone.emit('1');
    await servers.whenSettled();

    expect([during, served.ids()]).toEqual([['1'], []]);
    expect(done).toEqual(['load 1', 'left 1']);
  });

  it('takes what a shard does not name for left, and nothing of another shard', async () => {
    for (const guildId of ['1', '2', '3', '4']) known.set(guildId, 'here');
    const servers = build('all');
    await servers.restore();

    named.emit({ guildIds: new Set(['3']), isOfShard: isOfShard(1) });
    await servers.whenSettled();

    expect(served.ids()).toEqual(['2', '3', '4']);
    expect(done).toEqual(['left 1']);
  });

  it('serves from the start what is listed, but for what it is known to have left', async () => {
    known.set('2', 'left');
    const servers = build(['1', '2']);
    await servers.restore();
    const first = served.ids();

    named.emit({ guildIds: new Set(['1', '2', '3']), isOfShard: () => true });
    await servers.whenSettled();

    expect([first, served.ids()]).toEqual([['1'], ['1', '2']]);
    expect([...known]).toEqual([
      ['2', 'here'],
      ['1', 'here'],
    ]);
  });

  it('tries again what the store did not take', async () => {
    const servers = build('all');
    await servers.restore();
    failures = 1;

    here.emit('1');
    await servers.whenSettled();
    const before = served.ids();
    await servers.retry();
    await servers.retry();

    expect([before, served.ids()]).toEqual([[], ['1']]);
    expect(done).toEqual(['load 1']);
  });
});
