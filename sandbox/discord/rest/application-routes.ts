import { apiError } from '../api-error.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { ok, paramOf, type RestRoute } from './rest-call.ts';

/** Who the bot is, and where its gateway is, which is asked at each call. */
export function applicationRoutes(
  world: DiscordWorld,
  gateway: Pick<Gateway, 'url' | 'recommendedShards' | 'sessionStartLimit'>,
): readonly RestRoute[] {
  return [
    { method: 'GET', path: '/gateway', isOpen: true, handle: () => ok({ url: gateway.url }) },
    {
      method: 'GET',
      path: '/gateway/bot',
      handle: () => {
        const { url, recommendedShards: shards, sessionStartLimit } = gateway;
        return ok({ url, shards, session_start_limit: sessionStartLimit });
      },
    },
    { method: 'GET', path: '/users/@me', handle: () => ok(toCurrentUser(world)) },
    {
      method: 'GET',
      path: '/users/{user_id}',
      handle: (call) => {
        const user = world.users.get(paramOf(call, 'user_id'));
        if (user === undefined) throw apiError('unknownUser');
        return ok(user);
      },
    },
    { method: 'GET', path: '/applications/@me', handle: () => ok(toApplication(world)) },
    { method: 'GET', path: '/oauth2/applications/@me', handle: () => ok(toApplication(world)) },
  ];
}

function toCurrentUser(world: DiscordWorld): JsonObject {
  return { ...world.bot, mfa_enabled: true, locale: 'en-US', premium_type: 0, email: null, verified: true };
}

function toApplication(world: DiscordWorld): JsonObject {
  const owner = [...world.guilds.values()].map((guild) => world.users.get(guild.ownerId))[0];
  return {
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: 'The bot under test',
    type: null,
    flags: 0,
    flags_new: '0',
    bot: world.bot,
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner,
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    integration_types_config: { '0': {} },
    eligible_oauth2_scopes: [],
  };
}
