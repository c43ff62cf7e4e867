import type {
  PageChoice,
  PageCommands,
  PageEvent,
  PageMessage,
  PageServer,
  PageSettled,
  PageState,
} from '../server/page-api.ts';
import type { WorldChannel, WorldMember, WorldRole } from '../server/page-world.ts';
import {
  type Actor,
  type ModalValues,
  postAction,
  postAutocomplete,
  postCommand,
  postJson,
  postModal,
  readCommands,
  readMessages,
  readState,
  type Unfinished,
} from './api.ts';
import { ChannelMessages } from './channel-messages.ts';
import { onceReleased } from './held-pointer.ts';

/** What may have changed: the whole state, the open channel, or one message of it. */
export type Change =
  | { readonly kind: 'state' | 'channel' | 'connection' | 'controls' | 'wire' | 'unread' }
  | { readonly kind: 'message'; readonly message: PageMessage }
  /** This member did something: a path of the page's API, and what was sent. */
  | { readonly kind: 'acted'; readonly path: string; readonly data: object }
  | { readonly kind: 'gone'; readonly messageId: string };

const EVENTS = ['hello', 'world', 'message', 'message-deleted', 'settled', 'controls', 'wire', 'unread'];
const NO_COMMANDS: PageCommands = { slash: [], message: [], user: [] };
const CHANNEL_KINDS_WITHOUT_MESSAGES = new Set([4, 15]);

