import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Control } from '../core/handlers.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toEndedMessage } from '../ui/outcome-messages.ts';

const SENTENCES = {
  cancelled: '⏹️ It was taken back. Nothing was sent or spent.',
  'being-sent':
    'It is being sent at this moment. If the API has no slot for it, it is taken back; otherwise cancel the job.',
} as const;

/** Cancel under what waits its turn. */
const cancelAct: Control = {
  name: 'act-cancel',
  acknowledges: 'beside',
  async run({ id, caller, args: [key = ''], services, editSource }) {
    const act = await services.submissions.find(key, caller.guildId);
    const userId = services.submissions.requesterOf(key, caller.guildId) ?? act?.userId;
    services.permissions.requireMayCancel(userId, caller);
    const outcome = await services.submissions.cancel(key, caller.guildId);
    if (outcome !== 'not-found') {
      await services.log.append({
        ...{ id: `cancel:${id}`, at: services.clock.now(), guildId: caller.guildId, actorId: caller.userId },
        action: LOG_ACTION.cancel,
        details: { what: 'waiting', outcome },
        ...(userId !== undefined && { targetId: userId }),
      });
    }
    const ended = await services.submissions.find(key, caller.guildId);
    const isTold = outcome === 'being-sent' && services.replies.waitingWords(key) !== undefined;
    const shown = outcome === 'being-sent' ? toNoticeMessage(SENTENCES[outcome]) : toEndedMessage(ended);
    return {
      message: outcome === 'not-found' ? shown : toNoticeMessage(SENTENCES[outcome]),
      // After a restart nothing else changes the message that says that it waits.
      release: () => void (isTold ? undefined : editSource?.({ message: shown }).catch(() => undefined)),
    };
  },
};

export const actControls: readonly Control[] = [cancelAct];
