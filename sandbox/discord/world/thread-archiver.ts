import type { DiscordWorld } from './discord-world.ts';
import { toArchiveTime } from './threads.ts';

/** Archives threads in which nothing has happened for their auto-archive time. */
export class ThreadArchiver {
  readonly #world: DiscordWorld;
  readonly #stopListening: () => void;
  #timer = new AbortController();
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(world: DiscordWorld) {
    this.#world = world;
    this.#stopListening = world.subscribe((change) => {
      if (change.kind !== 'channel-created' && change.kind !== 'channel-updated') return;
      const dueAt = toArchiveTime(change.channel);
      if (dueAt !== undefined && dueAt < this.#wakesAt) this.#sleepUntil(dueAt);
    });
    this.#sleepUntil(this.#findSoonest());
  }

  close(): void {
    this.#stopListening();
    this.#timer.abort();
  }

  /**
   * A thread with a new message since then is still there at its time: it is not due, and the next sleep is for the
   * next one.
   */
  #sleepUntil(at: number): void {
    this.#timer.abort();
    this.#timer = new AbortController();
    this.#wakesAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    const ms = Math.max(0, at - this.#world.clock.now());
    this.#world.clock.sleep(ms, this.#timer.signal).then(
      () => this.#archiveDue(),
      () => undefined,
    );
  }

  #archiveDue(): void {
    const now = this.#world.clock.now();
    const due = [...this.#world.channels.values()].filter((channel) => (toArchiveTime(channel) ?? now + 1) <= now);
    for (const { id } of due) this.#world.updateThread(id, { archived: true });
    this.#sleepUntil(this.#findSoonest());
  }

  #findSoonest(): number {
    const times = [...this.#world.channels.values()].map((channel) => toArchiveTime(channel));
    return times.reduce<number>((soonest, at) => Math.min(soonest, at ?? soonest), Number.POSITIVE_INFINITY);
  }
}
