import { type APIComponentInContainer, type APIMessageTopLevelComponent, ComponentType } from 'discord.js';
import type { RunningBoard } from '../../jobs/running-board.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { PrepareOptions } from '../../notifications/delivery/channel-poster.ts';
import type { BoardNotice } from '../../notifications/live-boards/live-boards.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { MessageMaker, NoticeMessage } from '../core/message-maker.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { toJobsBoard } from './jobs-board.ts';
import { liveBoardWords as words } from './live-board-words.ts';

/** Refresh under a live board; `deliveryId` lets its message be found again. */
export const refreshLiveBoard = new ControlDefinition({
  name: 'live-board',
  args: { deliveryId: required },
  requires: 'view',
  acknowledges: 'update',
});

/** Makes the messages of live boards, as everyone in the server may see them. */
export class BoardMessages implements MessageMaker<BoardNotice> {
  readonly #gate: Pick<ReviewGate, 'conceal'>;

  constructor(gate: Pick<ReviewGate, 'conceal'>) {
    this.#gate = gate;
  }

  async make({ guildId, board }: BoardNotice, { deliveryId, level }: PrepareOptions): Promise<NoticeMessage> {
    if (board === undefined) return { message: toEnded(deliveryId), release: () => undefined };
    const shown = toPublicBoard(board, guildId, this.#gate);
    const spoken = level === 'whole' ? shown : { ...shown, jobs: shown.jobs.map(toWordlessJob) };
    return { message: toLiveBoard(spoken, deliveryId), release: () => undefined };
  }

  toTitle(): string {
    return words.title;
  }

  toFollowedJob(): undefined {
    return undefined;
  }
}

export function toPublicBoard(board: RunningBoard, guildId: string, gate: Pick<ReviewGate, 'conceal'>): RunningBoard {
  return { ...board, jobs: board.jobs.map((job) => gate.conceal(job, { guildId, isReviewer: false })) };
}

/** The list of `/jobs` with a Refresh of its own: paging would change it for all. */
export function toLiveBoard(board: RunningBoard, deliveryId: string): OutgoingMessage {
  const { components } = toJobsBoard(board, {});
  const refresh = row(refreshLiveBoard.toButton({ deliveryId }, words.refresh));
  return { components: components.map((component) => withRow(component, refresh)) };
}

/** Says that it is live, and has this row in place of the last one, which turns pages. */
function withRow(component: APIMessageTopLevelComponent, last: APIComponentInContainer): APIMessageTopLevelComponent {
  if (component.type !== ComponentType.Container) return component;
  return { ...component, components: [text(words.live), ...component.components.slice(0, -1), last] };
}

function toEnded(deliveryId: string): OutgoingMessage {
  const refresh = row(refreshLiveBoard.toButton({ deliveryId }, words.refresh, { isDisabled: true }));
  return { components: [container(COLORS.quiet, [text(words.ended), refresh])] };
}
