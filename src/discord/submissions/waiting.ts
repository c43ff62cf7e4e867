import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';

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
  const left = allowance === '' ? '' : `\n-# ${allowance}; given back when you cancel`;
  const sentence = `⏳ All slots of the API account are taken. ${what} waits its turn at place **${position}** and is sent by itself, also after a restart of the bot.${left}`;
  const cancel = cancelWaiting.toButton({ key }, 'Cancel');
  return { components: [container(COLORS.busy, [text(sentence), row(cancel)])] };
}
