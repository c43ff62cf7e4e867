/** Makes a covered element a button that a click, Enter or the space bar uncovers, once. */
export function coverUntilAsked(view: HTMLElement, uncover: () => void): void {
  view.setAttribute('role', 'button');
  view.setAttribute('aria-label', 'Spoiler');
  view.tabIndex = 0;
  const off = new AbortController();
  const reveal = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
    off.abort();
    for (const name of ['role', 'aria-label']) view.removeAttribute(name);
    view.tabIndex = -1;
    uncover();
  };
  const options = { capture: true, signal: off.signal };
  view.addEventListener('click', reveal, options);
  if (view.matches('button')) return;
  view.addEventListener('keydown', (event) => (event.key === 'Enter' || event.key === ' ') && reveal(event), options);
}
