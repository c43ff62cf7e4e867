/**
 * What the browser's Back does: it closes what lies open, and else leads to the channel before. The page has one
 * history, so this is one for the page.
 */
const open: (() => void)[] = [];

interface Step {
  /** How much lies open at this step. */
  readonly layers: number;
}

/** What is still to be done to the history, in order: the browser takes a step back some time after it was asked to. */
const due: (() => 'done' | 'stepping')[] = [];
let isStepping = false;
/** The address that is still to be written. */
let dueHash: string | undefined;

function next(step?: (typeof due)[number]): void {
  if (step !== undefined) due.push(step);
  while (!isStepping && due.length > 0) isStepping = due.shift()?.() === 'stepping';
}

function write(step: () => void): void {
  next(() => {
    step();
    return 'done';
  });
}

function stepBack(): void {
  next(() => {
    history.back();
    return 'stepping';
  });
}

/** Lets Back close something that was just opened; call the result once it was closed in another way. */
export function closeOnBack(close: () => void): () => void {
  open.push(close);
  const layers = open.length;
  write(() => history.pushState({ layers } satisfies Step, ''));
  return () => {
    const at = open.indexOf(close);
    if (at === -1) return;
    open.splice(at, 1);
    stepBack();
  };
}

/**
 * Writes a place into the address. A `step` is one that Back leads away from; what lies open is closed with it, for it
 * belongs to the place before.
 */
export function keepAddress(hash: string, isStep: boolean): void {
  const isNew = isStep && hash !== (dueHash ?? location.hash);
  const wasOpen = isNew ? open.splice(0) : [];
  for (const close of wasOpen.toReversed()) close();
  const layers = open.length;
  dueHash = hash;
  write(() => {
    const how = isNew && wasOpen.length === 0 ? 'pushState' : 'replaceState';
    history[how]({ layers } satisfies Step, '', hash);
    dueHash = undefined;
  });
}

/** Calls back when Back or Forward led to another address of the page, with what had to be closed for it closed. */
export function onAddress(listener: () => void): void {
  addEventListener('popstate', ({ state }: PopStateEvent) => {
    if (isStepping) {
      isStepping = false;
      next();
      return;
    }
    const { layers = 0 } = (state ?? {}) as Partial<Step>;
    while (open.length > layers) open.pop()?.();
    listener();
  });
}
