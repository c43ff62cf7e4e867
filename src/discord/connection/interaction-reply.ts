import {
  type APIApplicationCommandOptionChoice,
  type APIModalInteractionResponseCallbackData,
  DiscordAPIError,
  InteractionResponseType,
  MessageFlags,
  type REST,
  Routes,
} from 'discord.js';
import { toDiscordCode } from '../wire/discord-errors.ts';
import { type OutgoingMessage, toMessageBody, toRequest } from '../wire/outgoing.ts';

const ALREADY_ACKNOWLEDGED = 40060;

/** Where an interaction is answered. */
export interface InteractionTarget {
  readonly applicationId: string;
  readonly id: string;
  readonly token: string;
}

/** All answers to one interaction; the first must leave within 3 seconds, the others within 15 minutes. */
export class InteractionReply {
  readonly #rest: REST;
  readonly #target: InteractionTarget;
  #first: InteractionResponseType | undefined;

  constructor(rest: REST, target: InteractionTarget) {
    this.#rest = rest;
    this.#target = target;
  }

  /** The kind of the first answer, as soon as it is under way. */
  get first(): InteractionResponseType | undefined {
    return this.#first;
  }

  /** Shows a message privately in whatever way the first answer leaves open; what stood there before stays, but for "thinking…". */
  async tellPrivately(message: OutgoingMessage): Promise<void> {
    if (this.#first === undefined) return this.respondPrivately(message);
    if (this.#first === InteractionResponseType.DeferredChannelMessageWithSource) return this.edit(message);
    await this.followUpPrivately(message);
  }

  /** First answer: "thinking…", for a message that follows by `edit`. */
  async defer(isPrivate: boolean): Promise<void> {
    const data = isPrivate ? { flags: MessageFlags.Ephemeral } : {};
    await this.#acknowledge({ type: InteractionResponseType.DeferredChannelMessageWithSource, data });
  }

  /** First answer to a control whose own message will be edited. */
  async deferUpdate(): Promise<void> {
    await this.#acknowledge({ type: InteractionResponseType.DeferredMessageUpdate });
  }

  /** First answer: a form. */
  async showModal(data: APIModalInteractionResponseCallbackData): Promise<void> {
    await this.#acknowledge({ type: InteractionResponseType.Modal, data });
  }

  /** First answer: a private message at once. */
  async respondPrivately(message: OutgoingMessage): Promise<void> {
    const data = toMessageBody(message, MessageFlags.Ephemeral);
    await this.#acknowledge({ type: InteractionResponseType.ChannelMessageWithSource, data });
  }

  async suggest(choices: readonly APIApplicationCommandOptionChoice[]): Promise<void> {
    await this.#acknowledge({ type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } });
  }

  /** Replaces the deferred answer, or the message of the control. */
  async edit(message: OutgoingMessage): Promise<void> {
    const { applicationId, token } = this.#target;
    const request = await toRequest(toMessageBody(message), message.files);
    await this.#rest.patch(Routes.webhookMessage(applicationId, token, '@original'), { ...request, auth: false });
  }

  /** A further private message. */
  async followUpPrivately(message: OutgoingMessage): Promise<void> {
    const { applicationId, token } = this.#target;
    const request = await toRequest(toMessageBody(message, MessageFlags.Ephemeral), message.files);
    await this.#rest.post(Routes.webhook(applicationId, token), { ...request, auth: false });
  }

  /** Sent once more when the connection broke: Discord refuses a second answer, which then tells that the first one arrived. */
  async #acknowledge(body: { readonly type: InteractionResponseType; readonly data?: unknown }): Promise<void> {
    this.#first = body.type;
    const { id, token } = this.#target;
    const post = () => this.#rest.post(Routes.interactionCallback(id, token), { body, auth: false });
    try {
      await post();
    } catch (thrown) {
      if (thrown instanceof DiscordAPIError) throw thrown;
      await post().catch((second: unknown) => {
        if (toDiscordCode(second) !== ALREADY_ACKNOWLEDGED) throw second;
      });
    }
  }
}
