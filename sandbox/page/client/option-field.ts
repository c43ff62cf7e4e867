import type { PageChoice, PageOption } from '../server/page-api.ts';
import { h } from './h.ts';
import { Picker } from './picker.ts';
import { channelChoices, toRoleName } from './select-box.ts';
import type { Session } from './session.ts';

const TYPE = {
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
} as const;
const PAUSE_MS = 150;
const MAX_FILE_BYTES = 25 * 1024 * 1024;

/** What a field reports to its command, and asks of it. */
export interface FieldHooks {
  readonly command: () => { readonly path: string; readonly options: Readonly<Record<string, unknown>> };
  readonly onFocus: () => void;
  readonly onPicked: () => void;
  /** `undefined` for an option that cannot be taken away. */
  readonly onRemove: (() => void) | undefined;
}

/**
 * One option of a command being typed: a chip with a field in it and, where there is something to choose from, a list.
 */
export class OptionField {
  readonly option: PageOption;
  readonly element: HTMLElement;
  readonly list: HTMLElement;
  readonly #session: Session;
  readonly #hooks: FieldHooks;
  readonly #input: HTMLInputElement;
  readonly #picker: Picker;
  #choices: readonly PageChoice[] = [];
  /** What was picked; typing on takes it back. */
  #picked: PageChoice | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(option: PageOption, session: Session, hooks: FieldHooks) {
    this.option = option;
    this.#session = session;
    this.#hooks = hooks;
    const type = option.type === TYPE.attachment ? 'file' : 'text';
    this.#input = h('input', { type, 'aria-label': option.name, size: 4, spellcheck: 'false' });
    this.#input.autocomplete = 'off';
    this.#picker = new Picker(option.name, (key) => this.#pick(key));
    this.list = this.#picker.element;
    const className = `option${option.isRequired ? ' is-required' : ''}`;
    this.element = h('label', { class: className }, h('span', { class: 'option-name' }, option.name), this.#input);
    this.#input.addEventListener('focus', () => this.#onFocus());
    this.#input.addEventListener('blur', () => this.#picker.hide());
    this.#input.addEventListener('input', () => this.#onInput());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
  }

  get isEmpty(): boolean {
    return this.#input.value === '';
  }

  /** What is sent: the picked value, or the text as the option's type wants it. */
  get value(): string | number | boolean | File {
    const file = this.#input.files?.[0];
    if (file !== undefined) return file;
    const text = this.#input.value.trim();
    const picked = this.#picked ?? this.#choices.find((choice) => choice.name.toLowerCase() === text.toLowerCase());
    if (this.option.type === TYPE.boolean) return (picked?.value ?? text.toLowerCase()) === 'true';
    if (picked !== undefined) return picked.value;
    const isNumber = this.option.type === TYPE.integer || this.option.type === TYPE.number;
    return isNumber && text !== '' && Number.isFinite(Number(text)) ? Number(text) : this.#input.value;
  }

  /** Why the value cannot be sent. */
  get problem(): string | undefined {
    const { option, value } = this;
    if (this.isEmpty) return option.isRequired ? 'is required' : undefined;
    if (value instanceof File) return value.size > MAX_FILE_BYTES ? 'must not be larger than 25 MB' : undefined;
    if (this.#mustPick && this.#choices.every((choice) => String(choice.value) !== String(value)))
      return 'must be one of the list';
    if (option.type === TYPE.integer && !Number.isSafeInteger(value)) return 'must be a whole number';
    if (option.type === TYPE.number && typeof value !== 'number') return 'must be a number';
    const size = typeof value === 'number' ? value : String(value).length;
    if (option.min !== undefined && size < option.min) return `must be at least ${option.min}`;
    return option.max !== undefined && size > option.max ? `must be at most ${option.max}` : undefined;
  }

  get #mustPick(): boolean {
    const isFree =
      this.option.type === TYPE.string ||
      this.option.type === TYPE.integer ||
      this.option.type === TYPE.number ||
      this.option.type === TYPE.attachment;
    return !isFree || this.option.choices.length > 0;
  }

