import { type HandlerEntry, RetryLater } from '../../queue/contract.ts';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import type { PlannedPost } from '../planning/plan.ts';
import { isQuiet } from '../rules/quiet-hours.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleStore } from '../rules/rule-store.ts';
import { droppedWords } from '../words.ts';
import {
  chooseBatch,
  closeBatch,
  countSingles,
  DIGEST_WINDOW_MS,
  findDue,
  findMembership,
  joinBatch,
  removeBatch,
} from './batching.ts';
import { type BatchKind, type Notice, type NoticeLine, PostError } from './channel-poster.ts';
import type { Batch, ChannelStates, Member } from './channel-state.ts';
import { ChannelTurn } from './channel-turn.ts';
import {
  type BatchId,
  type CardTask,
  type DeliveryQueue,
  type DeliveryTask,
  enqueue,
  toBatchEndEntry,
  toBatchEntry,
} from './delivery-queue.ts';
import type { MissedMentionListener } from './missed-mention.ts';
import { isSettled, type PostRecord, type Unsettled } from './post-record.ts';
import type { PostedJobs } from './posted-jobs.ts';
import type { Refusals } from './refusals.ts';
import type { Sender, SendOrder } from './sender.ts';

export interface DeliveriesOptions {
  readonly queue: DeliveryQueue;
  readonly rules: RuleStore;
  readonly states: ChannelStates;
  readonly jobs: PostedJobs;
  readonly sender: Sender;
  readonly refusals: Refusals;
  /** Handles what concerns live cards. */
  readonly cards: { handle(task: CardTask, signal: AbortSignal): Promise<void> };
  /** Whether the bot has left a server: what waits for it is dropped. Default: none. */
  readonly hasLeft?: (guildId: string) => boolean;
  readonly clock: Clock;
  readonly onMissedMention: MissedMentionListener;
  /** Called when Discord no longer knows the bot. */
  readonly onFatal: (reason: string) => void;
}

/** Channels that are posted to at once; one server has half of them, and others find some free. */
const CHANNELS_AT_ONCE = 128;
/** Milliseconds after which what a killed process was posting is taken up again. */
const LEASE_MS = 10_000;
const FATAL_RETRY_MS = 60_000;

