import { randomUUID } from 'node:crypto';
import type {
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  Interaction,
  MessageComponentInteraction,
  MessageContextMenuCommandInteraction,
  ModalSubmitInteraction,
  REST,
} from 'discord.js';
import type { AuditLog } from '../moderation/log/audit-log.ts';
import type { Permissions } from '../moderation/permissions.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError, toErrorMessage, UserError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { toAttempt } from './core/attempt.ts';
import { type Caller, toCaller } from './core/caller.ts';
import { toCommandOptions, toCommandPath } from './core/command-options.ts';
import { toControlName } from './core/custom-id.ts';
import { isInteractionOver, mayPassWithLess, toAnswerCode } from './core/discord-errors.ts';
import { toFormValues } from './core/form-values.ts';
import type { Command, Control, ControlCall, Form, FormCall, MessageCommand, Requirement } from './core/handlers.ts';
import { InteractionReply } from './core/interaction-reply.ts';
import type { OutgoingMessage } from './core/outgoing.ts';
import { toSourceMessage } from './core/source-message.ts';
import { logDenied } from './moderation/audit-entries.ts';
import { answerBeside, sendAnswer, toProgress } from './replies/answering.ts';
import { toRefusedMessage } from './replies/refused-answers.ts';
import { toProblemMessage } from './ui/notices.ts';

export interface RouterOptions {
  readonly commands: readonly Command[];
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
  readonly messageCommands: readonly MessageCommand[];
  readonly permissions: Pick<Permissions, 'requireAllowed'>;
  /** Where it is logged that somebody may not. */
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  /** The only servers served. */
  readonly guildIds: readonly string[];
  /** REST for interactions alone: Discord exempts them from the bot's request limit. */
  readonly rest: REST;
  readonly logger: Logger;
}

const NOT_SERVED =
  'This bot does not serve this server. Whoever runs it decides which ones it serves (`DISCORD_GUILD_IDS`).';
const GONE_CONTROL = 'This control is from an older version of the bot. Open the job anew with `/job show`.';
const CUT_SHORT =
  'The bot is restarting, and this was not finished in time. Look at `/jobs` in a minute before you try again.';
const CLOSED = 'The bot is restarting, so nothing was done. Try again in a few seconds.';
const MAX_CHOICES = 25;
const LOCKED = "Another program holds the bot's store, so this could not be saved. Try again in a minute.";
const FULL =
  "The disk that holds the bot's store is full, so this could not be saved. Whoever runs the bot has to make room; then try again.";
/** What people are told when the store fails, by the error's code. */
const STORE_SENTENCES: Readonly<Record<string, string>> = {
  'store-locked': LOCKED,
  'queue-locked': LOCKED,
  'store-full': FULL,
  'queue-full': FULL,
};

