import { apiError, invalidForm } from '../api-error.ts';
import { ChannelKind, Permission } from '../discord-numbers.ts';
import { type JsonObject, toText } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { has, requireChannel, toGuildPermissions } from '../world/member-permissions.ts';
import type { Webhook } from '../world/webhook-book.ts';
import { requireGuild } from './guild-routes.ts';
import { bodyOf, noContent, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

const KINDS: readonly number[] = [ChannelKind.Text, ChannelKind.Announcement, ChannelKind.Forum];
const FORBIDDEN = ['clyde', 'discord'];

/** Making, listing, changing and deleting webhooks. */
export function webhookRoutes(world: DiscordWorld): readonly RestRoute[] {
  const ofChannel = '/channels/{channel_id}/webhooks';
  const one = '/webhooks/{webhook_id}';
  const withToken = { path: `${one}/{webhook_token}`, isOpen: true } as const;
  const show = (webhook: Webhook) => ok(toApiWebhook(world, webhook, true));
  return [
    { method: 'POST', path: ofChannel, handle: (call) => show(addWebhook(world, call)) },
    { method: 'GET', path: ofChannel, handle: (call) => ok(listOfChannel(world, call)) },
    { method: 'GET', path: '/guilds/{guild_id}/webhooks', handle: (call) => ok(listOfGuild(world, call)) },
    { method: 'GET', path: one, handle: (call) => show(requireManaged(world, call)) },
    { method: 'PATCH', path: one, handle: (call) => show(moveWebhook(world, call)) },
    { method: 'DELETE', path: one, handle: (call) => deleteWebhook(world, requireManaged(world, call)) },
    { ...withToken, method: 'GET', handle: (call) => ok(toApiWebhook(world, requireToken(world, call), false)) },
    {
      ...withToken,
      method: 'PATCH',
      handle: (call) => ok(toApiWebhook(world, renameWebhook(world, requireToken(world, call), bodyOf(call)), false)),
    },
    { ...withToken, method: 'DELETE', handle: (call) => deleteWebhook(world, requireToken(world, call)) },
  ];
}

/** The webhook that a path names by id and token; otherwise 10015 or 50027. */
export function requireToken(world: DiscordWorld, call: RestCall): Webhook {
  return world.webhooks.getWithToken(paramOf(call, 'webhook_id'), paramOf(call, 'webhook_token'));
}

function toApiWebhook(world: DiscordWorld, webhook: Webhook, hasUser: boolean): JsonObject {
  return {
    id: webhook.id,
    type: 1,
    application_id: world.applicationId,
    avatar: null,
    channel_id: webhook.channelId,
    guild_id: webhook.guildId,
    name: webhook.name,
    token: webhook.token,
    url: `https://discord.com/api/webhooks/${webhook.id}/${webhook.token}`,
    ...(hasUser ? { user: world.bot } : {}),
  };
}

function addWebhook(world: DiscordWorld, call: RestCall): Webhook {
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  if (!KINDS.includes(channel.type)) throw apiError('invalidChannelType');
  requireChannel(world, channel.id, Permission.ManageWebhooks);
  const webhook = world.webhooks.add(channel, requireName('name', bodyOf(call)['name']));
  announce(world, channel.id);
  return webhook;
}

/** Refuses what a webhook cannot be called, in the field `path`. */
export function requireName(path: string, value: unknown): string {
  const name = (toText(value) ?? '').trim();
  if (name.length < 1 || name.length > 80) {
    throw invalidForm(path, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 80 in length.');
  }
  const forbidden = FORBIDDEN.find((word) => name.toLowerCase().includes(word));
  if (forbidden === undefined) return name;
  throw invalidForm(path, 'USERNAME_INVALID_CONTAINS', `Username cannot contain "${forbidden}"`);
}

function listOfChannel(world: DiscordWorld, call: RestCall): readonly object[] {
  const channel = requireChannel(world, paramOf(call, 'channel_id'), Permission.ManageWebhooks);
  const found = world.webhooks.list(({ channelId }) => channelId === channel.id);
  return found.map((webhook) => toApiWebhook(world, webhook, true));
}

function listOfGuild(world: DiscordWorld, call: RestCall): readonly object[] {
  const guild = requireGuild(world, call);
  if (!has(toGuildPermissions(guild, world.bot.id), Permission.ManageWebhooks)) throw apiError('missingPermissions');
  const found = world.webhooks.list(({ guildId }) => guildId === guild.id);
  return found.map((webhook) => toApiWebhook(world, webhook, true));
}

function requireManaged(world: DiscordWorld, call: RestCall): Webhook {
  const webhook = world.webhooks.get(paramOf(call, 'webhook_id'));
  requireChannel(world, webhook.channelId, Permission.ManageWebhooks);
  return webhook;
}

/** Changes the name, and the channel where another one of the same server is named. */
function moveWebhook(world: DiscordWorld, call: RestCall): Webhook {
  const webhook = requireManaged(world, call);
  const channelId = toText(bodyOf(call)['channel_id']) ?? webhook.channelId;
  const channel = requireChannel(world, channelId, Permission.ManageWebhooks);
  if (channel.guildId !== webhook.guildId || !KINDS.includes(channel.type)) throw apiError('invalidChannelType');
  const renamed = renameWebhook(world, webhook, bodyOf(call));
  if (channelId === webhook.channelId) return renamed;
  const moved = world.webhooks.change(renamed, { channelId });
  announce(world, channelId);
  return moved;
}

function renameWebhook(world: DiscordWorld, webhook: Webhook, body: JsonObject): Webhook {
  const name = body['name'] === undefined ? webhook.name : requireName('name', body['name']);
  const renamed = world.webhooks.change(webhook, { name });
  announce(world, webhook.channelId);
  return renamed;
}

function deleteWebhook(world: DiscordWorld, webhook: Webhook): RestReply {
  world.webhooks.delete(webhook.id);
  announce(world, webhook.channelId);
  return noContent;
}

function announce(world: DiscordWorld, channelId: string): void {
  const channel = world.channels.get(channelId);
  if (channel !== undefined) world.emit({ kind: 'webhooks-updated', channel });
}
