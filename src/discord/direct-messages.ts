import { type APIDMChannel, type REST, Routes } from 'discord.js';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { toDiscordCode } from './discord-errors.ts';
import { type OutgoingMessage, toMessageBody } from './outgoing.ts';

const DMS_CLOSED = 50007;

/** Private messages to people, outside of any interaction. */
export class DirectMessages {
  readonly #rest: REST;
  readonly #logger: Logger;

  constructor(rest: REST, logger: Logger) {
    this.#rest = rest;
    this.#logger = logger;
  }

  /** Whether the message was taken; `false` where the person takes none, or Discord failed. */
  async send(userId: string, message: OutgoingMessage): Promise<boolean> {
    try {
      const channel = (await this.#rest.post(Routes.userChannels(), {
        body: { recipient_id: userId },
      })) as APIDMChannel;
      await this.#rest.post(Routes.channelMessages(channel.id), { body: toMessageBody(message) });
      return true;
    } catch (thrown) {
      const isClosed = toDiscordCode(thrown) === DMS_CLOSED;
      if (!isClosed) this.#logger.warn({ error: toErrorMessage(thrown) }, 'A direct message could not be sent.');
      return false;
    }
  }
}
