import type { DiscordStandIn } from './discord/discord-stand-in.ts';
import type { RequestRecord } from './midjourney/request-log.ts';
import type { MjStandIn } from './mj/mj-stand-in.ts';
import { PageWire } from './page/server/page-wire.ts';
import type { SiblingStandIn } from './siblings/sibling-stand-in.ts';
import type { UseapiStandIn } from './useapi/useapi-stand-in.ts';

/** A wire view that is fed by all stand-ins; `close` ends the feeding. */
export function connectWire(
  discord: DiscordStandIn,
  useapi: UseapiStandIn | undefined,
  mj?: MjStandIn,
  siblings: readonly SiblingStandIn[] = [],
): PageWire & { close(): void } {
  const secrets = [discord.token, useapi?.token ?? '', mj?.secret ?? '', ...siblings.map(({ token }) => token)];
  const wire = new PageWire(secrets, (messageId) => {
    return discord.world.messages.get(messageId)?.message.interaction_metadata?.id;
  });
  const stopDiscord = discord.requests.subscribe(({ kind, at, method, path, status, durationMs, ...rest }) => {
    const side = kind === 'dispatch' ? 'gateway' : 'discord';
    wire.add({ side, at, method, path, status, durationMs, ...rest });
  });
  const noteApi = ({ requestBody, responseBody, at, method, path, status, durationMs }: RequestRecord) =>
    wire.add({ side: 'api', at, method, path, status, durationMs, body: requestBody, answer: responseBody });
  const stops = [
    useapi?.onRequest(noteApi),
    mj?.onRequest(noteApi),
    ...siblings.map((standIn) => standIn.onRequest(noteApi)),
  ];
  return Object.assign(wire, {
    close: () => {
      stopDiscord();
      for (const stop of stops) stop?.();
    },
  });
}
