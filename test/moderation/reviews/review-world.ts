import { GuildSettings } from '../../../src/moderation/guild-settings.ts';
import { Words } from '../../../src/moderation/listed-words.ts';
import { AuditLog } from '../../../src/moderation/log/audit-log.ts';
import { Gate } from '../../../src/moderation/reviews/gate.ts';
import type { Review, ReviewDecision } from '../../../src/moderation/reviews/review.ts';
import { Reviews } from '../../../src/moderation/reviews/reviews.ts';
import type { ReviewSettings, Settings } from '../../../src/moderation/settings.ts';
import type { Queue } from '../../../src/queue/contract.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { ServedGuilds } from '../../../src/shared/served-guilds.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeQueue } from '../fake-queue.ts';
import { FaultyStore } from '../faulty-store.ts';

/** The bot as one process has it. */
export interface Process {
  readonly log: AuditLog;
  readonly settings: GuildSettings;
  readonly reviews: Reviews;
  readonly gate: Gate;
}

/** Two servers, what is stored of them, and what the listeners of all processes were called with. */
export class ReviewWorld {
  readonly clock = new FakeClock();
  readonly store: FaultyStore;
  readonly queue: FakeQueue;
  readonly opened: Review[] = [];
  readonly decided: { readonly review: Review; readonly decision: ReviewDecision }[] = [];
  readonly reminded: number[] = [];
  /** Runs before a listener notes what it was called with; may throw. */
  onNotified: (what: 'opened' | 'decided') => Promise<void> = async () => undefined;

  constructor(store = new FaultyStore()) {
    this.store = store;
    this.queue = new FakeQueue(this.clock, this.store);
  }

  /** Another process takes over. */
  async start(queue: Pick<Queue, 'define'> = this.queue.restart()): Promise<Process> {
    const store = this.store.restart();
    const log = new AuditLog(store);
    const settings = new GuildSettings({ store, log, clock: this.clock });
    const reviews = new Reviews({ store, queue, settings, log, clock: this.clock, logger: silentLogger });
    this.#listen(reviews);
    await settings.load(['g1', 'g2']);
    await reviews.load();
    reviews.start();
    const gate = new Gate({ reviews, settings, words: new Words(settings), served: new ServedGuilds(['g1', 'g2']) });
    return { log, settings, reviews, gate };
  }

  #listen(reviews: Reviews): void {
    reviews.onOpened(async (review) => {
      await this.onNotified('opened');
      this.opened.push(review);
    });
    reviews.onDecided(async (review, decision) => {
      await this.onNotified('decided');
      this.decided.push({ review, decision });
    });
    reviews.onReminder(async (_review, number) => void this.reminded.push(number));
  }
}

export async function configure(
  process: Pick<Process, 'settings'>,
  change: Partial<Settings>,
  guildId = 'g1',
): Promise<void> {
  await process.settings.change(guildId, { by: 'owner', action: 'setting-change', what: 'test' }, (known) => ({
    ...known,
    ...change,
  }));
}

export function aReviewSetting(over: Partial<ReviewSettings> = {}): ReviewSettings {
  return { mode: 'on', quorum: 1, onTimeout: 'remind', ...over };
}
