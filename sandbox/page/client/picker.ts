import { type Child, fill, h } from './h.ts';

/** One line of a list to pick from. */
export interface Choice {
  readonly key: string;
  readonly title: Child;
  readonly detail?: string | undefined;
  readonly isMarked?: boolean | undefined;
}

/** A list of choices driven by an input that keeps the focus: arrows move, Enter and Tab pick, a click picks too. */
export class Picker {
  readonly element: HTMLElement;
  readonly #id = `picker-${crypto.randomUUID()}`;
  readonly #onPick: (key: string) => void;
  #choices: readonly Choice[] = [];
  #active = 0;

  constructor(label: string, onPick: (key: string) => void) {
    this.#onPick = onPick;
    this.element = h('div', { class: 'picker', id: this.#id, role: 'listbox', 'aria-label': label, hidden: true });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Ties the list to its input for screen readers. */
  describe(input: HTMLElement): void {
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', this.#id);
    input.setAttribute('aria-expanded', String(this.isOpen));
    if (this.isOpen) input.setAttribute('aria-activedescendant', `${this.#id}-${this.#active}`);
    else input.removeAttribute('aria-activedescendant');
  }

  show(choices: readonly Choice[], heading?: string): void {
    const keepActive = this.#choices[this.#active]?.key;
    this.#choices = choices;
    this.#active = Math.max(
      0,
      choices.findIndex((choice) => choice.key === keepActive),
    );
    this.element.hidden = choices.length === 0 && heading === undefined;
    const lines = choices.map((choice, index) => this.#line(choice, index));
    fill(this.element, heading !== undefined && h('div', { class: 'picker-heading' }, heading), lines);
    this.#mark();
  }

  hide(): void {
    this.#choices = [];
    this.element.hidden = true;
  }

  /** Whether the key was for the list. */
  handleKey(event: KeyboardEvent): boolean {
    if (!this.isOpen || this.#choices.length === 0) return false;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      this.#active = (this.#active + step + this.#choices.length) % this.#choices.length;
      this.#mark();
      event.preventDefault();
      return true;
    }
    const choice = this.#choices[this.#active];
    if (choice === undefined || (event.key !== 'Enter' && event.key !== 'Tab') || event.shiftKey) return false;
    event.preventDefault();
    this.#onPick(choice.key);
    return true;
  }

  #line(choice: Choice, index: number): HTMLElement {
    const pick = (event: Event) => {
      event.preventDefault();
      this.#onPick(choice.key);
    };
    return h(
      'div',
      {
        class: `picker-line${choice.isMarked === true ? ' marked' : ''}`,
        role: 'option',
        id: `${this.#id}-${index}`,
        'aria-selected': String(choice.isMarked === true),
        onmousedown: (event: Event) => event.preventDefault(),
        onclick: pick,
      },
      h('span', { class: 'picker-title' }, choice.title),
      choice.detail !== undefined && choice.detail !== '' && h('span', { class: 'picker-detail' }, choice.detail),
    );
  }

  #mark(): void {
    const lines = this.element.querySelectorAll('.picker-line');
    for (const [index, line] of lines.entries()) line.classList.toggle('active', index === this.#active);
    lines[this.#active]?.scrollIntoView({ block: 'nearest' });
  }
}
