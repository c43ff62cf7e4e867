import { closeOnBack } from './back.ts';

/** Servers and channels where they have no column of their own. */
export class Drawer {
  readonly #app: HTMLElement;
  #onClosed: (() => void) | undefined;

  constructor(app: HTMLElement) {
    this.#app = app;
  }

  toggle(): void {
    const isOpen = this.#app.classList.toggle('drawer-open');
    if (isOpen) this.#onClosed = closeOnBack(() => this.close());
    else this.close();
  }

  close(): void {
    const onClosed = this.#onClosed;
    this.#onClosed = undefined;
    this.#app.classList.remove('drawer-open');
    onClosed?.();
  }
}
