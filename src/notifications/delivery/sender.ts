import { RetryLater } from '../../queue/contract.ts';
import { type Clock, isYounger } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Collection } from '../../storage/contract.ts';
import { toDeliveryId, toNonce } from '../planning/plan.ts';
import { droppedWords } from '../words.ts';
import {
  type ChannelPoster,
  LEVELS,
  type Level,
  type Notice,
  PostError,
  type PostedMessage,
  type PostTarget,
  type PreparedMessage,
} from './channel-poster.ts';
import { LookBack, NONCE_WINDOW_MS } from './look-back.ts';
import { isHopeless, isLevelToBlame, noteFailure, toLowerLevel, toPauseMs } from './patience.ts';
import {
  type Dropped,
  type Failing,
  type InDoubt,
  isSettled,
  NEW_RECORD,
  type Posted,
  type PostRecord,
  type Unsettled,
} from './post-record.ts';

/** A message to be sent once. */
export interface SendOrder<N = Notice> extends PostTarget {
  /** Names the message for ever. */
  readonly key: string;
  readonly notice: N;
  readonly isSilent: boolean;
  readonly replyTo?: string;
  readonly signal: AbortSignal;
}

/** Why a message will not come. */
export type DropReason =
  | 'given-up'
  | 'job-forgotten'
  | 'left-server'
  | 'not-approved'
  | 'not-found'
  | 'not-made'
  | 'not-posted'
  | 'refused'
  | 'rule-gone';

/** `found`: it was there after a doubt; `retried`: it is sent again. */
export interface PostOutcome {
  readonly outcome: 'posted' | 'found' | 'retried' | 'dropped';
  readonly reason?: DropReason;
}

export interface SenderOptions<N = Notice> {
  readonly records: Collection<PostRecord>;
  readonly poster: ChannelPoster<N>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Must not throw. */
  readonly onOutcome?: ((outcome: PostOutcome) => void) | undefined;
}

interface Prepared {
  readonly level: Level;
  readonly message: PreparedMessage;
}

/**
 * Sends messages exactly once: the intent is stored, then it is sent, then the receipt is stored; a doubt is settled by
 * looking.
 */
export class Sender<N = Notice> {
  readonly #options: SenderOptions<N>;
  /** One attempt at a message at a time. */
  readonly #lock = new KeyedLock();
  readonly #lookBack: LookBack<N>;
  #takenAt = Number.NEGATIVE_INFINITY;

  constructor(options: SenderOptions<N>) {
    this.#options = options;
    this.#lookBack = new LookBack(options.poster, options.clock);
  }

  /** When Discord took a message last: epoch milliseconds. */
  get takenAt(): number {
    return this.#takenAt;
  }

  /** What is known of a message. */
  async read(key: string): Promise<PostRecord> {
    return (await this.#options.records.get(key)) ?? NEW_RECORD;
  }

  /**
   * Finds out whether a message whose answer was lost is there: `posted` when it was found, `waiting` when it surely is
   * not, `sending` while its nonce still protects a second attempt, `dropped` after hours. Rejects with a `PostError`
   * when nobody can know now.
   */
  async settleDoubt(key: string, target: PostTarget, record: Unsettled): Promise<Posted | Unsettled | Dropped> {
    if (record.state === 'waiting') return record;
    let looked: Awaited<ReturnType<LookBack<N>['find']>>;
    try {
      looked = await this.#lookBack.find(key, target, record);
    } catch (thrown) {
      return this.#afterFailedLook(key, record, thrown);
    }
    if (looked === 'protected') return record;
    if (looked === 'absent') return this.#afterLookBack(key, record);
    return this.#keepReceipt(key, record, looked, { isSilent: false, wasFound: true });
  }

  /**
   * Not allowed to look, for no known reason: after hours it is dropped, as it may be there and is never sent blindly.
   */
  async #afterFailedLook(key: string, record: InDoubt, thrown: unknown): Promise<Dropped> {
    if (!(thrown instanceof PostError) || !['refused', 'payload'].includes(thrown.kind)) throw thrown;
    const { records, clock } = this.#options;
    const unseen = noteFailure(record.unseen, clock.now());
    if (isHopeless(unseen, clock.now()))
      return this.drop(key, record, 'not-found', droppedWords.notFound(thrown.message));
    await records.set(key, { ...record, unseen });
    throw toDelay(thrown, unseen);
  }

