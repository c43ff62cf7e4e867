import type { ApiVersion } from '../../src/backends/useapi/job-id.ts';
import { ApiHealth } from '../../src/jobs/api-health.ts';
import { HintedBoards } from '../../src/jobs/hints/hinted-boards.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { JobStore } from '../../src/jobs/job-store.ts';
import { JobTracker } from '../../src/jobs/job-tracker.ts';
import { JobWatcher } from '../../src/jobs/job-watcher.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeJobApi } from './fake-job-api.ts';

export const POLL_MS = 15_000;
export const MINUTE_MS = 60_000;

export interface WatcherRigOptions {
  readonly boards?: readonly ApiVersion[];
  readonly random?: () => number;
  /** Whether a board is not the tick's. */
  readonly isApart?: (board: string) => boolean;
  /** Whether the account of a board is gone for good. */
  readonly isDropped?: (board: string) => boolean;
}

/** A watcher on an API in memory: what it notified, and of which jobs it lost contact. */
export class WatcherRig {
  readonly api = new FakeJobApi();
  readonly clock = new FakeClock();
  readonly hintedBoards = new HintedBoards(this.clock);
  readonly notified: string[] = [];
  readonly lost: string[] = [];
  /** Refs of the jobs whose progress somebody looks at. */
  readonly live = new Set<string>();
  readonly tracker: JobTracker;
  readonly health: ApiHealth;
  readonly watcher: JobWatcher;

  constructor(options: WatcherRigOptions = {}) {
    const { boards = ['v3', 'v2'], random = () => 0, isApart = () => false, isDropped = () => false } = options;
    const { api, clock, notified, lost, live } = this;
    api.now = () => clock.now();
    const store = new JobStore(SqliteStore.open(':memory:'));
    this.tracker = new JobTracker({ store, index: new JobIndex(), clock, logger: silentLogger });
    this.health = new ApiHealth({ pollIntervalMs: POLL_MS, random });
    const { tracker, health, hintedBoards } = this;
    tracker.onTransition(async ({ event }) => void notified.push(event));
    const polled = { boards: () => boards, isApart, isDropped };
    this.watcher = new JobWatcher({ api, tracker, health, hintedBoards, ...polled, clock, logger: silentLogger });
    this.watcher.readLive((ref) => live.has(ref));
    this.watcher.onLostContact(async (job) => void lost.push(job.ref));
  }

  async tick(times = 1): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      await this.watcher.tick();
      await this.clock.advance(POLL_MS);
    }
  }

  async tickFor(ms: number): Promise<void> {
    await this.tick(ms / POLL_MS);
  }

  reads(): number {
    return this.api.calls.filter((call) => call === 'read').length;
  }

  lists(): number {
    return this.api.calls.length - this.reads();
  }
}
