import { h } from './h.ts';

const KEY = 'theme';

/** Switches between light and dark; a choice is kept, and until there is one the page follows the system. */
export function themeSwitch(): HTMLElement {
  const system = matchMedia('(prefers-color-scheme: light)');
  const button = h('button', { type: 'button', class: 'head-button' });
  const show = () => {
    const isLight = document.documentElement.dataset['theme'] === 'light';
    button.textContent = isLight ? '🌙' : '☀️';
    const label = `Use the ${isLight ? 'dark' : 'light'} theme`;
    button.setAttribute('aria-label', label);
    button.title = label;
  };
  const set = (theme: string) => {
    document.documentElement.dataset['theme'] = theme;
    show();
  };
  button.addEventListener('click', () => {
    const theme = document.documentElement.dataset['theme'] === 'light' ? 'dark' : 'light';
    localStorage.setItem(KEY, theme);
    set(theme);
  });
  system.addEventListener('change', () => {
    if (localStorage.getItem(KEY) === null) set(system.matches ? 'light' : 'dark');
  });
  show();
  return button;
}
