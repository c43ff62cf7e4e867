import { z } from 'zod';
import { isOver, type Job } from '../../jobs/job.ts';
import { RetryLater } from '../../queue/contract.ts';
import { toBackoffMs } from '../../shared/backoff.ts';
import { type Clock, isYounger } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import { type ChannelPoster, PostError, type PostedMessage } from '../delivery/channel-poster.ts';
import { type CardTask, type DeliveryQueue, enqueue, toCardEntry, toPostEntry } from '../delivery/delivery-queue.ts';
import type { MissedMentionListener } from '../delivery/missed-mention.ts';
import { isSettled, type PostRecord } from '../delivery/post-record.ts';
import type { PostedJobs } from '../delivery/posted-jobs.ts';
import type { Sender } from '../delivery/sender.ts';
import { type NotificationEvent, toNotificationEvent } from '../notification-events.ts';
import { NOTIFICATION_TTL_MS, type PlannedPost, toBarePost, toDeliveryId } from '../planning/plan.ts';
import type { PlanStore } from '../planning/plan-store.ts';
import { CardEdits, FailingEdit } from './card-edits.ts';
import type { AddOptions, LeaveOutcome, Watch, WatchId, WatchStore } from './watch-store.ts';

const Card = z.object({
  /** Counts the messages of this card: one that was deleted is posted anew. */
  generation: z.number(),
  /** What of the job is shown; differs for every change that people can see. */
  shown: z.string(),
  /** Epoch milliseconds. */
  editedAt: z.number(),
  /** Set while Discord refuses the channel. */
  refused: z.object({ since: z.number(), count: z.number() }).exactOptional(),
  failing: FailingEdit.exactOptional(),
});
type Card = z.infer<typeof Card>;

export interface LiveCardsOptions {
  readonly store: Pick<Store, 'collection'>;
  readonly watches: WatchStore;
  readonly plans: PlanStore;
  readonly jobs: PostedJobs;
  readonly queue: DeliveryQueue;
  readonly sender: Sender;
  readonly poster: ChannelPoster;
  readonly onMissedMention: MissedMentionListener;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `joined`: the channel has a live card of the job already, and one more person is mentioned at its end. */
export type WatchOutcome = 'added' | 'joined' | 'already-over';

const NEW_CARD: Card = { generation: 0, shown: '', editedAt: 0 };
const EDIT_INTERVAL_MS = 5_000;
const MAX_GENERATIONS = 5;
const PAUSES = { firstMs: 60_000, maxMs: 10 * 60_000 };
const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/** One pass over a card by the worker that holds its queue group. */
interface Turn {
  readonly watch: Watch;
  readonly job: Job;
  readonly signal: AbortSignal;
  card: Card;
}

/** Channel messages that follow a job to its end: edited while it runs, answered when it has ended. */
export class LiveCards {
  readonly #options: LiveCardsOptions;
  readonly #cards: Collection<Card>;
  readonly #edits: CardEdits;

  constructor(options: LiveCardsOptions) {
    this.#options = options;
    this.#edits = new CardEdits(options);
    this.#cards = options.store.collection('live-cards', Card, { ttlMs: NOTIFICATION_TTL_MS });
  }

  /** After a start: reads what is watched and brings every card up to date. */
  async restore(): Promise<void> {
    const { watches, queue } = this.#options;
    await watches.restore();
    // One that an earlier start has added and that waits still will do.
    const entries = watches.all().map((watch) => toCardEntry(toTask(watch), 'start'));
    if (entries.length > 0) await queue.addMany(entries);
  }

  /** From memory: whether somebody follows this job's progress. */
  hasLiveCard(ref: string): boolean {
    return this.#options.watches.hasJob(ref);
  }

  /** Listens to `JobTracker.onChange`. */
  onChange(job: Job): void {
    const watches = this.#options.watches.all().filter((watch) => watch.ref === job.ref);
    for (const watch of watches) void this.#enqueue(watch, toShown(job));
  }

  /** Starts a live card in a channel. @throws UserError where there are too many. */
  async add(id: WatchId, userId: string, job: Job, options: AddOptions = {}): Promise<WatchOutcome> {
    if (isOver(job) && options.isNew !== true) return 'already-over';
    const { watches, queue, clock } = this.#options;
    const { watch, isNew } = await watches.add(id, userId, clock.now(), options.replyTo);
    await enqueue(queue, toCardEntry(toTask(watch), 'add'));
    return isNew ? 'added' : 'joined';
  }

  /** Ends a live card; its message stays as it is. Returns what `resume` brings back; undefined if there was none. */
  stop(id: WatchId): Promise<Watch | undefined> {
    return this.#options.watches.stop(id);
  }

  /** Pings one person less; without any the live card ends. */
  leave(id: WatchId, userId: string): Promise<LeaveOutcome> {
    return this.#options.watches.leave(id, userId);
  }

