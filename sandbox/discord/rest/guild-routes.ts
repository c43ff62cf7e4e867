import { apiError } from '../api-error.ts';
import { Intent } from '../discord-numbers.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { toApiChannel, toApiGuild, toApiMember, toPartialGuild } from '../world/wire-views.ts';
import type { WorldGuild, WorldMember } from '../world/world-records.ts';
import { ok, paramOf, type RestCall, type RestRoute } from './rest-call.ts';

/** Reading servers, members, roles and channels. */
export function guildRoutes(world: DiscordWorld, allowedIntents: number): readonly RestRoute[] {
  const GUILD = '/guilds/{guild_id}';
  return [
    { method: 'GET', path: GUILD, handle: (call) => ok(readGuild(world, call)) },
    { method: 'GET', path: `${GUILD}/roles`, handle: (call) => ok([...requireGuild(world, call).roles.values()]) },
    { method: 'GET', path: `${GUILD}/roles/{role_id}`, handle: (call) => ok(readRole(world, call)) },
    { method: 'GET', path: `${GUILD}/channels`, handle: (call) => ok(listChannels(world, call)) },
    { method: 'GET', path: `${GUILD}/members`, handle: (call) => ok(listMembers(world, call, allowedIntents)) },
    {
      method: 'GET',
      path: `${GUILD}/members/{user_id}`,
      handle: (call) => ok(toApiMember(world, requireMember(requireGuild(world, call), paramOf(call, 'user_id')))),
    },
    {
      method: 'GET',
      path: '/users/@me/guilds',
      handle: () => ok(world.guildsOf(world.bot.id).map((guild) => toPartialGuild(guild, world.bot.id))),
    },
  ];
}

/** A server that the bot is in; otherwise 10004 or 50001. */
export function requireGuild(world: DiscordWorld, call: RestCall): WorldGuild {
  const guild = world.guilds.get(paramOf(call, 'guild_id'));
  if (guild === undefined) throw apiError('unknownGuild');
  if (!guild.members.has(world.bot.id)) throw apiError('missingAccess');
  return guild;
}

function readGuild(world: DiscordWorld, call: RestCall): object {
  const guild = requireGuild(world, call);
  if (call.query.get('with_counts') !== 'true') return toApiGuild(guild);
  const { size } = guild.members;
  return { ...toApiGuild(guild), approximate_member_count: size, approximate_presence_count: size };
}

function requireMember(guild: WorldGuild, userId: string): WorldMember {
  const member = guild.members.get(userId);
  if (member === undefined) throw apiError('unknownMember');
  return member;
}

function readRole(world: DiscordWorld, call: RestCall): object {
  const role = requireGuild(world, call).roles.get(paramOf(call, 'role_id'));
  if (role === undefined) throw apiError('unknownRole');
  return role;
}

function listChannels(world: DiscordWorld, call: RestCall): readonly object[] {
  const guild = requireGuild(world, call);
  const own = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
  return own.filter(({ thread }) => thread === undefined).map((channel) => toApiChannel(world, channel));
}

/** Discord gives the list of members only to bots with the privileged intent. */
function listMembers(world: DiscordWorld, call: RestCall, allowedIntents: number): readonly object[] {
  const guild = requireGuild(world, call);
  if ((allowedIntents & Intent.GuildMembers) === 0) throw apiError('missingAccess');
  const limit = Number(call.query.get('limit') ?? '1');
  return [...guild.members.values()].slice(0, limit).map((member) => toApiMember(world, member));
}
