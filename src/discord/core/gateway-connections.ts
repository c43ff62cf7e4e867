import { type Client, Events, GatewayDispatchEvents, Status } from 'discord.js';

/** How many connections to the gateway there are to be, and how many are there. */
export interface GatewayConnections {
  readonly shards: number;
  readonly connected: number;
}

export interface GatewayObserver {
  /** With the type of each event: one that Discord documents, or `other`. */
  onEvent(type: string): void;
  onChange(change: 'lost' | 'resumed' | 'new-session'): void;
}

const TYPES: ReadonlySet<unknown> = new Set(Object.values(GatewayDispatchEvents));

/** No shards are known before the log-in. */
export function countConnections({ ws }: Pick<Client, 'ws'>): GatewayConnections {
  const connected = ws.shards.filter(({ status }) => status === Status.Ready).size;
  return { shards: ws.shards.size, connected };
}

/** Says what the gateway sends, and how its connections come and go. */
export function observeGateway(client: Client, { onEvent, onChange }: GatewayObserver): void {
  client.on(Events.Raw, ({ t }: { readonly t?: unknown }) => {
    if (typeof t === 'string') onEvent(TYPES.has(t) ? t : 'other');
  });
  client.on(Events.ShardReconnecting, () => onChange('lost'));
  client.on(Events.ShardResume, () => onChange('resumed'));
  client.on(Events.ShardReady, () => onChange('new-session'));
}
