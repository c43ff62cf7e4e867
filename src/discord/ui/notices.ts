import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, text } from './blocks.ts';

export const COLORS = { good: 0x3ba55d, busy: 0x5865f2, warn: 0xf0b232, bad: 0xed4245, quiet: 0x80848e } as const;

/** Says what went wrong and what to do next. */
export function toProblemMessage(sentence: string): OutgoingMessage {
  return { components: [container(COLORS.bad, [text(sentence)])] };
}

/** Says that something was done. */
export function toNoticeMessage(sentence: string, color: number = COLORS.busy): OutgoingMessage {
  return { components: [container(color, [text(sentence)])] };
}