/** What one member sees now: the state, the open channel and its messages, kept up to date by the event stream. */
export class Session {
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #waiting = new Map<string, (settled: PageSettled) => void>();
  #source: EventSource | undefined;
  #state: PageState | undefined;
  #channelId = '';
  /** Counts the choices of who one is: the last one counts. */
  #becoming = 0;
  #unreadHeard = 0;
  readonly #messages = new ChannelMessages();
  commands: PageCommands = NO_COMMANDS;
  isConnected = false;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#look());
  }

  /** Calls back on every change; the result ends it. */
  on(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a message answers an interaction of this member. */
  isMine(message: PageMessage): boolean {
    const user = message.interaction?.user ?? message.interaction_metadata?.user;
    return user !== undefined && user.id === this.me?.id;
  }

  get state(): PageState | undefined {
    return this.#state;
  }

  get channelId(): string {
    return this.#channelId;
  }

  get messages(): readonly PageMessage[] {
    return this.#messages.all;
  }

  get me(): WorldMember | undefined {
    return this.#state?.me;
  }

  /** The server of the open channel. */
  get server(): PageServer | undefined {
    return this.#state?.servers.find((server) => server.channels.some((channel) => channel.id === this.#channelId));
  }

  get channel(): WorldChannel | undefined {
    return this.server?.channels.find((channel) => channel.id === this.#channelId);
  }

  /**
   * Becomes another member; stays in the channel where that member sees it, or goes to the one that is opened
   * meanwhile. The messages come once the stream is open.
   */
  async become(userId: string, channelId: string): Promise<void> {
    const before = this.#channelId;
    this.#source?.close();
    this.#becoming += 1;
    const turn = this.#becoming;
    const state = await readState(userId);
    if (this.#becoming !== turn) return;
    this.#state = state;
    const wanted = this.#channelId === before ? channelId : this.#channelId;
    this.#channelId = this.#sees(wanted) ? wanted : this.#firstChannel();
    this.#emit({ kind: 'state' });
    this.#listen(userId);
  }

  async open(channelId: string): Promise<void> {
    this.#channelId = channelId;
    await this.#reload();
  }

  async #reload(): Promise<void> {
    const { me, channelId } = this;
    if (me === undefined || channelId === '') return;
    const commands = readCommands(me.id, channelId);
    const isNewest = await this.#messages.read(channelId, async () => {
      const [messages] = await Promise.all([readMessages(me.id, channelId), commands]);
      return messages;
    });
    if (!isNewest || this.me?.id !== me.id || this.#channelId !== channelId) return;
    this.commands = await commands;
    this.#emit({ kind: 'channel' });
    this.#look();
  }

  #sees(channelId: string): boolean {
    return this.#state?.servers.some((server) => server.channels.some((channel) => channel.id === channelId)) ?? false;
  }

  #firstChannel(): string {
    const channels = this.#state?.servers.flatMap((server) => server.channels) ?? [];
    return channels.find((channel) => !CHANNEL_KINDS_WITHOUT_MESSAGES.has(channel.type))?.id ?? '';
  }

  #listen(userId: string): void {
    const source = new EventSource(`/events?as=${userId}`);
    this.#source = source;
    for (const kind of EVENTS) {
      source.addEventListener(kind, (event) => {
        this.#onEvent({ kind, ...JSON.parse(event.data) } as PageEvent);
      });
    }
    source.onerror = () => this.#setConnected(false);
  }

  #setConnected(isConnected: boolean): void {
    if (this.isConnected === isConnected) return;
    this.isConnected = isConnected;
    this.#emit({ kind: 'connection' });
  }

  #onEvent(event: PageEvent): void {
    if (event.kind === 'hello') void this.#onHello();
    if (event.kind === 'world') void this.#refresh();
    if (event.kind === 'controls' || event.kind === 'wire') this.#emit({ kind: event.kind });
    if (event.kind === 'unread') this.#onUnread(event.unread);
    if (event.kind === 'message') this.#onMessage(event.channelId, event.message);
    if (event.kind === 'message-deleted') this.#onDeleted(event.messageId);
    if (event.kind !== 'settled') return;
    this.#waiting.get(event.settled.action)?.(event.settled);
    this.#waiting.delete(event.settled.action);
  }

  /**
   * The stream is open, perhaps again: what happened meanwhile is read anew, and nobody waits for
   * results that were missed.
   */
  async #onHello(): Promise<void> {
    this.#setConnected(true);
    for (const [action, resolve] of this.#waiting)
      resolve({ action, channelId: '', interactionId: '', state: 'missed' });
    this.#waiting.clear();
    await Promise.all([this.#refreshState(), this.#reload().catch(() => undefined)]);
    this.#emit({ kind: 'state' });
  }

  /** Something of the world changed, which may be the commands too. */
  async #refresh(): Promise<void> {
    const { me, channelId } = this;
    if (me === undefined) return;
    const isSameChannel = await this.#refreshState();
    if (isSameChannel) this.commands = await readCommands(me.id, channelId).catch(() => this.commands);
    this.#emit({ kind: 'state' });
  }

  /** Reads the state anew; returns whether the open channel is the same, as one that is gone is left. */
  async #refreshState(): Promise<boolean> {
    const { me, channelId } = this;
    if (me === undefined) return true;
    const heard = this.#unreadHeard;
    const state = await readState(me.id).catch(() => undefined);
    if (state === undefined || this.me?.id !== me.id) return true;
    // What the stream said about unread messages meanwhile is newer than what was asked for before.
    const unread = heard === this.#unreadHeard ? state.unread : (this.#state?.unread ?? state.unread);
    this.#state = { ...state, unread };
    if (!this.#sees(this.#channelId)) this.#channelId = this.#firstChannel();
    const isSame = this.#channelId === channelId;
    if (!isSame) await this.#reload().catch(() => undefined);
    return isSame;
  }

  #onUnread(unread: PageState['unread']): void {
    if (this.#state === undefined) return;
    this.#unreadHeard += 1;
    this.#state = { ...this.#state, unread };
    this.#emit({ kind: 'unread' });
    this.#look();
  }

  /** What stands in the open channel counts as seen while the page is in view. */
  #look(): void {
    const { me, channelId } = this;
    if (me === undefined || document.hidden || this.#state?.unread[channelId] === undefined) return;
    void postJson('/api/read', { as: me.id, channelId }).catch(() => undefined);
  }

  #onMessage(channelId: string, message: PageMessage): void {
    if (this.#messages.put(channelId, message)) this.#emit({ kind: 'message', message });
  }

  #onDeleted(messageId: string): void {
    if (this.#messages.remove(messageId)) this.#emit({ kind: 'gone', messageId });
  }

  /** What changes of itself waits for the end of a click; what this member does is part of one. */
  #emit(change: Change): void {
    const emit = () => {
      for (const listener of this.#listeners) listener(change);
    };
    if (change.kind === 'acted') emit();
    else onceReleased(emit);
  }

  /** Does something in the open channel; resolves when the sandbox says how it ended. */
  interact(path: string, data: object): Promise<PageSettled> {
    this.#emit({ kind: 'acted', path, data });
    return this.#start((actor) => postAction(path, actor, data));
  }

  /** Sends a command; a `File` may stand among the options. */
  command(path: string, options: Readonly<Record<string, unknown>>): Promise<PageSettled> {
    this.#emit({ kind: 'acted', path: '/api/command', data: { path, options } });
    return this.#start((actor) => postCommand(actor, path, options));
  }

  /** Writes a message; throws with a sentence where it cannot be. */
  async say(text: string): Promise<void> {
    const { me, channelId } = this;
    await postJson('/api/say', { as: me?.id, channelId, text });
  }

  /** Uses Discord in another language from now on; the bot learns it with each interaction. */
  async setLocale(locale: string): Promise<void> {
    const { me, channelId } = this;
    await postJson('/api/locale', { as: me?.id, channelId, locale }).catch(() => undefined);
    await this.#refresh();
  }

  /** Makes a private answer disappear for good. */
  dismiss(messageId: string): void {
    const { me, channelId } = this;
    void postJson('/api/dismiss', { as: me?.id, channelId, messageId }).catch(() => undefined);
  }

  submitModal(interactionId: string, values: ModalValues): Promise<PageSettled> {
    this.#emit({ kind: 'acted', path: '/api/submit', data: { interactionId } });
    return this.#start((actor) => postModal(actor, interactionId, values));
  }

  async #start(send: (actor: Actor) => Promise<void>): Promise<PageSettled> {
    const actor = this.#actor();
    const { promise, resolve } = Promise.withResolvers<PageSettled>();
    this.#waiting.set(actor.action, resolve);
    try {
      await send(actor);
    } catch (thrown) {
      const failure = thrown instanceof Error ? thrown.message : String(thrown);
      this.#waiting.delete(actor.action);
      resolve({ action: actor.action, channelId: actor.channelId, interactionId: '', state: 'failed', failure });
    }
    return promise;
  }

  autocomplete(data: Unfinished): Promise<readonly PageChoice[]> {
    return postAutocomplete(this.#actor(), data).catch(() => []);
  }

  #actor(): Actor {
    return { as: this.me?.id ?? '', channelId: this.#channelId, action: crypto.randomUUID() };
  }

  memberOf(userId: string): WorldMember | undefined {
    const here = this.server?.members.find((member) => member.id === userId);
    return here ?? this.#state?.people.find((member) => member.id === userId);
  }

  roleOf(roleId: string): WorldRole | undefined {
    return this.server?.roles.find((role) => role.id === roleId);
  }

  channelOf(channelId: string): WorldChannel | undefined {
    return this.#state?.servers.flatMap((server) => server.channels).find((channel) => channel.id === channelId);
  }
}
