import { Permission } from '../discord-numbers.ts';
import type { PartialEmoji } from '../emoji.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { has, toChannelPermissions } from '../world/member-permissions.ts';
import { pin } from '../world/pins.ts';
import { addReaction, findReaction, removeReaction } from '../world/reactions.ts';
import { PersonError } from './person-error.ts';
import type { PersonView } from './person-view.ts';

/** What one person puts on messages of others: reactions and pins, as far as Discord's client lets them. */
export class PersonMarks {
  readonly #world: DiscordWorld;
  readonly #view: PersonView;

  constructor(world: DiscordWorld, view: PersonView) {
    this.#world = world;
    this.#view = view;
  }

  react(messageId: string, text: string): void {
    const { stored, channel } = this.#view.requireMessage(messageId);
    const emoji = this.#requireEmoji(text);
    const granted = toChannelPermissions(this.#world, channel, this.#view.userId);
    const isAllowed = has(granted, Permission.AddReactions) || findReaction(stored, emoji) !== undefined;
    if (!isAllowed || stored.ephemeralFor !== undefined) throw new PersonError('not-allowed', 'You cannot react here');
    addReaction(this.#world, stored, emoji, this.#view.userId);
  }

  unreact(messageId: string, text: string): void {
    const { stored } = this.#view.requireMessage(messageId);
    removeReaction(this.#world, stored, this.#requireEmoji(text), this.#view.userId);
  }

  pin(messageId: string): void {
    const { stored, channel } = this.#view.requireMessage(messageId);
    const granted = toChannelPermissions(this.#world, channel, this.#view.userId);
    const isAllowed = channel.recipientId !== undefined || has(granted, Permission.PinMessages);
    if (!isAllowed || stored.ephemeralFor !== undefined) throw new PersonError('not-allowed', 'You cannot pin this');
    pin(this.#world, channel, stored, this.#view.userId);
  }

  #requireEmoji(text: string): PartialEmoji {
    const emoji = this.#world.emojis.find(text);
    if (emoji === undefined) throw new PersonError('invalid-value', `${text} is no emoji`);
    return emoji;
  }
}
