import { z } from 'zod';
import type { Packet } from './packet.ts';

const Ready = z.looseObject({ guilds: z.array(z.looseObject({ id: z.string() })) });

/** A server that was described, or said to be gone, since the log-in. */
export interface GuildNews {
  readonly id: string;
  readonly isThere: boolean;
}

/** The packet of a log-in as it would be now: it names the servers that the bot is in. */
export function toCurrentReady(packet: Packet, news: readonly GuildNews[]): Packet {
  const ready = Ready.safeParse(packet.d).data;
  if (ready === undefined) return packet;
  const gone = new Set(news.filter(({ isThere }) => !isThere).map(({ id }) => id));
  const named = new Set(ready.guilds.map(({ id }) => id));
  const joined = news.filter(({ id, isThere }) => isThere && !named.has(id));
  const guilds = [
    ...ready.guilds.filter(({ id }) => !gone.has(id)),
    ...joined.map(({ id }) => ({ id, unavailable: true })),
  ];
  return { ...packet, d: { ...ready, guilds } };
}
