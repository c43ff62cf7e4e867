import type { ControlOrder, ProxyControls, ProxySettings } from '../server/page-controls.ts';
import { speedControls } from './api-controls.ts';
import { choice, group } from './control-parts.ts';
import { h } from './h.ts';

type Options<Name extends keyof ProxySettings> = readonly (readonly [ProxySettings[Name], string])[];

const FLAVOURS: Options<'flavour'> = [
  ['trueai', 'trueai'],
  ['novicezk', 'novicezk'],
  ['new-api', 'new-api'],
];
const TROUBLES: Options<'trouble'> = [
  ['normal', 'as usual'],
  ['down', 'cut off'],
  ['error', 'fail (500)'],
  ['slow', 'take 4 s'],
  ['garbage', 'garbage'],
];
const SUBMITS: Options<'submits'> = [
  ['accepted', 'taken'],
  ['queued', 'in line'],
  ['queue-full', 'queue full'],
  ['limit', 'over the limit'],
  ['no-account', 'no account'],
  ['failed', 'failed'],
  ['banned-word', 'banned word'],
];
const SECOND_STEPS: Options<'secondStep'> = [
  ['needy', 'where needed'],
  ['all', 'always'],
  ['none', 'never'],
];
const FILES: Options<'files'> = [
  ['at-once', 'at the end'],
  ['late', '1 min later'],
];
const PROGRESS: Options<'progress'> = [
  ['percent', 'in percent'],
  ['missing', 'left out'],
  ['stays-submitted', 'stuck in SUBMITTED'],
];
const LONG_PROMPTS: Options<'longPrompts'> = [
  ['end', 'end'],
  ['never-end', 'never end'],
];
const ACCOUNTS: Options<'account'> = [
  ['ready', 'ready'],
  ['awaits-confirmation', 'has a notice to confirm'],
];
const CANCELS: Options<'cancel'> = [
  ['works', 'work'],
  ['nothing', 'do nothing'],
  ['forbidden', 'are forbidden'],
];

const NOTE = 'The bot finds out at its start which kind of proxy it has: it restarts when you pick another one.';

/** How the Midjourney proxy behaves: which one it is, its troubles, and what is reported of such servers. */
export function proxyControls(
  { settings, speed }: ProxyControls,
  give: (order: ControlOrder) => void,
  { hasSpeed }: { readonly hasSpeed: boolean },
): HTMLElement {
  const pick = <Name extends keyof ProxySettings>(label: string, name: Name, options: Options<Name>) =>
    choice(label, options, settings[name], (value) => give({ order: 'set-proxy', settings: { [name]: value } }));
  return group(
    'The Midjourney proxy',
    pick('Kind of proxy', 'flavour', FLAVOURS),
    h('p', { class: 'control-note' }, NOTE),
    pick('Calls of the proxy', 'trouble', TROUBLES),
    hasSpeed && speedControls(speed, give),
    pick('New tasks', 'submits', SUBMITS),
    pick('Second step of a click', 'secondStep', SECOND_STEPS),
    pick('Files', 'files', FILES),
    pick('Progress', 'progress', PROGRESS),
    pick('Very long prompts', 'longPrompts', LONG_PROMPTS),
    pick('Its account', 'account', ACCOUNTS),
    pick('Cancels', 'cancel', CANCELS),
  );
}
