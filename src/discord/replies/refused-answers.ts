import type { OutgoingMessage } from '../core/outgoing.ts';
import { text } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';

const AUTO_MOD = new Set([200000, 200001]);
const LINK_FILTER = 240000;
const EXEMPT = 'A moderator can let the bot pass: Server Settings → AutoMod → the rule → exempt roles.';
const REPORT = 'If it happens again, tell whoever runs the bot that code.';

/** The same without its words: says that they are left out, and why. */
export function toLeftOutMessage(wordless: OutgoingMessage, code: number): OutgoingMessage {
  const { cause, next } = toCause(code);
  return { ...wordless, components: [text(`🛡️ Words are left out here: ${cause}. ${next}`), ...wordless.components] };
}

/** Stands where nothing of an answer is let through. */
export function toRefusedMessage(code: number): OutgoingMessage {
  const { cause, next } = toCause(code);
  const sentence = `🛡️ I can’t show this answer: ${cause}. What you asked for may be done all the same: look with \`/jobs\` before you try again.`;
  return toNoticeMessage(`${sentence}\n${next}`, COLORS.warn);
}

function toCause(code: number): { readonly cause: string; readonly next: string } {
  if (AUTO_MOD.has(code)) return { cause: 'this server’s AutoMod blocks a word in it', next: EXEMPT };
  if (code === LINK_FILTER)
    return { cause: 'Discord blocks a link in it', next: REPORT.replace('that code', '240000') };
  return { cause: `Discord did not take it (code ${code})`, next: REPORT };
}
