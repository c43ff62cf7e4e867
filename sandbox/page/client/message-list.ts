import type { PageMessage } from '../server/page-api.ts';
import type { WorldMember } from '../server/page-world.ts';
import { Announcer } from './announcer.ts';
import { closeOnBack } from './back.ts';
import type { Used } from './component-view.ts';
import { keepingFocus } from './focus.ts';
import { postsView } from './forum-view.ts';
import { fill, h } from './h.ts';
import { onceReleased } from './held-pointer.ts';
import { goToMessage, readMessageLink } from './message-links.ts';
import { failureView, isEphemeral, isGrouped, messageView, onlyYouView, thinkingView } from './message-view.ts';
import { openModal } from './modal-view.ts';
import { Picker } from './picker.ts';
import { ReadingPlace } from './reading-place.ts';
import type { Change, Session } from './session.ts';

const FORUM = 15;
/** No command can be called so: names have no blanks at their ends. */
const TRACE = ' trace';
const USER = ' user:';
const MESSAGE_HIDDEN = 'This interaction failed';

/** A command on its way, or one that failed: only this page knows of it. */
interface Sent {
  readonly key: string;
  readonly label: string;
  /** Who sent it: nobody else sees it. */
  readonly by: WorldMember | undefined;
  failure: string | undefined;
}

