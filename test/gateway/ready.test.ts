import { describe, expect, it } from 'vitest';
import { toCurrentReady } from '../../src/gateway/ready.ts';
import { ready, toPacket } from './packets.ts';

describe('the packet of a log-in, handed on later', () => {
  it('names the servers that were joined since, and none that was left', () => {
    const news = [
      { id: 'g1', isThere: true },
      { id: 'g2', isThere: false },
      { id: 'g4', isThere: true },
    ];

    const { d } = toCurrentReady(ready('g1', 'g2', 'g3'), news);

    expect(d).toMatchObject({
      session_id: 'a session',
      guilds: [{ id: 'g1' }, { id: 'g3' }, { id: 'g4', unavailable: true }],
    });
  });

  it('stays as it is where it cannot be read', () => {
    const packet = toPacket('READY', { guilds: 'nonsense' });

    expect(toCurrentReady(packet, [])).toBe(packet);
  });
});
