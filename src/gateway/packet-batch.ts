import { type Packet, type Place, toInteractionId, toPlace } from './packet.ts';

export interface PacketRow {
  readonly key: string | null;
  readonly guildId: string | null;
  readonly interactionId: string | null;
  readonly packet: string;
}

/** What one statement writes of a shard: first what is out of date goes, then the rows come. */
export interface PacketBatch {
  /** Whether all that was kept of the shard is out of date. */
  readonly clearsShard: boolean;
  readonly clearsGuilds: readonly string[];
  readonly clearsKeys: readonly string[];
  readonly rows: readonly PacketRow[];
}

/** Puts packets, in their order, into one batch; one that a later one makes out of date is not written at all. */
export function toBatch(packets: readonly Packet[]): PacketBatch {
  let clearsShard = false;
  const guilds = new Set<string>();
  const keys = new Set<string>();
  const rows: PacketRow[] = [];
  // From the end, so that each meets what comes after it; keys and servers of before a `READY` no longer matter.
  for (const packet of packets.toReversed()) {
    const place = toPlace(packet);
    const isKept = place.key !== undefined;
    if (isKept && (clearsShard || isCleared(place, guilds, keys))) continue;
    rows.push(toRow(packet, place));
    if (clearsShard) continue;
    if (place.clears === 'shard') clearsShard = true;
    else if (place.clears === 'guild') guilds.add(String(place.guildId));
    else for (const key of place.clears) keys.add(key);
  }
  return { clearsShard, clearsGuilds: [...guilds], clearsKeys: [...keys], rows: rows.reverse() };
}

function isCleared({ key, guildId }: Place, guilds: ReadonlySet<string>, keys: ReadonlySet<string>): boolean {
  return keys.has(String(key)) || guilds.has(String(guildId));
}

function toRow(packet: Packet, { key, guildId }: Place): PacketRow {
  return {
    key: key ?? null,
    guildId: guildId ?? null,
    interactionId: toInteractionId(packet) ?? null,
    packet: JSON.stringify(packet),
  };
}