  /** Follows a job again with the live card that was stopped. @throws UserError where there are too many. */
  async resume(id: WatchId, addedAt: number, job: Job): Promise<'resumed' | 'already-over' | 'not-found'> {
    if (isOver(job)) return 'already-over';
    const { watches, queue, clock } = this.#options;
    const watch = await watches.resume(id, addedAt);
    if (watch === undefined) return 'not-found';
    await enqueue(queue, toCardEntry(toTask(watch), `resume-${clock.now()}`));
    return 'resumed';
  }

  /** Ends all live cards of a server for good; their messages stay as they are. */
  endAllOf(guildId: string): Promise<void> {
    return this.#options.watches.endAllOf(guildId);
  }

  /** Notes who is about to cancel a job: they are not pinged if that is how it ends. */
  noteCancelling(guildId: string, ref: string, userId: string): Promise<void> {
    return this.#options.watches.noteCancelling({ guildId, ref }, userId);
  }

  /** A server's live cards, oldest first; from memory. */
  list(guildId: string): readonly Watch[] {
    const ofGuild = this.#options.watches.all().filter((watch) => watch.guildId === guildId);
    return ofGuild.sort((a, b) => a.addedAt - b.addedAt);
  }

  /**
   * Brings one card up to date; at the job's end it enqueues the answer and ends the watch. Repeatable at any point.
   */
  async handle(task: CardTask, signal: AbortSignal): Promise<void> {
    const { watches, jobs } = this.#options;
    const watch = await watches.get(task);
    if (watch === undefined || watch.addedAt !== task.addedAt) return this.#postWithoutCard(task);
    const job = await (task.event === undefined
      ? jobs.current(task.guildId, task.ref)
      : jobs.get({ ...task, event: task.event }));
    if (job === undefined) return void (await watches.remove(watch, watch.addedAt));
    const card = (await this.#cards.get(toCardKey(watch))) ?? NEW_CARD;
    const turn: Turn = { watch, job, signal, card };
    const isAlive = await this.#showOrWait(turn);
    if (job.concealed === 'refused') return this.#endRefused(turn);
    if (!isOver(job) || (job.concealed ?? 'ended') !== 'ended') return;
    const event = task.event ?? toNotificationEvent(job);
    await (isAlive ? this.#finish(turn, event) : this.#abandon(turn, task, event));
  }

  async #enqueue(watch: Watch, occasion: string): Promise<void> {
    try {
      await enqueue(this.#options.queue, toCardEntry(toTask(watch), occasion));
    } catch (thrown) {
      this.#options.logger.warn({ ref: watch.ref, error: toErrorMessage(thrown) }, 'A live card was not queued.');
    }
  }

  /** `false` when the card can never be shown. Throws `RetryLater` while the channel refuses it. */
  async #showOrWait(turn: Turn): Promise<boolean> {
    try {
      return await this.#show(turn);
    } catch (thrown) {
      if (!(thrown instanceof PostError) || (thrown.kind !== 'target' && thrown.kind !== 'gone')) throw thrown;
      const now = this.#options.clock.now();
      const { since: known = now, count = 0 } = turn.card.refused ?? {};
      // One that is still to come was noted before the clock was set back.
      const since = Math.min(known, now);
      await this.#save(turn, { ...turn.card, refused: { since, count: count + 1 } });
      if (thrown.kind === 'gone' || now - since > GIVE_UP_AFTER_MS) return false;
      throw new RetryLater(toBackoffMs(PAUSES, count + 1), thrown.message);
    }
  }

  async #show(turn: Turn): Promise<boolean> {
    const { clock, sender } = this.#options;
    const { card, job } = turn;
    const shown = toShown(job);
    if (card.shown === shown) return true;
    const now = clock.now();
    const isFresh = isYounger(card.editedAt, EDIT_INTERVAL_MS, now);
    if (isFresh && !isOver(job)) throw new RetryLater(card.editedAt + EDIT_INTERVAL_MS - now, 'edited a moment ago');
    const record = await sender.read(toMessageKey(turn));
    if (record.state === 'posted') return this.#edit(turn, record);
    if (isSettled(record)) return false;
    return this.#post(turn);
  }

  async #post(turn: Turn): Promise<boolean> {
    const { watch, job, signal } = turn;
    const { guildId, channelId, replyTo } = watch;
    const notice = { kind: 'live-card', job } as const;
    const order = { key: toMessageKey(turn), guildId, channelId, notice, isSilent: true, signal };
    const record = await this.#options.sender.sendOnce(replyTo === undefined ? order : { ...order, replyTo });
    if (record.state !== 'posted') return false;
    // What was sent before may show what was known then.
    if (record.wasFound || record.tries > 1) return this.#edit(turn, record);
    await this.#noteShown(turn);
    return true;
  }

