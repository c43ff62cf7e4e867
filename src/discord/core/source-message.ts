import type { Message } from 'discord.js';
import { MessageFlags } from 'discord.js';

/** The message that a control or a context menu belongs to. */
export interface SourceMessage {
  readonly id: string;
  readonly channelId: string;
  /** Whether only the caller sees it. */
  readonly isPrivate: boolean;
  /** Custom ids of all its controls, in order. */
  readonly customIds: readonly string[];
  readonly authorId: string;
}

/** What handlers know of the message that an interaction belongs to. */
export function toSourceMessage(message: Message): SourceMessage {
  return {
    id: message.id,
    channelId: message.channelId,
    isPrivate: message.flags.has(MessageFlags.Ephemeral),
    customIds: customIdsOf(message.components.map((component) => component.toJSON())),
    authorId: message.author.id,
  };
}

function customIdsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(customIdsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { custom_id: own, components, accessory } = value as Record<string, unknown>;
  return [...(typeof own === 'string' ? [own] : []), ...customIdsOf(components), ...customIdsOf(accessory)];
}
