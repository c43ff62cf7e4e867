import type {
  APIApplicationCommand,
  APIChannel,
  APIMessage,
  APIModalInteractionResponseCallbackData,
} from 'discord.js';

/** A file that a person uploads, in a modal or as an option. */
export interface PersonFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A slash command as typed: `path` is `job show`, options by name; users, roles and channels by id. */
export interface TypedCommand {
  readonly path: string;
  readonly options?: Readonly<Record<string, string | number | boolean | PersonFile>>;
}

/** What a person sees after doing something: `message` and `modal` are the latest state and change as the bot edits. */
export interface SeenInteraction {
  readonly id: string;
  readonly state: 'sent' | 'thinking' | 'answered' | 'updated' | 'modal' | 'failed';
  /** The answer, ephemeral ones included; for a component interaction that updates its message, that message. */
  readonly message?: APIMessage | undefined;
  readonly modal?: APIModalInteractionResponseCallbackData | undefined;
  /** Follow-ups in order. */
  readonly followUps: readonly APIMessage[];
  /** Milliseconds from dispatch to the bot's first answer. */
  readonly acknowledgedAfterMs?: number | undefined;
  /** Why Discord would show "The application did not respond". */
  readonly failure?: string | undefined;
}

/**
 * How far an interaction has to come until a person goes on: to the first answer, at which Discord's client stops to
 * show that it waits, or to the whole answer, with what was promised at first.
 */
export type WaitsFor = 'first-answer' | 'whole-answer';

/**
 * What one member can do with the bot in the Discord stand-in; each call resolves when it has come as far as the person
 * waits for. What Discord's own client would not send is refused with a `PersonError` before the bot hears of it.
 */
export interface Person {
  readonly userId: string;
  /** Sends a command. The whole answer is a final one (not "thinking…"), a modal, or a failure. */
  command(channelId: string, command: TypedCommand): Promise<SeenInteraction>;
  /** Choices for the focused option of a command being typed. */
  autocomplete(
    channelId: string,
    command: TypedCommand,
    focused: string,
  ): Promise<readonly { name: string; value: string | number }[]>;
  press(messageId: string, customId: string): Promise<SeenInteraction>;
  select(messageId: string, customId: string, values: readonly string[]): Promise<SeenInteraction>;
  submit(
    interactionId: string,
    values: Readonly<Record<string, string | readonly string[] | readonly PersonFile[]>>,
  ): Promise<SeenInteraction>;
  /** A command from a message's context menu. */
  messageCommand(messageId: string, name: string): Promise<SeenInteraction>;
  /** The messages this person sees in a channel, oldest first, own ephemeral ones included. */
  messages(channelId: string): readonly APIMessage[];
}

/** What a person can do beyond interactions. */
export interface WholePerson extends Person {
  /** A command from a member's context menu, called in a channel. */
  userCommand(channelId: string, targetUserId: string, name: string): Promise<SeenInteraction>;
  /** The channels, threads and direct messages this person can open. */
  channels(): readonly APIChannel[];
  /** The commands this person is offered in a channel, of all types. */
  commands(channelId: string): readonly APIApplicationCommand[];
  /** Writes a message. */
  send(channelId: string, text: string, replyTo?: string): APIMessage;
  /** Puts an emoji under a message: one of Unicode, or `name:id`. */
  react(messageId: string, emoji: string): void;
  unreact(messageId: string, emoji: string): void;
  /** Pins a message. */
  pin(messageId: string): void;
  /** The channel of this person's direct messages with the bot. */
  openDm(): string;
  /** In which language this person uses Discord from now on: `de`. */
  setLocale(locale: string): void;
  /** Whether the bot's direct messages are refused from now on. */
  setDmsClosed(isClosed: boolean): void;
  /** Makes a private answer disappear. */
  dismiss(messageId: string): void;
}