  /**
   * Surely not there: to be sent again, with less where that may be why it does not get through; dropped after hours.
   */
  async #afterLookBack(key: string, record: InDoubt): Promise<Unsettled | Dropped> {
    const { records, clock, logger } = this.#options;
    const { level, lastAnswer } = record;
    const isProcessLost = lastAnswer === undefined || lastAnswer.at < record.since;
    const failing = isProcessLost ? record.failing : noteFailure(record.failing, clock.now());
    const lower = toLowerLevel(level);
    const waiting = { ...toCommon(record), state: 'waiting', level, ...compact({ failing }) } as const;
    if (failing !== undefined && lower === undefined && isHopeless(failing, clock.now()))
      return this.drop(key, waiting, 'not-posted', lastAnswer?.says ?? droppedWords.notPosted);
    const seen = { isUnanswered: lastAnswer?.code === 0, takenAt: this.#takenAt };
    if (failing === undefined || lower === undefined || isProcessLost || !isLevelToBlame(failing, seen)) {
      await records.set(key, waiting);
      return waiting;
    }
    logger.warn(
      { key, level, next: lower, code: lastAnswer?.code },
      'A post does not get through; less of it is sent.',
    );
    const smaller = toSmaller(waiting, lower);
    await records.set(key, smaller);
    return smaller;
  }

  /**
   * Sends with less and less until Discord takes it; `dropped` when it cannot be made, or nothing of it is taken for
   * hours. Rejects with a `PostError` for any other refusal, and where the least of it was refused: that is tried again
   * after `retryAfterMs`.
   */
  async send(order: SendOrder<N>, before: Unsettled): Promise<Posted | Dropped> {
    let record = before;
    for (;;) {
      const prepared = await this.#prepare(order, record);
      if (prepared === undefined) return this.drop(order.key, record, 'not-made', droppedWords.notMade);
      try {
        const after = await this.#attempt(order, { ...record, level: prepared.level }, prepared.message);
        if (isSettled(after)) return after;
        record = after;
      } finally {
        prepared.message.release();
      }
    }
  }

