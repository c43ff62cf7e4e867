import type { Answer } from '../core/answer.ts';
import type { CommandCall } from '../core/handlers.ts';

/** What `/jobs pin` asks for: a live board in this channel, one that is pinned too, or none any more. */
export const PIN_CHOICES = ['here', 'pinned', 'off'] as const;
export type PinChoice = (typeof PIN_CHOICES)[number];

/** Posts, pins or ends the live board of the caller's channel. */
export type PinBoard = (call: Pick<CommandCall, 'id' | 'caller'>, choice: PinChoice) => Promise<Answer>;
