import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { buildNotifications, type Notifications } from '../../src/app/build-notifications.ts';
import { concealJob } from '../../src/jobs/concealed-job.ts';
import { isOver } from '../../src/jobs/job.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { JobStore } from '../../src/jobs/job-store.ts';
import { JobTracker } from '../../src/jobs/job-tracker.ts';
import type { RuleInput } from '../../src/notifications/rules/rule-store.ts';
import type { NamedQueue, Queue } from '../../src/queue/contract.ts';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ServedGuilds } from '../../src/shared/served-guilds.ts';
import { SqliteConnection } from '../../src/storage/sqlite/sqlite-connection.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeDiscord } from './fake-discord.ts';
import { type Death, Lifeline, MortalStore } from './lifeline.ts';

export const GUILD = 'g1';

/** One run of the bot's inside on the test's files. */
export interface Process {
  readonly life: Lifeline;
  readonly notifications: Notifications;
  readonly tracker: JobTracker;
  readonly jobs: JobStore;
  readonly queue: MortalQueue;
  /** Runs until the process has done it, or has died. */
  run(work: () => Promise<unknown>): Promise<void>;
  end(): Promise<void>;
}

/** A world that outlives processes: files, time, Discord. */
export class NotificationWorld {
  readonly clock = new FakeClock();
  readonly discord = new FakeDiscord({ now: () => this.clock.rightNow() });
  readonly suspensions: string[] = [];
  /** Mentions that could not come where they were promised. */
  readonly missed: string[] = [];
  readonly served = new ServedGuilds([GUILD]);
  /** Servers that have removed the bot. */
  readonly left = new Set<string>();
  /** What moderators hold back, by ref; `refused` is never let go. */
  readonly held = new Map<string, 'awaiting' | 'refused'>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'notifications-test-'));
  readonly #processes: Process[] = [];

  async start(death?: Death): Promise<Process> {
    const life = new Lifeline(death);
    const { clock } = this;
    const store = new MortalStore(new SqliteConnection(join(this.#folder, 'store.sqlite'), clock), life);
    const real = await SqliteQueue.open({
      path: join(this.#folder, 'queue.sqlite'),
      clock,
      random: () => 0.5,
      maxIdleMs: 3_600_000,
    });
    const queue = new MortalQueue(real, life);
    const jobs = new JobStore(store);
    const tracker = new JobTracker({ store: jobs, index: new JobIndex(), clock, logger: silentLogger });
    const notifications = buildNotifications({
      store,
      queue,
      jobs,
      clock,
      poster: this.discord.connect(life),
      held: {
        isHeld: (_guildId, ref) => this.held.has(ref),
        conceal: (_guildId, job) => {
          const why = this.held.get(job.ref);
          return why === undefined ? job : concealJob(job, isOver(job) ? why : 'running');
        },
      },
      served: this.served,
      hasLeft: (guildId) => this.left.has(guildId),
      logger: silentLogger,
      onSuspended: async (rule, reason) => void this.suspensions.push(`${rule.number} ${reason}`),
      onMissedMention: async ({ userIds, channelId, ref, event }) => {
        for (const userId of userIds) this.missed.push(`${userId} ${channelId} ${ref} ${event}`);
      },
      onFatal: (reason) => void this.suspensions.push(`fatal ${reason}`),
    });
    tracker.onTransition((transition) => notifications.notifier.onTransition(transition));
    tracker.onChange((job) => notifications.liveCards.onChange(job));
    const run = async (work: () => Promise<unknown>) => void (await Promise.race([life.died, work()]));
    const end = async () => {
      await real.stop({ timeoutMs: 0 });
      await store.close();
    };
    const process = { life, notifications, tracker, jobs, queue, run, end };
    this.#processes.push(process);
    await run(async () => {
      await tracker.restore();
      await notifications.start();
    });
    return process;
  }

  /** Lets time pass in steps and waits each time until nothing is due, or the process has died. */
  async pass(process: Process, ms: number, stepMs = ms): Promise<void> {
    for (let passed = 0; passed < ms && !process.life.isDead; passed += stepMs) {
      await this.idle(process);
      await this.clock.advance(Math.min(stepMs, ms - passed));
    }
    await this.idle(process);
  }

  async idle(process: Process): Promise<void> {
    await process.run(() => process.queue.whenIdle());
  }

  async destroy(): Promise<void> {
    for (const process of this.#processes) await process.end().catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A queue whose additions count as changes of its process. */
class MortalQueue implements Queue {
  readonly #real: Queue;
  readonly #life: Lifeline;
  readonly #defined = new Map<string, Pick<NamedQueue<unknown, unknown>, 'stats'>>();

  constructor(real: Queue, life: Lifeline) {
    this.#real = real;
    this.#life = life;
  }

  /** How many entries of a queue have not ended. */
  async countOpen(name: string): Promise<number> {
    const { waiting = 0, delayed = 0, active = 0 } = (await this.#defined.get(name)?.stats()) ?? {};
    return waiting + delayed + active;
  }

  define<Payload, Input>(name: string, schema: z.ZodType<Payload, Input>): NamedQueue<Input, Payload> {
    const queue = this.#real.define(name, schema);
    this.#defined.set(name, queue);
    const addMany = queue.addMany.bind(queue);
    return Object.assign(queue, {
      addMany: (...args: Parameters<typeof addMany>) => this.#life.pass(() => addMany(...args)),
    });
  }

  wake(): void {
    this.#real.wake();
  }

  whenIdle(): Promise<void> {
    return this.#real.whenIdle();
  }

  stop(options?: Parameters<Queue['stop']>[0]): ReturnType<Queue['stop']> {
    return this.#real.stop(options);
  }
}

export function aRuleInput(over: Partial<RuleInput> = {}): RuleInput {
  return { channelId: 'c1', events: ['completed', 'moderated', 'failed'], media: 'full', createdBy: 'u1', ...over };
}
