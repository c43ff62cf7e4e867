import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { addBotGauges, type GaugeSources } from './bot-gauges.ts';
import { bounded } from './bounded.ts';

/** Milliseconds that something took, and what came of it. */
interface Timed {
  readonly ms: number;
}

/** One try of a call to an API; without a status there was no answer. */
export interface CountedCall extends Timed {
  readonly account: string;
  /** A template: never with an id in it. */
  readonly endpoint: string;
  readonly status?: number;
}

export interface CountedRun extends Timed {
  readonly queue: string;
  readonly outcome: string;
}

export interface CountedWrite extends Timed {
  readonly operation: string;
  /** The code of its failure. */
  readonly failure?: string;
}

export interface CountedPost {
  readonly kind: string;
  readonly outcome: string;
  readonly reason?: string;
}

export interface CountedInteraction {
  readonly kind: string;
  readonly name: string;
  readonly outcome: string;
  /** From when it was received until Discord had its first answer. */
  readonly acknowledgedMs?: number;
}

const API_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90];
const RUN_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];
const WRITE_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const ACKNOWLEDGE_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5];
/** Coarser than by default: fewer wakes of a process that mostly waits. */
const LOOP_PRECISION_MS = 20;
const MAX_NAMES = 200;

/** Counts what the bot does, for Prometheus. No label ever holds an id, a prompt or a secret. */
export class BotMetrics {
  readonly #registry = new Registry();
  readonly #account = bounded(MAX_NAMES);
  readonly #endpoint = bounded(MAX_NAMES);
  readonly #name = bounded(MAX_NAMES);
  readonly #calls = this.#counter('bot_api_calls_total', 'Tries of calls to APIs.', ['account', 'endpoint', 'status']);
  readonly #callSeconds = this.#histogram('bot_api_call_seconds', 'How long they took.', API_SECONDS, [
    'account',
    'endpoint',
  ]);
  readonly #runs = this.#counter('bot_queue_runs_total', 'Runs of durable work; `poll` are the ticks.', [
    'queue',
    'outcome',
  ]);
  readonly #runSeconds = this.#histogram('bot_queue_run_seconds', 'How long they took.', RUN_SECONDS, ['queue']);
  readonly #writeSeconds = this.#histogram(
    'bot_store_write_seconds',
    'How long the store took to acknowledge a write.',
    WRITE_SECONDS,
    ['operation'],
  );
  readonly #writeFailures = this.#counter('bot_store_write_failures_total', 'Writes that the store did not take.', [
    'operation',
    'code',
  ]);
  readonly #posts = this.#counter('bot_posts_total', 'What became of messages, and why some were dropped.', [
    'kind',
    'outcome',
    'reason',
  ]);
  readonly #jobEvents = this.#counter('bot_job_events_total', 'Jobs that started and ended.', ['event']);
  readonly #interactions = this.#counter('bot_interactions_total', 'What people asked for, and what came of it.', [
    'kind',
    'name',
    'outcome',
  ]);
  readonly #acknowledgeSeconds = this.#histogram(
    'bot_interaction_acknowledge_seconds',
    'From when it was received until Discord had its first answer; Discord waits 3 s.',
    ACKNOWLEDGE_SECONDS,
    ['kind'],
  );
  readonly #gatewayEvents = this.#counter('bot_gateway_events_total', 'Events of the gateway.', ['type']);
  readonly #gatewayChanges = this.#counter(
    'bot_gateway_connection_changes_total',
    'Connections that were lost, resumed, or began a new session.',
    ['change'],
  );

  constructor(sources: GaugeSources) {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });
    addBotGauges(this.#registry, sources);
  }

  countCall({ account, endpoint, status, ms }: CountedCall): void {
    const labels = { account: this.#account(account), endpoint: this.#endpoint(endpoint) };
    this.#calls.inc({ ...labels, status: toStatusClass(status) });
    this.#callSeconds.observe(labels, ms / 1_000);
  }

  countRun({ queue, outcome, ms }: CountedRun): void {
    this.#runs.inc({ queue, outcome });
    this.#runSeconds.observe({ queue }, ms / 1_000);
  }

  countWrite({ operation, failure, ms }: CountedWrite): void {
    this.#writeSeconds.observe({ operation }, ms / 1_000);
    if (failure !== undefined) this.#writeFailures.inc({ operation, code: failure });
  }

  countPost({ kind, outcome, reason = 'none' }: CountedPost): void {
    this.#posts.inc({ kind, outcome, reason });
  }

  countJobEvent(event: string): void {
    this.#jobEvents.inc({ event });
  }

  countInteraction({ kind, name, outcome, acknowledgedMs }: CountedInteraction): void {
    this.#interactions.inc({ kind, name: this.#name(name), outcome });
    if (acknowledgedMs !== undefined) this.#acknowledgeSeconds.observe({ kind }, acknowledgedMs / 1_000);
  }

  countGatewayEvent(type: string): void {
    this.#gatewayEvents.inc({ type });
  }

  countGatewayChange(change: 'lost' | 'resumed' | 'new-session'): void {
    this.#gatewayChanges.inc({ change });
  }

  /** In Prometheus' text format. */
  async render(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[]): Histogram {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.#registry] });
  }
}

/** `2xx`; `none` where there was no answer. */
function toStatusClass(status: number | undefined): string {
  if (status === undefined) return 'none';
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'other';
}
