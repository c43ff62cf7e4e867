import { REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { LocalTurns } from '../../src/discord/core/bucket-turns.ts';
import { LoginTurns } from '../../src/discord/core/login-turns.ts';
import { Reconnection } from '../../src/discord/core/reconnection.ts';
import { HeldShard } from '../../src/gateway/held-shard.ts';
import type { PacketRow } from '../../src/gateway/packet-batch.ts';
import type { PacketTable, ShardState } from '../../src/gateway/packet-table.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { Logger } from '../../src/shared/logger.ts';
import { silentLogger } from '../../src/shared/logger.ts';

/** A table of packets in memory, of one shard. */
class FakePackets implements Pick<PacketTable, 'write'> {
  readonly rows: PacketRow[] = [];
  last: ShardState | undefined;

  async write(state: ShardState, { rows }: Parameters<PacketTable['write']>[1]): Promise<boolean> {
    this.rows.push(...rows);
    this.last = state;
    return true;
  }

  /** What was sent, in its order. */
  get kinds(): readonly string[] {
    return this.rows.map(({ packet }) => String(JSON.parse(packet).t));
  }
}

describe('a shard that a process holds', () => {
  let discord: DiscordStandIn;
  let packets: FakePackets;
  let lines: string[];
  let pauses: number[];
  let held: { readonly shard: HeldShard; readonly reconnection: Reconnection }[];

  beforeEach(async () => {
    discord = await startDiscordStandIn({ limits: 'off', sessionStarts: 'off' });
    packets = new FakePackets();
    lines = [];
    pauses = [];
    held = [];
  });
  afterEach(async () => {
    for (const { reconnection, shard } of held) {
      reconnection.stop();
      await shard.stop();
    }
    await discord.close();
  });

  const note = (_: object, line: string) => void lines.push(line);
  const logger = { ...silentLogger, info: note, warn: note, error: note } as Logger;
  /** Its pauses pass a hundred times as fast. */
  const clock: typeof systemClock = {
    ...systemClock,
    sleep: (ms, signal) => {
      pauses.push(Math.round(ms));
      return systemClock.sleep(ms / 100, signal);
    },
  };

  const failures = () => lines.filter((line) => line.startsWith('failed'));
  const countOf = (kind: string) => packets.kinds.filter((each) => each === kind).length;

  /** In a process of its own. */
  function hold(session: ShardState['session'] = null): HeldShard {
    const rest = new REST({ version: '10', api: discord.apiUrl }).setToken(discord.token);
    const reconnection = new Reconnection(clock, logger, new LoginTurns(clock, logger, new LocalTurns(clock)));
    const fail = (reason = 'lost') => void lines.push(`failed: ${reason}`);
    const shard = new HeldShard(
      { id: 0, batches: 0, session },
      1,
      {
        owner: 'a process',
        token: discord.token,
        rest,
        reconnection,
        packets,
        clock,
        logger,
        onInteractions: () => undefined,
        onFatal: fail,
      },
      fail,
    );
    held.push({ shard, reconnection });
    return shard;
  }

  async function holdUntilUp(session: ShardState['session'] = null): Promise<HeldShard> {
    const shard = hold(session);
    await shard.start();
    await expect.poll(() => shard.isUp).toBe(true);
    return shard;
  }

  it('does not come back after it was left while it waited to connect again', async () => {
    const shard = hold();
    await shard.start();
    discord.faults.gateway.setDown(true);
    await expect.poll(() => pauses.includes(2_000)).toBe(true);
    await shard.stop();
    discord.faults.gateway.setDown(false);

    const next = hold(packets.last?.session);
    await next.start();
    discord.faults.gateway.drop({ canResume: true });
    await expect.poll(() => countOf('RESUMED')).toBe(2);

    expect([discord.logins(), discord.resumes(), discord.connectedSessions()]).toEqual([1, 2, 1]);
  });

  describe('when the log-ins of the day are used up', () => {
    let session: NonNullable<ShardState['session']> | null;

    beforeEach(async () => {
      await discord.close();
      discord = await startDiscordStandIn({ limits: 'off', sessionStarts: { total: 1, gapMs: 0 } });
      await (await holdUntilUp()).stop();
      session = packets.last?.session ?? null;
    });

    it('resumes the session that another process had', async () => {
      await holdUntilUp(session);

      expect([discord.logins(), discord.resumes(), failures()]).toEqual([1, 1, []]);
    });

    it('waits for new ones where that session is void', async () => {
      const next = hold(session && { ...session, sessionId: 'void' });
      void next.start();

      await expect.poll(() => lines).toContain('Nearly all log-ins of the day are used up; waiting for new ones.');
      expect([next.isUp, discord.logins(), failures()]).toEqual([false, 1, []]);
    });
  });

  it('does not log in with what others have used up since it asked', async () => {
    await discord.close();
    discord = await startDiscordStandIn({ limits: 'off', sessionStarts: { total: 2, gapMs: 0 } });
    await (await holdUntilUp()).stop();
    await holdUntilUp(packets.last?.session);
    await holdUntilUp();

    discord.faults.gateway.drop({ canResume: false });

    await expect.poll(() => lines).toContain('Nearly all log-ins of the day are used up; waiting for new ones.');
    expect([discord.logins(), failures()]).toEqual([2, []]);
  });

  it('has one connection after attempts that were refused', async () => {
    discord.faults.gateway.setDown(true);
    const shard = hold();
    void shard.start();
    await expect.poll(() => pauses.includes(4_000), { timeout: 10_000 }).toBe(true);
    discord.faults.gateway.setDown(false);
    await expect.poll(() => shard.isUp).toBe(true);

    for (const resumes of [1, 2]) {
      discord.faults.gateway.drop({ canResume: true });
      await expect.poll(() => countOf('RESUMED')).toBe(resumes);
    }

    expect([discord.logins(), discord.resumes(), discord.connectedSessions()]).toEqual([1, 2, 1]);
    expect(lines).not.toContain('A shard cannot connect; trying again.');
  });
});
