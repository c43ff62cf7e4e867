// Runs before anything is painted, so that the page never flashes in the wrong colours. The
// switch is in `theme-switch.ts`.
(() => {
  const kept = localStorage.getItem('theme');
  const prefersLight = matchMedia('(prefers-color-scheme: light)').matches;
  document.documentElement.dataset['theme'] = kept ?? (prefersLight ? 'light' : 'dark');
})();
