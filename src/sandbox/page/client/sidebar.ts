import type { PageServer } from '../page-api.ts';
import type { WorldChannel } from '../page-world.ts';
import { fill, h } from './h.ts';
import { avatarView } from './message-view.ts';
import type { Session } from './session.ts';

const CATEGORY = 4;
const DM = 1;
const MARKS: Readonly<Record<number, string>> = { 1: '@', 5: '📣', 10: '↳', 11: '↳', 12: '🔒', 15: '🗂' };

/** Servers, their channels, and who one is. */
export class Sidebar {
  readonly element = h('nav', { class: 'sidebar', 'aria-label': 'Servers and channels' });
  readonly #session: Session;
  readonly #onOpen: (channelId: string) => void;
  readonly #onBecome: (userId: string) => void;

  constructor(session: Session, onOpen: (channelId: string) => void, onBecome: (userId: string) => void) {
    this.#session = session;
    this.#onOpen = onOpen;
    this.#onBecome = onBecome;
    session.on((change) => {
      if (change.kind === 'state' || change.kind === 'channel') this.#render();
    });
  }

  #render(): void {
    const { state, server } = this.#session;
    const servers = state?.servers ?? [];
    fill(
      this.element,
      h(
        'div',
        { class: 'rail' },
        servers.map((entry) => this.#serverView(entry, entry.id === server?.id)),
      ),
      h(
        'div',
        { class: 'side' },
        h('h2', { class: 'server-name' }, server?.name ?? ''),
        h(
          'div',
          { class: 'channels' },
          channelsInOrder(server).map((channel) => this.#channelView(channel)),
        ),
        h(
          'div',
          { class: 'about' },
          (state?.about ?? []).map((line) => h('p', {}, line)),
        ),
        this.#memberView(),
      ),
    );
  }

  #serverView(server: PageServer, isOpen: boolean): HTMLElement {
    const first = channelsInOrder(server).find((channel) => channel.type !== CATEGORY);
    return h(
      'button',
      {
        type: 'button',
        class: `server${isOpen ? ' open' : ''}`,
        title: server.name,
        'aria-label': server.name,
        'aria-current': isOpen && 'true',
        onclick: () => first !== undefined && this.#onOpen(first.id),
      },
      avatarView(server.id, server.name, 'server-icon'),
    );
  }

  #channelView(channel: WorldChannel): HTMLElement {
    if (channel.type === CATEGORY) return h('h3', { class: 'category' }, channel.name);
    const isOpen = channel.id === this.#session.channelId;
    const depth = channel.type >= 10 && channel.type <= 12 ? ' thread' : '';
    return h(
      'button',
      {
        type: 'button',
        class: `channel${isOpen ? ' open' : ''}${depth}`,
        'aria-current': isOpen && 'page',
        onclick: () => this.#onOpen(channel.id),
      },
      h('span', { class: 'channel-mark', 'aria-hidden': 'true' }, MARKS[channel.type] ?? '#'),
      channel.name,
    );
  }

  #memberView(): HTMLElement {
    const { state, me } = this.#session;
    const select = h('select', { class: 'member-select', 'aria-label': 'Who you are' });
    for (const member of state?.people ?? []) {
      const label = member.note === undefined ? member.name : `${member.name} (${member.note})`;
      select.append(h('option', { value: member.id, selected: member.id === me?.id }, label));
    }
    select.addEventListener('change', () => this.#onBecome(select.value));
    const avatar = me !== undefined && avatarView(me.id, me.name);
    return h(
      'div',
      { class: 'member' },
      avatar,
      h('label', {}, h('span', { class: 'member-label' }, 'You are'), select),
    );
  }
}

/** Channels without a category first, then each category with its own; threads under their channel. */
export function channelsInOrder(server: PageServer | undefined): readonly WorldChannel[] {
  const channels = server?.channels ?? [];
  const below = (parentId: string | undefined): WorldChannel[] => {
    const here = channels.filter((channel) => parentOf(channel, channels) === parentId);
    const plainFirst = here.toSorted((a, b) => Number(a.type === CATEGORY) - Number(b.type === CATEGORY));
    return plainFirst.flatMap((channel) => [channel, ...below(channel.id)]);
  };
  return below(undefined);
}

/** The parent, where the member sees it. */
function parentOf(channel: WorldChannel, channels: readonly WorldChannel[]): string | undefined {
  const isKnown = channel.type !== DM && channels.some((other) => other.id === channel.parentId && other !== channel);
  return isKnown ? channel.parentId : undefined;
}
