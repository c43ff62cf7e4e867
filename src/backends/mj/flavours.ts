import { compact } from '../../shared/compact.ts';
import type { Capabilities } from '../contract.ts';

/** The servers that speak the dialect, each in its own way. */
const FLAVOURS = ['trueai', 'novicezk', 'new-api'] as const;
export type Flavour = (typeof FLAVOURS)[number];

const COMMON = {
  resets: false,
  listHoldsRecords: true,
  submits: true,
  takesPictures: true,
  presses: 'with-prompts',
} as const;

const BY_FLAVOUR: Readonly<Record<Flavour, Capabilities>> = {
  trueai: { ...COMMON, cancels: true, namesForeignJobs: true, echoesReplyRef: true },
  // Its `submit/change` takes no prompt.
  novicezk: { ...COMMON, presses: 'plain', cancels: false, namesForeignJobs: true, echoesReplyRef: true },
  'new-api': { ...COMMON, cancels: false, namesForeignJobs: false, echoesReplyRef: false },
};
/** Before the first answer: what all of them can do. */
const UNKNOWN: Capabilities = BY_FLAVOUR['new-api'];

export function capabilitiesOf(flavour: Flavour | undefined): Capabilities {
  return flavour === undefined ? UNKNOWN : BY_FLAVOUR[flavour];
}

/**
 * A press as `submit/change` spells it, for servers without `submit/action`; undefined where they have no such press.
 */
export function toChange(button: string): { readonly action: string; readonly index?: number } | undefined {
  if (button === REROLL) return { action: 'REROLL' };
  const match = /^([UV])([1-4])$/.exec(button);
  if (match === null) return undefined;
  return compact({ action: match[1] === 'U' ? 'UPSCALE' : 'VARIATION', index: Number(match[2]) });
}

const REROLL = '🔄';

/** The buttons of a finished task of a server that lists none. */
export function buttonsOfAction(action: string): readonly string[] {
  const isGrid = ['IMAGINE', 'VARIATION', 'REROLL', 'BLEND'].includes(action.toUpperCase());
  return isGrid ? ['U1', 'U2', 'U3', 'U4', REROLL, 'V1', 'V2', 'V3', 'V4'] : [];
}
