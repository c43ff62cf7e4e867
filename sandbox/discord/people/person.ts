import type { APIApplicationCommand, APIChannel, APIMessage } from 'discord.js';
import { compact } from '../../../src/shared/compact.ts';
import {
  CommandKind,
  ComponentKind,
  InteractionKind,
  MessageKind,
  Permission,
  UNPRESSABLE_BUTTON_STYLES,
} from '../discord-numbers.ts';
import { toReplyFields } from '../interactions/interaction-answers.ts';
import type { InteractionIntent, Interactions } from '../interactions/interactions.ts';
import { type JsonObject, toNumber } from '../json.ts';
import { isLocale } from '../locales.ts';
import type { UploadedFile } from '../world/attachment-store.ts';
import { isSelect } from '../world/components.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import type { InteractionRecord } from '../world/interaction-record.ts';
import { has, isLockedFor, toChannelPermissions } from '../world/member-permissions.ts';
import { createMessage } from '../world/messages.ts';
import type { PersonFile, SeenInteraction, TypedCommand, WaitsFor, WholePerson } from '../world/people.ts';
import { ResolvedBuilder } from '../world/resolved.ts';
import type { StoredMessage, WorldChannel } from '../world/world-records.ts';
import { toModalComponents } from './modal-values.ts';
import { PersonError } from './person-error.ts';
import { toUpload, toUploads } from './person-files.ts';
import { PersonMarks } from './person-marks.ts';
import { PersonView } from './person-view.ts';
import { SeenRecord } from './seen-interaction.ts';
import { checkSelectValues } from './select-values.ts';
import { toCommandOptions } from './typed-options.ts';

type Values = Readonly<Record<string, string | readonly string[] | readonly PersonFile[]>>;

/** For what a person waits, and how many milliseconds at most. */
export interface Patience {
  readonly waitsFor: WaitsFor;
  readonly limitMs: number;
}

/** One member of the stand-in's world; does what Discord's client lets them do. */
export class StandInPerson implements WholePerson {
  readonly userId: string;
  readonly #world: DiscordWorld;
  readonly #interactions: Interactions;
  readonly #patience: Patience;
  readonly #view: PersonView;
  readonly #marks: PersonMarks;

  constructor(world: DiscordWorld, interactions: Interactions, userId: string, patience: Patience) {
    if (!world.users.has(userId)) throw new PersonError('not-allowed', `There is no user ${userId}`);
    this.userId = userId;
    this.#world = world;
    this.#interactions = interactions;
    this.#patience = patience;
    this.#view = new PersonView(world, userId);
    this.#marks = new PersonMarks(world, this.#view);
  }

