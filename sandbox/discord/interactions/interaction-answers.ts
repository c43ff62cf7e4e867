import type { APIApplicationCommandOptionChoice, APIModalInteractionResponseCallbackData } from 'discord.js';
import { compact } from '../../../src/shared/compact.ts';
import { apiError, invalidForm } from '../api-error.ts';
import { AnswerKind, InteractionKind, MessageFlag, MessageKind } from '../discord-numbers.ts';
import { type JsonObject, toNumber, toObject } from '../json.ts';
import type { UploadedFile } from '../world/attachment-store.ts';
import { normalizeComponents } from '../world/components.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import type { InteractionRecord } from '../world/interaction-record.ts';
import { createLoadingMessage, createMessage, editMessage, type MessageOrigin } from '../world/messages.ts';
import type { StoredMessage } from '../world/world-records.ts';
import type { Interactions } from './interactions.ts';

/** Does what the bot's answers to an interaction say: the callback, `@original`, and follow-ups. */
export class InteractionAnswers {
  readonly #world: DiscordWorld;
  readonly #interactions: Interactions;

  constructor(world: DiscordWorld, interactions: Interactions) {
    this.#world = world;
    this.#interactions = interactions;
  }

  /** The first answer. The message that it made or changed, if any. */
  callback(id: string, token: string, body: JsonObject, uploads: readonly UploadedFile[]): InteractionRecord {
    const record = this.#interactions.requireUnanswered(id, token);
    const kind = toNumber(body['type']) ?? 0;
    if (!allowedKinds(record).includes(kind)) {
      throw invalidForm('type', 'INTERACTION_RESPONSE_TYPE_INVALID', 'This interaction cannot be answered in this way');
    }
    const data = toObject(body['data']);
    switch (kind) {
      case AnswerKind.Message:
        return this.#answer(record, data, uploads);
      case AnswerKind.DeferredMessage:
        return this.#defer(record, data);
      case AnswerKind.Modal:
        return this.#showModal(record, data);
      case AnswerKind.Choices:
        record.choices = (data['choices'] ?? []) as readonly APIApplicationCommandOptionChoice[];
        return this.#acknowledge(record, 'choices');
      default:
        return this.#changeSource(record, kind, data, uploads);
    }
  }

  /** The message that an edit, or an update as first answer, would change; none where it would be refused anyway. */
  findChanged(where: {
    readonly id?: string;
    readonly token: string;
    readonly messageId?: string;
  }): StoredMessage | undefined {
    const record =
      where.id === undefined ? this.#interactions.findByToken(where.token) : this.#interactions.get(where.id);
    const isOriginal = where.messageId === undefined || where.messageId === '@original';
    const id = where.id === undefined ? record?.originalMessageId : record?.start.sourceMessageId;
    return this.#world.messages.get((isOriginal ? id : where.messageId) ?? '');
  }

  /** What `@original` is now; 10008 where it was deleted or there is none. */
  original(token: string): StoredMessage {
    return this.#require(this.#interactions.requireByToken(token).originalMessageId);
  }

  /** A message of this interaction: `@original` or a follow-up's id. */
  message(token: string, messageId: string): StoredMessage {
    if (messageId === '@original') return this.original(token);
    const record = this.#interactions.requireByToken(token);
    const isOwn = record.followUpIds.includes(messageId) || record.originalMessageId === messageId;
    if (!isOwn) throw apiError('unknownMessage');
    return this.#require(messageId);
  }

