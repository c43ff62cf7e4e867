import { h } from './h.ts';

const MAX_LENGTH = 300;
const MAX_LINES = 20;

/** Notifies screen readers what is new; it cannot be seen. */
export class Announcer {
  readonly element = h('div', { class: 'unseen', role: 'log', 'aria-live': 'polite', 'aria-label': 'New messages' });

  /** Reads a message out: who wrote it and how it begins. */
  say(view: HTMLElement): void {
    this.element.append(h('p', {}, wordsOf(view).slice(0, MAX_LENGTH)));
    if (this.element.childElementCount > MAX_LINES) this.element.firstElementChild?.remove();
  }
}

/** The text of an element, its parts set apart; `innerText` gives none for what is not painted yet. */
function wordsOf(view: HTMLElement): string {
  const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  const words: string[] = [];
  while (walker.nextNode() !== null) {
    const isHidden = walker.currentNode.parentElement?.closest('[aria-hidden="true"]') !== null;
    if (!isHidden) words.push(walker.currentNode.textContent?.trim() ?? '');
  }
  return words.filter((word) => word !== '').join(' ');
}
