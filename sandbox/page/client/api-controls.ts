import type { ApiControls, ApiTrouble, ControlOrder } from '../server/page-controls.ts';
import { choice, group } from './control-parts.ts';
import { h } from './h.ts';

const TROUBLES: readonly (readonly [ApiTrouble, string])[] = [
  ['normal', 'as usual'],
  ['down', 'cut off'],
  ['error', 'fail (500)'],
  ['slow', 'take 4 s'],
  ['rate-limited', 'refused (429)'],
  ['blocked', 'blocked (596)'],
  ['garbage', 'garbage'],
  ['unpaid', 'not paid (402)'],
  ['ended', 'service ended'],
];
const SPEEDS = [
  [1, '×1'],
  [10, '×10'],
  [60, '×60'],
  [0, 'stand still'],
] as const;
const SLOTS = [
  [3, '3'],
  [0, '0'],
  [1, '1'],
  [12, '12'],
] as const;

const HURRY = 'The bot looks as much more often, so that it sees the jobs before they end.';

/** How the API behaves: its troubles, its speed, its slots. */
export function apiControls({ trouble, speed, slots }: ApiControls, give: (order: ControlOrder) => void): HTMLElement {
  return group(
    'The API',
    choice('Its calls', TROUBLES, trouble, (wanted) => give({ order: 'set-api', trouble: wanted })),
    speedControls(speed, give),
    choice('Slots of a channel', SLOTS, slots as 0 | 1 | 3 | 12, (wanted) =>
      give({ order: 'set-slots', slots: wanted }),
    ),
  );
}

/** How fast jobs go on, at all servers alike. */
export function speedControls(speed: number, give: (order: ControlOrder) => void): HTMLElement[] {
  const speeds = choice('Speed of jobs', SPEEDS, speed as 0 | 1 | 10 | 60, (wanted) =>
    give({ order: 'set-speed', speed: wanted }),
  );
  return speed > 1 ? [speeds, h('p', { class: 'control-note' }, HURRY)] : [speeds];
}
