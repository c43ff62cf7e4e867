import type { PageMessage } from '../page-api.ts';
import { Announcer } from './announcer.ts';
import { keepingFocus } from './focus.ts';
import { postsView } from './forum-view.ts';
import { fill, h } from './h.ts';
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
    addEventListener('pagehide', () => this.#keepPlace());
  }

  /** Sends a command and shows it until the bot answers. */
  async command(path: string, options: Readonly<Record<string, unknown>>): Promise<void> {
    const sent: Sent = { key: crypto.randomUUID(), label: `/${path}`, failure: undefined };
    await this.#follow(sent, this.#session.command(path, options));
  }

  async #follow(sent: Sent, work: ReturnType<Session['act']>): Promise<void> {
    this.#sent.push(sent);
    this.#renderSent();
    const settled = await work;
    if (settled.state === 'failed') sent.failure = settled.failure ?? 'The application did not respond';
    else this.#sent.splice(this.#sent.indexOf(sent), 1);
    this.#renderSent();
    if (settled.modal !== undefined) openModal(settled.interactionId, settled.modal, this.#session);
  }

  #onChange(change: Change): void {
    if (change.kind === 'channel') this.#renderAll();
    if (change.kind === 'state' && this.#session.channel?.type === FORUM) this.#renderAll();
    if (change.kind === 'message') this.#renderOne(change.message);
    if (change.kind === 'gone') this.element.querySelector(`[data-id="${CSS.escape(change.messageId)}"]`)?.remove();
  }

  #keepPlace(): void {
    if (this.#shownChannel !== undefined) this.#place.keep(this.#shownChannel);
  }

  #renderAll(): void {
    this.#keepPlace();
    const { messages, channel } = this.#session;
    const shown = messages.filter((message) => !this.#dismissed.has(message.id));
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

  #renderOne(message: PageMessage): void {
    if (this.#dismissed.has(message.id)) return;
    const { messages } = this.#session;
    const index = messages.findIndex((known) => known.id === message.id);
    const old = this.element.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
    if (old?.querySelector('.select-panel:not([hidden])')) {
      this.#renderLater(old, message.id);
      return;
    }
    const view = this.#view(message, messages[index - 1]);
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
    old.addEventListener('picker-closed', () => queueMicrotask(render), { once: true });
  }

  /** An answer to this member has arrived: the oldest command on its way is no longer shown. */
  #forgetSent(): void {
    const index = this.#sent.findIndex((sent) => sent.failure === undefined);
    if (index !== -1) this.#sent.splice(index, 1);
    this.#renderSent();
  }

  #view(message: PageMessage, before: PageMessage | undefined): HTMLElement {
    const actions = {
      message,
      session: this.#session,
      use: (path: string, data: object) => this.#use(message, path, data),
      dismiss: () => this.#dismiss(message.id),
      openMenu: () => this.#openMenu(message),
      failure: this.#failures.get(message.id),
    };
    return messageView(message, actions, isGrouped(message, before));
  }

  async #use(message: PageMessage, path: string, data: object): Promise<void> {
    this.#failures.delete(message.id);
    const settled = await this.#session.act(path, data);
    if (settled.modal !== undefined) openModal(settled.interactionId, settled.modal, this.#session);
    if (settled.state !== 'failed') return;
    this.#failures.set(message.id, settled.failure ?? MESSAGE_HIDDEN);
    const latest = this.#session.messages.find((known) => known.id === message.id);
    if (latest !== undefined) this.#renderOne(latest);
  }

  #dismiss(messageId: string): void {
    this.#dismissed.add(messageId);
    this.#session.dismiss(messageId);
    this.element.querySelector(`[data-id="${CSS.escape(messageId)}"]`)?.remove();
  }

  /** The message's menu: the bot's commands for it, and how it came to be. */
  #openMenu(message: PageMessage): void {
    const view = this.element.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
    view?.querySelector('.context-menu')?.remove();
    const picker = new Picker('Apps', (key) => {
      menu.remove();
      if (key === TRACE) this.#onTrace(message.id);
      else this.#callOn(message, key);
    });
    const menu = h('div', { class: 'context-menu', tabindex: -1 }, picker.element);
    const { commands } = this.#session;
    const names = (isEphemeral(message) ? [] : commands.message).map((name) => ({ key: name, title: name }));
    const about = `on ${message.author.global_name ?? message.author.username}`;
    const ofUser = commands.user.map((name) => ({ key: `${USER}${name}`, title: name, detail: about }));
    const trace = { key: TRACE, title: 'How it came to be', detail: 'what went over the wire' };
    picker.show([...names, ...ofUser, trace], 'Apps');
    menu.addEventListener('keydown', (event) => (event.key === 'Escape' ? menu.remove() : picker.handleKey(event)));
    menu.addEventListener('focusout', () => queueMicrotask(() => menu.remove()));
    view?.append(menu);
    menu.focus();
  }

  #callOn(message: PageMessage, key: string): void {
    const isOnUser = key.startsWith(USER);
    const name = isOnUser ? key.slice(USER.length) : key;
    const sent = { key: crypto.randomUUID(), label: name, failure: undefined };
    const work = isOnUser
      ? this.#session.act('/api/user-command', { userId: message.author.id, name })
      : this.#session.act('/api/message-command', { messageId: message.id, name });
    void this.#follow(sent, work);
  }

  #renderSent(): void {
    const name = this.#session.server?.members.find((member) => member.isBot)?.name ?? 'The bot';
    fill(
      this.#sentViews,
      this.#sent.map((sent) =>
        h(
          'div',
          { class: 'message local' },
          h(
            'div',
            { class: 'invocation' },
            `${this.#session.me?.name ?? ''} used `,
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
    this.#renderSent();
  }
}
