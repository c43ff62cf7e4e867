/** What an element may hold: texts become text nodes, so nothing in them can be markup. */
export type Child = Node | string | number | false | null | undefined | readonly Child[];

/**
 * Attributes by name, listeners as functions named `onclick` and so on; `false`, `null` and `undefined`
 * leave an attribute out.
 */
export type Props = Readonly<Record<string, string | number | boolean | null | undefined | ((event: never) => void)>>;

/** Makes an element. There is no way to give it markup, and addresses with a scheme that runs are not set. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  append(element, children);
  return element;
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

function setProp(element: HTMLElement, name: string, value: Props[string]): void {
  if (value === false || value === null || value === undefined) return;
  if ((name === 'href' || name === 'src') && !isSafeAddress(String(value))) return;
  if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
  else if (name.startsWith('--')) element.style.setProperty(name, String(value));
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** Whether an address may stand in the page: the page's own paths, http(s) and Discord's own scheme. */
export function isSafeAddress(address: string): boolean {
  return /^(?:https?:\/\/|discord:\/\/|blob:|\/(?!\/)|#)/i.test(address);
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}
