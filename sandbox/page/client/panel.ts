import { closeOnBack } from './back.ts';
import { h } from './h.ts';

/** One page of the panel at the right. */
export interface PanelTab {
  readonly name: string;
  readonly element: HTMLElement;
  /** Called when the tab comes into view. */
  readonly onShow: () => void;
}

const KEY = 'panel';
/** From here on the panel has a column of its own, as in `panel.css`. */
const WIDE_PX = 1200;

/** The panel at the right, with the world's controls and the wire; a drawer where there is no room for it. */
export class Panel {
  readonly element: HTMLElement;
  readonly toggle: HTMLButtonElement;
  readonly #tabs: readonly PanelTab[];
  readonly #buttons: readonly HTMLButtonElement[];
  #current: string;
  /** Set while Back closes it. */
  #onClosed: (() => void) | undefined;

  constructor(tabs: readonly PanelTab[]) {
    this.#tabs = tabs;
    this.#current = tabs[0]?.name ?? '';
    this.#buttons = tabs.map((tab, index) => this.#button(tab, index));
    const close = h(
      'button',
      { type: 'button', class: 'head-button', 'aria-label': 'Close the panel', onclick: () => this.setOpen(false) },
      '✕',
    );
    const list = h(
      'div',
      {
        class: 'tabs',
        role: 'tablist',
        'aria-label': 'Panel',
        onkeydown: (event: KeyboardEvent) => this.#onKey(event),
      },
      this.#buttons,
    );
    this.element = h(
      'aside',
      { class: 'panel', id: 'panel', 'aria-label': 'The sandbox', hidden: true },
      h('div', { class: 'panel-head' }, list, close),
      tabs.map((tab) => tab.element),
    );
    this.element.addEventListener('keydown', (event) => this.#onPanelKey(event));
    const label = 'The world’s controls and the wire';
    this.toggle = h(
      'button',
      { type: 'button', class: 'head-button', 'aria-label': label, title: label, 'aria-controls': 'panel' },
      '🎛️',
    );
    this.toggle.addEventListener('click', () => this.setOpen(!this.isOpen));
    this.setOpen(localStorage.getItem(KEY) !== 'closed' && !this.isDrawer);
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Whether it lies over the messages, for want of room beside them. */
  get isDrawer(): boolean {
    return innerWidth < WIDE_PX;
  }

  /** What can be seen now: the name of a tab, or nothing. */
  get shown(): string | undefined {
    return this.isOpen ? this.#current : undefined;
  }

  show(name: string): void {
    this.#current = name;
    this.setOpen(true);
  }

  setOpen(isOpen: boolean): void {
    this.element.hidden = !isOpen;
    this.#followBack(isOpen);
    this.toggle.setAttribute('aria-expanded', String(isOpen));
    if (!this.isDrawer) localStorage.setItem(KEY, isOpen ? 'open' : 'closed');
    for (const [index, tab] of this.#tabs.entries()) {
      const isCurrent = tab.name === this.#current;
      tab.element.hidden = !isCurrent;
      this.#buttons[index]?.setAttribute('aria-selected', String(isCurrent));
      this.#buttons[index]?.setAttribute('tabindex', isCurrent ? '0' : '-1');
      if (isCurrent && isOpen) tab.onShow();
    }
  }

  /** As a drawer it is something that Back closes. */
  #followBack(isOpen: boolean): void {
    const onClosed = this.#onClosed;
    if (isOpen && this.isDrawer) this.#onClosed ??= closeOnBack(() => this.setOpen(false));
    if (isOpen) return;
    this.#onClosed = undefined;
    onClosed?.();
  }

  #button({ name, element }: PanelTab, index: number): HTMLButtonElement {
    element.id = `panel-${index}`;
    element.setAttribute('role', 'tabpanel');
    element.setAttribute('aria-label', name);
    return h(
      'button',
      { type: 'button', class: 'tab', role: 'tab', 'aria-controls': element.id, onclick: () => this.show(name) },
      name,
    );
  }

  /** Where the panel lies over the messages, Escape closes it. */
  #onPanelKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.isDrawer) return;
    this.setOpen(false);
    this.toggle.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const index = this.#tabs.findIndex((tab) => tab.name === this.#current);
    const next = (index + step + this.#tabs.length) % this.#tabs.length;
    if (step === 0) return;
    event.preventDefault();
    this.show(this.#tabs[next]?.name ?? this.#current);
    this.#buttons[next]?.focus();
  }
}
