import type { APIMessage, APIRole } from 'discord.js';
import type { Clock } from '../../../src/shared/clock.ts';
import { Listeners } from '../../../src/shared/listeners.ts';
import { ChannelKind } from '../discord-numbers.ts';
import { DEFAULT_LOCALE } from '../locales.ts';
import { AttachmentAddresses } from './attachment-addresses.ts';
import { AttachmentStore } from './attachment-store.ts';
import { AutoMod } from './auto-mod.ts';
import { CommandBook } from './command-book.ts';
import { EmojiBook } from './emoji-book.ts';
import { GuildLimits } from './guild-limits.ts';
import { MessageStore } from './message-store.ts';
import { SnowflakeSource } from './snowflake.ts';
import { addMember, changeThread, isMember, noteWriter, removeMember, type ThreadChange } from './threads.ts';
import { WebhookBook } from './webhook-book.ts';
import { planChannel, planGuild, planUser } from './world-build.ts';
import type { WorldPlan } from './world-plan.ts';
import type {
  Overwrite,
  StoredMessage,
  User,
  WorldChange,
  WorldChannel,
  WorldGuild,
  WorldMember,
} from './world-records.ts';

export interface WorldOptions {
  /** Milliseconds for which a message's nonce is remembered. */
  readonly nonceLivesMs?: number | undefined;
  /** Milliseconds for which a signed address of an uploaded file is good. */
  readonly addressesLiveMs?: number | undefined;
}

/** Everything the stand-in holds, in memory; every visible change goes to the subscribers, in order. */
export class DiscordWorld {
  readonly clock: Clock;
  readonly ids: SnowflakeSource;
  readonly applicationId: string;
  readonly bot: User;
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, WorldGuild>();
  readonly channels = new Map<string, WorldChannel>();
  readonly messages: MessageStore;
  readonly attachments: AttachmentStore;
  readonly commands: CommandBook;
  readonly autoMod = new AutoMod();
  readonly emojis: EmojiBook;
  readonly webhooks: WebhookBook;
  readonly limits = new GuildLimits();
  readonly #closedDms = new Set<string>();
  readonly #locales = new Map<string, string>();
  readonly #changes = new Listeners<[change: WorldChange], void>();
  /** Calls the listener with every change from now on; returns how to stop it. */
  readonly subscribe = this.#changes.on;

  constructor(plan: WorldPlan, clock: Clock, options: WorldOptions = {}) {
    this.clock = clock;
    this.ids = new SnowflakeSource(clock);
    this.applicationId = plan.applicationId;
    this.bot = planUser(plan.bot, true);
    for (const user of [this.bot, ...plan.users.map((planned) => planUser(planned, false))])
      this.users.set(user.id, user);
    for (const planned of plan.guilds) {
      this.guilds.set(planned.id, planGuild(planned, plan.bot.id));
      for (const [position, channel] of planned.channels.entries()) {
        this.channels.set(channel.id, planChannel(channel, planned.id, { position, now: clock.now() }));
      }
    }
    for (const { id, locale = DEFAULT_LOCALE } of plan.users) this.#locales.set(id, locale);
    this.attachments = new AttachmentStore(this.ids, new AttachmentAddresses(clock, options.addressesLiveMs));
    this.messages = new MessageStore(this, options.nonceLivesMs);
    this.commands = new CommandBook(this);
    this.emojis = new EmojiBook(this);
    this.webhooks = new WebhookBook(this.ids);
  }

  emit(change: WorldChange): void {
    this.#changes.emit(change);
  }

  addChannel(channel: WorldChannel): WorldChannel {
    this.channels.set(channel.id, channel);
    this.emit({ kind: 'channel-created', channel });
    return channel;
  }

  updateChannel(channelId: string, change: Partial<WorldChannel>): WorldChannel | undefined {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return undefined;
    const updated = { ...channel, ...change };
    this.channels.set(channelId, updated);
    this.emit({ kind: 'channel-updated', channel: updated });
    return updated;
  }

