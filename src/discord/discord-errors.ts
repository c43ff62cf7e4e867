import { DiscordAPIError, HTTPError } from 'discord.js';

const PAYLOAD_FAULTS = new Set([50035, 50006, 40005, 50045, 50046, 200000, 240000, 40067, 220001]);
const INTERACTION_OVER = new Set([10062, 40060, 50027, 40094]);

/** Discord's error code, as a number; none for anything else. */
export function toDiscordCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof DiscordAPIError)) return undefined;
  return typeof thrown.code === 'number' ? thrown.code : Number.parseInt(thrown.code, 10);
}

/** Whether what was sent is at fault: never to be sent the same again. */
export function isPayloadFault(thrown: unknown): boolean {
  const code = toDiscordCode(thrown);
  if (code !== undefined && PAYLOAD_FAULTS.has(code)) return true;
  return (thrown instanceof DiscordAPIError || thrown instanceof HTTPError) && thrown.status === 413;
}

/** Whether the interaction can no longer be answered. */
export function isInteractionOver(thrown: unknown): boolean {
  const code = toDiscordCode(thrown);
  return code !== undefined && INTERACTION_OVER.has(code);
}
