import { JobCallbacks } from '../callbacks/job-callbacks.ts';
import type { Config } from '../config.ts';
import { ApiHealth } from '../jobs/api-health.ts';
import { JobFamily } from '../jobs/family/job-family.ts';
import { GuildAccounts } from '../jobs/guild-accounts.ts';
import { GuildReads } from '../jobs/guild-reads.ts';
import { HintedBoards } from '../jobs/hints/hinted-boards.ts';
import { JobHints } from '../jobs/hints/job-hints.ts';
import { withReplyUrls } from '../jobs/hints/reply-urls.ts';
import { JobActions } from '../jobs/job-actions.ts';
import { JobIndex } from '../jobs/job-index.ts';
import { JobStore } from '../jobs/job-store.ts';
import { JobTracker } from '../jobs/job-tracker.ts';
import { JobWatcher } from '../jobs/job-watcher.ts';
import { RunningBoards } from '../jobs/running-board.ts';
import { type BlockReportingApi, withBlockEvents } from '../jobs/submissions/blocked-channels.ts';
import { ModeratedJobs } from '../jobs/submissions/moderated-jobs.ts';
import { PressDrafts } from '../jobs/submissions/press-drafts.ts';
import { SubmissionStore } from '../jobs/submissions/submission-store.ts';
import { Submissions } from '../jobs/submissions/submissions.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Outside } from './outside.ts';

export interface JobsOptions extends Pick<Outside, 'store' | 'queue' | 'backend'> {
  /** Whether a server has brought an account that cannot be used now. */
  readonly isOwnClosed: (guildId: string) => boolean;
  /** Whether a board is of an account that its server has no longer. */
  readonly isDropped: (board: string) => boolean;
  readonly pollIntervalMs: number;
  /** Jobs that the members of one server may look up at the API within a minute. */
  readonly guildReadsPerMinute: number;
  /** Where backends call back; default: nowhere. */
  readonly callbacks?: Config['callbacks'];
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Hints {
  readonly callbacks: JobCallbacks;
  readonly jobHints: JobHints;
}

/** What is known of jobs, what follows them, and what starts them. */
export interface Jobs {
  readonly accounts: GuildAccounts;
  readonly index: JobIndex;
  readonly jobStore: JobStore;
  readonly tracker: JobTracker;
  readonly watcher: JobWatcher;
  readonly health: ApiHealth;
  readonly actions: JobActions;
  readonly boards: RunningBoards;
  readonly family: JobFamily;
  readonly submissions: Submissions;
  /** What backends send when a job changes, where they may. */
  readonly hints: Hints | undefined;
  readonly submissionStore: SubmissionStore;
  readonly moderated: ModeratedJobs;
  readonly drafts: PressDrafts;
  /** Calls the listener with each API channel that takes no jobs. */
  readonly onBlocked: BlockReportingApi['onBlocked'];
  /** Forgets the boards of an account that is gone for good, and ends the look for what was lost there. */
  drop(isGone: (board: string) => boolean): Promise<void>;
}

/** Builds what follows jobs and starts them; nothing runs before it is asked to. */
export function buildJobs(options: JobsOptions): Jobs {
  const { store, queue, backend, isOwnClosed, isDropped, pollIntervalMs, clock, logger } = options;
  const { guildReadsPerMinute: perMinute } = options;
  const boards = () => backend.boards;
  const isApart = (board: string) => backend.isOwn(board);
  const isOpenTo = (board: string, guildId: string) => backend.isOpenTo(board, guildId);
  const isUsable = (board: string, guildId: string) => isOpenTo(board, guildId) && !backend.isGone(board);
  const accounts = new GuildAccounts(backend, isOwnClosed);
  const index = new JobIndex();
  const guildIdsOf = (board: string) => backend.guildIdsOf(board);
  const jobStore = new JobStore(store, {
    guildIdsOf,
    accountOf: (board) => accounts.keyOf(board),
    cancels: (board) => backend.capabilities(board).cancels,
    presses: (board) => backend.capabilities(board).presses,
  });
  const submissionStore = new SubmissionStore(store, clock);
  const tracker = new JobTracker({ store: jobStore, index, clock, logger, claims: submissionStore });
  const health = new ApiHealth({ pollIntervalMs });
  const hasUnanswered = (guildId: string) => submissionStore.hasUnanswered(guildId);
  const { read } = new GuildReads({ api: backend, clock, perMinute });
  const actions = new JobActions({ api: backend, read, store: jobStore, tracker, isOpenTo, hasUnanswered, accounts });
  const hintedBoards = new HintedBoards(clock);
  const callbacks = options.callbacks && new JobCallbacks({ store, ...options.callbacks, clock, logger });
  const calling = callbacks === undefined ? backend : withReplyUrls(backend, (ref) => callbacks.urlFor(ref));
  const { api, onBlocked } = withBlockEvents(calling);
  const submissions = new Submissions({
    api,
    submissionStore,
    actions,
    jobs: jobStore,
    tracker,
    accounts,
    isOpenTo: isUsable,
    isApart,
    isDropped,
    takesPictures: (board) => backend.capabilities(board).takesPictures === true,
    clock,
    logger,
  });
  const { runner } = submissions;
  const hinted = { api: backend, submissionStore, runner, jobs: jobStore, tracker, hintedBoards, clock, logger };
  return {
    accounts,
    index,
    jobStore,
    tracker,
    watcher: new JobWatcher({ api: backend, tracker, health, boards, hintedBoards, isApart, isDropped, clock, logger }),
    health,
    actions,
    boards: new RunningBoards({ api: backend, read, tracker, index, health, boards, guildIdsOf, accounts, clock }),
    family: new JobFamily({ api: backend, read, actions, jobs: jobStore, tracker, clock }),
    submissions,
    hints: callbacks && { callbacks, jobHints: new JobHints(hinted) },
    submissionStore,
    moderated: new ModeratedJobs({ queue, submissionStore, jobs: jobStore }),
    drafts: new PressDrafts(store, clock),
    onBlocked,
    async drop(isGone) {
      health.forget(isGone);
      hintedBoards.forgetAll(isGone);
      submissionStore.echoed.forget(isGone);
      await submissions.endLost(isGone);
    },
  };
}
