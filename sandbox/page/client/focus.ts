/**
 * Renders something anew; where the focus was on an element with a `data-key`, it is on the one with
 * the same key afterwards.
 */
export function keepingFocus(root: Element, render: () => void): void {
  const { activeElement } = document;
  const key =
    activeElement instanceof HTMLElement && root.contains(activeElement) ? activeElement.dataset['key'] : undefined;
  render();
  if (key === undefined || document.activeElement !== document.body) return;
  root.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
