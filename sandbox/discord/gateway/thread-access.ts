import { Intent } from '../discord-numbers.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { canView } from '../world/member-permissions.ts';
import { toActiveThreads, toApiChannel, toThreadMember } from '../world/wire-views.ts';
import type { WorldChange } from '../world/world-records.ts';
import type { GatewayEvent } from './gateway-events.ts';

const ACCESS_CHANGES: readonly WorldChange['kind'][] = [
  'channel-created',
  'channel-updated',
  'role-updated',
  'member-updated',
  'member-joined',
  'member-left',
];

/**
 * Which channels the bot can see: one that it comes to see brings its open threads with it, for it was
 * not sent them.
 */
export class ThreadAccess {
  readonly #world: DiscordWorld;
  #seen: ReadonlySet<string>;

  constructor(world: DiscordWorld) {
    this.#world = world;
    this.#seen = this.#look();
  }

  /**
   * THREAD_LIST_SYNC for each server in which a change lets the bot see more; a channel or server that is new
   * brings its threads itself.
   */
  afterChange(change: WorldChange): readonly GatewayEvent[] {
    const isOfThread = 'channel' in change && change.channel.thread !== undefined;
    if (isOfThread || !ACCESS_CHANGES.includes(change.kind)) return [];
    const before = this.#seen;
    this.#seen = this.#look();
    if (change.kind === 'channel-created' || change.kind === 'member-joined') return [];
    const gained = [...this.#seen].filter((id) => !before.has(id));
    const guildIds = new Set(gained.flatMap((id) => this.#world.channels.get(id)?.guildId ?? []));
    return [...guildIds].map((guildId) => this.#toSync(guildId, gained));
  }

  #look(): ReadonlySet<string> {
    const parents = [...this.#world.channels.values()].filter(({ thread }) => thread === undefined);
    const visible = parents.filter((channel) => canView(this.#world, channel, this.#world.bot.id));
    return new Set(visible.map(({ id }) => id));
  }

  #toSync(guildId: string, gained: readonly string[]): GatewayEvent {
    const channelIds = gained.filter((id) => this.#world.channels.get(id)?.guildId === guildId);
    const threads = toActiveThreads(this.#world, guildId).filter(({ parentId = '' }) => channelIds.includes(parentId));
    const data = {
      guild_id: guildId,
      channel_ids: channelIds,
      threads: threads.map((thread) => toApiChannel(this.#world, thread)),
      members: threads.flatMap((thread) => toThreadMember(thread, this.#world.bot.id) ?? []),
    };
    return { name: 'THREAD_LIST_SYNC', data, intent: Intent.Guilds, guildId };
  }
}