  /**
   * Sends a message unless that was done before, whoever asks for it how often: what is known of it is read, a doubt is
   * settled, then it is sent. Rejects with a `PostError`, or with a `RetryLater`.
   */
  sendOnce(order: SendOrder<N>): Promise<Exclude<PostRecord, Unsettled>> {
    return this.#lock.run(order.key, async () => {
      const before = await this.read(order.key);
      if (isSettled(before)) return before;
      const record = await this.settleDoubt(order.key, order, before);
      return isSettled(record) ? record : this.send(order, record);
    });
  }

  /** Stores what became of a message without sending it. */
  async keep(key: string, record: PostRecord): Promise<void> {
    await this.#options.records.set(key, record);
  }

  /** Ends a message that will not be sent; `why` is a sentence part for people. */
  async drop(key: string, record: Unsettled, reason: DropReason, why: string): Promise<Dropped> {
    const dropped: Dropped = { ...toCommon(record), state: 'dropped', at: this.#options.clock.now(), why };
    await this.#options.records.set(key, dropped);
    this.#options.logger.warn({ key, why }, 'A post was dropped.');
    this.#options.onOutcome?.({ outcome: 'dropped', reason });
    return dropped;
  }

  /** What cannot even be made is made with less, so that one bad job does not hold up its channel. */
  async #prepare({ key, notice, guildId }: SendOrder<N>, record: Unsettled): Promise<Prepared | undefined> {
    const { poster, logger } = this.#options;
    const said = record.lastAnswer === undefined ? {} : { answerCode: record.lastAnswer.code };
    for (const level of LEVELS.slice(LEVELS.indexOf(record.level))) {
      try {
        return {
          level,
          message: await poster.prepare(notice, { deliveryId: toDeliveryId(key), level, guildId, ...said }),
        };
      } catch (thrown) {
        if (thrown instanceof PostError) throw thrown;
        logger.warn({ key, level, error: toErrorMessage(thrown) }, 'A message could not be made.');
      }
    }
    return undefined;
  }

  async #attempt(
    order: SendOrder<N>,
    before: Unsettled,
    prepared: PreparedMessage,
  ): Promise<Posted | Dropped | Unsettled> {
    const { records, clock } = this.#options;
    const { key, guildId, isSilent, replyTo, signal } = order;
    const isInDoubt = before.state === 'sending';
    // A nonce protects only in the channel in which it was used.
    const channelId = (isInDoubt ? before.channelId : undefined) ?? order.channelId;
    if (isInDoubt && !isYounger(before.since, NONCE_WINDOW_MS, clock.now()))
      throw new RetryLater(0, 'looking back first');
    const nonce = toNonce(key);
    const since = isInDoubt ? before.since : clock.now();
    const sending = { ...before, state: 'sending', since, nonce, channelId, tries: before.tries + 1 } as const;
    signal.throwIfAborted();
    await records.set(key, sending);
    if (before.tries > 0) this.#options.onOutcome?.({ outcome: 'retried' });
    let posted: PostedMessage;
    try {
      const options = { nonce, isSilent, signal, ...compact({ replyTo }) };
      posted = await prepared.post({ guildId, channelId }, options);
    } catch (thrown) {
      return this.#afterRefusal(key, sending, isInDoubt, thrown);
    }
    this.#takenAt = clock.now();
    return this.#keepReceipt(key, sending, posted, { isSilent, wasFound: false });
  }

  /** Notes what Discord said; goes on with less where the payload is at fault, rejects otherwise. */
  async #afterRefusal(
    key: string,
    sending: InDoubt,
    wasInDoubt: boolean,
    thrown: unknown,
  ): Promise<Unsettled | Dropped> {
    if (!(thrown instanceof PostError)) throw thrown;
    const { records, clock, logger } = this.#options;
    const lastAnswer = { code: thrown.answerCode, says: thrown.message, at: clock.now() };
    const isInDoubt = wasInDoubt || thrown.isDoubtful;
    const refused = isInDoubt ? { ...sending, lastAnswer } : toWaiting({ ...sending, lastAnswer });
    const { kind, answerCode: code, cause } = thrown;
    const said = code === 0 && cause instanceof Error ? { error: cause.message } : {};
    logger.info({ key, kind, code, level: sending.level, ...said }, 'A post was not taken.');
    const lower = thrown.kind === 'payload' ? toLowerLevel(sending.level) : undefined;
    if (lower !== undefined) {
      const smaller = toSmaller(refused, lower);
      await records.set(key, smaller);
      return smaller;
    }
    if (thrown.kind === 'payload' || thrown.kind === 'refused') return this.#waitForHours(key, refused, thrown);
    await records.set(key, refused);
    throw thrown;
  }

  /**
   * A refusal that may pass, or of what cannot be smaller: to be tried again after growing pauses, dropped after hours.
   */
  async #waitForHours(key: string, refused: Unsettled, thrown: PostError): Promise<Dropped> {
    const { records, clock } = this.#options;
    const failing = noteFailure(refused.failing, clock.now());
    if (refused.state === 'waiting' && isHopeless(failing, clock.now()))
      return this.drop(key, refused, 'refused', thrown.message);
    await records.set(key, { ...refused, failing });
    throw toDelay(thrown, failing);
  }

  async #keepReceipt(
    key: string,
    record: Unsettled,
    { messageId, channelId }: PostedMessage,
    how: { readonly isSilent: boolean; readonly wasFound: boolean },
  ): Promise<Posted> {
    const at = this.#options.clock.now();
    const posted: Posted = {
      ...toCommon(record),
      state: 'posted',
      level: record.level,
      at,
      messageId,
      channelId,
      ...how,
    };
    await this.#options.records.set(key, posted);
    this.#options.onOutcome?.({ outcome: how.wasFound ? 'found' : 'posted' });
    return posted;
  }
}

/** The same refusal with the pause until the next try. */
function toDelay(refusal: PostError, failing: Failing): PostError {
  const facts = { answerCode: refusal.answerCode, retryAfterMs: toPauseMs(failing), isDoubtful: false };
  return new PostError(refusal.kind, refusal.message, facts, { cause: refusal });
}

function toWaiting(sending: InDoubt): Unsettled {
  const { since: _since, nonce: _nonce, channelId: _channelId, unseen: _unseen, ...kept } = sending;
  return { ...kept, state: 'waiting' };
}

/** How long it fails is remembered, how often is counted anew. */
function toSmaller(record: Unsettled, level: Level): Unsettled {
  const { failing } = record;
  return { ...record, level, ...(failing && { failing: { ...failing, count: 0 } }) };
}

function toCommon({ tries, lastAnswer }: PostRecord) {
  return { tries, ...compact({ lastAnswer }) };
}
