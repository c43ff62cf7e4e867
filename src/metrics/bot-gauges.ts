import { Gauge, type Registry } from 'prom-client';
import { oneOf } from './bounded.ts';

/** How many entries of a queue are in each state, and for how many milliseconds the oldest has been due. */
export interface QueueDepth {
  readonly entries: Readonly<Record<string, number>>;
  readonly oldestDueMs?: number;
}

/** What is asked at each scrape. What rejects, or is not there yet, leaves its series out. */
export interface GaugeSources {
  phase(): string;
  /** The status of each job that runs. */
  jobs(): readonly string[];
  queues(): Promise<ReadonlyMap<string, QueueDepth>>;
  gateway(): { readonly shards: number; readonly connected: number };
  /** The lists of the operator's accounts; without an age it was never read. */
  lists(): readonly { readonly account: string; readonly board: string; readonly ageMs?: number }[];
}

const PHASES = ['starting', 'standing-by', 'running', 'stopping'];
const STATUSES = ['created', 'started', 'progress'];
const toStatus = oneOf(STATUSES);

/** Adds what has a value at any time, instead of a count. */
export function addBotGauges(registry: Registry, sources: GaugeSources): void {
  addPhase(registry, sources);
  addJobs(registry, sources);
  addQueues(registry, sources);
  addGateway(registry, sources);
  addLists(registry, sources);
}

function addPhase(registry: Registry, sources: GaugeSources): void {
  new Gauge({
    name: 'bot_phase',
    help: '1 for where the process is between its start and its end.',
    labelNames: ['phase'],
    registers: [registry],
    collect() {
      const now = sources.phase();
      for (const phase of PHASES) this.set({ phase }, phase === now ? 1 : 0);
    },
  });
}

function addJobs(registry: Registry, sources: GaugeSources): void {
  new Gauge({
    name: 'bot_jobs',
    help: 'Jobs that run, by what the API last said of them.',
    labelNames: ['status'],
    registers: [registry],
    collect() {
      const statuses = Map.groupBy(sources.jobs(), toStatus);
      for (const status of [...STATUSES, 'other']) this.set({ status }, statuses.get(status)?.length ?? 0);
    },
  });
}

/** Asked once for both gauges: each is a look into the database. */
function addQueues(registry: Registry, sources: GaugeSources): void {
  const oldest = new Gauge({
    name: 'bot_queue_oldest_due_seconds',
    help: 'How long the oldest entry that is due has been waiting; 0 where none is.',
    labelNames: ['queue'],
    registers: [registry],
  });
  new Gauge({
    name: 'bot_queue_entries',
    help: 'Entries of durable work; `waiting` is due now.',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      oldest.reset();
      const queues = await sources.queues().catch(() => new Map<string, QueueDepth>());
      for (const [queue, { entries, oldestDueMs = 0 }] of queues) {
        oldest.set({ queue }, oldestDueMs / 1_000);
        for (const [state, count] of Object.entries(entries)) this.set({ queue, state }, count);
      }
    },
  });
}

function addGateway(registry: Registry, sources: GaugeSources): void {
  new Gauge({
    name: 'bot_gateway_shards',
    help: 'Connections to Discord’s gateway: how many there are to be, and how many are there.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { shards, connected } = sources.gateway();
      this.set({ state: 'planned' }, shards);
      this.set({ state: 'connected' }, connected);
    },
  });
}

function addLists(registry: Registry, sources: GaugeSources): void {
  new Gauge({
    name: 'bot_list_age_seconds',
    help: 'How long ago a list of running jobs was read.',
    labelNames: ['account', 'board'],
    registers: [registry],
    collect() {
      for (const { account, board, ageMs } of sources.lists())
        if (ageMs !== undefined) this.set({ account, board }, ageMs / 1_000);
    },
  });
}
