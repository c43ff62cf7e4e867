import { ButtonStyle } from 'discord.js';
import { ActError, ApiChannelBlockedError } from '../../jobs/submissions/submission-errors.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import { isApiChannel } from '../core/api-channel.ts';
import { button } from '../core/carriers.ts';
import { encodeCustomId } from '../core/custom-id.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage, toProblemMessage } from '../ui/notices.ts';
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
export function toResetButton(version: string, apiChannel: string) {
  return button(encodeCustomId('api-reset', version, apiChannel), 'Reset the API channel', {
    style: ButtonStyle.Danger,
  });
}

/** Reset under a 596. */
export const resetApiChannel: Control = {
  name: 'api-reset',
  acknowledges: 'private',
  async run({ id, caller, args: [version = '', apiChannel = ''], services }) {
    services.permissions.requireAllowed('configure', caller);
    if ((version !== 'v2' && version !== 'v3') || !isApiChannel(apiChannel))
      throw new UserError('control-unknown', 'This control is from an older version of the bot.');
    await services.log.append({
      ...{ id: `reset:${id}`, at: services.clock.now(), guildId: caller.guildId, actorId: caller.userId },
      action: LOG_ACTION.settingChange,
      details: { what: 'api-channel-reset', version, apiChannel },
    });
    await services.acting.resetApiChannel(version, apiChannel);
    const sentence = `✅ The API channel \`${apiChannel}\` is reset. It takes jobs again once Midjourney agrees: try one.`;
    return { message: toNoticeMessage(sentence, COLORS.good) };
  },
};
