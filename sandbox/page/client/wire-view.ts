import type { WireEntry, WireLine } from '../server/page-wire.ts';
import { keepingFocus } from './focus.ts';
import { fill, h } from './h.ts';
import { onceReleased } from './held-pointer.ts';
import type { Session } from './session.ts';
import { readWire, readWireEntry } from './steering.ts';

const SIDES = [
  ['', 'all'],
  ['discord', 'Discord'],
  ['gateway', 'gateway'],
  ['api', 'API'],
] as const;
const SIDE_WORDS = { discord: 'bot → Discord', gateway: 'Discord → bot', api: 'bot → API' };
const PAUSE_MS = 200;

/** What goes between the bot, Discord and the API: a list that can be filtered, and each entry's bodies. */
export class WireView {
  readonly element = h('div', { class: 'panel-body wire' });
  readonly #search = h('input', {
    type: 'search',
    class: 'control-input',
    'aria-label': 'Filter by path, status or body',
    placeholder: 'Filter by path, status or body',
  });
  readonly #side = h('select', { class: 'control-input', 'aria-label': 'Between whom' });
  readonly #about = h('div', { class: 'wire-about' });
  readonly #list = h('ol', { class: 'wire-list' });
  readonly #count = h('p', { class: 'control-note', role: 'status' });
  #aboutId = '';
  #open = new Map<number, WireEntry>();
  #lines: readonly WireLine[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPaused = false;
  /** Counts the reads of the list: the last one counts, for the wish may be another one. */
  #asked = 0;

  constructor(session: Session) {
    for (const [value, text] of SIDES) this.#side.append(h('option', { value }, text));
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.refresh(true), PAUSE_MS);
    });
    this.#side.addEventListener('change', () => void this.refresh(true));
    const pause = h('button', { type: 'button', class: 'button secondary small', 'aria-pressed': 'false' }, 'Pause');
    pause.addEventListener('click', () => this.#pause(pause));
    this.element.append(
      h('div', { class: 'control-row wire-filter' }, this.#search, this.#side, pause),
      this.#about,
      this.#count,
      this.#list,
    );
    session.on((change) => {
      if (change.kind === 'wire' && !this.#isPaused) void this.refresh();
    });
  }

  /** Shows only what had to do with a message; an empty id shows all again. */
  showAbout(messageId: string): void {
    this.#aboutId = messageId;
    const all = h('button', { type: 'button', class: 'link-button', onclick: () => this.showAbout('') }, 'Show all');
    fill(this.#about, messageId !== '' && [`How message ${messageId} came to be. `, all]);
    void this.refresh(true);
  }

  /** Reads the list; while nobody looks, only when it is asked for. */
  async refresh(isAsked = false): Promise<void> {
    if (!isAsked && this.element.offsetParent === null) return;
    const wish = { text: this.#search.value.trim(), about: this.#aboutId, side: this.#side.value };
    this.#asked += 1;
    const asked = this.#asked;
    const found = await readWire(wish).catch(() => undefined);
    if (found === undefined || asked !== this.#asked) return;
    this.#lines = found.lines.toReversed();
    this.#count.textContent = `${found.lines.length} shown, ${found.kept} kept, newest first`;
    onceReleased(() => this.#render());
  }

  #pause(button: HTMLButtonElement): void {
    this.#isPaused = !this.#isPaused;
    button.textContent = this.#isPaused ? 'Go on' : 'Pause';
    button.setAttribute('aria-pressed', String(this.#isPaused));
    if (!this.#isPaused) void this.refresh();
  }

  #render(): void {
    keepingFocus(this.#list, () =>
      fill(
        this.#list,
        this.#lines.map((line) => this.#lineView(line)),
      ),
    );
  }

  #lineView(line: WireLine): HTMLElement {
    const entry = this.#open.get(line.id);
    const isBad = line.side !== 'gateway' && (line.status === 0 || line.status >= 400);
    const ms =
      line.side === 'gateway' ? '' : `${line.status === 0 ? 'cut' : line.status} · ${Math.round(line.durationMs)} ms`;
    const head = h(
      'button',
      {
        type: 'button',
        class: `wire-line ${line.side}${isBad ? ' bad' : ''}`,
        'aria-expanded': String(entry !== undefined),
        'data-key': String(line.id),
        onclick: () => void this.#toggle(line.id),
      },
      h('span', { class: 'wire-when' }, timeOf(line.at), ' ', h('span', { class: 'wire-side' }, SIDE_WORDS[line.side])),
      h('span', { class: 'wire-what' }, `${line.method} ${readable(line.path)}`.trim()),
      h('span', { class: 'wire-status' }, ms),
    );
    return h('li', {}, head, entry !== undefined && entryView(entry));
  }

  async #toggle(id: number): Promise<void> {
    if (!this.#open.delete(id)) {
      const entry = await readWireEntry(id).catch(() => undefined);
      if (entry !== undefined) this.#open.set(id, entry);
    }
    onceReleased(() => this.#render());
  }
}

function entryView({ body, answer, files, side }: WireEntry): HTMLElement {
  const part = (title: string, text: string) =>
    text !== '' && [h('h4', {}, title), h('pre', { tabindex: 0 }, h('code', {}, text))];
  return h(
    'div',
    { class: 'wire-entry' },
    files.length > 0 && h('p', { class: 'control-note' }, `Files: ${files.join(', ')}`),
    part(side === 'gateway' ? 'Event' : 'Sent', body),
    part('Answered', answer),
    body === '' && answer === '' && h('p', { class: 'control-note' }, 'Without a body.'),
  );
}

/** A path as one reads it: `job:2026` and not `job%3A2026`. */
function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function timeOf(at: number): string {
  const date = new Date(at);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