/** The messages of the open channel, newest at the bottom; what is new scrolls into view for one who is there. */
export class MessageList {
  readonly element = h('div', {
    class: 'messages',
    role: 'log',
    'aria-live': 'off',
    'aria-label': 'Messages',
    tabindex: 0,
  });
  readonly #session: Session;
  readonly #onTrace: (messageId: string) => void;
  readonly #dismissed = new Set<string>();
  readonly #failures = new Map<string, string>();
  /** Uses of controls that are not settled, by message and custom id. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #sent: Sent[] = [];
  readonly #announcer = new Announcer();
  readonly #sentViews = h('div', { class: 'sent' });
  readonly #flow = h('div', { class: 'flow' });
  readonly #place: ReadingPlace;
  #shownChannel: string | undefined;

  constructor(session: Session, onTrace: (messageId: string) => void) {
    this.#session = session;
    this.#onTrace = onTrace;
    this.element.append(this.#flow);
    document.body.append(this.#announcer.element);
    session.on((change) => this.#onChange(change));
    this.#place = new ReadingPlace(this.element, this.#flow);
    this.element.addEventListener('click', (event) => void this.#followLink(event).catch(() => undefined));
    addEventListener('pagehide', () => this.#keepPlace());
  }

  /** Sends a command and shows it until the bot answers. */
  async command(path: string, options: Readonly<Record<string, unknown>>): Promise<void> {
    const sent: Sent = { key: crypto.randomUUID(), label: `/${path}`, by: this.#session.me, failure: undefined };
    await this.#follow(sent, this.#session.command(path, options));
  }

  async #follow(sent: Sent, work: ReturnType<Session['interact']>): Promise<void> {
    this.#sent.push(sent);
    this.#renderSent();
    const settled = await work;
    if (settled.state === 'failed') sent.failure = settled.failure ?? 'The application did not respond';
    else if (this.#sent.includes(sent)) this.#sent.splice(this.#sent.indexOf(sent), 1);
    onceReleased(() => this.#renderSent());
    if (settled.modal !== undefined) openModal(settled.interactionId, settled.modal, this.#session);
  }

  #onChange(change: Change): void {
    if (change.kind === 'channel') this.#renderAll();
    if (change.kind === 'state' && this.#session.channel?.type === FORUM) this.#renderAll();
    if (change.kind === 'message') this.#renderOne(change.message);
    if (change.kind === 'gone') this.#takeAway(change.messageId);
  }

  #keepPlace(): void {
    if (this.#shownChannel !== undefined) this.#place.keep(this.#shownChannel);
  }

  #renderAll(): void {
    this.#keepPlace();
    const { channel } = this.#session;
    const shown = this.#shown();
    const start = h(
      'div',
      { class: 'channel-start' },
      h('h1', {}, `Welcome to #${channel?.name ?? ''}!`),
      h('p', {}, channel?.topic || 'This is the start of the channel. Type / to use a command.'),
    );
    if (this.#shownChannel !== channel?.id) this.#sent.length = 0;
    this.#shownChannel = channel?.id;
    this.#renderSent();
    fill(
      this.#flow,
      start,
      shown.map((message, index) => this.#view(message, shown[index - 1])),
      channel?.type === FORUM && postsView(channel, this.#session),
      this.#sentViews,
    );
    this.#place.restore(channel?.id ?? '');
  }

  #shown(): readonly PageMessage[] {
    return this.#session.messages.filter((message) => !this.#dismissed.has(message.id));
  }

  #viewOf(messageId: string): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(`.message[data-id="${CSS.escape(messageId)}"]`);
  }

  #renderOne(message: PageMessage): void {
    if (this.#dismissed.has(message.id)) return;
    const shown = this.#shown();
    const index = shown.findIndex((known) => known.id === message.id);
    const old = this.#viewOf(message.id);
    if (old?.querySelector('.select-panel:not([hidden])')) {
      this.#renderLater(old, message.id);
      return;
    }
    const view = this.#view(message, shown[index - 1]);
    if (old === null) this.#sentViews.before(view);
    else keepingFocus(this.element, () => old.replaceWith(view));
    if (old === null || old.querySelector('.thinking') !== null) this.#announcer.say(view);
    if (old === null && this.#session.isMine(message)) this.#forgetSent();
  }

  /** A list that somebody is picking from stays; the message's newest state is shown once it is closed. */
  #renderLater(old: Element, messageId: string): void {
    const render = () => {
      const latest = this.#session.messages.find((known) => known.id === messageId);
      if (latest !== undefined) this.#renderOne(latest);
    };
    old.addEventListener('picker-closed', () => queueMicrotask(() => onceReleased(render)), { once: true });
  }

  /** An answer to this member has arrived: the oldest command on its way is no longer shown. */
  #forgetSent(): void {
    const [oldest] = this.#sentByMe().filter((sent) => sent.failure === undefined);
    if (oldest !== undefined) this.#sent.splice(this.#sent.indexOf(oldest), 1);
    this.#renderSent();
  }

  #sentByMe(): readonly Sent[] {
    return this.#sent.filter((sent) => sent.by?.id === this.#session.me?.id);
  }

  #view(message: PageMessage, before: PageMessage | undefined): HTMLElement {
    const actions = {
      message,
      session: this.#session,
      use: (path: string, data: Used) => this.#begin(message, path, data),
      underWay: (customId: string | undefined) => this.#underWay.get(`${message.id}:${customId}`),
      dismiss: () => this.#dismiss(message.id),
      openMenu: () => this.#openMenu(message),
      failure: this.#failures.get(message.id),
    };
    return messageView(message, actions, isGrouped(message, before));
  }

