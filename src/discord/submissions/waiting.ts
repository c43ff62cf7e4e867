import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { submissionWords } from './words.ts';

/** Cancel under what waits its turn. Whose it is decides who may. */
export const cancelWaiting = new ControlDefinition({
  name: 'act-cancel',
  args: { key: required },
  requires: 'anyone',
  acknowledges: 'beside',
});

export interface WaitingOptions {
  /** What waits, formatted: a button's label, or the prompt. */
  readonly what: string;
  readonly key: string;
  /** From 1. */
  readonly position: number;
  /** `7 of 20 today`; empty where nothing limits. */
  readonly allowance: string;
}

/** Says that all slots are taken, and where in the line this one is. */
export function toWaitingMessage({ what, key, position, allowance }: WaitingOptions): OutgoingMessage {
  const left = allowance === '' ? '' : submissionWords.givenBack(allowance);
  const cancel = cancelWaiting.toButton({ key }, submissionWords.cancel);
  return { components: [container(COLORS.busy, [text(submissionWords.waiting(what, position, left)), row(cancel)])] };
}
