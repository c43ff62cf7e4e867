import type { PageUnread } from './page-api.ts';
import type { PageWorld, WorldChange, WorldMessage } from './page-world.ts';

const EPHEMERAL = 1 << 6;

/** Counts per member and channel what arrived since that member last looked. */
export class PageReads {
  readonly #world: PageWorld;
  readonly #counts = new Map<string, Map<string, PageUnread>>();

  constructor(world: PageWorld) {
    this.#world = world;
  }

  /** What a member has not seen, by channel. */
  of(userId: string): Readonly<Record<string, PageUnread>> {
    return Object.fromEntries(this.#counts.get(userId) ?? []);
  }

  /** Forgets what was unread in a channel; whether there was something. */
  read(userId: string, channelId: string): boolean {
    return this.#counts.get(userId)?.delete(channelId) ?? false;
  }

  /** Counts a new message for everyone who sees it; returns those members. */
  note(change: WorldChange, sees: (userId: string) => boolean): readonly string[] {
    if (change.kind !== 'message' || change.isNew !== true) return [];
    const { message, channelId } = change;
    if (((message.flags ?? 0) & EPHEMERAL) !== 0) return [];
    const concerned = this.#world.people().filter(({ id }) => id !== message.author.id && sees(id));
    for (const { id, roleIds } of concerned) this.#count(id, channelId, mentions(message, id, roleIds));
    return concerned.map(({ id }) => id);
  }

  #count(userId: string, channelId: string, isMention: boolean): void {
    const channels = this.#counts.get(userId) ?? new Map<string, PageUnread>();
    const { messages, mentions: before } = channels.get(channelId) ?? { messages: 0, mentions: 0 };
    channels.set(channelId, { messages: messages + 1, mentions: before + (isMention ? 1 : 0) });
    this.#counts.set(userId, channels);
  }
}

function mentions(message: WorldMessage, userId: string, roleIds: readonly string[]): boolean {
  if (message.mention_everyone) return true;
  const byRole = message.mention_roles.some((roleId) => roleIds.includes(roleId));
  return byRole || message.mentions.some((user) => user.id === userId);
}
