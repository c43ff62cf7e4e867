const NEAR_BOTTOM_PX = 120;
/** How long a turn of the wheel, a touch or a key may take to move the list. */
const STEERING_MS = 1_000;
const MOVING_KEYS = new Set(['ArrowUp', 'PageUp', 'Home', ' ', 'Tab']);

/** Where one reads in a list that grows at its end: there, what is new keeps in view; elsewhere nothing moves. */
export class ReadingPlace {
  readonly #list: HTMLElement;
  /** Whether one reads the newest messages. */
  #sticks = true;
  /**
   * The message that one came back to; it stays at the top until one does something, for what is around it
   * gets its size later.
   */
  #held: Element | undefined;
  /** Until when a movement counts as the reader's own, by `performance.now()`. */
  #steeredUntil = 0;
  #lastTop = 0;
  #lastHeight = 0;

  constructor(list: HTMLElement, flow: HTMLElement) {
    this.#list = list;
    list.addEventListener('scroll', () => this.#onScroll());
    list.addEventListener('scrollend', () => this.#steer(0));
    for (const kind of ['wheel', 'touchmove'])
      list.addEventListener(kind, () => this.#steer(STEERING_MS), { passive: true });
    list.addEventListener('keydown', (event) => MOVING_KEYS.has(event.key) && this.#steer(STEERING_MS));
    // What lies in the list covers it: only its scrollbar is the list itself.
    list.addEventListener('pointerdown', (event) => event.target === list && this.#steer(Number.POSITIVE_INFINITY));
    list.addEventListener('pointerup', () => this.#steer(0));
    for (const kind of ['wheel', 'touchstart', 'keydown', 'pointerdown'])
      list.addEventListener(kind, () => this.leave(), { passive: true });
    const observer = new ResizeObserver(() => this.#follow());
    observer.observe(list);
    observer.observe(flow);
  }

  #follow(): void {
    if (this.#sticks) this.toEnd();
    else this.#held?.scrollIntoView({ block: 'start' });
  }

  /** Lets go of the message that one came back to. */
  leave(): void {
    this.#held = undefined;
  }

  /** Leaves the end, or what one came back to, for something else in the list. */
  goTo(scroll: () => void): void {
    this.#sticks = false;
    this.leave();
    scroll();
    this.#remember();
  }

  toEnd(): void {
    this.#sticks = true;
    this.#held = undefined;
    this.#list.scrollTo({ top: this.#list.scrollHeight });
    this.#remember();
  }

  /** Notes where one reads, for the rest of the browser's session; at the end there is nothing to note. */
  keep(channelId: string): void {
    const { top } = this.#list.getBoundingClientRect();
    const views = [...this.#list.querySelectorAll('.flow > .message')];
    const first = this.#sticks ? undefined : views.find((view) => view.getBoundingClientRect().bottom > top + 1);
    const messageId = first?.getAttribute('data-id');
    if (messageId) sessionStorage.setItem(keyOf(channelId), messageId);
    else sessionStorage.removeItem(keyOf(channelId));
  }

  /** Goes to where one read, or to the end. */
  restore(channelId: string): void {
    const messageId = sessionStorage.getItem(keyOf(channelId));
    const view = messageId !== null && this.#list.querySelector(`[data-id="${CSS.escape(messageId)}"]`);
    if (!view) {
      this.toEnd();
      return;
    }
    this.#sticks = false;
    this.#held = view;
    this.#follow();
    this.#remember();
  }

  #steer(forMs: number): void {
    this.#steeredUntil = forMs === 0 ? 0 : performance.now() + forMs;
  }

  /** What is new moves the list too, so only the reader's own way up lets go of the end. */
  #onScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    const isSteered = performance.now() < this.#steeredUntil;
    const wentUp = scrollTop < this.#lastTop && scrollHeight === this.#lastHeight;
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX) this.#sticks = true;
    else if (isSteered || wentUp) this.#sticks = false;
    if (isSteered) this.#steeredUntil = Math.max(this.#steeredUntil, performance.now() + STEERING_MS);
    this.#remember();
  }

  #remember(): void {
    this.#lastTop = this.#list.scrollTop;
    this.#lastHeight = this.#list.scrollHeight;
  }
}

function keyOf(channelId: string): string {
  return `place:${channelId}`;
}
