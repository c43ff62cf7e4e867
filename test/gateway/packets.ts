import type { Packet } from '../../src/gateway/packet.ts';

let lastSequence = 0;

/** An event of the gateway with the next number. */
export function toPacket(t: string, d: unknown): Packet {
  lastSequence += 1;
  return { op: 0, t, s: lastSequence, d };
}

export const ready = (...guildIds: readonly string[]) =>
  toPacket('READY', { session_id: 'a session', guilds: guildIds.map((id) => ({ id, unavailable: true })) });
export const guild = (id: string) => toPacket('GUILD_CREATE', { id, channels: [] });
export const left = (id: string) => toPacket('GUILD_DELETE', { id });
export const outage = (id: string) => toPacket('GUILD_DELETE', { id, unavailable: true });
export const interaction = (id: string) => toPacket('INTERACTION_CREATE', { id, type: 2, token: `token ${id}` });
export const channel = (what: 'CREATE' | 'UPDATE' | 'DELETE', id: string, name = '') =>
  toPacket(`CHANNEL_${what}`, { id, guild_id: 'g1', name });
export const thread = (id: string, archived: boolean) =>
  toPacket('THREAD_UPDATE', { id, guild_id: 'g1', thread_metadata: { archived } });
