import { z } from 'zod';

/** An event as Discord's gateway sends it (opcode 0, "Dispatch"). */
export const Packet = z.object({ op: z.literal(0), t: z.string(), s: z.number(), d: z.unknown() });
export type Packet = z.infer<typeof Packet>;

/** What a packet is about, as far as its kind has it. */
const Ids = z.object({
  id: z.string().optional(),
  guild_id: z.string().optional(),
  unavailable: z.boolean().optional(),
  role: z.object({ id: z.string() }).optional(),
  role_id: z.string().optional(),
  user: z.object({ id: z.string() }).optional(),
  thread_metadata: z.object({ archived: z.boolean() }).optional(),
});
type Ids = z.infer<typeof Ids>;

/** Where a packet is kept for a process that begins later. */
export interface Place {
  /** What it says, and of what; a later packet with the same key takes its place. None: it is handed on once. */
  readonly key?: string;
  readonly guildId?: string;
  /** What it makes out of date: all of its shard, all of its server, or what stands under these keys. */
  readonly clears: 'shard' | 'guild' | readonly string[];
}

const HANDED_ON_ONCE: Place = { clears: [] };

/** What each kind says that still holds later; any other is handed on once. */
const PLACES: Readonly<Record<string, (ids: Ids) => Place>> = {
  READY: () => ({ key: 'READY', clears: 'shard' }),
  GUILD_CREATE: ({ id = '' }) => ({ key: `GUILD_CREATE/${id}`, guildId: id, clears: 'guild' }),
  GUILD_DELETE: ({ id = '', unavailable }) => ({
    key: `${unavailable === true ? 'GUILD_OUTAGE' : 'GUILD_DELETE'}/${id}`,
    guildId: id,
    clears: 'guild',
  }),
  GUILD_UPDATE: ({ id = '' }) => changed(id, `guild/${id}`),
  GUILD_MEMBER_UPDATE: ({ guild_id: guildId, user }) => changed(guildId, `member/${guildId}/${user?.id}`),
  GUILD_ROLE_CREATE: ({ guild_id: guildId, role }) => created(guildId, `role/${role?.id}`),
  GUILD_ROLE_UPDATE: ({ guild_id: guildId, role }) => changed(guildId, `role/${role?.id}`),
  GUILD_ROLE_DELETE: ({ guild_id: guildId, role_id: id }) => deleted(guildId, `role/${id}`),
  CHANNEL_CREATE: ({ guild_id: guildId, id }) => created(guildId, `channel/${id}`),
  CHANNEL_UPDATE: ({ guild_id: guildId, id }) => changed(guildId, `channel/${id}`),
  CHANNEL_DELETE: ({ guild_id: guildId, id }) => deleted(guildId, `channel/${id}`),
  THREAD_CREATE: ({ guild_id: guildId, id }) => created(guildId, `channel/${id}`),
  THREAD_UPDATE: toThreadPlace,
  THREAD_DELETE: ({ guild_id: guildId, id }) => deleted(guildId, `channel/${id}`),
};

/** Says where a packet is kept; one that nobody could read later is handed on once. */
export function toPlace({ t, d }: Packet): Place {
  const ids = Ids.safeParse(d).data;
  return ids === undefined ? HANDED_ON_ONCE : (PLACES[t]?.(ids) ?? HANDED_ON_ONCE);
}

/** The id of the interaction that a packet brings; undefined for any other. */
export function toInteractionId({ t, d }: Packet): string | undefined {
  return t === 'INTERACTION_CREATE' ? Ids.safeParse(d).data?.id : undefined;
}

/** Discord names no archived threads to who logs in, and there may be very many. */
function toThreadPlace({ guild_id: guildId, id, thread_metadata: metadata }: Ids): Place {
  const what = `channel/${id}`;
  return metadata?.archived === true ? { clears: keysOf(what) } : changed(guildId, what);
}

function created(guildId: string | undefined, what: string): Place {
  return kept(guildId, `${what}/created`, keysOf(what));
}

function changed(guildId: string | undefined, what: string): Place {
  const key = `${what}/changed`;
  return kept(guildId, key, [key]);
}

function deleted(guildId: string | undefined, what: string): Place {
  return kept(guildId, `${what}/deleted`, keysOf(what));
}

function kept(guildId: string | undefined, key: string, clears: readonly string[]): Place {
  return { key, clears, ...(guildId !== undefined && { guildId }) };
}

function keysOf(what: string): readonly string[] {
  return ['created', 'changed', 'deleted'].map((end) => `${what}/${end}`);
}
