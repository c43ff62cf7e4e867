import type { PageCommand } from '../server/page-api.ts';
import { CommandForm } from './command-form.ts';
import { fill, h } from './h.ts';
import { Picker } from './picker.ts';
import type { Session } from './session.ts';
import { namesAnOption, readTypedCommand, type TypedCommand } from './typed-command.ts';

const DM = 1;
const FORUM = 15;

/** The box at the bottom: `/` opens the list of commands, a picked command gets a field for each option. */
export class Composer {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #onSend: (path: string, options: Readonly<Record<string, unknown>>) => void;
  readonly #input: HTMLInputElement;
  readonly #picker: Picker;

  constructor(session: Session, onSend: (path: string, options: Readonly<Record<string, unknown>>) => void) {
    this.#session = session;
    this.#onSend = onSend;
    this.#input = h('input', { class: 'composer-input', type: 'text', spellcheck: 'false' });
    this.#input.autocomplete = 'off';
    this.#picker = new Picker('Commands', (path) => this.#pick(path));
    this.element = h('div', { class: 'composer' });
    this.#input.addEventListener('input', (event) => this.#onInput(event));
    this.#input.addEventListener('focus', () => this.#suggest());
    this.#input.addEventListener('blur', () => this.#picker.hide());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    session.on((change) => {
      if (change.kind === 'channel' || change.kind === 'state') this.#rename();
    });
    document.addEventListener('keydown', (event) => this.#onPageKey(event));
    this.#showInput();
  }

  #showInput(): void {
    this.#input.value = '';
    this.#picker.hide();
    fill(this.element, this.#picker.element, h('div', { class: 'composer-box' }, this.#input));
    this.#rename();
  }

  #rename(): void {
    const { channel } = this.#session;
    const isForum = channel?.type === FORUM;
    this.#input.disabled = isForum;
    const where = channel?.type === DM ? `@${channel.name}` : `#${channel?.name ?? ''}`;
    const label = isForum ? 'Open a post to use commands there' : `Message ${where}: type / for commands`;
    this.#input.placeholder = label;
    this.#input.setAttribute('aria-label', label);
  }

  /** A `/` typed anywhere in the page begins a command. */
  #onPageKey(event: KeyboardEvent): void {
    const { target } = event;
    const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select, dialog *');
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || !this.#input.isConnected) return;
    event.preventDefault();
    this.#input.value = '/';
    this.#input.focus();
    this.#suggest();
  }

  #fitting(): readonly PageCommand[] {
    const wanted = this.#input.value.slice(1).trim().toLowerCase();
    const { slash } = this.#session.commands;
    const starting = slash.filter((command) => command.path.startsWith(wanted));
    return [...starting, ...slash.filter((command) => !starting.includes(command) && command.path.includes(wanted))];
  }

  /** A whole command that was pasted, or typed up to an option's name, becomes a form. */
  #onInput(event: Event): void {
    const { value } = this.#input;
    const typed = readTypedCommand(value, this.#session.commands.slash);
    const isPasted = event instanceof InputEvent && event.inputType === 'insertFromPaste';
    if (typed !== undefined && (isPasted || namesAnOption(value, typed))) this.#fillIn(typed);
    else this.#suggest();
  }

  #suggest(): void {
    const { value } = this.#input;
    if (value === '') this.#picker.hide();
    else if (value.startsWith('/')) this.#listCommands();
    else this.#picker.hide();
    this.#picker.describe(this.#input);
  }

  #listCommands(): void {
    const commands = this.#fitting();
    const lines = commands.map((command) => ({
      key: command.path,
      title: titleOf(command),
      detail: command.description,
    }));
    this.#picker.show(lines, commands.length === 0 ? 'No command fits' : 'Commands');
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#picker.handleKey(event)) this.#picker.describe(this.#input);
    else if (event.key === 'Escape') this.#showInput();
    else if (event.key === 'Enter' && !event.isComposing) this.#onEnter();
  }

  #onEnter(): void {
    const typed = readTypedCommand(this.#input.value, this.#session.commands.slash);
    if (typed === undefined) void this.#say();
    else this.#fillIn(typed);
  }

  /** Sends what was typed as a message; a `/` alone is none. */
  async #say(): Promise<void> {
    const text = this.#input.value.trim();
    if (text === '' || text.startsWith('/')) return;
    this.#input.value = '';
    try {
      await this.#session.say(text);
    } catch (thrown) {
      this.#input.value = text;
      this.#picker.show([], thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  #pick(path: string): void {
    const command = this.#session.commands.slash.find((candidate) => candidate.path === path);
    if (command !== undefined) this.#fillIn({ command, values: new Map() });
  }

  #fillIn(typed: TypedCommand): void {
    const form = new CommandForm(
      typed,
      this.#session,
      (sentPath, options) => {
        this.#leave();
        this.#onSend(sentPath, options);
      },
      () => this.#leave(),
    );
    fill(this.element, form.element);
    form.focus();
  }

  #leave(): void {
    this.#showInput();
    this.#input.focus();
  }
}

function titleOf(command: PageCommand) {
  const options = command.options.map((option) =>
    h('span', { class: `option-hint${option.isRequired ? ' is-required' : ''}` }, option.name),
  );
  return [`/${command.path}`, options];
}