/**
 * Handles the delivery queue: each post ends up in exactly one message, in the order of its channel, or says why not.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Starts handling what is queued. */
  start(): void {
    this.#options.queue.work((entry) => this.handle(entry), { concurrency: CHANNELS_AT_ONCE, leaseMs: LEASE_MS });
  }

  async handle({ payload, leaseLostSignal }: Pick<HandlerEntry<DeliveryTask>, 'payload' | 'leaseLostSignal'>) {
    try {
      await this.#run(payload, leaseLostSignal);
    } catch (thrown) {
      throw this.#toRetry(thrown);
    }
  }

  async #run(task: DeliveryTask, signal: AbortSignal): Promise<void> {
    if (task.kind === 'digest-end') return enqueue(this.#options.queue, toBatchEntry(toBatchId(task)));
    if (task.kind === 'card') return this.#options.cards.handle(task, signal);
    const target = task.kind === 'post' ? task.post : task;
    const turn = await ChannelTurn.start(this.#options.states, target, signal);
    return task.kind === 'post' ? this.#handlePost(turn, task.post) : this.#sendBatch(turn, task.batchKey);
  }

  #toRetry(thrown: unknown): unknown {
    if (!(thrown instanceof PostError)) return thrown;
    if (thrown.kind === 'fatal') {
      this.#options.onFatal(thrown.message);
      return new RetryLater(FATAL_RETRY_MS, thrown.message);
    }
    return thrown.retryAfterMs === undefined ? thrown : new RetryLater(thrown.retryAfterMs, thrown.message);
  }

  async #handlePost(turn: ChannelTurn, post: PlannedPost): Promise<void> {
    const { sender, clock } = this.#options;
    const before = await sender.read(post.key);
    const rules = await this.#rulesOf(post);
    if (isSettled(before)) return this.#afterwards(turn, post, before, []);
    const batch = findMembership(turn.state, post.key);
    if (batch !== undefined) return this.#finishJoining(post, batch, before);
    if (this.#hasLeft(turn)) return void (await sender.drop(post.key, before, 'left-server', droppedWords.left));
    const record = await this.#guard(turn, post.key, () => sender.settleDoubt(post.key, turn.target, before));
    if (isSettled(record)) return this.#afterwards(turn, post, record, rules);
    if (record.state === 'waiting') {
      const unwanted = toUnwanted(post, rules);
      if (unwanted !== undefined) return void (await sender.drop(post.key, record, 'rule-gone', unwanted));
      const choice = chooseBatch(post, rules, turn.state, clock.now());
      if (choice !== undefined) return this.#join(turn, post, choice, record);
      await this.#sendDueBatches(turn);
    }
    await this.#sendPost(turn, post, rules, record);
  }

  async #sendPost(turn: ChannelTurn, post: PlannedPost, rules: readonly Rule[], record: Unsettled): Promise<void> {
    const { sender, jobs } = this.#options;
    const job = await jobs.get(post);
    if (job === undefined)
      return void (await sender.drop(post.key, record, 'job-forgotten', droppedWords.jobForgotten));
    const { event, media, mentionRoleIds, mentionUserIds, replyTo, cardLink } = post;
    const mentions = { mentionRoleIds, mentionUserIds };
    const notice: Notice =
      post.via === 'card'
        ? { kind: 'ending', job, event, ...mentions, ...compact({ cardLink }) }
        : { kind: 'job', job, event, media, ...mentions };
    const order = this.#toOrder(turn, post.key, notice, rules);
    const fullOrder = replyTo === undefined ? order : { ...order, replyTo };
    const after = await this.#guard(turn, post.key, () => sender.send(fullOrder, record));
    await this.#afterwards(turn, post, after, rules);
  }

  /**
   * After an answer: a channel that took a post is no longer refused, and rules with a digest have posted one more; a
   * dropped one misses its mentions.
   */
  async #afterwards(turn: ChannelTurn, post: PlannedPost, record: PostRecord, rules: readonly Rule[]): Promise<void> {
    const { mentionUserIds: userIds } = post;
    if (record.state === 'dropped' && userIds.length > 0) await this.#options.onMissedMention({ ...post, userIds });
    if (record.state === 'dropped') await this.#options.refusals.clearDelay(turn);
    if (record.state !== 'posted') return;
    await this.#options.refusals.clear(turn);
    const counted = countSingles(turn.state, rules, this.#options.clock.now());
    if (counted !== undefined) await turn.save(counted);
  }

  /**
   * Membership first, then the batch's own entry, then the post's record: each is repeated without harm after a crash.
   */
  async #join(
    turn: ChannelTurn,
    post: PlannedPost,
    choice: { readonly kind: BatchKind; readonly closesAt: number },
    record: Unsettled,
  ): Promise<void> {
    const joined = joinBatch(turn.state, post, choice, this.#options.clock.now());
    await turn.save(joined.state);
    await this.#finishJoining(post, joined.batch, record);
  }

  async #finishJoining(post: PlannedPost, batch: Batch, { tries, lastAnswer }: Unsettled): Promise<void> {
    const { queue, clock, sender } = this.#options;
    const id = { guildId: post.guildId, channelId: post.channelId, batchKey: batch.key };
    const waitMs = Math.min(DIGEST_WINDOW_MS, Math.max(0, batch.closesAt - clock.now()));
    await enqueue(queue, toBatchEndEntry(id, waitMs));
    const answer = lastAnswer === undefined ? {} : { lastAnswer };
    await sender.keep(post.key, { state: 'batched', kind: batch.kind, batchKey: batch.key, tries, ...answer });
  }

  async #sendDueBatches(turn: ChannelTurn): Promise<void> {
    const now = this.#options.clock.now();
    for (let due = findDue(turn.state, now); due !== undefined; due = findDue(turn.state, now)) {
      await this.#sendBatch(turn, due.key);
    }
  }

  /** Freezes the batch, sends it once, forgets it. */
  async #sendBatch(turn: ChannelTurn, key: string): Promise<void> {
    const { sender, refusals } = this.#options;
    const batch = turn.state.batches.find((other) => other.key === key);
    if (batch === undefined) return;
    if (!batch.isClosed) await turn.save(closeBatch(turn.state, key));
    let record = await sender.read(key);
    if (!isSettled(record) && this.#hasLeft(turn))
      record = await sender.drop(key, record, 'left-server', droppedWords.left);
    if (!isSettled(record)) {
      const before = record;
      record = await this.#guard(turn, key, () => sender.settleDoubt(key, turn.target, before));
    }
    if (!isSettled(record)) record = await this.#sendMembers(turn, batch, record);
    await (record.state === 'posted' ? refusals.clear(turn) : refusals.clearDelay(turn));
    await turn.save(removeBatch(turn.state, key));
  }

  #hasLeft({ target }: ChannelTurn): boolean {
    return this.#options.hasLeft?.(target.guildId) === true;
  }

  async #sendMembers(turn: ChannelTurn, batch: Batch, record: Unsettled): Promise<PostRecord> {
    const { key, kind, members } = batch;
    const { sender, rules: store } = this.#options;
    const ruleNumbers = [...new Set(members.flatMap((member) => member.ruleNumbers))];
    const rules = (await store.list(turn.target.guildId)).filter(({ number }) => ruleNumbers.includes(number));
    const unwanted = toUnwanted({ via: 'post', ruleNumbers, channelId: turn.target.channelId }, rules);
    if (record.state === 'waiting' && unwanted !== undefined) return sender.drop(key, record, 'rule-gone', unwanted);
    const lines = await this.#toLines(turn, members);
    const mentionRoleIds = [...new Set(members.flatMap((member) => member.mentionRoleIds))];
    const notice: Notice = { kind: 'batch', batch: kind, lines, mentionRoleIds, mentionUserIds: [] };
    const order = this.#toOrder(turn, key, notice, rules);
    return this.#guard(turn, key, () => sender.send(order, record));
  }

  async #toLines({ target }: ChannelTurn, members: readonly Member[]): Promise<NoticeLine[]> {
    const ids = members.map(({ ref, event }) => ({ guildId: target.guildId, ref, event }));
    const jobs = await this.#options.jobs.getMany(ids);
    return ids.flatMap(({ event }, at) => {
      const job = jobs[at];
      return job === undefined ? [] : [{ job, event }];
    });
  }

  #toOrder({ target, signal }: ChannelTurn, key: string, notice: Notice, rules: readonly Rule[]): SendOrder {
    const now = this.#options.clock.now();
    const isSilent = rules.length > 0 && rules.every(({ quiet }) => quiet !== undefined && isQuiet(quiet, now));
    return { ...target, key, notice, isSilent, signal };
  }

  /**
   * Turns the refusal of a channel into a wait that holds the channel's order, or, without hope, into the
   * end of this message.
   */
  async #guard<T>(turn: ChannelTurn, key: string, work: () => Promise<T>): Promise<T | PostRecord> {
    const { refusals, sender } = this.#options;
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof PostError)) throw thrown;
      if (thrown.kind === 'refused' || thrown.kind === 'payload') await refusals.noteDelay(turn, thrown);
      if (thrown.kind !== 'target' && thrown.kind !== 'gone') throw thrown;
      const { isHopeless, afterMs } = await refusals.note(turn, thrown);
      const record = await sender.read(key);
      if (!isHopeless || isSettled(record)) throw new RetryLater(afterMs, thrown.message);
      return sender.drop(key, record, 'refused', thrown.message);
    }
  }

  async #rulesOf({ guildId, ruleNumbers }: PlannedPost): Promise<readonly Rule[]> {
    return (await this.#options.rules.list(guildId)).filter(({ number }) => ruleNumbers.includes(number));
  }
}

/** Why nobody wants a post here any more: all its rules were removed, or post to another channel now. */
function toUnwanted(
  { via, ruleNumbers, channelId }: Pick<PlannedPost, 'via' | 'ruleNumbers' | 'channelId'>,
  rules: readonly Rule[],
): string | undefined {
  if (via !== 'post' || ruleNumbers.length === 0 || rules.some((rule) => rule.channelId === channelId))
    return undefined;
  return rules.length === 0 ? droppedWords.ruleRemoved : droppedWords.ruleMoved;
}

function toBatchId({ guildId, channelId, batchKey }: BatchId): BatchId {
  return { guildId, channelId, batchKey };
}
