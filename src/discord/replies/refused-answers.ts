import type { OutgoingMessage } from '../core/outgoing.ts';
import { text } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { replyWords } from './words.ts';

const AUTO_MOD = new Set([200000, 200001]);
const LINK_FILTER = 240000;

/** The same without its words: says that they are left out, and why. */
export function toLeftOutMessage(wordless: OutgoingMessage, code: number): OutgoingMessage {
  const { cause, next } = toCause(code);
  return { ...wordless, components: [text(replyWords.leftOut(cause, next)), ...wordless.components] };
}

/** Stands where nothing of an answer is let through; Discord's code is for those who may configure. */
export function toRefusedMessage(code: number, hasCode = false): OutgoingMessage {
  const { cause, next } = toCause(code);
  const details = hasCode ? `\n${replyWords.code(code)}` : '';
  return toNoticeMessage(`${replyWords.notShown(cause, next)}${details}`, COLORS.warn);
}

function toCause(code: number): { readonly cause: string; readonly next: string } {
  if (AUTO_MOD.has(code)) return { cause: replyWords.autoMod, next: replyWords.exempt };
  if (code === LINK_FILTER) return { cause: replyWords.link, next: replyWords.report };
  return { cause: replyWords.refused, next: replyWords.report };
}
