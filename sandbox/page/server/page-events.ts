import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { PageEvent, PageMessage } from './page-api.ts';
import type { PageReads } from './page-reads.ts';
import { toPageMessage } from './page-view.ts';
import type { PageWorld, WorldChange } from './page-world.ts';

const EPHEMERAL = 1 << 6;
const HEARTBEAT_MS = 15_000;
/** Changes without content are sent once in a while, however many there are. */
const PUSH_PAUSE_MS = 150;

type Listener = (event: PageEvent) => void;

/** Carries to each open page what its member may see: changes of the world, and how that member's own actions ended. */
export class PageEvents {
  readonly #world: PageWorld;
  readonly #reads: PageReads;
  readonly #listeners = new Map<Listener, string>();
  readonly #due = new Map<'controls' | 'wire', NodeJS.Timeout>();
  readonly #unsubscribe: () => void;
  readonly #onWatched: (isWatched: boolean) => void;

  /** @param onWatched called when the first page opens, and when the last one is gone. */
  constructor(world: PageWorld, reads: PageReads, onWatched: (isWatched: boolean) => void = () => undefined) {
    this.#world = world;
    this.#reads = reads;
    this.#onWatched = onWatched;
    this.#unsubscribe = world.subscribe((change) => this.#onChange(change));
  }

  /** Adds `/events?as=`, a stream of server-sent events named after their kind. */
  addRoute(app: Hono): void {
    app.get('/events', (context) => {
      const userId = context.req.query('as') ?? '';
      if (this.#world.person(userId) === undefined) return context.json({ error: 'No such member.' }, 404);
      return streamSSE(context, async (stream) => {
        const ended = Promise.withResolvers<void>();
        const send = ({ kind, ...data }: PageEvent) => stream.writeSSE({ event: kind, data: JSON.stringify(data) });
        const listener: Listener = (event) => void send(event).catch(() => ended.resolve());
        this.#add(listener, userId);
        stream.onAbort(() => ended.resolve());
        const heartbeat = setInterval(
          () => void stream.write(': still here\n\n').catch(() => ended.resolve()),
          HEARTBEAT_MS,
        );
        await send({ kind: 'hello' });
        await ended.promise;
        clearInterval(heartbeat);
        this.#remove(listener);
      });
    });
  }

  #add(listener: Listener, userId: string): void {
    this.#listeners.set(listener, userId);
    if (this.#listeners.size === 1) this.#onWatched(true);
  }

  #remove(listener: Listener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#onWatched(false);
  }

  /** Sends an event to every page that is open as this member. */
  sendTo(userId: string, event: PageEvent): void {
    for (const [listener, listenerId] of this.#listeners) {
      if (listenerId === userId) listener(event);
    }
  }

  /**
   * Notifies every page of a change of the controls' state or of the wire, in a moment and once for all until then.
   */
  announce(kind: 'controls' | 'wire'): void {
    if (this.#due.has(kind)) return;
    const push = () => {
      this.#due.delete(kind);
      for (const listener of this.#listeners.keys()) listener({ kind });
    };
    this.#due.set(kind, setTimeout(push, PUSH_PAUSE_MS));
  }

  /** Notifies a member's pages what is unread. */
  sendUnread(userId: string): void {
    this.sendTo(userId, { kind: 'unread', unread: this.#reads.of(userId) });
  }

  close(): void {
    this.#unsubscribe();
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#listeners.clear();
  }

  #onChange(change: WorldChange): void {
    const unreadFor = this.#reads.note(change, (userId) => isVisible(this.#world, change, userId));
    for (const [listener, userId] of this.#listeners) {
      if (isVisible(this.#world, change, userId)) listener(toEvent(change));
    }
    for (const userId of unreadFor) this.sendUnread(userId);
  }
}

/** Whether a member sees a change: the channel is one of theirs, and an ephemeral message is meant for them. */
function isVisible(world: PageWorld, change: WorldChange, userId: string): boolean {
  if (change.kind === 'world') return true;
  const isEphemeral = change.kind === 'message' && ((change.message.flags ?? 0) & EPHEMERAL) !== 0;
  if ((isEphemeral || change.onlyFor !== undefined) && change.onlyFor !== userId) return false;
  return seesChannel(world, userId, change.channelId);
}

export function seesChannel(world: PageWorld, userId: string, channelId: string): boolean {
  return world.servers(userId).some((server) => server.channels.some((channel) => channel.id === channelId));
}

function toEvent(change: WorldChange): PageEvent {
  switch (change.kind) {
    case 'message': {
      const message: PageMessage = toPageMessage(change.message) as unknown as PageMessage;
      return { kind: 'message', channelId: change.channelId, message };
    }
    case 'message-deleted':
      return { kind: 'message-deleted', channelId: change.channelId, messageId: change.messageId };
    case 'world':
      return { kind: 'world' };
  }
}
