import type { Person, SeenInteraction, WholePerson } from '../../discord/world/people.ts';

/** A message as Discord's API gives it. */
export type WorldMessage = ReturnType<Person['messages']>[number];

/** A member one can be; `note` says in a word what they may do: `owner`, `moderator`. */
export interface WorldMember {
  readonly id: string;
  readonly name: string;
  readonly isBot: boolean;
  readonly note?: string | undefined;
  /** The colour of the name, 0 to 0xffffff. */
  readonly color?: number | undefined;
  readonly roleIds: readonly string[];
  /** In which language this member uses Discord: `en-US`. */
  readonly locale?: string | undefined;
}

export interface WorldRole {
  readonly id: string;
  readonly name: string;
  readonly color?: number | undefined;
}

/** `type` is Discord's channel type: 0 text, 1 DM, 4 category, 5 announcement, 11 thread, 15 forum. */
export interface WorldChannel {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly topic?: string | undefined;
  /** The category, or a thread's channel. */
  readonly parentId?: string | undefined;
  /** For threads: nothing new is expected there. */
  readonly isArchived?: boolean | undefined;
}

/** One server as a member sees it: only the channels that member may view. */
export interface WorldServer {
  readonly id: string;
  readonly name: string;
  readonly channels: readonly WorldChannel[];
  readonly members: readonly WorldMember[];
  readonly roles: readonly WorldRole[];
}

/** An option as the bot registered it. */
export interface WorldCommandOption {
  readonly type: number;
  readonly name: string;
  readonly description?: string | undefined;
  readonly required?: boolean | undefined;
  readonly autocomplete?: boolean | undefined;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[] | undefined;
  readonly options?: readonly WorldCommandOption[] | undefined;
  readonly min_value?: number | undefined;
  readonly max_value?: number | undefined;
  readonly min_length?: number | undefined;
  readonly max_length?: number | undefined;
  readonly channel_types?: readonly number[] | undefined;
}

/** A command as the bot registered it: type 1 is a slash command, 3 a message's context menu. */
export interface WorldCommand {
  readonly name: string;
  readonly type?: number | undefined;
  readonly description?: string | undefined;
  readonly options?: readonly WorldCommandOption[] | undefined;
}

/** A stored file; `contentType` as it was uploaded. */
export interface WorldFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/**
 * Something that happened. `onlyFor` is the one member who sees it: set for every ephemeral message.
 * `world` means that servers, channels, members or commands are not what they were.
 */
export type WorldChange =
  | {
      readonly kind: 'message';
      readonly channelId: string;
      readonly message: WorldMessage;
      /** Set for a message that was not there before; an edit has none. */
      readonly isNew?: boolean | undefined;
      readonly onlyFor?: string | undefined;
    }
  | {
      readonly kind: 'message-deleted';
      readonly channelId: string;
      readonly messageId: string;
      readonly onlyFor?: string | undefined;
    }
  | { readonly kind: 'world' };

/**
 * What the page lets a member do; what they do resolves at the bot's first answer, the rest comes
 * as changes of messages.
 */
export type PagePerson = Person & Pick<WholePerson, 'dismiss' | 'send' | 'userCommand' | 'setLocale'>;

/** What the page needs of the Discord stand-in. */
export interface PageWorld {
  /** Every member one can be, over all servers, bots left out. */
  people(): readonly WorldMember[];
  /** The languages that a member can use Discord in. */
  locales(): readonly string[];
  /** The servers of a member, and in them what that member may view. */
  servers(userId: string): readonly WorldServer[];
  /** The commands a member may use in a channel. */
  commands(userId: string, channelId: string): readonly WorldCommand[];
  /** `undefined` for an unknown id. */
  person(userId: string): PagePerson | undefined;
  /** The file behind a CDN path such as `/attachments/1/2/grid.webp`; `undefined` where there is none. */
  file(path: string): Promise<WorldFile | undefined>;
  /** Calls back on every change, also on edits of a message ("thinking…" included); the result ends it. */
  subscribe(listener: (change: WorldChange) => void): () => void;
}

export type { Person, SeenInteraction };
