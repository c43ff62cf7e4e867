import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/gateway/packet.ts';
import type { PacketBatch } from '../../src/gateway/packet-batch.ts';
import type { ShardState } from '../../src/gateway/packet-table.ts';
import { PacketWriter } from '../../src/gateway/packet-writer.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { FakeClock } from '../fake-clock.ts';
import { guild, interaction, ready, toPacket } from './packets.ts';

const SESSION = { resumeURL: 'wss://there', sequence: 99, sessionId: 'a session', shardCount: 1, shardId: 0 };

interface Written {
  readonly state: ShardState;
  readonly batch: PacketBatch;
  readonly answer: PromiseWithResolvers<boolean>;
}

function startWriter() {
  const written: Written[] = [];
  const seen: { interactions: Packet[]; losses: number } = { interactions: [], losses: 0 };
  const clock = new FakeClock();
  const writer = new PacketWriter({
    shard: { id: 0, batches: 4, session: null },
    owner: 'gateway_a',
    packets: {
      write: (state, batch) => {
        const answer = Promise.withResolvers<boolean>();
        written.push({ state, batch, answer });
        return answer.promise;
      },
    },
    clock,
    logger: silentLogger,
    onInteractions: (packets) => seen.interactions.push(...packets),
    onLost: () => {
      seen.losses += 1;
    },
  });
  return { writer, written, seen, clock };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the writer of a shard', () => {
  it('writes what comes while a batch is on its way as the next one', async () => {
    const { writer, written } = startWriter();
    const last = guild('g2');
    writer.add(ready('g1', 'g2'), SESSION);
    writer.add(guild('g1'), SESSION);
    writer.add(last, SESSION);
    expect(written).toHaveLength(1);

    written[0]?.answer.resolve(true);
    await settled();
    written[1]?.answer.resolve(true);
    await writer.whenWritten();

    expect(written.map(({ batch }) => batch.rows.length)).toEqual([1, 2]);
    expect(written.map(({ state }) => [state.batches, state.isUp])).toEqual([
      [4, true],
      [5, true],
    ]);
  });

  it('writes very many in several batches, each with the session as it is after its last packet', async () => {
    const { writer, written } = startWriter();
    const packets = Array.from({ length: 251 }, (_, at) => guild(`g${at}`));
    for (const packet of packets) writer.add(packet, SESSION);

    for (const at of [0, 1, 2]) {
      written[at]?.answer.resolve(true);
      await settled();
    }
    await writer.whenWritten();

    expect(written.map(({ batch }) => batch.rows.length)).toEqual([1, 200, 50]);
    const last = [0, 200, 250].map((at) => packets[at]?.s);
    expect(written.map(({ state }) => state.session?.sequence)).toEqual(last);
  });

  it('keeps the session as it is after the last packet of the batch, not as the connection is already', async () => {
    const { writer, written } = startWriter();
    const packet = guild('g1');

    writer.add(packet, SESSION);

    expect(written[0]?.state.session).toEqual({ ...SESSION, sequence: packet.s });
  });

  it('tries again what was not answered, and keeps the order', async () => {
    const { writer, written, clock } = startWriter();
    writer.add(interaction('i1'), SESSION);
    writer.add(interaction('i2'), SESSION);
    written[0]?.answer.reject(new Error('gone'));
    await clock.untilSleeping();
    await clock.advance(100);
    written[1]?.answer.resolve(true);
    await settled();
    written[2]?.answer.resolve(true);
    await writer.whenWritten();

    expect(written.map(({ batch }) => batch.rows.map(({ interactionId }) => interactionId))).toEqual([
      ['i1'],
      ['i1'],
      ['i2'],
    ]);
    expect(written.map(({ state }) => state.batches)).toEqual([4, 4, 5]);
  });

  it('tells of the interactions that are written, and of nothing else', async () => {
    const { writer, written, seen } = startWriter();
    writer.add(interaction('i1'), SESSION);
    expect(seen.interactions).toEqual([]);

    written[0]?.answer.resolve(true);
    writer.add(toPacket('TYPING_START', {}), SESSION);
    await settled();
    written[1]?.answer.resolve(true);
    await writer.whenWritten();

    expect(seen.interactions).toMatchObject([{ d: { id: 'i1' } }]);
  });

  it('says that the connection is gone, and whether its session is', async () => {
    const { writer, written } = startWriter();
    const packet = ready();
    writer.add(packet, SESSION);
    writer.noteDown(SESSION);
    written[0]?.answer.resolve(true);
    await settled();
    expect(written[1]?.state).toMatchObject({ isUp: false, session: { sequence: packet.s } });
    written[1]?.answer.resolve(true);
    await writer.whenWritten();

    writer.noteDown(null);

    expect(written[2]?.state).toMatchObject({ isUp: false, session: null });
  });

  it('ends where somebody else holds the shard', async () => {
    const { writer, written, seen } = startWriter();
    writer.add(ready(), SESSION);
    written[0]?.answer.resolve(false);
    await writer.whenWritten();

    writer.add(guild('g1'), SESSION);
    await writer.whenWritten();

    expect(seen.losses).toBe(1);
    expect(written).toHaveLength(1);
  });
});
