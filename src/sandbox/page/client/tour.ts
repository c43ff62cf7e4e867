import type { PageComponent, PageMessage } from '../page-api.ts';
import { fill, h } from './h.ts';
import type { Change, Session } from './session.ts';

const KEY = 'tour';

interface Step {
  readonly title: string;
  readonly text: string;
  /** Whether there is what the step is about. */
  readonly isThere: (session: Session) => boolean;
  readonly isDone: (change: Change, session: Session) => boolean;
  /** What to look at: a selector. */
  readonly target: string;
}

const STEPS: readonly Step[] = [
  {
    title: 'See what runs',
    text: 'Type /jobs into the box below and press Enter twice. The answer is for your eyes only.',
    isThere: (session) => hasCommand(session, 'jobs'),
    isDone: (change, session) =>
      change.kind === 'message' && session.isMine(change.message) && change.message.interaction?.name === 'jobs',
    target: '.composer-box',
  },
  {
    title: 'Open a job',
    text: 'Type /job show and pick one from the list, or open it from the list above: its state, its pictures and all its buttons come as one card.',
    isThere: (session) => hasCommand(session, 'job show'),
    isDone: (change, session) =>
      (change.kind === 'acted' && change.path === '/api/select') ||
      (change.kind === 'message' &&
        session.isMine(change.message) &&
        /^job( |$)/.test(change.message.interaction?.name ?? '')),
    target: '.composer-box',
  },
  {
    title: 'Press U2',
    text: 'Once a grid is done it has U1 to U4; with the speed ×60, in the panel at the right, that is at once. Press U2: a new job begins.',
    isThere: (session) => hasCommand(session, 'job show'),
    isDone: (change, session) => pressed(change, session, /^U2$/i),
    target: '.flow .button',
  },
  {
    title: 'Add a rule',
    text: 'Type /notify add and pick a channel. Then start a job in the panel at the right: half a minute later that channel hears of it.',
    isThere: (session) => hasCommand(session, 'notify'),
    isDone: (change) =>
      change.kind === 'acted' &&
      change.path === '/api/command' &&
      /^notify/.test(String(Reflect.get(change.data, 'path'))),
    target: '.composer-box',
  },
  {
    title: 'Approve as moderator',
    text: 'Become the moderator at the lower left, open #moderation, and approve what waits there.',
    isThere: (session) => hasCommand(session, 'mod'),
    isDone: (change, session) => pressed(change, session, /^approve/i),
    target: '.member',
  },
];

/** A short way through the sandbox for the first visit; a step whose command the bot has not got is left out. */
export class Tour {
  readonly element = h('aside', { class: 'tour', 'aria-label': 'Guided tour', hidden: true });
  readonly opener: HTMLElement;
  readonly #session: Session;
  #steps: readonly Step[] = [];
  #at = 0;

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
    this.#steps = STEPS.filter((step) => step.isThere(this.#session));
    this.#at = -1;
    this.element.hidden = false;
    this.#next();
  }

  #next(): void {
    this.#at += 1;
    if (this.#at >= this.#steps.length) this.#finish();
    else this.#render();
  }

  #onChange(change: Change): void {
    if (this.element.hidden) return;
    if (this.#steps[this.#at]?.isDone(change, this.#session)) this.#next();
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
        'Try the panel at the right too: let the API fail, take a permission away, restart the bot, and see what the bot says.',
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
    if (step === undefined) return;
    const found = [...document.querySelectorAll(step.target)];
    const exact = found.find((element) => step.title === `Press ${element.textContent?.trim()}`);
    (exact ?? (found.length === 1 ? found[0] : undefined))?.classList.add('tour-target');
  }

  #unmark(): void {
    for (const element of document.querySelectorAll('.tour-target')) element.classList.remove('tour-target');
  }
}

function hasCommand(session: Session, path: string): boolean {
  return session.commands.slash.some((command) => command.path === path || command.path.startsWith(`${path} `));
}

function pressed(change: Change, session: Session, label: RegExp): boolean {
  if (change.kind !== 'acted' || change.path !== '/api/press') return false;
  const message = session.messages.find(({ id }) => id === Reflect.get(change.data, 'messageId'));
  return message !== undefined && findButton(message, label)?.custom_id === Reflect.get(change.data, 'customId');
}

function findButton(message: PageMessage, label: RegExp): PageComponent | undefined {
  return walk(message.components ?? []).find(
    (part) => part.type === 2 && part.disabled !== true && label.test(part.label ?? ''),
  );
}

function walk(components: readonly PageComponent[]): PageComponent[] {
  return components.flatMap((part) => [
    part,
    ...walk(part.components ?? []),
    ...(part.accessory ? [part.accessory] : []),
  ]);
}
