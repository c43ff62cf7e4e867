import {
  type APIApplicationCommandOptionChoice,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  MessageFlags,
  type REST,
  Routes,
} from 'discord.js';
import type { Clock } from '../../shared/clock.ts';
import { type AttemptPlan, attempt, FIRST_ANSWER, LATER_ANSWER } from './answer-attempts.ts';
import { toDiscordCode } from './discord-errors.ts';
import { type OutgoingMessage, toMessageBody, toRequest } from './outgoing.ts';
import { readId } from './receipt.ts';

const ALREADY_ACKNOWLEDGED = 40060;

/** Where an interaction is answered. */
export interface InteractionTarget {
  readonly applicationId: string;
  readonly id: string;
  readonly token: string;
}

type RestRequest = Parameters<REST['post']>[1];

/** All answers to one interaction; the first must leave within 3 seconds, the others within 15 minutes. */
export class InteractionReply {
  /** Repeats nothing by itself: only here it is known what a repetition means. */
  readonly #rest: REST;
  readonly #target: InteractionTarget;
  readonly #clock: Clock;
  #first: InteractionResponseType | undefined;
  /** The first answer failed, so that nobody knows whether Discord has it. */
  #isFirstInDoubt = false;
  #acknowledgedAt: number | undefined;
  /** The answer stands beside the control's own message: its id, once it is there. */
  #beside: { id?: string } | undefined;

  constructor(rest: REST, target: InteractionTarget, clock: Clock) {
    this.#rest = rest;
    this.#target = target;
    this.#clock = clock;
  }

  /** When Discord had its first answer, by the monotonic clock; undefined until then. */
  get acknowledgedAt(): number | undefined {
    return this.#acknowledgedAt;
  }

  /** Whether something stands beside the control's own message. */
  get isBeside(): boolean {
    return this.#beside?.id !== undefined;
  }

  /**
   * Shows a message privately in whatever way the first answer leaves open; what stood there before stays, but for
   * "thinking…".
   */
  async replyPrivately(message: OutgoingMessage): Promise<void> {
    if (this.#first === undefined) return this.respondPrivately(message);
    if (this.#isFirstInDoubt && (await this.#respondInstead(message, this.#first))) return;
    const isDeferred = this.#first === InteractionResponseType.DeferredChannelMessageWithSource;
    if (isDeferred || this.#beside !== undefined) return this.edit(message);
    await this.followUpPrivately(message);
  }

  /** A first answer in the place of one that seems lost; `false` where Discord has that one after all. */
  async #respondInstead(message: OutgoingMessage, lost: InteractionResponseType): Promise<boolean> {
    try {
      await this.respondPrivately(message);
      return true;
    } catch (thrown) {
      if (toDiscordCode(thrown) !== ALREADY_ACKNOWLEDGED) throw thrown;
      this.#first = lost;
      this.#isFirstInDoubt = false;
      return false;
    }
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

  /**
   * First answer to a control whose own message stays and can be edited by `editSource`; `edit` shows a private message
   * beside it.
   */
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
    const made = await this.followUpPrivately(message);
    this.#beside = made === undefined ? {} : { id: made };
  }

  /** Replaces the message of the control, after `deferBeside`. */
  editSource(message: OutgoingMessage): Promise<void> {
    return this.#change('@original', message);
  }

  /**
   * A further private message; returns its id, where Discord says it. It may come twice: better than not at all, as
   * Discord knows no nonce here and only the caller could look for it.
   */
  async followUpPrivately(message: OutgoingMessage): Promise<string | undefined> {
    const { applicationId, token } = this.#target;
    const request = await toRequest(toMessageBody(message, MessageFlags.Ephemeral), message.files);
    const made = await this.#send(LATER_ANSWER, request, (whole) =>
      this.#rest.post(Routes.webhook(applicationId, token), whole),
    );
    return readId(made);
  }

  async #change(messageId: string, message: OutgoingMessage): Promise<void> {
    const { applicationId, token } = this.#target;
    const request = await toRequest(toMessageBody(message), message.files);
    await this.#send(LATER_ANSWER, request, (whole) =>
      this.#rest.patch(Routes.webhookMessage(applicationId, token, messageId), whole),
    );
  }

  /** Discord takes one first answer alone: refused as a second one, a repetition shows that an earlier one arrived. */
  async #acknowledge(body: { readonly type: InteractionResponseType; readonly data?: unknown }): Promise<void> {
    this.#first = body.type;
    const { id, token } = this.#target;
    try {
      await this.#send(FIRST_ANSWER, { body }, async (whole, round) => {
        try {
          await this.#rest.post(Routes.interactionCallback(id, token), whole);
        } catch (thrown) {
          if (round === 0 || toDiscordCode(thrown) !== ALREADY_ACKNOWLEDGED) throw thrown;
        }
      });
      this.#isFirstInDoubt = false;
      this.#acknowledgedAt ??= this.#clock.monotonicMs();
    } catch (thrown) {
      this.#isFirstInDoubt = true;
      throw thrown;
    }
  }

  #send<T>(
    plan: AttemptPlan,
    request: RestRequest,
    send: (whole: RestRequest, round: number) => Promise<T>,
  ): Promise<T> {
    return attempt(plan, this.#clock, (signal, round) => send({ ...request, auth: false, signal }, round));
  }
}
