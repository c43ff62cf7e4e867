import type { Prompts } from '../../jobs/submissions/prompts.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Answer, EditSource } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import type { KeptReplies } from '../core/kept-replies.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toEndedMessage } from '../ui/outcome-messages.ts';
import { cancelWaiting } from './waiting.ts';
import { submissionWords } from './words.ts';

export interface CancelNeeds {
  readonly prompts: Pick<Prompts, 'find' | 'requesterOf' | 'cancel'>;
  readonly permissions: Pick<Permissions, 'requireMayCancel'>;
  readonly replies: Pick<KeptReplies, 'waitingWords'>;
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function waitingControls(needs: CancelNeeds): readonly Control[] {
  return [onControl(cancelWaiting, (call) => cancel(needs, call, call.args.key))];
}

type CancelCall = Pick<ControlCall, 'id' | 'caller' | 'editSource'>;

async function cancel(needs: CancelNeeds, { id, caller, editSource }: CancelCall, key: string): Promise<Answer> {
  const { prompts, permissions, replies } = needs;
  const { guildId } = caller;
  const userId = prompts.requesterOf(key, guildId) ?? (await prompts.find(key, guildId))?.userId;
  permissions.requireMayCancel(userId, caller);
  const outcome = await prompts.cancel(key, guildId);
  if (outcome !== 'not-found') await logCancel(needs, { id, caller, outcome, userId });
  const isTooLate = outcome === 'being-sent';
  const message = isTooLate
    ? toNoticeMessage(submissionWords.cancelTooLate)
    : toEndedMessage(await prompts.find(key, guildId));
  // What becomes of it is still to be written where it says that it waits; after a restart nothing else does.
  if (isTooLate && replies.waitingWords(key) !== undefined) return { message };
  return { message, isOnSource: await isEdited(editSource, message) };
}

/** Whether the message that says that it waits could be replaced. */
async function isEdited(editSource: EditSource | undefined, message: OutgoingMessage): Promise<boolean> {
  if (editSource === undefined) return false;
  return editSource({ message }).then(
    () => true,
    () => false,
  );
}

interface Cancelled {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly outcome: string;
  readonly userId: string | undefined;
}

async function logCancel({ log, clock }: CancelNeeds, { id, caller, outcome, userId }: Cancelled): Promise<void> {
  await log.append({
    id: `cancel:${id}`,
    at: clock.now(),
    guildId: caller.guildId,
    actorId: caller.userId,
    action: LOG_ACTION.cancel,
    details: { what: 'waiting', outcome },
    ...(userId !== undefined && { targetId: userId }),
  });
}