  /** Counts a message in a channel; Discord announces nothing for it. */
  noteMessage({ id, channel_id: channelId, author }: APIMessage): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return;
    const writerId = this.users.has(author.id) ? author.id : undefined;
    const thread = channel.thread && noteWriter(channel.thread, writerId, this.clock.now());
    const noted = { ...channel, lastMessageId: id, ...(thread ? { thread } : {}) };
    this.channels.set(channelId, noted);
    if (thread?.members.length !== channel.thread?.members.length)
      this.emit({ kind: 'thread-member-joined', channel: noted, userId: author.id });
  }

  /** Counts a message less; Discord announces nothing for it. */
  noteDeletion({ channel_id: channelId }: APIMessage): void {
    const channel = this.channels.get(channelId);
    if (channel?.thread === undefined) return;
    const thread = { ...channel.thread, messageCount: channel.thread.messageCount - 1 };
    this.channels.set(channelId, { ...channel, thread });
  }

  /** Announces messages that were deleted together. */
  noteBulkDeletion(channelId: string, messages: readonly StoredMessage[]): void {
    const channel = this.channels.get(channelId);
    if (channel !== undefined && messages.length > 0) this.emit({ kind: 'messages-deleted', channel, messages });
  }

  updateThread(channelId: string, change: ThreadChange): WorldChannel | undefined {
    const thread = this.channels.get(channelId)?.thread;
    if (thread === undefined) return undefined;
    return this.updateChannel(channelId, { thread: changeThread(thread, change, this.clock.now()) });
  }

  /** Lets someone into a thread, or out of it. */
  setThreadMember(channelId: string, userId: string, isIn: boolean): void {
    const channel = this.channels.get(channelId);
    if (channel?.thread === undefined || isMember(channel.thread, userId) === isIn) return;
    const thread = isIn ? addMember(channel.thread, userId, this.clock.now()) : removeMember(channel.thread, userId);
    const changed = { ...channel, thread };
    this.channels.set(channelId, changed);
    this.emit({ kind: isIn ? 'thread-member-joined' : 'thread-member-left', channel: changed, userId });
  }

  /** Deletes a channel with its threads and messages. */
  deleteChannel(channelId: string): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return;
    const threads = [...this.channels.values()].filter((other) => other.thread && other.parentId === channelId);
    for (const thread of threads) this.deleteChannel(thread.id);
    this.channels.delete(channelId);
    this.messages.forgetChannel(channelId);
    this.webhooks.forgetChannel(channelId);
    this.emit({ kind: 'channel-deleted', channel });
  }

  /** Sets what a role or a member is allowed or denied in a channel; replaces what was set for it. */
  setOverwrite(channelId: string, overwrite: Overwrite): void {
    const kept = this.channels.get(channelId)?.overwrites.filter((other) => other.id !== overwrite.id) ?? [];
    this.updateChannel(channelId, { overwrites: [...kept, overwrite] });
  }

  removeOverwrite(channelId: string, id: string): void {
    const overwrites = this.channels.get(channelId)?.overwrites.filter((other) => other.id !== id) ?? [];
    this.updateChannel(channelId, { overwrites });
  }

  updateGuild(
    guildId: string,
    change: Partial<Pick<WorldGuild, 'name' | 'locale' | 'premiumTier' | 'systemChannelId'>>,
  ): void {
    const guild = this.guilds.get(guildId);
    if (guild === undefined) return;
    const updated = { ...guild, ...change };
    this.guilds.set(guildId, updated);
    this.emit({ kind: 'guild-updated', guild: updated });
  }

  updateRole(guildId: string, roleId: string, change: Partial<APIRole>): void {
    const guild = this.guilds.get(guildId);
    const role = guild?.roles.get(roleId);
    if (guild === undefined || role === undefined) return;
    const updated = { ...role, ...change };
    guild.roles.set(roleId, updated);
    this.emit({ kind: 'role-updated', guildId, role: updated });
  }

  createRole(guildId: string, role: APIRole): void {
    const guild = this.guilds.get(guildId);
    if (guild === undefined) return;
    guild.roles.set(role.id, role);
    this.emit({ kind: 'role-created', guildId, role });
  }

  /** Takes a role away from the server and its members, who get no event of their own. */
  deleteRole(guildId: string, roleId: string): void {
    const guild = this.guilds.get(guildId);
    const role = guild?.roles.get(roleId);
    if (guild === undefined || role === undefined) return;
    guild.roles.delete(roleId);
    for (const member of guild.members.values()) {
      const roleIds = member.roleIds.filter((id) => id !== roleId);
      guild.members.set(member.userId, { ...member, roleIds });
    }
    this.emit({ kind: 'role-deleted', guildId, role });
  }

  setMemberRoles(guildId: string, userId: string, roleIds: readonly string[]): void {
    this.updateMember(guildId, userId, { roleIds });
  }

  updateMember(guildId: string, userId: string, change: Partial<WorldMember>): void {
    const guild = this.guilds.get(guildId);
    const member = guild?.members.get(userId);
    if (guild === undefined || member === undefined) return;
    const updated = { ...member, ...change };
    guild.members.set(userId, updated);
    this.emit({ kind: 'member-updated', guildId, member: updated });
  }

  /** Lets someone, or the bot, into a server. */
  addMember(guildId: string, userId: string, roleIds: readonly string[] = []): void {
    const guild = this.guilds.get(guildId);
    if (guild === undefined || !this.users.has(userId)) return;
    const member = { userId, nick: null, roleIds, joinedAt: this.clock.now() };
    guild.members.set(userId, member);
    this.emit({ kind: 'member-joined', guildId, member });
  }

  /** Takes someone, or the bot, out of a server. */
  removeMember(guildId: string, userId: string): void {
    const member = this.guilds.get(guildId)?.members.get(userId);
    if (member === undefined) return;
    this.guilds.get(guildId)?.members.delete(userId);
    if (userId === this.bot.id) this.commands.forget(guildId);
    this.emit({ kind: 'member-left', guildId, member });
  }

  /** The direct message between the bot and someone; opened if it is not there yet. */
  openDm(userId: string): WorldChannel {
    const open = [...this.channels.values()].find((channel) => channel.recipientId === userId);
    if (open !== undefined) return open;
    return this.addChannel({
      id: this.ids.next(),
      type: ChannelKind.Dm,
      name: '',
      position: 0,
      topic: null,
      overwrites: [],
      recipientId: userId,
    });
  }

  /** Whether someone refuses direct messages (50007). */
  setDmsClosed(userId: string, isClosed: boolean): void {
    if (isClosed) this.#closedDms.add(userId);
    else this.#closedDms.delete(userId);
  }

  /** The language in which someone uses Discord. */
  localeOf(userId: string): string {
    return this.#locales.get(userId) ?? DEFAULT_LOCALE;
  }

  setLocale(userId: string, locale: string): void {
    this.#locales.set(userId, locale);
  }

  hasClosedDms(userId: string): boolean {
    return this.#closedDms.has(userId);
  }

  channelsOf(guildId: string): readonly WorldChannel[] {
    return [...this.channels.values()].filter((channel) => channel.guildId === guildId);
  }

  /** The servers that someone is in. */
  guildsOf(userId: string): readonly WorldGuild[] {
    return [...this.guilds.values()].filter((guild) => guild.members.has(userId));
  }
}
