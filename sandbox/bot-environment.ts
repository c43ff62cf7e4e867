import type { DiscordStandIn } from './discord/discord-stand-in.ts';
import type { UseapiStandIn } from './useapi/useapi-stand-in.ts';

export interface StandIns {
  readonly discord: Pick<DiscordStandIn, 'token' | 'apiUrl' | 'guildIds' | 'cdnHost'>;
  readonly useapi: Pick<UseapiStandIn, 'token' | 'url' | 'mediaHost'>;
}

/**
 * What a bot in a process of its own is given, to run between stand-ins; a stand-in's token must not be `sandbox`.
 */
export function toBotEnvironment({ discord, useapi }: StandIns, storePath: string): Record<string, string> {
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_GUILD_IDS: discord.guildIds.join(','),
    USEAPI_TOKEN: useapi.token,
    USEAPI_URL: useapi.url,
    MEDIA_HOSTS: `${useapi.mediaHost},${discord.cdnHost}`,
    STORE_URL: `sqlite:${storePath}`,
  };
}