  focus(withList = true): void {
    this.#input.focus();
    if (!withList) this.#picker.hide();
  }

  /** Takes a value as it was typed or pasted; a mention or a name counts as picked where there is a list. */
  fill(text: string): void {
    if (text === '' || this.option.type === TYPE.attachment) return;
    this.#choices = this.#localChoices();
    this.#picked = this.#choices.find((choice) => isMeant(choice, text));
    this.#input.value = this.#picked?.name ?? text;
    this.#resize();
  }

  #resize(): void {
    this.#input.size = Math.min(40, Math.max(4, this.#input.value.length));
  }

  #onFocus(): void {
    this.#hooks.onFocus();
    if (this.option.type === TYPE.attachment) return;
    void this.#offer();
  }

  #onInput(): void {
    this.#picked = undefined;
    if (this.option.type === TYPE.attachment) {
      this.#hooks.onPicked();
      return;
    }
    this.#resize();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#offer(), this.option.hasAutocomplete ? PAUSE_MS : 0);
  }

  async #offer(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const choices = await this.#findChoices();
    if (asked !== this.#asked || document.activeElement !== this.#input) return;
    this.#choices = choices.all;
    const shown = choices.fitting.slice(0, 25).map((choice) => ({ key: String(choice.value), title: choice.name }));
    const isListed = this.#mustPick || this.option.hasAutocomplete;
    this.#picker.show(shown, isListed && shown.length === 0 ? 'Nothing matches' : undefined);
    this.#picker.describe(this.#input);
  }

  async #findChoices(): Promise<{ readonly all: readonly PageChoice[]; readonly fitting: readonly PageChoice[] }> {
    if (this.option.hasAutocomplete) {
      const { path, options } = this.#hooks.command();
      const typed = { ...options, [this.option.name]: this.#input.value };
      const all = await this.#session.autocomplete({ path, options: typed, focused: this.option.name });
      return { all, fitting: all };
    }
    const all = this.#localChoices();
    const wanted = this.#picked === undefined ? this.#input.value.trim().toLowerCase() : '';
    return { all, fitting: all.filter((choice) => choice.name.toLowerCase().includes(wanted)) };
  }

  #localChoices(): readonly PageChoice[] {
    const { server } = this.#session;
    const members = (server?.members ?? []).map(({ name, id }) => ({ name: toRoleName(name), value: id }));
    const roles = (server?.roles ?? []).map(({ name, id }) => ({ name: toRoleName(name), value: id }));
    switch (this.option.type) {
      case TYPE.boolean:
        return ['True', 'False'].map((name) => ({ name, value: name.toLowerCase() }));
      case TYPE.user:
        return members;
      case TYPE.role:
        return roles;
      case TYPE.mentionable:
        return [...members, ...roles];
      case TYPE.channel:
        return channelChoices(this.option.channelTypes, this.#session).map(({ key, title }) => ({
          name: title,
          value: key,
        }));
      default:
        return this.option.choices;
    }
  }

  #pick(key: string): void {
    const choice = this.#choices.find((candidate) => String(candidate.value) === key);
    if (choice === undefined) return;
    this.#input.value = choice.name;
    this.#onInput();
    clearTimeout(this.#timer);
    this.#picked = choice;
    this.#picker.hide();
    this.#hooks.onPicked();
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#picker.handleKey(event)) {
      this.#picker.describe(this.#input);
      return;
    }
    if (event.key === 'Escape' && this.#picker.isOpen) {
      event.preventDefault();
      this.#picker.hide();
    }
    if (event.key !== 'Backspace' || !this.isEmpty || this.#hooks.onRemove === undefined) return;
    event.preventDefault();
    this.#hooks.onRemove();
  }
}

/** Whether a text means a choice: its value, its name with or without the sign before it, or a mention. */
function isMeant({ name, value }: PageChoice, text: string): boolean {
  const id = /^<[@#]?[&!]?(\d+)>$/.exec(text)?.[1] ?? text;
  const toBare = (words: string) => words.replace(/^[@#]/, '').toLowerCase();
  return String(value) === id || toBare(name) === toBare(text);
}
