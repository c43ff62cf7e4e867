import type { APIApplicationCommand, APIChannel, APIMessage } from 'discord.js';
import { Permission } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import { findByCustomId } from '../world/components.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { canView, has, toChannelPermissions } from '../world/member-permissions.ts';
import { toApiChannel } from '../world/wire-views.ts';
import type { StoredMessage, WorldChannel } from '../world/world-records.ts';
import { PersonError } from './person-error.ts';

/** What one person sees of the world and is offered in it; `require…` throws a `PersonError` for anything else. */
export class PersonView {
  readonly #world: DiscordWorld;
  readonly userId: string;

  constructor(world: DiscordWorld, userId: string) {
    this.#world = world;
    this.userId = userId;
  }

  messages(channelId: string): readonly APIMessage[] {
    const channel = this.#world.channels.get(channelId);
    if (channel === undefined || !canView(this.#world, channel, this.userId)) return [];
    const seen = this.#world.messages.list(channelId).filter((stored) => this.#sees(stored));
    return seen.map((stored) => this.#world.attachments.addresses.sign(stored.message));
  }

  channels(): readonly APIChannel[] {
    const open = [...this.#world.channels.values()].filter((channel) => canView(this.#world, channel, this.userId));
    return open.map((channel) => toApiChannel(this.#world, channel));
  }

  commands(channelId: string): readonly APIApplicationCommand[] {
    const channel = this.requireChannel(channelId);
    return this.#offered(channel).filter((command) => this.#mayUse(channel, command));
  }

  /** Nothing where the bot is not. */
  #offered({ guildId }: WorldChannel): readonly APIApplicationCommand[] {
    const isThere = guildId === undefined || this.#world.guilds.get(guildId)?.members.has(this.#world.bot.id) === true;
    return isThere ? this.#world.commands.offered(guildId) : [];
  }

  #sees(stored: StoredMessage): boolean {
    return stored.ephemeralFor === undefined || stored.ephemeralFor === this.userId;
  }

  #mayUse(channel: WorldChannel, command: APIApplicationCommand): boolean {
    const granted = toChannelPermissions(this.#world, channel, this.userId);
    if (!has(granted, Permission.UseApplicationCommands)) return false;
    if (channel.guildId === undefined) return true;
    if (has(granted, Permission.Administrator)) return true;
    const roleIds = this.#world.guilds.get(channel.guildId)?.members.get(this.userId)?.roleIds ?? [];
    const override = this.#world.commands.override(channel.guildId, command.name, [this.userId, ...roleIds]);
    if (override !== undefined) return override;
    if (command.default_member_permissions === null) return true;
    const needed = BigInt(command.default_member_permissions);
    return has(granted, needed === 0n ? Permission.Administrator : needed);
  }

  requireChannel(channelId: string): WorldChannel {
    const channel = this.#world.channels.get(channelId);
    if (channel === undefined || !canView(this.#world, channel, this.userId)) {
      throw new PersonError('unknown-channel', 'You cannot see this channel');
    }
    return channel;
  }

  requireCommand(channel: WorldChannel, type: number, name: string): APIApplicationCommand {
    const command = this.#offered(channel).find((other) => other.type === type && other.name === name);
    if (command === undefined) throw new PersonError('unknown-command', `There is no command ${name}`);
    if (channel.thread?.archived === true) throw new PersonError('not-allowed', 'This thread is archived');
    if (!this.#mayUse(channel, command)) throw new PersonError('not-allowed', `You are not offered ${name} here`);
    return command;
  }

  requireMessage(messageId: string): { stored: StoredMessage; channel: WorldChannel } {
    const stored = this.#world.messages.get(messageId);
    if (stored === undefined || !this.#sees(stored))
      throw new PersonError('unknown-message', 'You do not see this message');
    return { stored, channel: this.requireChannel(stored.message.channel_id) };
  }

  requireComponent(
    messageId: string,
    customId: string,
  ): { stored: StoredMessage; channel: WorldChannel; component: JsonObject } {
    const { stored, channel } = this.requireMessage(messageId);
    const component = findByCustomId(stored.message.components, customId);
    if (component === undefined) throw new PersonError('unknown-component', `The message has no ${customId}`);
    if (component['disabled'] === true) throw new PersonError('disabled-component', `${customId} is disabled`);
    return { stored, channel, component };
  }
}
