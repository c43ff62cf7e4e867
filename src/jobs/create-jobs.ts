import type { ApiVersion } from '../backends/api-job.ts';
import type { UseapiClient } from '../backends/useapi/client.ts';
import type { Queue } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Store } from '../storage/contract.ts';
import { ApiHealth } from './api-health.ts';
import { JobFamily } from './family/job-family.ts';
import { JobActions } from './job-actions.ts';
import { JobIndex } from './job-index.ts';
import { JobStore } from './job-store.ts';
import { JobTracker } from './job-tracker.ts';
import { JobWatcher } from './job-watcher.ts';
import { RunningBoards } from './running-board.ts';
import { withBlockNews } from './submissions/blocked-channels.ts';
import { Acting } from './submissions/create-submissions.ts';
import { ModeratedJobs } from './submissions/moderated-jobs.ts';
import { PressDrafts } from './submissions/press-drafts.ts';
import { ActStore } from './submissions/submission-store.ts';

export interface FollowingOptions {
  readonly store: Store;
  readonly queue: Queue;
  readonly client: UseapiClient;
  /** Which are listed; the first one takes submits. */
  readonly versions: readonly [ApiVersion, ...ApiVersion[]];
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything that follows jobs and acts on them. */
export type Following = ReturnType<typeof createFollowing>;

/** Builds what follows jobs and acts on them; nothing runs before it is asked to. */
export function createFollowing({ store, queue, client, versions, pollIntervalMs, clock, logger }: FollowingOptions) {
  const index = new JobIndex();
  const jobStore = new JobStore(store);
  const acts = new ActStore(store, clock);
  const tracker = new JobTracker({ store: jobStore, index, clock, logger, claims: acts });
  const health = new ApiHealth({ pollIntervalMs });
  const watcher = new JobWatcher({ api: client, tracker, health, versions, clock, logger });
  const actions = new JobActions({ api: client, store: jobStore, tracker });
  const boards = new RunningBoards({ api: client, tracker, index, health, versions, clock });
  const [version] = versions;
  const { api, onBlocked } = withBlockNews(client);
  const acting = new Acting({ api, acts, actions, jobs: jobStore, tracker, version, clock, logger });
  const family = new JobFamily({ api: client, actions, jobs: jobStore, tracker, clock });
  const { presses, submissions } = acting;
  const moderated = new ModeratedJobs({ queue, acts, jobs: jobStore });
  const drafts = new PressDrafts(store, clock);
  const acted = { acting, moderated, presses, submissions, family, drafts, onBlocked };
  return { index, jobStore, tracker, watcher, actions, boards, ...acted };
}
