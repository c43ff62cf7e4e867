import { type Client, Routes } from 'discord.js';
import type { RunningBoards } from '../../jobs/running-board.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import { PostError } from '../../notifications/delivery/channel-poster.ts';
import type { LiveBoards } from '../../notifications/live-boards/live-boards.ts';
import { UserError } from '../../shared/errors.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { refreshLiveBoard, toLiveBoard, toPublicBoard } from './live-board-messages.ts';
import { liveBoardWords as words } from './live-board-words.ts';
import type { PinBoard, PinChoice } from './pin-choice.ts';

export interface LiveBoardNeeds {
  readonly liveBoards: Pick<LiveBoards, 'pin' | 'unpin'>;
  readonly boards: Pick<RunningBoards, 'read'>;
  readonly gate: Pick<ReviewGate, 'conceal'>;
  readonly permissions: Pick<Permissions, 'requireAllowed'>;
  /** Pins a message to the top of its channel's list of pins. Rejects with Discord's refusal. */
  readonly pinMessage: (channelId: string, messageId: string) => Promise<void>;
}

export interface LiveBoardFeature {
  readonly pinBoard: PinBoard;
  readonly controls: readonly Control[];
}

const PIN_MESSAGES = 1n << 51n;

/** A board in the channel that is kept up to date. */
export function liveBoardFeature(needs: LiveBoardNeeds): LiveBoardFeature {
  const { boards, gate } = needs;
  const refresh = onControl(refreshLiveBoard, async ({ caller: { guildId }, args: { deliveryId } }) => {
    const board = toPublicBoard(await boards.read({ guildId }), guildId, gate);
    return { message: toLiveBoard(board, deliveryId) };
  });
  return {
    async pinBoard(call, choice) {
      needs.permissions.requireAllowed('share', call.caller);
      return choice === 'off' ? unpin(needs, call.caller) : pin(needs, call, choice);
    },
    controls: [refresh],
  };
}

async function pin(
  { liveBoards, pinMessage }: LiveBoardNeeds,
  { id, caller }: { readonly id: string; readonly caller: Caller },
  choice: PinChoice,
): Promise<Answer> {
  const { guildId, channelId, userId: by, appPermissions } = caller;
  if (choice === 'pinned' && (appPermissions & PIN_MESSAGES) === 0n)
    throw new UserError('pin-not-allowed', words.lacksPin(channelId));
  const outcome = await liveBoards.pin({ guildId, channelId, postId: id, by }).catch(toRefusal);
  if (outcome.outcome === 'later') return { message: toNoticeMessage(words.later, COLORS.warn) };
  if (choice === 'pinned') await pinMessage(outcome.place.channelId, outcome.place.messageId);
  const link = `https://discord.com/channels/${guildId}/${outcome.place.channelId}/${outcome.place.messageId}`;
  return { message: toNoticeMessage(words.pinned(link, outcome.outcome === 'known'), COLORS.good) };
}

function toRefusal(thrown: unknown): never {
  if (thrown instanceof PostError) throw new UserError('board-refused', words.refused(thrown.message));
  throw thrown;
}

async function unpin({ liveBoards }: LiveBoardNeeds, { guildId, channelId }: Caller): Promise<Answer> {
  const wasThere = await liveBoards.unpin({ guildId, channelId });
  return { message: toNoticeMessage(wasThere ? words.unpinned : words.none, COLORS.quiet) };
}

/** Pins by the route that asks for Pin Messages. */
export function messagePinner(rest: Client['rest']): LiveBoardNeeds['pinMessage'] {
  return async (channelId, messageId) => {
    await rest.put(Routes.channelMessagesPin(channelId, messageId));
  };
}
