/** A button that is held for longer holds nothing up any more. */
const HOLD_MS = 1_000;

let isHeld = false;
let limit: ReturnType<typeof setTimeout> | undefined;
const waiting: (() => void)[] = [];

/**
 * Shows something once no mouse button is held: where what one clicks is replaced between press and release, the
 * browser makes no click of them.
 */
export function onceReleased(show: () => void): void {
  if (isHeld || waiting.length > 0) waiting.push(show);
  else show();
}

function hold({ button }: PointerEvent): void {
  if (button !== 0) return;
  isHeld = true;
  clearTimeout(limit);
  limit = setTimeout(release, HOLD_MS);
}

/** The click comes right after the release, before anything that waits for its turn. */
function release(): void {
  clearTimeout(limit);
  isHeld = false;
  setTimeout(() => {
    while (!isHeld && waiting.length > 0) waiting.shift()?.();
  });
}

addEventListener('pointerdown', hold, { capture: true });
for (const kind of ['pointerup', 'pointercancel']) addEventListener(kind, release, { capture: true });
