/**
 * What the page server and its client say to each other. Types only: the client imports them and nothing is
 * left at run time.
 */
import type { WorldChannel, WorldMember, WorldRole } from './page-world.ts';

/** What `GET /api/state?as=` gives. */
export interface PageState {
  readonly me: WorldMember;
  readonly people: readonly WorldMember[];
  /** The languages that a member can use Discord in. */
  readonly locales: readonly string[];
  readonly servers: readonly PageServer[];
  /** Lines that say which parts are stand-ins. */
  readonly about: readonly string[];
  /** What this member has not seen yet, by channel. */
  readonly unread: Readonly<Record<string, PageUnread>>;
  /** Whether there are controls of the world and a wire view. */
  readonly hasControls: boolean;
}

export interface PageUnread {
  readonly messages: number;
  /** How many of them mention the member, a role of theirs, or everyone. */
  readonly mentions: number;
}

export interface PageServer {
  readonly id: string;
  readonly name: string;
  readonly channels: readonly WorldChannel[];
  readonly members: readonly WorldMember[];
  readonly roles: readonly WorldRole[];
}

/** A command that can be sent: a subcommand counts as one, with `path` such as `job show`. */
export interface PageCommand {
  readonly path: string;
  readonly description: string;
  readonly options: readonly PageOption[];
}

export interface PageChoice {
  readonly name: string;
  readonly value: string | number;
}

export interface PageOption {
  readonly name: string;
  readonly description: string;
  /**
   * Discord's option type: 3 text, 4 integer, 5 boolean, 6 user, 7 channel, 8 role, 9 mentionable,
   * 10 number, 11 attachment.
   */
  readonly type: number;
  readonly isRequired: boolean;
  readonly hasAutocomplete: boolean;
  readonly choices: readonly PageChoice[];
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly channelTypes?: readonly number[] | undefined;
}

/** What `GET /api/commands?as=&channel=` gives. */
export interface PageCommands {
  readonly slash: readonly PageCommand[];
  /** Names of the message context menu. */
  readonly message: readonly string[];
  /** Names of the member context menu. */
  readonly user: readonly string[];
}

export interface PageEmoji {
  readonly id?: string | null;
  readonly name?: string | null;
}

export interface PageSelectOption {
  readonly label: string;
  readonly value: string;
  readonly description?: string | null;
  readonly emoji?: PageEmoji | null;
  readonly default?: boolean | null;
}

export interface PageMedia {
  readonly url: string;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly content_type?: string | null;
}

/** A component of any type, of a message or a modal; `type` says which fields count. */
export interface PageComponent {
  readonly type: number;
  readonly components?: readonly PageComponent[];
  readonly accessory?: PageComponent;
  readonly component?: PageComponent;
  readonly content?: string;
  readonly custom_id?: string;
  readonly label?: string | null;
  readonly description?: string | null;
  readonly style?: number;
  readonly emoji?: PageEmoji | null;
  readonly url?: string | null;
  readonly disabled?: boolean | null;
  readonly placeholder?: string | null;
  readonly options?: readonly PageSelectOption[];
  readonly default_values?: readonly { readonly id: string }[] | null;
  readonly channel_types?: readonly number[] | null;
  readonly min_values?: number | null;
  readonly max_values?: number | null;
  readonly min_length?: number | null;
  readonly max_length?: number | null;
  readonly required?: boolean | null;
  readonly value?: string | null;
  readonly items?: readonly {
    readonly media: PageMedia;
    readonly description?: string | null;
    readonly spoiler?: boolean | null;
  }[];
  readonly media?: PageMedia;
  readonly file?: PageMedia;
  readonly name?: string;
  readonly size?: number;
  readonly spoiler?: boolean | null;
  readonly divider?: boolean | null;
  readonly spacing?: number | null;
  readonly accent_color?: number | null;
}

export interface PageUser {
  readonly id: string;
  readonly username: string;
  readonly global_name?: string | null;
  readonly bot?: boolean;
}

export interface PageEmbed {
  readonly title?: string;
  readonly description?: string;
  readonly color?: number;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  readonly footer?: { readonly text: string };
}

export interface PageAttachment {
  readonly id: string;
  readonly filename: string;
  readonly url: string;
  readonly size: number;
  readonly content_type?: string;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly description?: string;
}

/** A message as the page shows it: Discord's own shape, addresses of files rewritten to the page's origin. */
/** How often an emoji stands under a message; one with an id is of the application. */
export interface PageReaction {
  readonly emoji: { readonly id: string | null; readonly name: string | null };
  readonly count: number;
}

export interface PageMessage {
  readonly id: string;
  readonly channel_id: string;
  readonly type: number;
  readonly author: PageUser;
  readonly content: string;
  readonly timestamp: string;
  readonly edited_timestamp: string | null;
  readonly flags?: number;
  readonly embeds: readonly PageEmbed[];
  readonly attachments: readonly PageAttachment[];
  readonly components?: readonly PageComponent[];
  readonly reactions?: readonly PageReaction[];
  readonly mention_roles?: readonly string[];
  readonly mentions?: readonly PageUser[];
  readonly mention_everyone?: boolean;
  /** What is replied to; `null` where that is gone. */
  readonly referenced_message?: PageMessage | null;
  readonly interaction?: { readonly name: string; readonly user: PageUser };
  readonly interaction_metadata?: { readonly id: string; readonly user: PageUser };
}

export interface PageModal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly PageComponent[];
}

/** How an action ended; `action` is the id that the client gave it. */
export interface PageSettled {
  readonly action: string;
  readonly channelId: string;
  readonly interactionId: string;
  readonly state: string;
  readonly failure?: string | undefined;
  readonly modal?: PageModal | undefined;
}

/** What `/events?as=` carries; the name of the event is `kind`. */
export type PageEvent =
  | { readonly kind: 'hello' }
  | { readonly kind: 'world' | 'controls' | 'wire' }
  | { readonly kind: 'unread'; readonly unread: Readonly<Record<string, PageUnread>> }
  | { readonly kind: 'message'; readonly channelId: string; readonly message: PageMessage }
  | { readonly kind: 'message-deleted'; readonly channelId: string; readonly messageId: string }
  | { readonly kind: 'settled'; readonly settled: PageSettled };
