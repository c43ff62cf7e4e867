import type { PageComponent, PageModal } from '../server/page-api.ts';
import type { ModalValues } from './api.ts';
import { closeOnBack } from './back.ts';
import { type Child, h } from './h.ts';
import { markdownView } from './markdown-view.ts';
import { presetValues, SelectBox } from './select-box.ts';
import type { Session } from './session.ts';

type Value = string | readonly string[] | readonly File[];

/** One input of a modal: what it shows and what it holds now. */
interface Field {
  readonly view: Child;
  readonly customId: string;
  /** What is wrong with the value, for people; `undefined` when nothing is. */
  readonly problem: () => string | undefined;
  readonly value: () => Value;
}

const TYPE = {
  actionRow: 1,
  textInput: 4,
  text: 10,
  label: 18,
  fileUpload: 19,
  radio: 21,
  checkboxes: 22,
  checkbox: 23,
};
const PARAGRAPH = 2;

/** Shows a modal; it closes when the bot has taken what was entered, and stays with a line when it has not. */
export function openModal(interactionId: string, modal: PageModal, session: Session): void {
  const fields: Field[] = [];
  const rows = modal.components.map((component) => rowView(component, session, fields));
  const error = h('p', { class: 'failure', role: 'alert' });
  const cancel = h('button', { type: 'button', class: 'link-button', onclick: () => dialog.close() }, 'Cancel');
  const submit = h('button', { type: 'submit', class: 'button primary' }, 'Submit');
  const form = h('form', { class: 'modal-form' }, rows, error, h('footer', {}, cancel, submit));
  const close = h(
    'button',
    { type: 'button', class: 'modal-close', 'aria-label': 'Close', onclick: () => dialog.close() },
    '✕',
  );
  const title = h('h2', {}, modal.title);
  const warning = h(
    'p',
    { class: 'modal-warning' },
    'This form is sent to the bot. Do not share passwords or other secrets.',
  );
  const dialog = h(
    'dialog',
    { class: 'modal', 'aria-label': modal.title },
    h('header', {}, title, close),
    warning,
    form,
  );

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const problem = fields.map((field) => field.problem()).find((found) => found !== undefined);
    error.textContent = problem ?? '';
    if (problem !== undefined) return;
    submit.disabled = true;
    const failure = await send(interactionId, fields, session);
    submit.disabled = false;
    if (failure === undefined) dialog.close();
    else error.textContent = failure;
  });
  document.body.append(dialog);
  dialog.showModal();
  const onClosed = closeOnBack(() => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClosed();
  });
}

/** Why the bot did not take it; `undefined` when it did, or when its answer is already there. */
async function send(interactionId: string, fields: readonly Field[], session: Session): Promise<string | undefined> {
  const values: ModalValues = new Map(fields.map((field) => [field.customId, field.value()]));
  const answered = Promise.withResolvers<undefined>();
  const off = session.on((change) => {
    if (change.kind === 'message' && session.isMine(change.message)) answered.resolve(undefined);
  });
  const settled = session.submitModal(interactionId, values).then(({ state, failure }) => {
    return state === 'failed' ? (failure ?? 'Something went wrong. Try again.') : undefined;
  });
  return Promise.race([settled, answered.promise]).finally(off);
}

function rowView(component: PageComponent, session: Session, fields: Field[]): Child {
  if (component.type === TYPE.text) return markdownView(component.content ?? '', session);
  const inner = component.component ?? component.components?.[0];
  if (inner === undefined) return undefined;
  const label = component.label ?? inner.label ?? '';
  const field = makeField(inner, label, session);
  fields.push(field);
  const isRequired = inner.required !== false;
  return h(
    'div',
    { class: 'modal-row', role: 'group', 'aria-label': label },
    h('span', { class: 'modal-label' }, label, isRequired && h('span', { class: 'required', title: 'required' }, ' *')),
    component.description && h('span', { class: 'modal-description' }, component.description),
    field.view,
  );
}

function makeField(component: PageComponent, label: string, session: Session): Field {
  switch (component.type) {
    case TYPE.textInput:
      return textField(component, label);
    case TYPE.fileUpload:
      return fileField(component, label);
    case TYPE.radio:
    case TYPE.checkboxes:
      return optionsField(component, label);
    case TYPE.checkbox:
      return checkboxField(component, label);
    default:
      return selectField(component, label, session);
  }
}

function textField(component: PageComponent, label: string): Field {
  const props = {
    'aria-label': label,
    placeholder: component.placeholder ?? undefined,
    maxlength: component.max_length ?? 4000,
  };
  const input =
    component.style === PARAGRAPH ? h('textarea', { ...props, rows: 5 }) : h('input', { ...props, type: 'text' });
  input.value = component.value ?? '';
  const least = Math.max(component.min_length ?? 0, component.required === false ? 0 : 1);
  const problem = () => {
    const { length } = input.value.trim();
    if (length === 0 && component.required === false) return undefined;
    return length < least ? `${label}: at least ${least} character${least === 1 ? '' : 's'}` : undefined;
  };
  return { view: input, customId: component.custom_id ?? '', problem, value: () => input.value };
}

function fileField(component: PageComponent, label: string): Field {
  const most = component.max_values ?? 1;
  const input = h('input', { type: 'file', multiple: most > 1, 'aria-label': label });
  const files = () => [...(input.files ?? [])];
  return {
    view: input,
    customId: component.custom_id ?? '',
    problem: () => countProblem(component, label, files().length),
    value: files,
  };
}

function selectField(component: PageComponent, label: string, session: Session): Field {
  let values: readonly string[] = presetValues(component);
  const box = new SelectBox(component, session, (picked) => {
    values = picked;
  });
  const customId = component.custom_id ?? '';
  return {
    view: box.element,
    customId,
    problem: () => countProblem(component, label, values.length),
    value: () => values,
  };
}

function optionsField(component: PageComponent, label: string): Field {
  const isRadio = component.type === TYPE.radio;
  const customId = component.custom_id ?? '';
  const inputs = (component.options ?? []).map((option) => {
    const input = h('input', { type: isRadio ? 'radio' : 'checkbox', name: customId, value: option.value });
    input.checked = option.default === true;
    return { input, view: h('label', { class: 'check' }, input, option.label) };
  });
  const picked = () => inputs.filter(({ input }) => input.checked).map(({ input }) => input.value);
  const problem = () => countProblem(component, label, picked().length);
  const value = () => (isRadio ? (picked()[0] ?? '') : picked());
  return { view: inputs.map(({ view }) => view), customId, problem, value };
}

function checkboxField(component: PageComponent, label: string): Field {
  const input = h('input', { type: 'checkbox', 'aria-label': label });
  return {
    view: input,
    customId: component.custom_id ?? '',
    problem: () => undefined,
    value: () => String(input.checked),
  };
}

function countProblem(component: PageComponent, label: string, count: number): string | undefined {
  if (count === 0 && component.required === false) return undefined;
  const least = component.min_values ?? 1;
  const most = component.max_values ?? 1;
  if (count < least) return `${label}: choose at least ${least}`;
  return component.type !== TYPE.checkboxes && count > most ? `${label}: choose at most ${most}` : undefined;
}
