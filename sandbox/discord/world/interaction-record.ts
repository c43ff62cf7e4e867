import type { APIApplicationCommandOptionChoice, APIModalInteractionResponseCallbackData } from 'discord.js';
import type { JsonObject } from '../json.ts';

/**
 * `sent` until the first answer; `thinking` while a message was promised; then what it came to. A promised update
 * is `updated` at once.
 */
export type InteractionState = 'sent' | 'thinking' | 'answered' | 'updated' | 'modal' | 'failed';

/** What the bot said first. */
export type FirstAnswer = 'message' | 'deferred-message' | 'deferred-update' | 'update' | 'modal' | 'choices';

export interface InteractionStart {
  readonly id: string;
  readonly token: string;
  /** Discord's interaction type: 2, 3, 4 or 5. */
  readonly kind: number;
  readonly userId: string;
  readonly channelId: string;
  readonly guildId?: string;
  /** The command's whole name, or the customId. */
  readonly name: string;
  readonly createdAt: number;
  /** Discord's `type` of a message that answers: 0, 19, 20 or 23. */
  readonly answerType: number;
  /** The message whose component was used, or on which a command was called. */
  readonly sourceMessageId?: string;
  /** Whether the source message carries the component (else it is a context menu's target). */
  readonly isFromComponent: boolean;
  /** `interaction_metadata` of the messages that answer. */
  readonly metadata: JsonObject;
}

/** One interaction's life. Everything after `start` changes as the bot answers. */
export class InteractionRecord {
  readonly start: InteractionStart;
  state: InteractionState = 'sent';
  firstAnswer: FirstAnswer | undefined;
  /** Whether the deferred answer was filled, or the deferred update was followed by something. */
  isCompleted = false;
  isEphemeral = false;
  /** What `@original` is. */
  originalMessageId: string | undefined;
  followUpIds: string[] = [];
  modal: APIModalInteractionResponseCallbackData | undefined;
  /** Whether the modal was sent in. */
  isModalSubmitted = false;
  choices: readonly APIApplicationCommandOptionChoice[] = [];
  acknowledgedAfterMs: number | undefined;
  failure: string | undefined;

  constructor(start: InteractionStart) {
    this.start = start;
  }

  /**
   * Whether Discord's client has stopped to show that it waits: at the first answer, whatever that is,
   * or at its failure.
   */
  get isAcknowledged(): boolean {
    return this.state === 'failed' || this.firstAnswer !== undefined;
  }

  /** Whether nothing more has to come for the person to have an answer. */
  get isSettled(): boolean {
    if (this.state === 'failed') return true;
    if (this.firstAnswer === undefined) return false;
    if (this.firstAnswer === 'deferred-message' || this.firstAnswer === 'deferred-update') return this.isCompleted;
    return true;
  }
}
