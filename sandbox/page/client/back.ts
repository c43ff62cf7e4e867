/**
 * What the browser's Back does: it closes what lies open, and else leads to the channel before. The page has one
 * history, so this is one for the page.
 */
const open: (() => void)[] = [];

interface Step {
  /** How much lies open at this step. */
  readonly layers: number;
}

/** Lets Back close something that was just opened; call the result once it was closed in another way. */
export function closeOnBack(close: () => void): () => void {
  open.push(close);
  history.pushState({ layers: open.length } satisfies Step, '');
  return () => {
    const at = open.indexOf(close);
    if (at === -1) return;
    open.splice(at, 1);
    history.back();
  };
}

/**
 * Writes a place into the address. A `step` is one that Back leads away from; what lies open is closed with it, for it
 * belongs to the place before.
 */
export function keepAddress(hash: string, isStep: boolean): void {
  if (!isStep || hash === location.hash) {
    history.replaceState({ layers: open.length } satisfies Step, '', hash);
    return;
  }
  const wasOpen = open.splice(0);
  for (const close of wasOpen.toReversed()) close();
  const write = wasOpen.length > 0 ? 'replaceState' : 'pushState';
  history[write]({ layers: 0 } satisfies Step, '', hash);
}

/** Calls back when Back or Forward led to another address of the page, with what had to be closed for it closed. */
export function onAddress(listener: () => void): void {
  addEventListener('popstate', ({ state }: PopStateEvent) => {
    const { layers = 0 } = (state ?? {}) as Partial<Step>;
    while (open.length > layers) open.pop()?.();
    listener();
  });
}
