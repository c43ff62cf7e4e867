import { dreamina } from './dreamina.ts';
import { minimax } from './minimax.ts';
import type { Sibling } from './sibling.ts';

/** Every service of useapi.net beside Midjourney that the bot knows. */
export const SIBLINGS = { minimax, dreamina } as const satisfies Readonly<Record<string, Sibling>>;
export type SiblingName = keyof typeof SIBLINGS;
