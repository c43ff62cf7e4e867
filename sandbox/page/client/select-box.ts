import type { PageComponent, PageEmoji } from '../server/page-api.ts';
import { closeOnBack } from './back.ts';
import { fill, h } from './h.ts';
import { type Choice, Picker } from './picker.ts';
import type { Session } from './session.ts';

/** What an emoji looks like: the character itself, or `:name:` for one of a server's own. */
export function emojiText(emoji: PageEmoji | null | undefined): string {
  if (emoji === null || emoji === undefined) return '';
  return emoji.id === undefined || emoji.id === null ? (emoji.name ?? '') : `:${emoji.name}:`;
}

/** A select of any kind: text, user, role, mentionable or channel. */
export class SelectBox {
  readonly element: HTMLElement;
  readonly #component: PageComponent;
  readonly #onPick: (values: readonly string[]) => void;
  readonly #choices: readonly TextChoice[];
  readonly #label: string;
  readonly #values: Set<string>;
  #sent: string;
  readonly #box: HTMLButtonElement;
  readonly #search: HTMLInputElement;
  readonly #picker: Picker;
  readonly #panel: HTMLElement;
  #onClosed: () => void = () => undefined;

  /** `onPick` gets the values when the person is done picking. */
  constructor(component: PageComponent, session: Session, onPick: (values: readonly string[]) => void) {
    this.#component = component;
    this.#onPick = onPick;
    this.#choices = choicesOf(component, session);
    this.#label = component.placeholder ?? 'Make a selection';
    this.#values = new Set(presetValues(component));
    this.#sent = [...this.#values].join();
    this.#box = h('button', {
      type: 'button',
      class: 'select-box',
      disabled: component.disabled,
      'data-key': component.custom_id,
    });
    const searchLabel = `Search: ${this.#label}`;
    this.#search = h('input', { class: 'select-search', placeholder: 'Search', 'aria-label': searchLabel });
    this.#search.autocomplete = 'off';
    this.#picker = new Picker(this.#label, (key) => this.#pick(key));
    this.#panel = h('div', { class: 'select-panel', hidden: true }, this.#search, this.#picker.element);
    this.element = h('div', { class: 'select' }, this.#box, this.#panel);
    this.#box.addEventListener('click', () => (this.#panel.hidden ? this.#open() : this.#close()));
    this.#search.addEventListener('input', () => this.#renderList());
    this.#search.addEventListener('keydown', (event) => this.#onKey(event));
    this.#renderValue();
  }

  get #isMulti(): boolean {
    return (this.#component.max_values ?? 1) > 1;
  }

  #renderValue(): void {
    const names = this.#choices.filter((choice) => this.#values.has(choice.key)).map((choice) => choice.title);
    const shown = this.#isMulti ? names.map((name) => h('span', { class: 'select-chip' }, name)) : names;
    const value = names.length === 0 ? h('span', { class: 'placeholder' }, this.#label) : shown;
    const chevron = h('span', { class: 'chevron', 'aria-hidden': 'true' });
    fill(this.#box, h('span', { class: 'select-value' }, value), chevron);
    this.#box.setAttribute('aria-expanded', String(!this.#panel.hidden));
  }

  #renderList(): void {
    const wanted = this.#search.value.trim().toLowerCase();
    const fits = (choice: TextChoice) => `${choice.title} ${choice.detail ?? ''}`.toLowerCase().includes(wanted);
    const fitting = this.#choices.filter(fits).slice(0, 25);
    const marked = fitting.map((choice) => ({ ...choice, isMarked: this.#values.has(choice.key) }));
    this.#picker.show(marked, fitting.length === 0 ? 'Nothing found' : undefined);
    this.#picker.describe(this.#search);
  }

  #open(): void {
    this.#panel.hidden = false;
    this.#search.value = '';
    this.#renderValue();
    this.#renderList();
    this.#search.focus({ preventScroll: true });
    this.#panel.scrollIntoView({ block: 'nearest' });
    document.addEventListener('pointerdown', this.#onOutside);
    this.#onClosed = closeOnBack(() => this.#close());
  }

  #close(): void {
    if (this.#panel.hidden) return;
    this.#panel.hidden = true;
    this.#renderValue();
    document.removeEventListener('pointerdown', this.#onOutside);
    this.#onClosed();
    this.element.dispatchEvent(new CustomEvent('picker-closed', { bubbles: true }));
    const values = [...this.#values];
    const isEnough = values.length >= (this.#component.min_values ?? 1);
    if (!this.#isMulti || !isEnough || values.join() === this.#sent) return;
    this.#sent = values.join();
    this.#onPick(values);
  }

  #onOutside = (event: Event): void => {
    if (!this.element.contains(event.target as Node)) this.#close();
  };

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
      this.#box.focus();
      return;
    }
    if (event.key === 'Tab') this.#close();
    else if (this.#picker.handleKey(event)) this.#picker.describe(this.#search);
  }

  #pick(key: string): void {
    const isPicked = this.#values.has(key);
    if (!this.#isMulti) this.#values.clear();
    const isLetGo = isPicked && (this.#isMulti || this.#component.min_values === 0);
    if (isLetGo) this.#values.delete(key);
    else if (this.#values.size < (this.#component.max_values ?? 1)) this.#values.add(key);
    this.#renderValue();
    if (this.#isMulti) {
      this.#renderList();
      return;
    }
    this.#close();
    this.#box.focus();
    this.#onPick([...this.#values]);
  }
}

/** What is picked before anyone picks. */
export function presetValues(component: PageComponent): readonly string[] {
  const options = component.options?.filter((option) => option.default === true).map((option) => option.value) ?? [];
  return [...options, ...(component.default_values ?? []).map((value) => value.id)];
}

type TextChoice = Choice & { readonly title: string };

function choicesOf(component: PageComponent, session: Session): readonly TextChoice[] {
  const members = () =>
    (session.server?.members ?? []).map(({ id, name, note }) => ({ key: id, title: name, detail: note }));
  const roles = () => (session.server?.roles ?? []).map(({ id, name }) => ({ key: id, title: toRoleName(name) }));
  switch (component.type) {
    case 5:
      return members();
    case 6:
      return roles();
    case 7:
      return [...members(), ...roles()];
    case 8:
      return channelChoices(component.channel_types ?? undefined, session);
    default:
      return (component.options ?? []).map((option) => ({
        key: option.value,
        title: `${emojiText(option.emoji)} ${option.label}`.trim(),
        detail: option.description ?? undefined,
      }));
  }
}

/** A role with its sign; everyone's has it in its name. */
export function toRoleName(name: string): string {
  return name.startsWith('@') ? name : `@${name}`;
}

/** The server's channels, of the given types where types are given. */
export function channelChoices(types: readonly number[] | undefined, session: Session): readonly TextChoice[] {
  const channels = session.server?.channels ?? [];
  const fitting = channels.filter(
    (channel) => types === undefined || types.length === 0 || types.includes(channel.type),
  );
  return fitting.map((channel) => ({ key: channel.id, title: `#${channel.name}` }));
}
