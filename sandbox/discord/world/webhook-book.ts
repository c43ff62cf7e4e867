import { randomBytes } from 'node:crypto';
import { apiError } from '../api-error.ts';
import type { SnowflakeSource } from './snowflake.ts';
import type { WorldChannel } from './world-records.ts';

/** How many webhooks one channel may have. */
const MAX_WEBHOOKS = 15;

/** An address under which messages come into a channel; always made by the bot here. */
export interface Webhook {
  readonly id: string;
  readonly token: string;
  readonly name: string;
  readonly channelId: string;
  readonly guildId: string;
}

/** The webhooks of all channels. */
export class WebhookBook {
  readonly #ids: SnowflakeSource;
  readonly #webhooks = new Map<string, Webhook>();

  constructor(ids: SnowflakeSource) {
    this.#ids = ids;
  }

  list(isWanted: (webhook: Webhook) => boolean): readonly Webhook[] {
    return [...this.#webhooks.values()].filter(isWanted);
  }

  /** Adds one to a channel of a server; 30007 once it has 15. */
  add(channel: WorldChannel, name: string): Webhook {
    const known = this.list(({ channelId }) => channelId === channel.id);
    if (known.length >= MAX_WEBHOOKS) throw apiError('tooManyWebhooks');
    const token = randomBytes(51).toString('base64url');
    const webhook = { id: this.#ids.next(), token, name, channelId: channel.id, guildId: channel.guildId ?? '' };
    this.#webhooks.set(webhook.id, webhook);
    return webhook;
  }

  /** A webhook; 10015 for an unknown one. */
  get(id: string): Webhook {
    const webhook = this.#webhooks.get(id);
    if (webhook === undefined) throw apiError('unknownWebhook');
    return webhook;
  }

  /** A webhook whose token is known; otherwise 10015 or 50027. */
  getWithToken(id: string, token: string): Webhook {
    const webhook = this.get(id);
    if (webhook.token !== token) throw apiError('invalidToken');
    return webhook;
  }

  change(webhook: Webhook, change: Partial<Pick<Webhook, 'name' | 'channelId'>>): Webhook {
    const changed = { ...webhook, ...change };
    this.#webhooks.set(webhook.id, changed);
    return changed;
  }

  delete(id: string): void {
    this.#webhooks.delete(id);
  }

  forgetChannel(channelId: string): void {
    for (const { id } of this.list((webhook) => webhook.channelId === channelId)) this.#webhooks.delete(id);
  }
}
