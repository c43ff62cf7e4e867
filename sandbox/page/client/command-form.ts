import type { PageCommand, PageOption } from '../server/page-api.ts';
import { fill, h } from './h.ts';
import { OptionField } from './option-field.ts';
import type { Session } from './session.ts';
import type { TypedCommand } from './typed-command.ts';

/** A command being typed: its name, a field for each option that is filled in, and the options one can still add. */
export class CommandForm {
  readonly element: HTMLElement;
  readonly #command: PageCommand;
  readonly #session: Session;
  readonly #fields: OptionField[] = [];
  readonly #line = h('div', { class: 'command-line' });
  readonly #lists = h('div', { class: 'command-lists' });
  readonly #hint = h('div', { class: 'command-hint', role: 'status' });
  readonly #onSend: (path: string, options: Readonly<Record<string, unknown>>) => void;
  readonly #onLeave: () => void;

  constructor(
    { command, values }: TypedCommand,
    session: Session,
    onSend: (path: string, options: Readonly<Record<string, unknown>>) => void,
    onLeave: () => void,
  ) {
    this.#command = command;
    this.#session = session;
    this.#onSend = onSend;
    this.#onLeave = onLeave;
    this.element = h('div', { class: 'command-form' }, this.#lists, this.#hint, this.#line);
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    for (const option of command.options) {
      const value = values.get(option.name);
      if (option.isRequired || value !== undefined) this.#add(option).fill(value ?? '');
    }
    this.#render();
  }

  focus(): void {
    const target = this.#fields.find((field) => field.isEmpty) ?? this.#fields.at(-1);
    if (target === undefined) this.#line.querySelector<HTMLElement>('.send')?.focus();
    else target.focus();
  }

  #add(option: PageOption): OptionField {
    const field = new OptionField(option, this.#session, {
      command: () => ({ path: this.#command.path, options: this.#values() }),
      onFocus: () => this.#describe(option),
      onPicked: () => this.#moveOn(),
      onRemove: option.isRequired ? undefined : () => this.#remove(field),
    });
    this.#fields.push(field);
    return field;
  }

  #remove(field: OptionField): void {
    this.#fields.splice(this.#fields.indexOf(field), 1);
    this.#render();
    this.focus();
  }

  /** After a pick: on to the next required field, or to the send button. */
  #moveOn(): void {
    const next = this.#fields.find((field) => field.isEmpty);
    if (next === undefined) this.#line.querySelector<HTMLElement>('.send')?.focus();
    else next.focus();
  }

  #render(): void {
    const rest = this.#command.options.filter((option) => this.#fields.every((field) => field.option !== option));
    const send = h('button', { type: 'button', class: 'send', 'aria-label': `Send /${this.#command.path}` }, '➤');
    const leave = h(
      'button',
      { type: 'button', class: 'leave', 'aria-label': 'Leave this command', title: 'Esc' },
      '✕',
    );
    send.addEventListener('click', () => this.#send());
    leave.addEventListener('click', () => this.#onLeave());
    fill(
      this.#line,
      h(
        'div',
        { class: 'command-fields' },
        h('span', { class: 'command-name' }, `/${this.#command.path}`),
        this.#fields.map((field) => field.element),
        rest.map((option) => this.#adder(option)),
      ),
      h('span', { class: 'command-buttons' }, leave, send),
    );
    fill(
      this.#lists,
      this.#fields.map((field) => field.list),
    );
    fill(this.#hint, this.#command.description);
    this.#hint.classList.remove('wrong');
  }

  #adder(option: PageOption): HTMLElement {
    const add = () => {
      this.#add(option);
      this.#render();
      this.#fields.at(-1)?.focus();
    };
    return h(
      'button',
      { type: 'button', class: 'option-adder', title: option.description, onclick: add },
      `+ ${option.name}`,
    );
  }

  #describe(option: PageOption): void {
    fill(
      this.#hint,
      h('strong', {}, option.name),
      ` ${option.description}`,
      option.isRequired && h('span', { class: 'required' }, ' required'),
    );
    this.#hint.classList.remove('wrong');
  }

  #values(): Record<string, unknown> {
    const filled = this.#fields.filter((field) => !field.isEmpty);
    return Object.fromEntries(filled.map((field) => [field.option.name, field.value]));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      this.#onLeave();
    }
    const isButton = event.target instanceof HTMLButtonElement;
    if (event.key !== 'Enter' || isButton) return;
    event.preventDefault();
    this.#send();
  }

  #send(): void {
    for (const field of this.#fields) {
      const problem = field.problem;
      if (problem === undefined) continue;
      field.focus(false);
      fill(this.#hint, h('strong', {}, field.option.name), ` ${problem}`);
      this.#hint.classList.add('wrong');
      return;
    }
    this.#onSend(this.#command.path, this.#values());
  }
}
