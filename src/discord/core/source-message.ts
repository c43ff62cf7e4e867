import type { Message } from 'discord.js';
import { ComponentType, MessageFlags } from 'discord.js';
import { compact } from '../../shared/compact.ts';

/** The message that a control or a context menu belongs to. */
export interface SourceMessage {
  readonly id: string;
  readonly channelId: string;
  /** Whether only the caller sees it. */
  readonly isPrivate: boolean;
  /** Custom ids of all its controls, in order. */
  readonly customIds: readonly string[];
  readonly authorId: string;
  /** Whether its media are hidden until they are clicked. */
  readonly hasSpoilers: boolean;
  /** The line above its card that mentions people, where there is one. */
  readonly mentionLine?: string;
}

/** What handlers know of the message that an interaction belongs to. */
export function toSourceMessage(message: Message): SourceMessage {
  const components = message.components.map((component) => component.toJSON());
  const mentionLine = mentionLineIn(components);
  return {
    id: message.id,
    channelId: message.channelId,
    isPrivate: message.flags.has(MessageFlags.Ephemeral),
    customIds: customIdsOf(components),
    authorId: message.author.id,
    hasSpoilers: hasSpoilersIn(components),
    ...compact({ mentionLine }),
  };
}

/** Custom ids of all controls of a message, in order; takes its components as Discord sends them. */
export function customIdsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(customIdsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { custom_id: own, components, accessory } = value as Record<string, unknown>;
  return [...(typeof own === 'string' ? [own] : []), ...customIdsOf(components), ...customIdsOf(accessory)];
}

const MENTIONS_ONLY = /^<@&?\d+>(?: <@&?\d+>)*$/;

/** The first line of a message of ours, where it holds mentions and nothing else. */
export function mentionLineIn(components: readonly object[]): string | undefined {
  const [first] = components;
  if (first === undefined || !('type' in first) || first.type !== ComponentType.TextDisplay) return undefined;
  const [line = ''] = 'content' in first ? String(first.content).split('\n', 1) : [];
  return MENTIONS_ONLY.test(line) ? line : undefined;
}

/** Whether media among a message's components are hidden until they are clicked. */
export function hasSpoilersIn(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSpoilersIn);
  if (typeof value !== 'object' || value === null) return false;
  const { spoiler, components, items } = value as Record<string, unknown>;
  return spoiler === true || hasSpoilersIn(components) || hasSpoilersIn(items);
}
