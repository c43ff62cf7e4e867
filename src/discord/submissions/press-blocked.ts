import { ActError, ApiChannelBlockedError } from '../../jobs/submissions/submission-errors.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Answer } from '../core/answer.ts';
import { isApiChannel } from '../core/api-channel.ts';
import { onControl } from '../core/control.ts';
import type { ControlCall } from '../core/handlers.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage, toProblemMessage } from '../ui/notices.ts';
import { RESET_LOOK, resetApiChannel } from '../ui/reset-control.ts';
import { withReceipt } from './receipts.ts';

type FailedCall = Pick<ControlCall, 'caller' | 'services'>;

/** Why an act failed; what did not become an act is thrown on. */
export function answerFailure(thrown: unknown, call: FailedCall): Answer {
  if (!(thrown instanceof ActError)) throw thrown;
  const message = toBlockedMessage(thrown, call) ?? toProblemMessage(thrown.message);
  return withReceipt(call.services.acting, { message }, thrown);
}

/** 596: the sentence with a Reset for those who may. */
function toBlockedMessage(error: ActError, { caller, services }: FailedCall): OutgoingMessage | undefined {
  if (!(error instanceof ApiChannelBlockedError)) return undefined;
  const { version, apiChannel, message } = error;
  const mayReset = services.permissions.isAllowed('configure', caller);
  if (!mayReset || apiChannel === undefined || !isApiChannel(apiChannel)) return undefined;
  return { components: [container(COLORS.bad, [text(message), row(toResetButton(version, apiChannel))])] };
}

/** Clears a 596 of an API channel. */
export function toResetButton(version: 'v2' | 'v3', apiChannel: string) {
  return resetApiChannel.toButton({ version, apiChannel }, 'Reset the API channel', RESET_LOOK);
}

/** Reset under a 596. */
export const resetControl = onControl(resetApiChannel, async ({ id, caller, args, services }) => {
  const { version, apiChannel } = args;
  await services.log.append({
    ...{ id: `reset:${id}`, at: services.clock.now(), guildId: caller.guildId, actorId: caller.userId },
    action: LOG_ACTION.settingChange,
    details: { what: 'api-channel-reset', version, apiChannel },
  });
  await services.acting.resetApiChannel(version, apiChannel);
  const sentence = `✅ The API channel \`${apiChannel}\` is reset. It takes jobs again once Midjourney agrees: try one.`;
  return { message: toNoticeMessage(sentence, COLORS.good) };
});
