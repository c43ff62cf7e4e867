import { fill, h } from './h.ts';
import type { Change, Session } from './session.ts';
import type { StepEnd } from './tour-ends.ts';
import { isOffered, TOUR_STEPS, type TourStep } from './tour-steps.ts';

const KEY = 'tour';

/**
 * A short way through the sandbox for the first visit, in a line of its own above the messages, so that it covers
 * nothing; a step whose command the bot has not got is left out.
 */
export class Tour {
  readonly element = h('aside', { class: 'tour', 'aria-label': 'Guided tour', hidden: true });
  readonly opener: HTMLElement;
  readonly #session: Session;
  #steps: readonly TourStep[] = [];
  #at = 0;
  #isDone: StepEnd = () => false;

  constructor(session: Session) {
    this.#session = session;
    const label = 'Guided tour';
    this.opener = h(
      'button',
      { type: 'button', class: 'head-button', 'aria-label': label, title: label, onclick: () => this.start() },
      '?',
    );
    session.on((change) => this.#onChange(change));
    this.element.addEventListener('keydown', (event) => event.key === 'Escape' && this.#end());
  }

  /** Begins unless it was seen or skipped before. */
  startOnce(): void {
    if (localStorage.getItem(KEY) === null) this.start();
  }

  start(): void {
    this.#steps = TOUR_STEPS.filter((step) => isOffered(step, this.#session));
    this.#at = -1;
    this.element.hidden = false;
    this.#next();
  }

  #next(): void {
    this.#at += 1;
    this.#isDone = this.#steps[this.#at]?.watch?.(this.#session) ?? (() => false);
    if (this.#at >= this.#steps.length) this.#finish();
    else this.#render();
  }

  #onChange(change: Change): void {
    if (this.element.hidden) return;
    if (this.#isDone(change, this.#session)) this.#next();
    else if (change.kind === 'message' || change.kind === 'channel') this.#mark();
  }

  #render(): void {
    const step = this.#steps[this.#at];
    if (step === undefined) return;
    const skip = h('button', { type: 'button', class: 'link-button', onclick: () => this.#end() }, 'Skip the tour');
    const next = h('button', { type: 'button', class: 'button secondary small', onclick: () => this.#next() }, 'Next');
    fill(
      this.element,
      h('h2', {}, step.title),
      h('p', { role: 'status' }, step.text),
      h(
        'div',
        { class: 'tour-foot' },
        h('span', { class: 'tour-count' }, `${this.#at + 1} of ${this.#steps.length}`),
        skip,
        next,
      ),
    );
    this.#mark();
  }

  #finish(): void {
    this.#unmark();
    const close = h('button', { type: 'button', class: 'button primary small', onclick: () => this.#end() }, 'Done');
    fill(
      this.element,
      h('h2', {}, 'That was the tour'),
      h(
        'p',
        { role: 'status' },
        'Try the World panel too: make the API fail, take a permission away, restart the bot, and see what it says. To show results at once again, type /setup and click Turn off.',
      ),
      h('div', { class: 'tour-foot' }, h('span', {}), close),
    );
  }

  #end(): void {
    localStorage.setItem(KEY, 'seen');
    this.#unmark();
    this.element.hidden = true;
  }

  #mark(): void {
    this.#unmark();
    const step = this.#steps[this.#at];
    if (step !== undefined) targetOf(step)?.classList.add('tour-target');
  }

  #unmark(): void {
    for (const element of document.querySelectorAll('.tour-target')) element.classList.remove('tour-target');
  }
}

function targetOf({ target }: TourStep): Element | undefined {
  if (target === undefined) return undefined;
  const found = [...document.querySelectorAll(target.selector)];
  return found.findLast((element) => target.text === undefined || element.textContent?.trim() === target.text);
}
