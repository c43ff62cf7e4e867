import type { JobActions } from '../jobs/job-actions.ts';
import type { JobIndex } from '../jobs/job-index.ts';
import type { RunningBoards } from '../jobs/running-board.ts';
import type { JobCards } from './job-cards.ts';

/** What commands and controls work with; built once by the composition root. */
export interface BotServices {
  readonly actions: JobActions;
  readonly boards: RunningBoards;
  readonly index: JobIndex;
  readonly cards: JobCards;
}