  edit(token: string, messageId: string, body: JsonObject, uploads: readonly UploadedFile[]): StoredMessage {
    const stored = this.message(token, messageId);
    const record = this.#interactions.requireByToken(token);
    const edited = editMessage(this.#world, stored, body, uploads);
    if (stored.message.id === record.originalMessageId) this.#interactions.complete(record);
    else this.#interactions.noteChange(record);
    return edited;
  }

  delete(token: string, messageId: string): void {
    const stored = this.message(token, messageId);
    const record = this.#interactions.requireByToken(token);
    this.#world.messages.delete(stored.message.id);
    if (stored.message.id === record.originalMessageId) this.#interactions.complete(record);
  }

  /** A further message; while the first answer is still "thinking…" it fills that one instead, as Discord does. */
  followUp(token: string, body: JsonObject, uploads: readonly UploadedFile[]): StoredMessage {
    const record = this.#interactions.requireByToken(token);
    if (record.firstAnswer === 'deferred-message' && !record.isCompleted) {
      return this.edit(token, '@original', body, uploads);
    }
    const original = this.#world.messages.get(record.originalMessageId ?? '');
    const isEphemeral = ((toNumber(body['flags']) ?? 0) & MessageFlag.Ephemeral) !== 0;
    const origin = this.#toOrigin(record, isEphemeral, MessageKind.Reply, original);
    const stored = createMessage(this.#world, { ...origin, body, uploads });
    record.followUpIds.push(stored.message.id);
    this.#interactions.complete(record);
    return stored;
  }

  #answer(record: InteractionRecord, data: JsonObject, uploads: readonly UploadedFile[]): InteractionRecord {
    const isEphemeral = ((toNumber(data['flags']) ?? 0) & MessageFlag.Ephemeral) !== 0;
    const stored = createMessage(this.#world, { ...this.#toFirstOrigin(record, isEphemeral), body: data, uploads });
    record.originalMessageId = stored.message.id;
    record.isEphemeral = isEphemeral;
    return this.#acknowledge(record, 'message');
  }

  #defer(record: InteractionRecord, data: JsonObject): InteractionRecord {
    const isEphemeral = ((toNumber(data['flags']) ?? 0) & MessageFlag.Ephemeral) !== 0;
    const stored = createLoadingMessage(this.#world, this.#toFirstOrigin(record, isEphemeral));
    record.originalMessageId = stored.message.id;
    record.isEphemeral = isEphemeral;
    return this.#acknowledge(record, 'deferred-message');
  }

  #showModal(record: InteractionRecord, data: JsonObject): InteractionRecord {
    const components = normalizeComponents(data['components'], (url) => ({ url }));
    record.modal = { ...data, components } as unknown as APIModalInteractionResponseCallbackData;
    return this.#acknowledge(record, 'modal');
  }

  #changeSource(
    record: InteractionRecord,
    kind: number,
    data: JsonObject,
    uploads: readonly UploadedFile[],
  ): InteractionRecord {
    const stored = this.#require(record.start.sourceMessageId);
    record.originalMessageId = stored.message.id;
    record.isEphemeral = stored.ephemeralFor !== undefined;
    if (kind === AnswerKind.DeferredUpdate) return this.#acknowledge(record, 'deferred-update');
    editMessage(this.#world, stored, data, uploads);
    return this.#acknowledge(record, 'update');
  }

  #acknowledge(record: InteractionRecord, answer: NonNullable<InteractionRecord['firstAnswer']>): InteractionRecord {
    this.#interactions.acknowledge(record, answer);
    return record;
  }

  #require(messageId: string | undefined): StoredMessage {
    const stored = this.#world.messages.get(messageId ?? '');
    if (stored === undefined) throw apiError('unknownMessage');
    return stored;
  }

  #toFirstOrigin(record: InteractionRecord, isEphemeral: boolean): MessageOrigin {
    const source = this.#world.messages.get(record.start.sourceMessageId ?? '');
    return this.#toOrigin(record, isEphemeral, record.start.answerType, source);
  }

  #toOrigin(
    record: InteractionRecord,
    isEphemeral: boolean,
    type: number,
    repliesTo: StoredMessage | undefined,
  ): MessageOrigin {
    const { start } = record;
    const channel = this.#world.channels.get(start.channelId);
    if (channel === undefined) throw apiError('unknownChannel');
    const isFollowUp = record.firstAnswer !== undefined;
    const original = isFollowUp ? { original_response_message_id: record.originalMessageId } : {};
    return {
      channel,
      authorId: this.#world.bot.id,
      type,
      extra: {
        application_id: this.#world.applicationId,
        webhook_id: this.#world.applicationId,
        interaction_metadata: { ...start.metadata, ...original },
        ...(start.kind === InteractionKind.Command && !isFollowUp ? this.#toInteractionField(record) : {}),
        ...(repliesTo === undefined ? {} : toReplyFields(repliesTo, start.guildId)),
      },
      ...(isEphemeral ? { ephemeralFor: start.userId } : {}),
    };
  }

  #toInteractionField({ start }: InteractionRecord): JsonObject {
    const user = this.#world.users.get(start.userId);
    return { interaction: { id: start.id, type: start.kind, name: start.name, user } };
  }
}

/** The fields of a message that replies to another one. */
export function toReplyFields(stored: StoredMessage, guildId: string | undefined): JsonObject {
  const { referenced_message: _inner, ...referenced } = { ...stored.message };
  return {
    message_reference: {
      type: 0,
      channel_id: referenced.channel_id,
      message_id: referenced.id,
      ...compact({ guild_id: guildId }),
    },
    referenced_message: referenced,
  };
}

function allowedKinds({ start }: InteractionRecord): readonly number[] {
  const messages = [AnswerKind.Message, AnswerKind.DeferredMessage];
  const updates = [AnswerKind.DeferredUpdate, AnswerKind.Update];
  switch (start.kind) {
    case InteractionKind.Autocomplete:
      return [AnswerKind.Choices];
    case InteractionKind.Component:
      return [...messages, ...updates, AnswerKind.Modal];
    case InteractionKind.Modal:
      return start.isFromComponent ? [...messages, ...updates] : messages;
    default:
      return [...messages, AnswerKind.Modal];
  }
}
