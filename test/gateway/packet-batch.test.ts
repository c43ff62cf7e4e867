import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/gateway/packet.ts';
import { toBatch } from '../../src/gateway/packet-batch.ts';
import { channel, guild, interaction, left, outage, ready, thread, toPacket } from './packets.ts';

const keysOf = (...packets: readonly Packet[]) => toBatch(packets).rows.map(({ key }) => key);

describe('a batch of packets', () => {
  it('keeps what later packets do not make out of date, in the order in which it came', () => {
    const last = channel('UPDATE', 'c1', 'last');
    const { rows } = toBatch([guild('g1'), channel('CREATE', 'c1'), channel('UPDATE', 'c1', 'first'), last]);

    expect(rows.map(({ key }) => key)).toEqual(['GUILD_CREATE/g1', 'channel/c1/created', 'channel/c1/changed']);
    expect(rows[2]?.packet).toBe(JSON.stringify(last));
  });

  it('keeps of a deleted channel that it is gone', () => {
    expect(keysOf(channel('CREATE', 'c1'), channel('UPDATE', 'c1'), channel('DELETE', 'c1'))).toEqual([
      'channel/c1/deleted',
    ]);
  });

  it('forgets a thread that is archived, for the gateway would not name it either', () => {
    const { rows, clearsKeys } = toBatch([thread('t1', false), thread('t1', true)]);

    expect(rows.map(({ key }) => key)).toEqual([null]);
    expect(clearsKeys).toContain('channel/t1/changed');
  });

  it('begins anew with a server that is described anew, or gone', () => {
    expect(keysOf(guild('g1'), channel('CREATE', 'c1'), guild('g2'), left('g1'))).toEqual([
      'GUILD_CREATE/g2',
      'GUILD_DELETE/g1',
    ]);
    expect(keysOf(guild('g1'), outage('g1'))).toEqual(['GUILD_OUTAGE/g1']);
    expect(toBatch([guild('g1')]).clearsGuilds).toEqual(['g1']);
  });

  it('begins anew with a log-in, and names nothing else to be cleared', () => {
    const batch = toBatch([guild('g1'), ready('g1'), guild('g1')]);

    expect(batch).toMatchObject({ clearsShard: true, clearsGuilds: ['g1'], clearsKeys: [] });
    expect(batch.rows.map(({ key }) => key)).toEqual(['READY', 'GUILD_CREATE/g1']);
  });

  it('hands on once what holds for a moment alone, whatever comes after it', () => {
    const { rows } = toBatch([interaction('i1'), toPacket('TYPING_START', {}), interaction('i2'), ready()]);

    expect(rows.map(({ key, interactionId }) => key ?? interactionId)).toEqual(['i1', null, 'i2', 'READY']);
  });

  it('hands on once what nobody can read', () => {
    expect(keysOf(toPacket('GUILD_CREATE', 'nonsense'), toPacket('GUILD_UPDATE', { id: 7 }))).toEqual([null, null]);
  });
});
