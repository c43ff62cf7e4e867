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
import { toProblemDetails } from '../jobs/api-problems.ts';
import type { AuditLog } from '../moderation/log/audit-log.ts';
import type { Permissions } from '../moderation/permissions.ts';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { isDoneWithin } from '../shared/done-within.ts';
import { AppError, toErrorMessage, UserError } from '../shared/errors.ts';
import { Listeners } from '../shared/listeners.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import { toAttempt } from './core/attempt.ts';
import { type Caller, toCaller } from './core/caller.ts';
import { toCommandOptions, toCommandPath } from './core/command-options.ts';
import { toControlName } from './core/custom-id.ts';
import { isInteractionOver, mayPassWithLess, toAnswerCode } from './core/discord-errors.ts';
import { toFormValues } from './core/form-values.ts';
import type { Command, Control, ControlCall, Form, FormCall, MessageCommand, Requirement } from './core/handlers.ts';
import { type HandledInteraction, type InteractionOutcome, toHandledName } from './core/interaction-name.ts';
import { InteractionReply } from './core/interaction-reply.ts';
import type { OutgoingMessage } from './core/outgoing.ts';
import { toSourceMessage } from './core/source-message.ts';
import { UnderWay } from './core/under-way.ts';
import { coreWords } from './core/words.ts';
import { logDenied } from './moderation/audit-entries.ts';
import { answerBeside, sendAnswer, toProgress } from './replies/answering.ts';
import { toRefusedMessage } from './replies/refused-answers.ts';
import { toProblemMessage } from './ui/notices.ts';

export interface RouterOptions {
  readonly commands: readonly Command[];
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
  readonly messageCommands: readonly MessageCommand[];
  readonly permissions: Pick<Permissions, 'requireAllowed' | 'isAllowed'>;
  /** Where it is logged that somebody may not. */
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  /** The only servers served. */
  readonly served: Pick<ServedGuilds, 'has'>;
  /** REST for interactions alone: Discord exempts them from the bot's request limit. */
  readonly rest: REST;
  readonly logger: Logger;
}

const MAX_CHOICES = 25;
/** What people are shown when the store fails, by the error's code. */
const STORE_SENTENCES: Readonly<Record<string, string>> = {
  'store-locked': coreWords.storeLocked,
  'queue-locked': coreWords.storeLocked,
  'store-full': coreWords.storeFull,
  'queue-full': coreWords.storeFull,
};

