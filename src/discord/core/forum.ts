import {
  type Channel,
  ChannelFlags,
  ChannelType,
  type ForumChannel,
  type MediaChannel,
  PermissionFlagsBits,
} from 'discord.js';
import { PostError } from '../../notifications/delivery/channel-poster.ts';
import { postWords } from './words.ts';

export type Forum = ForumChannel | MediaChannel;

const TAG_REQUIRED = 40067;

export function isForum(channel: Channel): channel is Forum {
  return channel.type === ChannelType.GuildForum || channel.type === ChannelType.GuildMedia;
}

/** The tag of a post where the forum requires one: the first that the bot may use. @throws PostError for none */
export function toUsableTags(forum: Forum): { readonly applied_tags?: readonly string[] } {
  if (!forum.flags.has(ChannelFlags.RequireTag)) return {};
  const { me } = forum.guild.members;
  const isModerator = me !== null && forum.permissionsFor(me).has(PermissionFlagsBits.ManageThreads);
  const tag = forum.availableTags.find(({ moderated }) => isModerator || !moderated);
  if (tag !== undefined) return { applied_tags: [tag.id] };
  throw new PostError('target', postWords.noTag, { answerCode: TAG_REQUIRED });
}
