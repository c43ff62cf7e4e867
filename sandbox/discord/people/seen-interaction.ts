import type { APIMessage, APIModalInteractionResponseCallbackData } from 'discord.js';
import type { DiscordWorld } from '../world/discord-world.ts';
import type { InteractionRecord } from '../world/interaction-record.ts';
import type { SeenInteraction } from '../world/people.ts';

/** An interaction as the person who made it sees it: always the latest state. */
export class SeenRecord implements SeenInteraction {
  readonly #world: DiscordWorld;
  readonly #record: InteractionRecord;

  constructor(world: DiscordWorld, record: InteractionRecord) {
    this.#world = world;
    this.#record = record;
  }

  get id(): string {
    return this.#record.start.id;
  }

  get state(): SeenInteraction['state'] {
    return this.#record.state;
  }

  get message(): APIMessage | undefined {
    return this.#find(this.#record.originalMessageId ?? '');
  }

  get modal(): APIModalInteractionResponseCallbackData | undefined {
    return this.#record.modal;
  }

  get followUps(): readonly APIMessage[] {
    return this.#record.followUpIds.flatMap((id) => this.#find(id) ?? []);
  }

  get acknowledgedAfterMs(): number | undefined {
    return this.#record.acknowledgedAfterMs;
  }

  get failure(): string | undefined {
    return this.#record.failure;
  }

  #find(messageId: string): APIMessage | undefined {
    return this.#world.attachments.addresses.sign(this.#world.messages.get(messageId)?.message);
  }
}
