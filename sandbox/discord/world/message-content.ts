import type { APIMessage } from 'discord.js';
import type { DiscordWorld } from './discord-world.ts';
import type { WorldChannel } from './world-records.ts';

const NO_CONTENT = { content: '', embeds: [], attachments: [], components: [] };

/**
 * A message as a bot without the privileged intent gets it: empty, unless it is its own, in a direct
 * message, or mentions it.
 */
export function withoutForeignContent(world: DiscordWorld, message: APIMessage, channel: WorldChannel): APIMessage {
  const isOwn = message.author.id === world.bot.id;
  const isMentioned = message.mentions.some((user) => user.id === world.bot.id);
  return isOwn || isMentioned || channel.guildId === undefined ? message : { ...message, ...NO_CONTENT };
}