/** Takes every interaction to its handler and sees to it that each gets an answer. */
export class Router {
  readonly #options: RouterOptions;
  readonly #commands: ReadonlyMap<string, Command>;
  readonly #controls: ReadonlyMap<string, Control>;
  readonly #forms: ReadonlyMap<string, Form>;
  readonly #messageCommands: ReadonlyMap<string, MessageCommand>;
  readonly #handling = new Map<
    Promise<void>,
    { readonly interaction: Interaction; readonly reply: InteractionReply }
  >();
  #isClosed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#commands = new Map(options.commands.map((command) => [command.data.name, command]));
    this.#controls = new Map(options.controls.map((control) => [control.name, control]));
    this.#forms = new Map(options.forms.map((form) => [form.name, form]));
    this.#messageCommands = new Map(options.messageCommands.map((command) => [command.data.name, command]));
  }

  /** Takes an interaction; what goes wrong is told to the person and logged. */
  take(interaction: Interaction): void {
    const { applicationId, id, token } = interaction;
    const { rest, clock } = this.#options;
    const reply = new InteractionReply(rest, { applicationId, id, token }, clock);
    const handling = this.#handle(interaction, reply).finally(() => this.#handling.delete(handling));
    this.#handling.set(handling, { interaction, reply });
  }

  /** From now on whoever asks is told to come back, until the gateway is left; what was taken goes on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when every interaction that was taken has its answer. */
  async whenIdle(): Promise<void> {
    while (this.#handling.size > 0) await Promise.all(this.#handling.keys());
  }

  /** Tells those whose interactions are still under way that the bot is going; never rejects. */
  async tellCutShort(): Promise<void> {
    const telling = [...this.#handling.values()].map(async ({ interaction, reply }) => {
      if (interaction.isAutocomplete()) return;
      await reply.tellPrivately(toProblemMessage(CUT_SHORT)).catch(() => undefined);
    });
    await Promise.all(telling);
  }

  /** Never rejects. */
  async #handle(interaction: Interaction, reply: InteractionReply): Promise<void> {
    try {
      if (this.#isClosed) throw new UserError('closed', CLOSED);
      if (interaction.isAutocomplete()) return await this.#suggest(interaction, reply);
      const caller = this.#requireCaller(interaction);
      if (interaction.isChatInputCommand()) return await this.#runCommand(interaction, caller, reply);
      if (interaction.isMessageComponent()) return await this.#runControl(interaction, caller, reply);
      if (interaction.isModalSubmit()) return await this.#runForm(interaction, caller, reply);
      if (interaction.isMessageContextMenuCommand()) return await this.#runMessageCommand(interaction, caller, reply);
    } catch (thrown) {
      await this.#tell(reply, thrown, interaction);
    }
  }

  #requireCaller(interaction: Interaction): Caller {
    const caller = toCaller(interaction);
    if (caller === undefined || !this.#options.guildIds.includes(caller.guildId))
      throw new UserError('not-served', NOT_SERVED);
    return caller;
  }

  /** From memory, before Discord hears of it. @throws UserError */
  #requireAllowed({ requires }: { readonly requires: Requirement }, caller: Caller): void {
    if (requires !== 'anyone') this.#options.permissions.requireAllowed(requires, caller);
  }

  async #suggest(interaction: AutocompleteInteraction, reply: InteractionReply): Promise<void> {
    const { name, value } = interaction.options.getFocused(true);
    const caller = toCaller(interaction);
    const suggest = this.#commands.get(interaction.commandName)?.autocomplete?.[name];
    const isServed = caller !== undefined && this.#options.guildIds.includes(caller.guildId);
    if (!isServed || suggest === undefined) return reply.suggest([]);
    const path = toCommandPath(interaction);
    const choices = await suggest({ path, caller, text: String(value).toWellFormed() });
    await reply.suggest(choices.slice(0, MAX_CHOICES));
  }

  async #runCommand(interaction: ChatInputCommandInteraction, caller: Caller, reply: InteractionReply): Promise<void> {
    const path = toCommandPath(interaction);
    const handler = this.#commands.get(interaction.commandName)?.handlers[path];
    if (handler === undefined) throw new AppError('command-unknown', `No handler for /${path}.`);
    this.#requireAllowed(handler, caller);
    const options = toCommandOptions(interaction);
    const isPublic = options.boolean('public') === true;
    if (isPublic) this.#requireAllowed({ requires: 'share' }, caller);
    await reply.defer(!isPublic);
    const call = { id: interaction.id, caller, options, showProgress: toProgress(reply) };
    await sendAnswer(reply, await handler.run(call), this.#options.logger);
  }

  async #runControl(interaction: MessageComponentInteraction, caller: Caller, reply: InteractionReply): Promise<void> {
    const { customId } = interaction;
    const control = this.#controls.get(toControlName(customId));
    if (control === undefined) throw new UserError('control-unknown', GONE_CONTROL);
    this.#requireAllowed(control, caller);
    const values = interaction.isAnySelectMenu() ? interaction.values : [];
    const { clock, logger } = this.#options;
    const source = toSourceMessage(interaction.message);
    const call: ControlCall = {
      id: interaction.id,
      caller,
      source,
      customId,
      values,
      showProgress: toProgress(reply),
    };
    if (control.acknowledges === 'form') return reply.showModal(control.open(call));
    const form = control.acknowledges === 'form-or-beside' ? control.open(call) : undefined;
    if (form !== undefined) return reply.showModal(form);
    if (control.acknowledges.endsWith('beside') && source.isPrivate)
      return answerBeside(reply, { clock, logger }, (editSource) => control.run({ ...call, editSource }));
    await (control.acknowledges === 'update' ? reply.deferUpdate() : reply.defer(true));
    await sendAnswer(reply, await control.run(call), logger);
  }

  async #runForm(interaction: ModalSubmitInteraction, caller: Caller, reply: InteractionReply): Promise<void> {
    const { customId } = interaction;
    const form = this.#forms.get(toControlName(customId));
    if (form === undefined) throw new UserError('form-unknown', GONE_CONTROL);
    this.#requireAllowed(form, caller);
    const { clock, logger } = this.#options;
    const source = interaction.message === null ? undefined : toSourceMessage(interaction.message);
    const own = { id: interaction.id, caller, customId, ...(source && { source }) };
    const call: FormCall = { ...own, ...toFormValues(interaction), showProgress: toProgress(reply) };
    const isFromMessage = interaction.isFromMessage();
    if (form.acknowledges === 'beside' && isFromMessage && source?.isPrivate === true)
      return answerBeside(reply, { clock, logger }, (editSource) => form.run({ ...call, editSource }));
    await (form.acknowledges === 'update' && isFromMessage ? reply.deferUpdate() : reply.defer(true));
    await sendAnswer(reply, await form.run(call), logger);
  }

  async #runMessageCommand(interaction: MessageContextMenuCommandInteraction, caller: Caller, reply: InteractionReply) {
    const command = this.#messageCommands.get(interaction.commandName);
    if (command === undefined) throw new AppError('command-unknown', `No message command ${interaction.commandName}.`);
    this.#requireAllowed(command, caller);
    await reply.defer(true);
    const target = toSourceMessage(interaction.targetMessage);
    const call = { id: interaction.id, caller, target, showProgress: toProgress(reply) };
    await sendAnswer(reply, await command.run(call), this.#options.logger);
  }

  async #tell(reply: InteractionReply, thrown: unknown, interaction: Interaction): Promise<void> {
    if (isInteractionOver(thrown)) {
      this.#options.logger.info(
        { interaction: interaction.id },
        'An interaction was over before it could be answered.',
      );
      return;
    }
    if (thrown instanceof UserError && thrown.code === 'not-allowed') await this.#noteDenied(interaction);
    const message = this.#toProblem(thrown, interaction);
    try {
      if (interaction.isAutocomplete()) await reply.suggest([]);
      else await tellInWords(reply, message);
    } catch (second) {
      this.#options.logger.warn(
        { interaction: interaction.id, error: toErrorMessage(second) },
        'An interaction got no answer.',
      );
    }
  }

  /** Never rejects: an answer is owed whether or not it can be logged. */
  async #noteDenied(interaction: Interaction): Promise<void> {
    const { log, clock, logger } = this.#options;
    const caller = toCaller(interaction);
    if (caller === undefined) return;
    try {
      await logDenied(log, clock, { caller, ...toAttempt(interaction) });
    } catch (thrown) {
      logger.warn({ interaction: interaction.id, error: toErrorMessage(thrown) }, 'A refusal was not logged.');
    }
  }

  #toProblem(thrown: unknown, interaction: Interaction): OutgoingMessage {
    if (!mayPassWithLess(thrown)) return toProblemMessage(this.#toSentence(thrown, interaction));
    const fields = { interaction: interaction.id, code: toAnswerCode(thrown), error: toErrorMessage(thrown) };
    this.#options.logger.warn(fields, 'An answer was refused.');
    return toRefusedMessage(toAnswerCode(thrown));
  }

  #toSentence(thrown: unknown, interaction: Interaction): string {
    if (thrown instanceof UserError) return thrown.message;
    const storeSentence = thrown instanceof AppError ? STORE_SENTENCES[thrown.code] : undefined;
    if (storeSentence !== undefined) {
      this.#options.logger.error({ interaction: interaction.id, error: toErrorMessage(thrown) }, 'A handler failed.');
      return storeSentence;
    }
    const code = randomUUID().slice(0, 8);
    const fields = { code, interaction: interaction.id, kind: interaction.type, error: toErrorMessage(thrown) };
    this.#options.logger.error(
      { ...fields, stack: thrown instanceof Error ? thrown.stack : undefined },
      'A handler failed.',
    );
    return `Something broke in the bot, and nothing was changed by it as far as it knows. Try again; if it happens again, tell whoever runs the bot the code \`${code}\`.`;
  }
}

/** What quotes somebody's words may be refused for them; a sentence of ours is not. */
async function tellInWords(reply: InteractionReply, message: OutgoingMessage): Promise<void> {
  try {
    await reply.tellPrivately(message);
  } catch (thrown) {
    if (!mayPassWithLess(thrown)) throw thrown;
    await reply.tellPrivately(toRefusedMessage(toAnswerCode(thrown)));
  }
}
