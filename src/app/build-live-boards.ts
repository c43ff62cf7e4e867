import type { Client } from 'discord.js';
import type { ReviewGate } from '../discord/cards/review-gate.ts';
import { DiscordChannelPoster } from '../discord/core/discord-channel-poster.ts';
import { BoardMessages } from '../discord/jobs/live-board-messages.ts';
import type { RunningBoards } from '../jobs/running-board.ts';
import { openPostRecords } from '../notifications/delivery/post-record.ts';
import { Sender } from '../notifications/delivery/sender.ts';
import { type BoardNotice, LiveBoards } from '../notifications/live-boards/live-boards.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import type { Outside } from './outside.ts';
import type { PostObserver } from './post-observer.ts';

export interface LiveBoardsBuild {
  readonly outside: Pick<Outside, 'store' | 'queue'>;
  readonly client: Client;
  readonly boards: RunningBoards;
  readonly gate: Pick<ReviewGate, 'conceal'>;
  readonly served: ServedGuilds;
  readonly onPost?: PostObserver | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Builds the boards that are kept up to date; nothing is edited before they are started. */
export function buildLiveBoards(options: LiveBoardsBuild): LiveBoards {
  const { outside, client, boards, gate, served, onPost, clock, logger } = options;
  const { store, queue } = outside;
  const poster = new DiscordChannelPoster<BoardNotice>(client, new BoardMessages(gate));
  const sender = new Sender<BoardNotice>({
    records: openPostRecords(store),
    poster,
    clock,
    logger,
    onOutcome: onPost?.('live-board'),
  });
  return new LiveBoards({ store, queue, boards, sender, poster, served, clock, logger });
}
