import type { DiscordStandIn } from './discord/discord-stand-in.ts';
import { PageWire } from './page/server/page-wire.ts';
import type { UseapiStandIn } from './useapi/useapi-stand-in.ts';

/** A wire view that is fed by both stand-ins; `close` ends the feeding. */
export function connectWire(discord: DiscordStandIn, useapi: UseapiStandIn | undefined): PageWire & { close(): void } {
  const secrets = [discord.token, useapi?.token ?? ''];
  const wire = new PageWire(secrets, (messageId) => {
    return discord.world.messages.get(messageId)?.message.interaction_metadata?.id;
  });
  const stopDiscord = discord.requests.subscribe(({ kind, at, method, path, status, durationMs, ...rest }) => {
    const side = kind === 'dispatch' ? 'gateway' : 'discord';
    wire.add({ side, at, method, path, status, durationMs, ...rest });
  });
  const stopApi = useapi?.onRequest(({ requestBody, responseBody, at, method, path, status, durationMs }) => {
    wire.add({ side: 'api', at, method, path, status, durationMs, body: requestBody, answer: responseBody });
  });
  return Object.assign(wire, {
    close: () => {
      stopDiscord();
      stopApi?.();
    },
  });
}
