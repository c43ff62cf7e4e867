import {
  type APIApplicationCommandOptionChoice,
  type APIMessage,
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
  /** The answer stands beside the control's own message: its id, once it is there. */
  #beside: { id?: string } | undefined;

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
    const isDeferred = this.#first === InteractionResponseType.DeferredChannelMessageWithSource;
    if (isDeferred || this.#beside !== undefined) return this.edit(message);
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

  /** First answer to a control whose own message stays and can be edited by `editSource`; `edit` shows a private message beside it. */
  async deferBeside(): Promise<void> {
    this.#beside = {};
    await this.deferUpdate();
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

  /** Replaces the deferred answer, the message of the control, or what stands beside that. */
  async edit(message: OutgoingMessage): Promise<void> {
    if (this.#beside === undefined) return this.#change('@original', message);
    const { id } = this.#beside;
    if (id !== undefined) return this.#change(id, message);
    this.#beside = { id: await this.followUpPrivately(message) };
  }

  /** Replaces the message of the control, after `deferBeside`. */
  editSource(message: OutgoingMessage): Promise<void> {
    return this.#change('@original', message);
  }

  /** A further private message; answers its id. */
  async followUpPrivately(message: OutgoingMessage): Promise<string> {
    const { applicationId, token } = this.#target;
    const request = await toRequest(toMessageBody(message, MessageFlags.Ephemeral), message.files);
    const made = await this.#rest.post(Routes.webhook(applicationId, token), { ...request, auth: false });
    return (made as APIMessage).id;
  }

  async #change(messageId: string, message: OutgoingMessage): Promise<void> {
    const { applicationId, token } = this.#target;
    const request = await toRequest(toMessageBody(message), message.files);
    await this.#rest.patch(Routes.webhookMessage(applicationId, token, messageId), { ...request, auth: false });
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
