import type { Rule } from '../../notifications/rule.ts';
import type { DirectMessages } from '../connection/direct-messages.ts';
import { COLORS, toNoticeMessage } from '../views/notices.ts';
import { toSafeLine } from '../views/outside-text.ts';

/** Tells the creators of rules what became of them; where direct messages are closed, `/notify list` says it. */
export class RuleNotices {
  readonly #direct: DirectMessages;

  constructor(direct: DirectMessages) {
    this.#direct = direct;
  }

  async tellSuspended(rule: Rule, reason: string): Promise<void> {
    const what = `Your notification rule #${rule.number} for <#${rule.channelId}> is suspended: ${toSafeLine(reason, 200)}.`;
    const next =
      'Once I may post there again, it resumes by itself and what waits is told. `/notify list` shows how it stands.';
    await this.#direct.send(rule.createdBy, toNoticeMessage(`⛔ ${what} ${next}`, COLORS.warn));
  }
}
