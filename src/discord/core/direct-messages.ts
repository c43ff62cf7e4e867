import { type REST, Routes } from 'discord.js';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { toDiscordCode } from './discord-errors.ts';
import { type OutgoingMessage, toMessageBody } from './outgoing.ts';
import { requireReceipt } from './receipt.ts';

const DMS_CLOSED = 50007;

/** Private messages to people, outside of any interaction. */
export class DirectMessages {
  readonly #rest: REST;
  readonly #logger: Logger;

  constructor(rest: REST, logger: Logger) {
    this.#rest = rest;
    this.#logger = logger;
  }

  /** The channel of a person's direct messages. Rejects where Discord gives none. */
  async openChannel(userId: string): Promise<string> {
    const body = { recipient_id: userId };
    return requireReceipt(await this.#rest.post(Routes.userChannels(), { body })).id;
  }

  /** Whether the message was taken; `false` where the person takes none, or Discord failed. */
  async send(userId: string, message: OutgoingMessage): Promise<boolean> {
    try {
      const channelId = await this.openChannel(userId);
      await this.#rest.post(Routes.channelMessages(channelId), { body: toMessageBody(message) });
      return true;
    } catch (thrown) {
      const isClosed = toDiscordCode(thrown) === DMS_CLOSED;
      if (!isClosed) this.#logger.warn({ error: toErrorMessage(thrown) }, 'A direct message could not be sent.');
      return false;
    }
  }
}
