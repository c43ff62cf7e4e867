import { MAX_FILE_BYTES, MAX_REQUEST_BYTES } from '../discord-numbers.ts';
import type { DiscordWorld } from './discord-world.ts';
import type { InteractionRecord } from './interaction-record.ts';

const MIB = 1024 * 1024;
/** Bytes of one file in a server of boost tier 2 and 3. */
const BOOSTED: Readonly<Record<number, number>> = { 2: 50 * MIB, 3: 100 * MIB };

/** Bytes that one file may have in a server, as far as it is boosted; in direct messages as in a server that is not. */
export function toMaxFileBytes(world: DiscordWorld, guildId: string | undefined): number {
  return BOOSTED[world.guilds.get(guildId ?? '')?.premiumTier ?? 0] ?? MAX_FILE_BYTES;
}

/** Bytes that a whole request may have: 25 MiB, or one file of the largest size with the texts about it. */
export function toMaxRequestBytes(maxFileBytes: number): number {
  return Math.max(MAX_REQUEST_BYTES, maxFileBytes + MIB);
}

/** Who knows the interactions under way. */
export interface InteractionFinder {
  get(id: string): InteractionRecord | undefined;
  findByToken(token: string): InteractionRecord | undefined;
}

/** Bytes that one file may have in a request, by the ids in its path. */
export function toMaxUploadBytes(
  world: DiscordWorld,
  interactions: InteractionFinder,
  params: Readonly<Record<string, string>>,
): number {
  const record =
    interactions.get(params['interaction_id'] ?? '') ?? interactions.findByToken(params['webhook_token'] ?? '');
  const guildId = record?.start.guildId ?? world.channels.get(params['channel_id'] ?? '')?.guildId;
  return toMaxFileBytes(world, guildId);
}
