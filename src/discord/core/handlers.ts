import type {
  APIApplicationCommandOptionChoice,
  APIModalInteractionResponseCallbackData,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
  RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord.js';
import type { Action } from '../../moderation/policy.ts';
import type { Answer, EditSource, ShowProgress } from './answer.ts';
import type { Caller } from './caller.ts';
import type { CommandOptions } from './command-options.ts';
import type { FormFile } from './form-values.ts';
import type { SourceMessage } from './source-message.ts';

/**
 * Who may use it, checked from memory before Discord hears of it; `anyone` where the handler decides by what it finds.
 */
export type Requirement = Action | 'anyone';

/**
 * How Discord hears that a control was used, before anything is read. `update`: its own message is edited; `private`: a
 * private message replies; `beside`: the same, and its own message, where that is private, can be edited too.
 */
export type Acknowledgement = 'update' | 'private' | 'beside';
/** `form`: a form opens; `form-or-beside`: one opens, or a private message replies as for `beside`. */
export type FormAcknowledgement = 'form' | 'form-or-beside';

export interface CommandCall {
  /** Of the interaction: unique, and the same when Discord sends it again. */
  readonly id: string;
  readonly caller: Caller;
  readonly options: CommandOptions;
  readonly showProgress: ShowProgress;
}

/** One subcommand: answered by "thinking…" before it runs, privately unless its `public` option says otherwise. */
export interface CommandHandler {
  readonly requires: Requirement;
  run(call: CommandCall): Promise<Answer>;
}

export interface AutocompleteCall {
  /** The command that is being typed: `job show`. */
  readonly path: string;
  readonly caller: Caller;
  readonly text: string;
}

type Choices = readonly APIApplicationCommandOptionChoice[];

/** Returns from memory: no I/O, but what is read from the store once. */
export type Autocomplete = (call: AutocompleteCall) => Choices | Promise<Choices>;

/** A slash command: its shape for Discord, a handler by path (`job show`), suggestions by option name. */
export interface Command {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody;
  readonly handlers: Readonly<Record<string, CommandHandler>>;
  readonly autocomplete?: Readonly<Record<string, Autocomplete>>;
}

export interface ControlCall {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly source: SourceMessage;
  readonly customId: string;
  /** What a select was set to. */
  readonly values: readonly string[];
  readonly showProgress: ShowProgress;
  /** Only where a private message answers beside its own private one. */
  readonly editSource?: EditSource;
}

interface Handled {
  /** The first part of its custom ids. */
  readonly name: string;
  readonly requires: Requirement;
}

/** A button or select of ours; how it is acknowledged is data, so that it happens before any I/O. */
export type Control =
  | (Handled & {
      readonly acknowledges: Acknowledgement;
      run(call: ControlCall): Promise<Answer>;
    })
  | (Handled & {
      readonly acknowledges: 'form';
      /** From memory: a form must be the first answer. */
      open(call: ControlCall): APIModalInteractionResponseCallbackData;
    })
  | (Handled & {
      readonly acknowledges: 'form-or-beside';
      /** From memory: the form that must be the first answer; undefined where a private message replies. */
      open(call: ControlCall): APIModalInteractionResponseCallbackData | undefined;
      run(call: ControlCall): Promise<Answer>;
    });

export interface FormCall {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly customId: string;
  /** What was typed or picked, by the custom id of each field. */
  readonly fields: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, FormFile>>;
  /** The message whose control opened the form; none where a command did. */
  readonly source?: SourceMessage;
  readonly showProgress: ShowProgress;
  /** Only where a private message answers beside the private one whose control opened the form. */
  readonly editSource?: EditSource;
}

/** A form (modal) of ours, when it is sent in. */
export interface Form extends Handled {
  readonly acknowledges: Acknowledgement;
  run(call: FormCall): Promise<Answer>;
}

export interface MessageCommandCall {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly target: SourceMessage;
  readonly showProgress: ShowProgress;
}

/** A command in the context menu of messages; answers privately. */
export interface MessageCommand {
  readonly requires: Requirement;
  readonly data: RESTPostAPIContextMenuApplicationCommandsJSONBody;
  run(call: MessageCommandCall): Promise<Answer>;
}