  async command(channelId: string, typed: TypedCommand): Promise<SeenInteraction> {
    const channel = this.#view.requireChannel(channelId);
    const command = this.#view.requireCommand(channel, CommandKind.ChatInput, typed.path.split(' ')[0] ?? '');
    const resolved = new ResolvedBuilder(this.#world, channel, this.userId);
    const values = await this.#keepFiles(channel, typed.options ?? {}, resolved);
    const options = toCommandOptions(command, typed, values, { resolved });
    return this.#interact({
      kind: InteractionKind.Command,
      userId: this.userId,
      channel,
      name: typed.path,
      data: toCommandData(command, { ...(options.length === 0 ? {} : { options }), ...resolved.toField() }),
      answerType: MessageKind.ChatInputCommand,
    });
  }

  async autocomplete(
    channelId: string,
    typed: TypedCommand,
    focused: string,
  ): Promise<readonly { name: string; value: string | number }[]> {
    const channel = this.#view.requireChannel(channelId);
    const command = this.#view.requireCommand(channel, CommandKind.ChatInput, typed.path.split(' ')[0] ?? '');
    const resolved = new ResolvedBuilder(this.#world, channel, this.userId);
    const values = await this.#keepFiles(channel, typed.options ?? {}, resolved);
    const options = toCommandOptions(command, typed, values, { resolved, focused });
    const record = this.#interactions.open({
      kind: InteractionKind.Autocomplete,
      userId: this.userId,
      channel,
      name: typed.path,
      data: toCommandData(command, { options, ...resolved.toField() }),
      answerType: MessageKind.Default,
    });
    await this.#interactions.reached(record, 'first-answer', this.#patience.limitMs);
    return record.choices;
  }

  async press(messageId: string, customId: string): Promise<SeenInteraction> {
    const { stored, channel, component } = this.#view.requireComponent(messageId, customId);
    const isButton = component['type'] === ComponentKind.Button;
    if (!isButton || UNPRESSABLE_BUTTON_STYLES.includes(toNumber(component['style']) ?? 0)) {
      throw new PersonError('unknown-component', `${customId} is not a button that can be pressed`);
    }
    return this.#use(stored, channel, customId, { component_type: component['type'], id: component['id'] });
  }

  async select(messageId: string, customId: string, values: readonly string[]): Promise<SeenInteraction> {
    const { stored, channel, component } = this.#view.requireComponent(messageId, customId);
    if (!isSelect(component['type'])) throw new PersonError('unknown-component', `${customId} is not a select`);
    const resolved = new ResolvedBuilder(this.#world, channel, this.userId);
    checkSelectValues(component, values, resolved);
    const { type, id } = component;
    return this.#use(stored, channel, customId, { component_type: type, id, values, ...resolved.toField() });
  }

  async submit(interactionId: string, values: Values): Promise<SeenInteraction> {
    const opener = this.#requireModal(interactionId);
    const { start, modal } = opener;
    const channel = this.#view.requireChannel(start.channelId);
    const uploads = await toUploads(values);
    if (opener.isModalSubmitted) throw new PersonError('no-modal', 'The form was sent in already');
    const resolved = new ResolvedBuilder(this.#world, channel, this.userId);
    const keepFile = (file: UploadedFile) => this.#keep(channel, file, resolved);
    const components = toModalComponents(modal?.components, { values: uploads, resolved, keepFile });
    opener.isModalSubmitted = true;
    const customId = modal?.custom_id ?? '';
    return this.#interact({
      kind: InteractionKind.Modal,
      userId: this.userId,
      channel,
      name: customId,
      data: { custom_id: customId, components, ...resolved.toField() },
      answerType: start.isFromComponent ? MessageKind.Reply : MessageKind.ChatInputCommand,
      isFromComponent: start.isFromComponent,
      triggeredBy: start.metadata,
      ...(start.isFromComponent && start.sourceMessageId ? { sourceMessageId: start.sourceMessageId } : {}),
    });
  }

  async messageCommand(messageId: string, name: string): Promise<SeenInteraction> {
    const { stored, channel } = this.#view.requireMessage(messageId);
    const command = this.#view.requireCommand(channel, CommandKind.Message, name);
    if (stored.ephemeralFor !== undefined) {
      throw new PersonError('not-allowed', 'Private answers have no context menu of apps');
    }
    const resolved = new ResolvedBuilder(this.#world, channel, this.userId);
    resolved.addMessage(stored);
    return this.#interact({
      kind: InteractionKind.Command,
      userId: this.userId,
      channel,
      name,
      data: toCommandData(command, { target_id: messageId, ...resolved.toField() }),
      answerType: MessageKind.ContextMenuCommand,
      sourceMessageId: messageId,
    });
  }

  async userCommand(channelId: string, targetUserId: string, name: string): Promise<SeenInteraction> {
    const channel = this.#view.requireChannel(channelId);
    const command = this.#view.requireCommand(channel, CommandKind.User, name);
    const resolved = new ResolvedBuilder(this.#world, channel, this.userId);
    if (!resolved.addUser(targetUserId)) throw new PersonError('invalid-value', 'There is no such user');
    return this.#interact({
      kind: InteractionKind.Command,
      userId: this.userId,
      channel,
      name,
      data: toCommandData(command, { target_id: targetUserId, ...resolved.toField() }),
      answerType: MessageKind.ContextMenuCommand,
    });
  }

  messages(channelId: string): readonly APIMessage[] {
    return this.#view.messages(channelId);
  }

  channels(): readonly APIChannel[] {
    return this.#view.channels();
  }

  commands(channelId: string): readonly APIApplicationCommand[] {
    return this.#view.commands(channelId);
  }

  send(channelId: string, text: string, replyTo?: string): APIMessage {
    const channel = this.#view.requireChannel(channelId);
    const needed = channel.thread === undefined ? Permission.SendMessages : Permission.SendMessagesInThreads;
    if (!has(toChannelPermissions(this.#world, channel, this.userId), needed)) {
      throw new PersonError('not-allowed', 'You cannot write here');
    }
    if (isLockedFor(this.#world, channel, this.userId)) throw new PersonError('not-allowed', 'This thread is locked');
    if (channel.thread?.archived === true) this.#world.updateThread(channel.id, { archived: false });
    const target = replyTo === undefined ? undefined : this.#view.requireMessage(replyTo).stored;
    if (target?.ephemeralFor !== undefined)
      throw new PersonError('not-allowed', 'Nobody can reply to a private answer');
    const reply = target && {
      extra: toReplyFields(target, channel.guildId),
      repliedUserId: target.message.author.id,
    };
    const type = target === undefined ? MessageKind.Default : MessageKind.Reply;
    const draft = { channel, authorId: this.userId, type, body: { content: text }, uploads: [], ...reply };
    return createMessage(this.#world, draft).message;
  }

  react(messageId: string, emoji: string): void {
    this.#marks.react(messageId, emoji);
  }

  unreact(messageId: string, emoji: string): void {
    this.#marks.unreact(messageId, emoji);
  }

  pin(messageId: string): void {
    this.#marks.pin(messageId);
  }

  openDm(): string {
    return this.#world.openDm(this.userId).id;
  }

  setLocale(locale: string): void {
    if (!isLocale(locale)) throw new PersonError('invalid-value', `Discord has no language ${locale}`);
    this.#world.setLocale(this.userId, locale);
  }

  setDmsClosed(isClosed: boolean): void {
    this.#world.setDmsClosed(this.userId, isClosed);
  }

  dismiss(messageId: string): void {
    const { stored } = this.#view.requireMessage(messageId);
    if (stored.ephemeralFor !== this.userId)
      throw new PersonError('not-allowed', 'Only private answers can be dismissed');
    this.#world.messages.delete(messageId);
  }

  async #interact(intent: InteractionIntent): Promise<SeenInteraction> {
    const record = this.#interactions.open(intent);
    await this.#interactions.reached(record, this.#patience.waitsFor, this.#patience.limitMs);
    return new SeenRecord(this.#world, record);
  }

  #use(stored: StoredMessage, channel: WorldChannel, customId: string, data: JsonObject): Promise<SeenInteraction> {
    return this.#interact({
      kind: InteractionKind.Component,
      userId: this.userId,
      channel,
      name: customId,
      data: { custom_id: customId, ...data },
      answerType: MessageKind.Reply,
      sourceMessageId: stored.message.id,
      isFromComponent: true,
    });
  }

  #requireModal(interactionId: string): InteractionRecord {
    const record = this.#interactions.get(interactionId);
    const isOwn = record?.start.userId === this.userId && record.modal !== undefined;
    if (record === undefined || !isOwn) throw new PersonError('no-modal', 'There is no form open');
    return record;
  }

  #keep(channel: WorldChannel, file: UploadedFile, resolved: ResolvedBuilder): string {
    const stored = this.#world.attachments.add(channel.id, file, { isEphemeral: true });
    resolved.addAttachment(stored);
    return stored.attachment.id;
  }

  async #keepFiles(
    channel: WorldChannel,
    options: NonNullable<TypedCommand['options']>,
    resolved: ResolvedBuilder,
  ): Promise<Readonly<Record<string, string | number | boolean>>> {
    const entries = Object.entries(options).map(async ([name, value]) => {
      if (typeof value !== 'object') return [name, value] as const;
      return [name, this.#keep(channel, await toUpload(value, 0), resolved)] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}

function toCommandData(command: APIApplicationCommand, rest: JsonObject): JsonObject {
  const { id, name, type, guild_id: guildId } = command;
  return { id, name, type, ...compact({ guild_id: guildId }), ...rest };
}