/** How long `finish` waits for answers, and then for its notices. */
const FINISH_MS = 3_000;
const CUT_SHORT_MS = 2_000;

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
  readonly #handled = new Listeners<[handled: HandledInteraction], void>();
  /** Calls the listener after each interaction; it must not throw. */
  readonly onHandled = this.#handled.on;
  readonly #underWay = new UnderWay();
  #isClosed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#commands = new Map(options.commands.map((command) => [command.data.name, command]));
    this.#controls = new Map(options.controls.map((control) => [control.name, control]));
    this.#forms = new Map(options.forms.map((form) => [form.name, form]));
    this.#messageCommands = new Map(options.messageCommands.map((command) => [command.data.name, command]));
  }

  /** Takes an interaction; what goes wrong is shown to the person and logged. */
  take(interaction: Interaction): void {
    const { applicationId, id, token } = interaction;
    const { rest, clock } = this.#options;
    const reply = new InteractionReply(rest, { applicationId, id, token }, clock);
    const takenAt = clock.monotonicMs();
    const handling = this.#handle(interaction, reply).then((outcome) => {
      this.#handling.delete(handling);
      const { acknowledgedAt } = reply;
      const acknowledgedMs = acknowledgedAt === undefined ? undefined : acknowledgedAt - takenAt;
      this.#handled.emit({ ...this.#nameOf(interaction), outcome, ...compact({ acknowledgedMs }) });
    });
    this.#handling.set(handling, { interaction, reply });
  }

  /** From now on whoever asks is asked to come back, until the gateway is left; what was taken goes on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Gives the interactions that were taken some time to be answered, and notifies the others that the bot is going. */
  async finish(): Promise<void> {
    if (await isDoneWithin(this.whenIdle(), FINISH_MS)) return;
    await isDoneWithin(this.#reportCutShort(), CUT_SHORT_MS);
  }

  /** Resolves when every interaction that was taken has its answer. */
  async whenIdle(): Promise<void> {
    while (this.#handling.size > 0) await Promise.all(this.#handling.keys());
  }

  /** Notifies those whose interactions are still under way that the bot is going; never rejects. */
  async #reportCutShort(): Promise<void> {
    const reports = [...this.#handling.values()].map(async ({ interaction, reply }) => {
      if (interaction.isAutocomplete()) return;
      await reply.replyPrivately(toProblemMessage(coreWords.cutShort)).catch(() => undefined);
    });
    await Promise.all(reports);
  }

  #nameOf(interaction: Interaction) {
    const [commands, controls] = [this.#commands, this.#controls];
    return toHandledName(interaction, {
      commands,
      controls,
      forms: this.#forms,
      messageCommands: this.#messageCommands,
    });
  }

  /** Never rejects. */
  async #handle(interaction: Interaction, reply: InteractionReply): Promise<InteractionOutcome> {
    try {
      await this.#run(interaction, reply);
      return 'answered';
    } catch (thrown) {
      return this.#report(reply, thrown, interaction);
    }
  }

  async #run(interaction: Interaction, reply: InteractionReply): Promise<void> {
    if (this.#isClosed) throw new UserError('closed', coreWords.closed);
    if (interaction.isAutocomplete()) return this.#suggest(interaction, reply);
    const caller = this.#requireCaller(interaction);
    await this.#underWay.run(caller.guildId, () => this.#dispatch(interaction, caller, reply));
  }

  async #dispatch(interaction: Interaction, caller: Caller, reply: InteractionReply): Promise<void> {
    if (interaction.isChatInputCommand()) return this.#runCommand(interaction, caller, reply);
    if (interaction.isMessageComponent()) return this.#runControl(interaction, caller, reply);
    if (interaction.isModalSubmit()) return this.#runForm(interaction, caller, reply);
    if (interaction.isMessageContextMenuCommand()) return this.#runMessageCommand(interaction, caller, reply);
  }

  #requireCaller(interaction: Interaction): Caller {
    const caller = toCaller(interaction);
    if (caller === undefined || !this.#options.served.has(caller.guildId))
      throw new UserError('not-served', coreWords.notServed);
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
    const isServed = caller !== undefined && this.#options.served.has(caller.guildId);
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
    if (control === undefined) throw new UserError('control-unknown', coreWords.goneControl);
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
    if (form === undefined) throw new UserError('form-unknown', coreWords.goneControl);
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

  async #report(reply: InteractionReply, thrown: unknown, interaction: Interaction): Promise<InteractionOutcome> {
    if (isInteractionOver(thrown)) {
      this.#options.logger.info(
        { interaction: interaction.id },
        'An interaction was over before it could be answered.',
      );
      return 'over';
    }
    if (thrown instanceof UserError && thrown.code === 'not-allowed') await this.#noteDenied(interaction);
    const message = this.#toProblem(thrown, interaction);
    try {
      if (interaction.isAutocomplete()) await reply.suggest([]);
      else await replyInWords(reply, message);
      return thrown instanceof UserError ? 'refused' : 'failed';
    } catch (second) {
      this.#options.logger.warn(
        { interaction: interaction.id, error: toErrorMessage(second) },
        'An interaction got no answer.',
      );
      return 'unanswered';
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
    return toRefusedMessage(toAnswerCode(thrown), this.#mayConfigure(interaction));
  }

  /** Codes, statuses, variables and addresses are for those who can do something about them. */
  #withDetails(sentence: string, details: string | undefined, interaction: Interaction): string {
    return details !== undefined && this.#mayConfigure(interaction) ? coreWords.details(sentence, details) : sentence;
  }

  #mayConfigure(interaction: Interaction): boolean {
    const caller = toCaller(interaction);
    return caller !== undefined && this.#options.permissions.isAllowed('configure', caller);
  }

  #toSentence(thrown: unknown, interaction: Interaction): string {
    if (thrown instanceof UserError)
      return this.#withDetails(thrown.message, toProblemDetails(thrown.cause), interaction);
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
    return this.#withDetails(coreWords.broken, coreWords.brokenDetails(code), interaction);
  }
}

/** What quotes somebody's words may be refused for them; a sentence of ours is not. */
async function replyInWords(reply: InteractionReply, message: OutgoingMessage): Promise<void> {
  try {
    await reply.replyPrivately(message);
  } catch (thrown) {
    if (!mayPassWithLess(thrown)) throw thrown;
    await reply.replyPrivately(toRefusedMessage(toAnswerCode(thrown)));
  }
}
