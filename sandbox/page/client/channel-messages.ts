import type { PageMessage } from '../server/page-api.ts';

/** What a message has become: its newest form, or `undefined` once it is deleted. */
type Heard = Map<string, PageMessage | undefined>;

/**
 * The messages of the open channel, oldest first. They are read as a whole, and the stream says what changes; what it
 * says while they are being read is newer than what is read.
 */
export class ChannelMessages {
  #messages: PageMessage[] = [];
  #channelId: string | undefined;
  #reading: { readonly channelId: string; readonly heard: Heard } | undefined;

  get all(): readonly PageMessage[] {
    return this.#messages;
  }

  /**
   * Reads a channel's messages; of several reads at once the last one counts.
   * @returns false where another read began meanwhile.
   */
  async read(channelId: string, fetchAll: () => Promise<readonly PageMessage[]>): Promise<boolean> {
    const reading = { channelId, heard: new Map() };
    this.#reading = reading;
    try {
      const read = await fetchAll();
      if (this.#reading !== reading) return false;
      this.#messages = merge(read, reading.heard);
      this.#channelId = channelId;
      return true;
    } finally {
      if (this.#reading === reading) this.#reading = undefined;
    }
  }

  /** Notes a new or edited message; returns whether it belongs to what is shown. */
  put(channelId: string, message: PageMessage): boolean {
    if (this.#reading?.channelId === channelId) this.#reading.heard.set(message.id, message);
    if (channelId !== this.#channelId) return false;
    this.#messages = merge(this.#messages, new Map([[message.id, message]]));
    return true;
  }

  /** Notes that a message was deleted; returns whether it was shown. */
  remove(messageId: string): boolean {
    this.#reading?.heard.set(messageId, undefined);
    const known = this.#messages.length;
    this.#messages = this.#messages.filter(({ id }) => id !== messageId);
    return this.#messages.length < known;
  }
}

function merge(messages: readonly PageMessage[], heard: Heard): PageMessage[] {
  const merged = new Map<string, PageMessage | undefined>(messages.map((message) => [message.id, message]));
  for (const [id, message] of heard) merged.set(id, message);
  return [...merged.values()].filter((message) => message !== undefined);
}
