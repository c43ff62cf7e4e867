import type { ApiVersion } from '../../src/backends/api-job.ts';
import { ApiHealth } from '../../src/jobs/api-health.ts';
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
  readonly versions?: readonly ApiVersion[];
  readonly random?: () => number;
}

/** A watcher on an API in memory: what it told, and of which jobs it lost contact. */
export class WatcherRig {
  readonly api = new FakeJobApi();
  readonly clock = new FakeClock();
  readonly told: string[] = [];
  readonly lost: string[] = [];
  /** Refs of the jobs whose progress somebody looks at. */
  readonly live = new Set<string>();
  readonly tracker: JobTracker;
  readonly health: ApiHealth;
  readonly watcher: JobWatcher;

  constructor({ versions = ['v3', 'v2'], random = () => 0 }: WatcherRigOptions = {}) {
    const { api, clock, told, lost, live } = this;
    api.now = () => clock.now();
    const store = new JobStore(SqliteStore.open(':memory:'));
    this.tracker = new JobTracker({ store, index: new JobIndex(), clock, logger: silentLogger });
    this.health = new ApiHealth({ pollIntervalMs: POLL_MS, random });
    const { tracker, health } = this;
    tracker.onTransition(async ({ event }) => void told.push(event));
    this.watcher = new JobWatcher({ api, tracker, health, versions, clock, logger: silentLogger });
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
