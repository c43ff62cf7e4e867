import type { PageServer, PageUnread } from '../server/page-api.ts';
import type { WorldChannel } from '../server/page-world.ts';
import { avatarView } from './author-view.ts';
import { keepingFocus } from './focus.ts';
import { type Child, fill, h } from './h.ts';
import type { Session } from './session.ts';

const CATEGORY = 4;
const DM = 1;
const MARKS: Readonly<Record<number, string>> = { 1: '@', 5: '📣', 10: '↳', 11: '↳', 12: '🔒', 15: '🗂' };

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language' });

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
      if (change.kind !== 'state' && change.kind !== 'channel' && change.kind !== 'unread') return;
      keepingFocus(this.element, () => this.#render());
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
          channelsInOrder(server)
            .filter((channel) => channel.isArchived !== true || channel.id === this.#session.channelId)
            .map((channel) => this.#channelView(channel)),
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
    const unread = this.#unreadOf(server.channels);
    const first = channelsInOrder(server).find((channel) => channel.type !== CATEGORY);
    return h(
      'button',
      {
        type: 'button',
        class: `server${isOpen ? ' open' : ''}${unread.messages > 0 ? ' unread' : ''}`,
        title: server.name,
        'aria-label': withUnread(server.name, unread),
        'data-key': server.id,
        'aria-current': isOpen && 'true',
        onclick: () => first !== undefined && this.#onOpen(first.id),
      },
      avatarView(server.id, server.name, 'server-icon'),
      badgeView(unread),
    );
  }

  #channelView(channel: WorldChannel): HTMLElement {
    if (channel.type === CATEGORY) return h('h3', { class: 'category' }, channel.name);
    const isOpen = channel.id === this.#session.channelId;
    const unread = this.#unreadOf([channel]);
    const depth = channel.type >= 10 && channel.type <= 12 ? ' thread' : '';
    return h(
      'button',
      {
        type: 'button',
        class: `channel${isOpen ? ' open' : ''}${depth}${unread.messages > 0 && !isOpen ? ' unread' : ''}`,
        'aria-label': withUnread(channel.name, unread),
        'data-key': channel.id,
        'aria-current': isOpen && 'page',
        onclick: () => this.#onOpen(channel.id),
      },
      h('span', { class: 'channel-mark', 'aria-hidden': 'true' }, markOf(channel.type)),
      h('span', { class: 'channel-name' }, channel.name),
      !isOpen && badgeView(unread),
    );
  }

  #unreadOf(channels: readonly WorldChannel[]): PageUnread {
    const counts = channels.flatMap(({ id }) => this.#session.state?.unread[id] ?? []);
    const sum = (pick: (count: PageUnread) => number) => counts.reduce((total, count) => total + pick(count), 0);
    return { messages: sum((count) => count.messages), mentions: sum((count) => count.mentions) };
  }

  #memberView(): HTMLElement {
    const { state, me } = this.#session;
    const select = h('select', { class: 'member-select', 'aria-label': 'Who you are', 'data-key': 'member' });
    for (const member of state?.people ?? []) {
      const says = member.note === undefined || member.name.includes(member.note.split(' ')[0] ?? '');
      const label = says ? member.name : `${member.name} (${member.note})`;
      select.append(h('option', { value: member.id, selected: member.id === me?.id }, label));
    }
    select.addEventListener('change', () => this.#onBecome(select.value));
    const avatar = me !== undefined && avatarView(me.id, me.name);
    return h(
      'div',
      { class: 'member' },
      avatar,
      h('label', {}, h('span', { class: 'member-label' }, 'You are'), select),
      h('label', { class: 'language' }, h('span', { class: 'member-label' }, 'Language'), this.#languageView()),
    );
  }

  /** In which language one uses Discord. */
  #languageView(): HTMLElement {
    const { state, me } = this.#session;
    const select = h('select', { class: 'language-select', 'data-key': 'language' });
    for (const locale of state?.locales ?? []) {
      select.append(h('option', { value: locale, selected: locale === me?.locale }, LANGUAGES.of(locale)));
    }
    select.addEventListener('change', () => void this.#session.setLocale(select.value));
    return select;
  }
}

/** The sign before a channel's name, by its type. */
export function markOf(type = 0): string {
  return MARKS[type] ?? '#';
}

function badgeView({ mentions }: PageUnread): Child {
  return mentions > 0 && h('span', { class: 'badge', 'aria-hidden': 'true' }, mentions);
}

function withUnread(name: string, { messages, mentions }: PageUnread): string {
  if (messages === 0) return name;
  return `${name}, ${messages} unread${mentions === 0 ? '' : `, ${mentions} mention${mentions === 1 ? '' : 's'}`}`;
}

/** Channels without a category first, then each category with its own; threads under their channel. */
function channelsInOrder(server: PageServer | undefined): readonly WorldChannel[] {
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
