import type { Acting } from '../../jobs/submissions/create-submissions.ts';
import { ActError, ApiChannelBlockedError } from '../../jobs/submissions/submission-errors.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Answer } from '../core/answer.ts';
import { isApiChannel } from '../core/api-channel.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage, toProblemMessage } from '../ui/notices.ts';
import { RESET_LOOK, resetApiChannel } from '../ui/reset-control.ts';
import { withReceipt } from './receipts.ts';

export interface FailureNeeds {
  readonly acting: Pick<Acting, 'noteTold'>;
  readonly permissions: Pick<Permissions, 'isAllowed'>;
}

/** Why an act failed; what did not become an act is thrown on. */
export function answerFailure({ acting, permissions }: FailureNeeds, thrown: unknown, caller: Caller): Answer {
  if (!(thrown instanceof ActError)) throw thrown;
  const reset = permissions.isAllowed('configure', caller) ? toBlockedMessage(thrown) : undefined;
  return withReceipt(acting, { message: reset ?? toProblemMessage(thrown.message) }, thrown);
}

/** 596: the sentence with a Reset. */
function toBlockedMessage(error: ActError): OutgoingMessage | undefined {
  if (!(error instanceof ApiChannelBlockedError)) return undefined;
  const { version, apiChannel, message } = error;
  if (apiChannel === undefined || !isApiChannel(apiChannel)) return undefined;
  const reset = resetApiChannel.toButton({ version, apiChannel }, 'Reset the API channel', RESET_LOOK);
  return { components: [container(COLORS.bad, [text(message), row(reset)])] };
}

export interface ResetNeeds {
  readonly acting: Pick<Acting, 'resetApiChannel'>;
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function resetControls({ acting, log, clock }: ResetNeeds): readonly Control[] {
  const reset = onControl(resetApiChannel, async ({ id, caller, args }) => {
    const { version, apiChannel } = args;
    await log.append({
      id: `reset:${id}`,
      at: clock.now(),
      guildId: caller.guildId,
      actorId: caller.userId,
      action: LOG_ACTION.settingChange,
      details: { what: 'api-channel-reset', version, apiChannel },
    });
    await acting.resetApiChannel(version, apiChannel);
    const sentence = `✅ The API channel \`${apiChannel}\` is reset. It takes jobs again once Midjourney agrees: try one.`;
    return { message: toNoticeMessage(sentence, COLORS.good) };
  });
  return [reset];
}
