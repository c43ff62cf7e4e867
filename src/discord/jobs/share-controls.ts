import { toHeldError } from '../cards/held-job-error.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { Control } from '../core/handlers.ts';
import type { BotServices } from '../services.ts';
import { toNoticeMessage } from '../ui/notices.ts';

/** Share on a private card: posts it to the channel. */
const shareJob: Control = {
  name: 'share',
  acknowledges: 'private',
  async run({ id, caller, args: [ref = ''], services }) {
    services.permissions.requireAllowed('share', caller);
    const { guildId, channelId } = caller;
    requireChannelAccess(services.directory, guildId, channelId);
    requirePublished(ref, caller, services);
    const { job } = await services.actions.show(ref, caller.guildId);
    // What is read may have ended now, and be held since.
    requirePublished(job.ref, caller, services);
    const link = await services.channelCards.share({ guildId, channelId, job, nonce: id });
    return { message: toNoticeMessage(`📣 The card of \`${job.ref}\` is in this channel: ${link}`) };
  },
};

export const shareControls: readonly Control[] = [shareJob];

/** A reviewer sees what is held, and still cannot show it to everybody. */
function requirePublished(ref: string, { guildId }: Caller, services: BotServices): void {
  if (!services.channelCards.isHeld(guildId, ref)) return;
  throw toHeldError(services, guildId, ref, 'It can be shared');
}
