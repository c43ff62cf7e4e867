import type { ApiVersion } from '../backends/api-job.ts';
import { ApiHealth } from '../jobs/api-health.ts';
import { JobFamily } from '../jobs/family/job-family.ts';
import { JobActions } from '../jobs/job-actions.ts';
import { JobIndex } from '../jobs/job-index.ts';
import { JobStore } from '../jobs/job-store.ts';
import { JobTracker } from '../jobs/job-tracker.ts';
import { JobWatcher } from '../jobs/job-watcher.ts';
import { RunningBoards } from '../jobs/running-board.ts';
import { type BlockNews, withBlockNews } from '../jobs/submissions/blocked-channels.ts';
import { Acting } from '../jobs/submissions/create-submissions.ts';
import { ModeratedJobs } from '../jobs/submissions/moderated-jobs.ts';
import { PressDrafts } from '../jobs/submissions/press-drafts.ts';
import { ActStore } from '../jobs/submissions/submission-store.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Outside } from './outside.ts';

export interface JobsOptions extends Pick<Outside, 'store' | 'queue' | 'backend'> {
  /** Which are listed; the first one takes submits. */
  readonly versions: readonly [ApiVersion, ...ApiVersion[]];
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is known of jobs, what follows them, and what starts them. */
export interface Jobs {
  readonly index: JobIndex;
  readonly jobStore: JobStore;
  readonly tracker: JobTracker;
  readonly watcher: JobWatcher;
  readonly actions: JobActions;
  readonly boards: RunningBoards;
  readonly family: JobFamily;
  readonly acting: Acting;
  readonly moderated: ModeratedJobs;
  readonly drafts: PressDrafts;
  /** Calls `listener` with each API channel that takes no jobs. */
  onBlocked(listener: (news: BlockNews) => Promise<void>): void;
}

/** Builds what follows jobs and starts them; nothing runs before it is asked to. */
export function buildJobs(options: JobsOptions): Jobs {
  const { store, queue, backend, versions, pollIntervalMs, clock, logger } = options;
  const index = new JobIndex();
  const jobStore = new JobStore(store);
  const acts = new ActStore(store, clock);
  const tracker = new JobTracker({ store: jobStore, index, clock, logger, claims: acts });
  const health = new ApiHealth({ pollIntervalMs });
  const actions = new JobActions({ api: backend, store: jobStore, tracker });
  const [version] = versions;
  const { api, onBlocked } = withBlockNews(backend);
  return {
    index,
    jobStore,
    tracker,
    watcher: new JobWatcher({ api: backend, tracker, health, versions, clock, logger }),
    actions,
    boards: new RunningBoards({ api: backend, tracker, index, health, versions, clock }),
    family: new JobFamily({ api: backend, actions, jobs: jobStore, tracker, clock }),
    acting: new Acting({ api, acts, actions, jobs: jobStore, tracker, version, clock, logger }),
    moderated: new ModeratedJobs({ queue, acts, jobs: jobStore }),
    drafts: new PressDrafts(store, clock),
    onBlocked,
  };
}
