import type { JsonObject } from '../json.ts';
import type { StoredFile } from './attachment-store.ts';
import type { DiscordWorld } from './discord-world.ts';
import { canView, toChannelPermissions } from './member-permissions.ts';
import { toApiChannel, toMemberFields } from './wire-views.ts';
import type { StoredMessage, WorldChannel } from './world-records.ts';

/** Gathers the `resolved` part of an interaction: what the ids in its data stand for. */
export class ResolvedBuilder {
  readonly #world: DiscordWorld;
  readonly #place: WorldChannel;
  readonly #userId: string;
  readonly #parts = new Map<string, Map<string, unknown>>();

  constructor(world: DiscordWorld, place: WorldChannel, userId: string) {
    this.#world = world;
    this.#place = place;
    this.#userId = userId;
  }

  /** Whether there is such a user; adds the member where the user is in this server. */
  addUser(id: string): boolean {
    const user = this.#world.users.get(id);
    if (user === undefined) return false;
    this.#put('users', id, user);
    const member = this.#world.guilds.get(this.#place.guildId ?? '')?.members.get(id);
    if (member === undefined) return true;
    const permissions = toChannelPermissions(this.#world, this.#place, id).toString();
    this.#put('members', id, { ...toMemberFields(member), permissions });
    return true;
  }

  addRole(id: string): boolean {
    const role = this.#world.guilds.get(this.#place.guildId ?? '')?.roles.get(id);
    if (role === undefined) return false;
    this.#put('roles', id, role);
    return true;
  }

  /** Whether the person sees such a channel in this server, of an allowed type (any where none are named). */
  addChannel(id: string, types: readonly number[]): boolean {
    const channel = this.#world.channels.get(id);
    if (channel === undefined || channel.guildId !== this.#place.guildId) return false;
    if (!canView(this.#world, channel, this.#userId)) return false;
    if (types.length > 0 && !types.includes(channel.type)) return false;
    const { permission_overwrites: _overwrites, ...wire } = { ...toApiChannel(this.#world, channel) } as JsonObject;
    this.#put('channels', id, {
      ...wire,
      permissions: toChannelPermissions(this.#world, channel, this.#userId).toString(),
      app_permissions: toChannelPermissions(this.#world, channel, this.#world.bot.id).toString(),
    });
    return true;
  }

  addMessage(stored: StoredMessage): void {
    this.#put('messages', stored.message.id, stored.message);
  }

  addAttachment(file: StoredFile): void {
    this.#put('attachments', file.attachment.id, file.attachment);
  }

  /** `{ resolved }` when anything was added, else nothing. */
  toField(): JsonObject {
    if (this.#parts.size === 0) return {};
    const parts = [...this.#parts].map(([name, entries]) => [name, Object.fromEntries(entries)]);
    return { resolved: Object.fromEntries(parts) };
  }

  #put(part: string, id: string, value: unknown): void {
    const entries = this.#parts.get(part) ?? new Map<string, unknown>();
    this.#parts.set(part, entries.set(id, value));
  }
}
