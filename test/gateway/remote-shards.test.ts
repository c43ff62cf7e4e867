import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Packet } from '../../src/gateway/packet.ts';
import type { HandedOn } from '../../src/gateway/packet-table.ts';
import { RemoteShards, type RemoteShardsOptions } from '../../src/gateway/remote-shards.ts';
import { FakeClock } from '../fake-clock.ts';
import { aRecordingLogger } from '../recording-logger.ts';
import { guild, interaction, ready, toPacket } from './packets.ts';

type Manager = ConstructorParameters<typeof RemoteShards>[0];

/** What the processes that hold the connections have written, and what discord.js hears of it. */
class Line {
  readonly heard: string[] = [];
  readonly sessions: unknown[] = [];
  readonly manager = Object.assign(new EventEmitter(), {
    fetchGatewayInformation: async () => ({ url: '', shards: 2, session_start_limit: { total: 1_000, remaining: 0 } }),
    options: { shardCount: 2, updateSessionInfo: (_: number, session: unknown) => void this.sessions.push(session) },
  });
  readonly up = new Set<number>();
  readonly planned: number[] = [];
  readonly clock = new FakeClock();
  readonly log = aRecordingLogger();
  readonly shards: RemoteShards;
  /** From which packet on was read, for both. */
  readonly asked: string[] = [];
  /** Whether each read took what is handed on once. */
  readonly tookOnce: boolean[] = [];
  fails = false;
  #waiting: HandedOn[] = [];
  #lastId = 0;
  #ring: () => void = () => undefined;

  constructor() {
    for (const event of ['ready', 'closed', 'hello', 'resumed'])
      this.manager.on(event, ({ shardId }) => this.heard.push(`${event} ${shardId}`));
    this.manager.on('dispatch', ({ data, shardId }) => this.heard.push(`${data.t} ${shardId}`));
    this.shards = new RemoteShards(this.manager as unknown as Manager, {
      shards: { plan: async (count) => void this.planned.push(count) },
      packets: this.#packets(),
      clock: this.clock,
      logger: this.log.logger,
    });
  }

  write(shard: number, ...packets: readonly Packet[]): void {
    for (const packet of packets) {
      this.#lastId += 1;
      this.#waiting.push({ id: String(this.#lastId), shard, packet, isKept: packet.t !== 'INTERACTION_CREATE' });
    }
    this.#ring();
  }

  #packets(): RemoteShardsOptions['packets'] {
    return {
      take: async (seen, _, takesOnce) => {
        this.asked.push(...seen.values());
        this.tookOnce.push(takesOnce);
        if (this.fails) throw new Error('the database is away');
        return this.#waiting.splice(0);
      },
      guildsOf: async () => [{ id: 'g9', isThere: true }],
      listUp: async () => new Set(this.up),
      listen: async (heard) => {
        this.#ring = heard;
        return () => undefined;
      },
    };
  }
}

describe('shards that other processes hold', () => {
  let line: Line;

  beforeEach(async () => {
    line = new Line();
    await line.shards.spawn([0, 1]);
  });
  afterEach(() => line.shards.destroy());

  /** Logs both in. */
  async function connect(): Promise<void> {
    const connecting = line.shards.connect();
    line.up.add(0).add(1);
    line.write(0, ready());
    line.write(1, ready());
    await line.clock.advance(1_000);
    await connecting;
    line.heard.length = 0;
  }

  it('are connected when all have logged in, and say how many there are', async () => {
    line.up.add(0);
    line.write(0, ready(), guild('g1'));
    const connecting = line.shards.connect();
    const state = { isConnected: false };
    void connecting.then(() => {
      state.isConnected = true;
    });
    await expect.poll(() => line.heard).toEqual(['ready 0', 'READY 0', 'GUILD_CREATE 0']);
    expect(state.isConnected).toBe(false);
    await line.clock.untilSleeping();

    line.write(1, ready());

    await connecting;
    expect(line.planned).toEqual([2]);
    await expect.poll(() => line.tookOnce.at(-1)).toBe(true);
    expect(line.tookOnce.slice(0, 2)).toEqual([false, false]);
  });

  it('name in a log-in the servers that were joined since', async () => {
    const named: unknown[] = [];
    line.manager.on('ready', ({ data }) => named.push(data.guilds));
    await connect();

    expect(named[0]).toEqual([{ id: 'g9', unavailable: true }]);
  });

  it('hand on what follows one that the library cannot take', async () => {
    await connect();
    line.manager.on('dispatch', ({ data }) => {
      if (data.t === 'GUILD_CREATE') throw new Error('no channels');
    });

    line.write(0, guild('g1'), interaction('i1'));

    await expect.poll(() => line.heard).toEqual(['GUILD_CREATE 0', 'INTERACTION_CREATE 0']);
    expect(line.log.lines.join()).toContain('no channels');
  });

  it('are read on from what is kept: what is handed on once may be there before all of that is read', async () => {
    await connect();
    line.write(0, interaction('i1'));
    await expect.poll(() => line.heard).toEqual(['INTERACTION_CREATE 0']);
    line.asked.length = 0;

    await line.clock.advance(1_000);

    await expect.poll(() => line.asked).toEqual(['1', '2']);
  });

  it('are lost and back as the processes say', async () => {
    await connect();

    line.up.delete(1);
    await line.clock.advance(1_000);
    await expect.poll(() => line.heard).toEqual(['closed 1']);
    line.up.add(1);
    await line.clock.advance(1_000);
    await expect.poll(() => line.heard).toEqual(['closed 1', 'resumed 1']);
  });

  it('are back where Discord says so, with a session that the library knows', async () => {
    await connect();
    line.up.delete(1);
    await line.clock.advance(1_000);
    await expect.poll(() => line.heard).toEqual(['closed 1']);

    line.up.add(1);
    line.write(1, toPacket('RESUMED', {}));

    await expect.poll(() => line.heard).toEqual(['closed 1', 'hello 1', 'resumed 1', 'RESUMED 1']);
    expect(line.sessions).toMatchObject([
      { sessionId: 'a session', shardId: 0 },
      { sessionId: 'a session', shardId: 1, shardCount: 2 },
    ]);
    await line.clock.advance(1_000);
    expect(line.heard).toHaveLength(4);
  });

  it('go on when the database is back', async () => {
    await connect();
    line.fails = true;
    await line.clock.advance(1_000);
    await expect.poll(() => line.log.lines.join()).toContain('the database is away');
    line.fails = false;
    line.write(0, interaction('i1'));

    await line.clock.advance(2_000);

    await expect.poll(() => line.heard).toEqual(['INTERACTION_CREATE 0']);
  });

  it('say that a process is missing while not all are there', async () => {
    line.write(0, ready());
    void line.shards.connect();
    await expect.poll(() => line.heard).toContain('READY 0');

    for (let second = 0; second < 31; second += 1) await line.clock.advance(1_000);

    expect(line.log.lines.join()).toContain('Is a process with BOT_ROLE=shard running?');
  });

  it('need no log-in, so that none has to be left', async () => {
    expect((await line.manager.fetchGatewayInformation()).session_start_limit.remaining).toBe(1_000);
  });

  it('cannot be asked anything', () => {
    expect(() => line.shards.send()).toThrow('Nothing can be sent');
    expect(() => line.shards.fetchStatus()).toThrow('known to the processes');
  });
});