  /** A message that is gone is posted anew, a few times; what Discord takes in no form is left as it is after hours. */
  async #edit(turn: Turn, place: PostedMessage): Promise<boolean> {
    const { job, signal, watch, card } = turn;
    const shown = toShown(job);
    const deliveryId = toDeliveryId(toMessageKey(turn));
    const before = card.failing?.shown === shown ? { failing: card.failing } : {};
    const edit = { job, shown, guildId: watch.guildId, deliveryId, place, signal, ...before };
    const result = await this.#edits.edit(edit);
    if (result.outcome === 'message-gone') return this.#postAnew(turn);
    if (result.outcome === 'failing') {
      await this.#save(turn, { ...card, failing: result.failing });
      throw new RetryLater(result.afterMs, result.why);
    }
    await this.#noteShown(turn);
    return true;
  }

  async #postAnew(turn: Turn): Promise<boolean> {
    const generation = turn.card.generation + 1;
    if (generation >= MAX_GENERATIONS) return false;
    await this.#save(turn, { ...turn.card, generation });
    return this.#post(turn);
  }

  async #noteShown(turn: Turn): Promise<void> {
    const { refused: _refused, failing: _failing, ...card } = turn.card;
    await this.#save(turn, { ...card, shown: toShown(turn.job), editedAt: this.#options.clock.now() });
  }

  async #save(turn: Turn, card: Card): Promise<void> {
    turn.signal.throwIfAborted();
    await this.#cards.set(toCardKey(turn.watch), card);
    turn.card = card;
  }

  /** The answer is a post like any other, with the key of the rules' post in this channel; then the watch ends. */
  async #finish(turn: Turn, event: NotificationEvent): Promise<void> {
    const { plans, watches, queue, sender } = this.#options;
    const { watch, job } = turn;
    const record = await sender.read(toMessageKey(turn));
    const plan = await plans.get({ guildId: watch.guildId, ref: job.ref, event });
    const planned = plan?.posts.find((post) => post.channelId === watch.channelId);
    const post: PlannedPost = {
      ...(planned ?? toBarePost(watch, event, this.#options.clock.now())),
      via: 'card',
      ...toAnswering(watch, event, record),
      ...(plan?.review === 'held' && { dueAt: this.#options.clock.now() }),
    };
    await enqueue(queue, toPostEntry(post));
    await watches.remove(watch, watch.addedAt);
  }

  /** No rule is posted for what moderators refused; who follows it is pinged that they did. */
  async #endRefused({ watch, job, card }: Turn): Promise<void> {
    const { watches, queue, sender, clock } = this.#options;
    const event = toNotificationEvent(job);
    const record = await sender.read(toMessageKey({ watch, card }));
    const bare = toBarePost(watch, event, clock.now());
    const post = { ...bare, key: `${bare.key}:refused`, ...toAnswering(watch, event, record) };
    await enqueue(queue, toPostEntry(post));
    await watches.remove(watch, watch.addedAt);
  }

  /**
   * In place of a card that cannot be shown, the rules that it stood for are posted for the usual way, and who was
   * promised a mention directly.
   */
  async #abandon({ watch }: Turn, task: CardTask, event: NotificationEvent): Promise<void> {
    const { logger, watches, onMissedMention } = this.#options;
    const { guildId, channelId, ref, askedBy: userIds } = watch;
    logger.warn({ ref: watch.ref, channelId: watch.channelId }, 'A live card was ended: it cannot be shown.');
    await this.#postWithoutCard(task);
    await onMissedMention({ guildId, channelId, ref, event, userIds });
    await watches.remove(watch, watch.addedAt);
  }

  /** Posts for rules that a card was to notify, and there is no such card any more. */
  async #postWithoutCard({ guildId, channelId, ref, event }: CardTask): Promise<void> {
    if (event === undefined) return;
    const plan = await this.#options.plans.get({ guildId, ref, event });
    const post = plan?.posts.find((other) => other.channelId === channelId);
    if (post === undefined || post.ruleNumbers.length === 0) return;
    if (plan?.review === 'held' || plan?.review === 'dropped') return;
    await enqueue(this.#options.queue, toPostEntry({ ...post, via: 'post' }));
  }
}

/** Whoever cancelled the job knows that it ended. */
function toPinged({ askedBy, cancelledBy }: Watch, event: NotificationEvent): string[] {
  return event === 'cancelled' ? askedBy.filter((userId) => userId !== cancelledBy) : askedBy;
}

/** Whom the answer to a card pings, and the card that it answers. */
function toAnswering(watch: Watch, event: NotificationEvent, record: PostRecord) {
  const mentionUserIds = toPinged(watch, event);
  if (record.state !== 'posted') return { mentionUserIds };
  return { mentionUserIds, replyTo: record.messageId, cardLink: toLink(watch.guildId, record) };
}

function toLink(guildId: string, { channelId, messageId }: PostedMessage): string {
  return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
}

function toTask({ guildId, channelId, ref, addedAt }: Watch) {
  return { guildId, channelId, ref, addedAt };
}

function toCardKey({ guildId, channelId, ref, addedAt }: Watch): string {
  return `${guildId}:${channelId}:${ref}:${addedAt}`;
}

function toMessageKey({ watch, card }: Pick<Turn, 'watch' | 'card'>): string {
  return `card:${toCardKey(watch)}:${card.generation}`;
}

function toShown(job: Job): string {
  return `${job.status} ${job.progressPercent ?? ''} ${job.changedAt} ${job.concealed ?? ''}`.trimEnd();
}