  /** Uses a control, which is known to be under way until that is settled, also where its message is shown anew. */
  #begin(message: PageMessage, path: string, data: Used): Promise<void> {
    const key = `${message.id}:${data.customId}`;
    const work = this.#use(message, path, data).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, work);
    return work;
  }

  async #use(message: PageMessage, path: string, data: Used): Promise<void> {
    this.#failures.delete(message.id);
    const settled = await this.#session.interact(path, data);
    if (settled.modal !== undefined) openModal(settled.interactionId, settled.modal, this.#session);
    if (settled.state !== 'failed') return;
    this.#failures.set(message.id, settled.failure ?? MESSAGE_HIDDEN);
    const latest = this.#session.messages.find((known) => known.id === message.id);
    if (latest !== undefined) onceReleased(() => this.#renderOne(latest));
  }

  #dismiss(messageId: string): void {
    this.#dismissed.add(messageId);
    this.#session.dismiss(messageId);
    this.#takeAway(messageId);
  }

  /**
   * Removes a message; the next one may now need its own head, and the focus goes to the list where it would be lost.
   */
  #takeAway(messageId: string): void {
    const view = this.#viewOf(messageId);
    const nextId = view?.nextElementSibling?.getAttribute('data-id');
    const next = this.#shown().find((message) => message.id === nextId);
    this.#keepFocus(() => view?.remove());
    if (next !== undefined) this.#renderOne(next);
  }

  /** Where what is taken away had the focus, the list gets it. */
  #keepFocus(takeAway: () => void): void {
    const hadFocus = this.element.contains(document.activeElement);
    takeAway();
    if (hadFocus && document.activeElement === document.body) this.element.focus({ preventScroll: true });
  }

  /** A link to a message that one sees leads there and not out of the page. */
  async #followLink(event: MouseEvent): Promise<void> {
    const anchor = event.target instanceof Element ? event.target.closest('a') : null;
    const link = readMessageLink(anchor?.href ?? '');
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link === undefined || !isPlain || this.#session.channelOf(link.channelId) === undefined) return;
    event.preventDefault();
    if (link.channelId !== this.#session.channelId) await this.#session.open(link.channelId);
    if (link.messageId !== undefined) this.#place.goTo(() => goToMessage(link.messageId ?? ''));
  }

  /** The message's menu: the bot's commands for it, and how it came to be. */
  #openMenu(message: PageMessage): void {
    const view = this.#viewOf(message.id);
    view?.querySelector('.context-menu')?.remove();
    const picker = new Picker('Apps', (key) => {
      close();
      if (key === TRACE) this.#onTrace(message.id);
      else this.#callOn(message, key);
    });
    const menu = h('div', { class: 'context-menu', tabindex: -1 }, picker.element);
    const close = () => view?.querySelector<HTMLElement>('.message-menu')?.focus({ preventScroll: true });
    const { commands } = this.#session;
    const names = (isEphemeral(message) ? [] : commands.message).map((name) => ({ key: name, title: name }));
    const about = `on ${message.author.global_name ?? message.author.username}`;
    const ofUser = commands.user.map((name) => ({ key: `${USER}${name}`, title: name, detail: about }));
    const trace = { key: TRACE, title: 'How it came to be', detail: 'what went over the wire' };
    picker.show([...names, ...ofUser, trace], 'Apps');
    menu.addEventListener('keydown', (event) => (event.key === 'Escape' ? close() : picker.handleKey(event)));
    const onClosed = closeOnBack(close);
    menu.addEventListener('focusout', () => {
      onClosed();
      queueMicrotask(() => menu.remove());
    });
    view?.append(menu);
    menu.focus();
  }

  #callOn(message: PageMessage, key: string): void {
    const isOnUser = key.startsWith(USER);
    const name = isOnUser ? key.slice(USER.length) : key;
    const sent = { key: crypto.randomUUID(), label: name, by: this.#session.me, failure: undefined };
    const work = isOnUser
      ? this.#session.interact('/api/user-command', { userId: message.author.id, name })
      : this.#session.interact('/api/message-command', { messageId: message.id, name });
    void this.#follow(sent, work);
  }

  #renderSent(): void {
    const name = this.#session.server?.members.find((member) => member.isBot)?.name ?? 'The bot';
    fill(
      this.#sentViews,
      this.#sentByMe().map((sent) =>
        h(
          'div',
          { class: 'message local' },
          h(
            'div',
            { class: 'invocation' },
            `${sent.by?.name ?? ''} used `,
            h('span', { class: 'mention' }, sent.label),
          ),
          sent.failure === undefined ? thinkingView(name) : failureView(sent.failure),
          sent.failure !== undefined && onlyYouView(() => this.#forget(sent)),
        ),
      ),
    );
    this.#place.toEnd();
  }

  #forget(sent: Sent): void {
    this.#sent.splice(this.#sent.indexOf(sent), 1);
    this.#keepFocus(() => this.#renderSent());
  }
}
