import type { JobIndex } from '../../jobs/job-index.ts';
import { ApiChannelBlockedError, SubmissionError } from '../../jobs/submissions/submission-errors.ts';
import type { Submissions } from '../../jobs/submissions/submissions.ts';
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
import { chooseReset, RESET_CHOOSE_LABEL, RESET_LOOK, resetApiChannel, resetPicked } from '../ui/reset-control.ts';
import { withReceipt } from './receipts.ts';
import { submissionWords } from './words.ts';

export interface FailureNeeds {
  readonly submissions: Pick<Submissions, 'noteReported'>;
  readonly permissions: Pick<Permissions, 'isAllowed'>;
}

/** Why a submission failed; what did not become a submission is thrown on. */
export function answerFailure({ submissions, permissions }: FailureNeeds, thrown: unknown, caller: Caller): Answer {
  if (!(thrown instanceof SubmissionError)) throw thrown;
  const reset = permissions.isAllowed('configure', caller) ? toBlockedMessage(thrown) : undefined;
  return withReceipt(submissions, { message: reset ?? toProblemMessage(thrown.message) }, thrown);
}

/** 596: the sentence with a Reset. */
function toBlockedMessage(error: SubmissionError): OutgoingMessage | undefined {
  if (!(error instanceof ApiChannelBlockedError)) return undefined;
  const { board, apiChannel, message } = error;
  const reset =
    apiChannel !== undefined && isApiChannel(apiChannel)
      ? resetApiChannel.toButton({ board, apiChannel }, submissionWords.resetApiChannel, RESET_LOOK)
      : chooseReset.toButton({ board }, RESET_CHOOSE_LABEL, RESET_LOOK);
  return { components: [container(COLORS.bad, [text(message), row(reset)])] };
}

export interface ResetNeeds {
  readonly submissions: Pick<Submissions, 'resetApiChannel'>;
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly index: Pick<JobIndex, 'searchApiChannels'>;
}

const CHANNELS_OFFERED = 25;

export function resetControls(needs: ResetNeeds): readonly Control[] {
  return [
    onControl(resetApiChannel, ({ id, caller, args }) => reset(needs, { id, caller, ...args })),
    onControl(chooseReset, async ({ caller: { guildId }, args: { board } }) => ({
      message: toResetChoice(needs, guildId, board),
    })),
    onControl(resetPicked, ({ id, caller, args: { board }, values: [apiChannel = ''] }) =>
      reset(needs, { id, caller, board, apiChannel }),
    ),
  ];
}

interface ResetCall {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly board: string;
  readonly apiChannel: string;
}

async function reset({ submissions, log, clock }: ResetNeeds, call: ResetCall): Promise<Answer> {
  const { id, caller, board, apiChannel } = call;
  await log.append({
    id: `reset:${id}`,
    at: clock.now(),
    guildId: caller.guildId,
    actorId: caller.userId,
    action: LOG_ACTION.settingChange,
    details: { what: 'api-channel-reset', board, apiChannel },
  });
  await submissions.resetApiChannel(board, apiChannel, caller.guildId);
  return { message: toNoticeMessage(submissionWords.apiChannelReset(apiChannel), COLORS.good) };
}

/** The API channels that are known, to pick the one with a 596. */
function toResetChoice({ index }: ResetNeeds, guildId: string, board: string): OutgoingMessage {
  const known = index.searchApiChannels('', guildId, CHANNELS_OFFERED).filter(isApiChannel);
  if (known.length === 0) return toProblemMessage(submissionWords.noApiChannelKnown);
  const options = known.map((id) => ({ label: id, value: id }));
  const select = resetPicked.toSelect({ board }, submissionWords.pickApiChannel, options);
  return { components: [container(COLORS.warn, [text(submissionWords.whichApiChannel), row(select)])] };
}
