import { apiError } from '../api-error.ts';
import { toObjects } from '../json.ts';
import type { CommandScope } from '../world/command-book.ts';
import { toLocalized, toRequestLocale } from '../world/command-localization.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { bodyOf, noContent, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

/** Registering commands, global ones and those of a server. */
export function commandRoutes(world: DiscordWorld): readonly RestRoute[] {
  return [
    ...routesAt(world, '/applications/{application_id}/commands'),
    ...routesAt(world, '/applications/{application_id}/guilds/{guild_id}/commands'),
  ];
}

function routesAt(world: DiscordWorld, base: string): readonly RestRoute[] {
  const one = `${base}/{command_id}`;
  const id = (call: RestCall) => paramOf(call, 'command_id');
  const scope = (call: RestCall) => toScope(world, call);
  return [
    { method: 'GET', path: base, handle: (call) => ok(listCommands(world, call)) },
    { method: 'PUT', path: base, handle: (call) => ok(world.commands.replaceAll(scope(call), toObjects(call.body))) },
    { method: 'POST', path: base, handle: (call) => addCommand(world, call) },
    { method: 'GET', path: one, handle: (call) => ok(world.commands.get(scope(call), id(call))) },
    { method: 'PATCH', path: one, handle: (call) => ok(world.commands.edit(scope(call), id(call), bodyOf(call))) },
    {
      method: 'DELETE',
      path: one,
      handle: (call) => {
        world.commands.delete(scope(call), id(call));
        return noContent;
      },
    },
  ];
}

/** Without being asked for, the dictionaries of languages are left out. */
function listCommands(world: DiscordWorld, call: RestCall): readonly object[] {
  const commands = world.commands.list(toScope(world, call));
  if (call.query.get('with_localizations') === 'true') return commands;
  const locale = toRequestLocale(call.headers);
  return commands.map((command) => toLocalized({ ...command }, locale));
}

function addCommand(world: DiscordWorld, call: RestCall): RestReply {
  const { command, isNew } = world.commands.upsert(toScope(world, call), bodyOf(call));
  return { status: isNew ? 201 : 200, body: command };
}

function toScope(world: DiscordWorld, call: RestCall): CommandScope {
  if (paramOf(call, 'application_id') !== world.applicationId) throw apiError('notYourApplication');
  const guildId = call.params['guild_id'];
  if (guildId === undefined) return undefined;
  if (!world.guilds.get(guildId)?.members.has(world.bot.id)) throw apiError('missingAccess');
  return guildId;
}
