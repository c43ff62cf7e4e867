import { type Child, h } from './h.ts';

/** A titled part of the controls. */
export function group(title: string, ...children: readonly Child[]): HTMLElement {
  return h('section', { class: 'control-group', 'aria-label': title }, h('h3', {}, title), children);
}

/** One of a few, as buttons of which one is pressed in. */
export function choice<T extends string | number>(
  label: string,
  options: readonly (readonly [value: T, text: string])[],
  current: T,
  onPick: (value: T) => void,
): HTMLElement {
  const buttons = options.map(([value, text]) => {
    const isCurrent = value === current;
    return h(
      'button',
      {
        type: 'button',
        class: `segment${isCurrent ? ' on' : ''}${isCurrent && value === options[0]?.[0] ? ' usual' : ''}`,
        'aria-pressed': String(isCurrent),
        'data-key': `${label}:${value}`,
        onclick: () => onPick(value),
      },
      text,
    );
  });
  return h(
    'div',
    { class: 'control-choice', role: 'group', 'aria-label': label },
    h('span', { class: 'control-label' }, label),
    h('div', { class: 'segments' }, buttons),
  );
}

/** A switch that is on or off. */
export function toggle(label: string, isOn: boolean, onChange: (isOn: boolean) => void): HTMLElement {
  const input = h('input', { type: 'checkbox', role: 'switch', 'data-key': label });
  input.checked = isOn;
  input.addEventListener('change', () => onChange(input.checked));
  return h('label', { class: 'control-toggle' }, input, h('span', {}, label));
}

/** A button that does something at once. */
export function push(label: string, onPush: () => void, key = label): HTMLButtonElement {
  return h('button', { type: 'button', class: 'button secondary small', 'data-key': key, onclick: onPush }, label);
}

/** A field for a few words with commas between them. */
export function listField(label: string, current: readonly string[], onChange: (words: string[]) => void): HTMLElement {
  const input = h('input', { type: 'text', class: 'control-input', 'aria-label': label, 'data-key': label });
  input.placeholder = 'none';
  input.value = current.join(', ');
  input.addEventListener('change', () => onChange(input.value.split(',').map(trim).filter(Boolean)));
  return h('div', { class: 'control-choice' }, h('span', { class: 'control-label' }, label), input);
}

function trim(word: string): string {
  return word.trim();
}
