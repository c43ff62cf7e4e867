import { button } from '../core/carriers.ts';
import { encodeCustomId } from '../core/custom-id.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';

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
  const cancel = button(encodeCustomId('act-cancel', key), 'Cancel');
  return { components: [container(COLORS.busy, [text(sentence), row(cancel)])] };
}
