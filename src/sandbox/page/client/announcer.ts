import { h } from './h.ts';

const MAX_LENGTH = 300;
const MAX_LINES = 20;

/** Tells screen readers what is new; it cannot be seen. */
export class Announcer {
  readonly element = h('div', { class: 'unseen', role: 'log', 'aria-live': 'polite', 'aria-label': 'New messages' });

  /** Reads a message out: who wrote it and how it begins. */
  say(view: HTMLElement): void {
    const words = view.innerText.replace(/\s+/g, ' ').trim();
    this.element.append(h('p', {}, words.slice(0, MAX_LENGTH)));
    if (this.element.childElementCount > MAX_LINES) this.element.firstElementChild?.remove();
  }
}
