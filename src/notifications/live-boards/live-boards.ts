import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RunningBoard, RunningBoards } from '../../jobs/running-board.ts';
import type { NamedQueue, Queue } from '../../queue/contract.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage, UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import { forEachLimited } from '../../shared/limiter.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ServedGuilds } from '../../shared/served-guilds.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import { type ChannelPoster, LEVELS, PostError, type PostedMessage } from '../delivery/channel-poster.ts';
import type { Posted } from '../delivery/post-record.ts';
import type { Sender } from '../delivery/sender.ts';
import { toDeliveryId } from '../planning/plan.ts';
import { notificationProblemWords } from '../words.ts';

const LiveBoard = z.object({
  guildId: z.string(),
  channelId: z.string(),
  /** Names its message for ever. */
  postId: z.string(),
  by: z.string(),
  at: z.number(),
  /** Differs for every change that people can see. */
  shown: z.string().exactOptional(),
});
/** A message that keeps showing what runs; one a channel. */
export type LiveBoard = z.infer<typeof LiveBoard>;

/** `board` as everyone in the server may see it; none: it is no longer live. */
export interface BoardNotice {
  readonly guildId: string;
  readonly board?: RunningBoard;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface LiveBoardsOptions {
  readonly store: Pick<Store, 'collection'>;
  readonly queue: Pick<Queue, 'define'>;
  readonly boards: Pick<RunningBoards, 'read'>;
  readonly sender: Sender<BoardNotice>;
  readonly poster: ChannelPoster<BoardNotice>;
  readonly served: Pick<ServedGuilds, 'has'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What became of a request to have a board: `later` where Discord did not take it yet. */
export type PinOutcome =
  | { readonly outcome: 'posted' | 'known'; readonly place: PostedMessage }
  | { readonly outcome: 'later' };

/** Live boards that one server may have. */
const MAX_PER_GUILD = 10;
/** Servers whose boards are brought up to date at the same time. */
const GUILDS_AT_ONCE = 16;
/** At most one edit of a board in this time, and none where nothing changed. */
const EDIT_EVERY_MS = 20_000;
/** Milliseconds after which a board on which nothing changed says anew how old it is. */
const FRESH_MS = 5 * 60_000;
/** Lists of this age will do, so that boards cost no calls of their own. */
const LIST_AGE_MS = 60_000;

/** Messages that keep showing what runs, until they are taken away or deleted; they survive restarts. */
export class LiveBoards {
  readonly #options: LiveBoardsOptions;
  readonly #boards: Collection<LiveBoard>;
  readonly #ticks: NamedQueue<object, object>;
  readonly #lock = new KeyedLock();

  constructor(options: LiveBoardsOptions) {
    this.#options = options;
    this.#boards = options.store.collection('live-boards', LiveBoard);
    this.#ticks = options.queue.define('live-boards', z.object({}));
  }

  /** Begins keeping boards up to date: one tick for all processes on the same queue. */
  async start(): Promise<void> {
    this.#ticks.work(() => this.refresh());
    await this.#ticks.repeat({}, { key: 'live-boards', everyMs: EDIT_EVERY_MS });
  }

  /**
   * Posts a board into a channel that has none. Rejects with a `PostError` where Discord refuses it there.
   * @throws UserError where the server has too many.
   */
  async pin(request: Pick<LiveBoard, 'guildId' | 'channelId' | 'postId' | 'by'>): Promise<PinOutcome> {
    const key = toKey(request);
    return this.#lock.run(key, async () => {
      const board: LiveBoard = { ...request, at: this.#options.clock.now() };
      const isNew = await this.#add(key, board);
      const known = isNew ? board : ((await this.#boards.get(key)) ?? board);
      try {
        const posted = await this.#post(known);
        return posted === undefined ? { outcome: 'later' } : { outcome: isNew ? 'posted' : 'known', place: posted };
      } catch (thrown) {
        if (!isRefused(thrown)) return { outcome: 'later' };
        await this.#boards.delete(key);
        throw thrown;
      }
    });
  }

  /** Whether it was not there before. One after the other in a server, so that none slips in beside the last one. */
  #add(key: string, board: LiveBoard): Promise<boolean> {
    return this.#lock.run(board.guildId, async () => {
      const keys = await this.#keysOf(board.guildId);
      if (keys.includes(key)) return false;
      if (keys.length < MAX_PER_GUILD) return this.#boards.insertIfAbsent(key, board);
      throw new UserError('boards-full', notificationProblemWords.tooManyBoards(MAX_PER_GUILD));
    });
  }

  async #keysOf(guildId: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const [key, board] of this.#boards.entries()) if (board.guildId === guildId) keys.push(key);
    return keys;
  }

  /** Ends the board of a channel; returns whether there was one. */
  async unpin(where: Pick<LiveBoard, 'guildId' | 'channelId'>): Promise<boolean> {
    const key = toKey(where);
    return this.#lock.run(key, async () => {
      const board = await this.#boards.get(key);
      if (board === undefined) return false;
      await this.#boards.delete(key);
      const { sender, clock } = this.#options;
      const record = await sender.read(toPostKey(board));
      if (record.state !== 'posted') return true;
      await this.#edit(board, record, { guildId: board.guildId, at: clock.now() }).catch((thrown: unknown) =>
        this.#warn(board, thrown),
      );
      return true;
    });
  }

  /** The channels of a server that have one. */
  async listChannelIds(guildId: string): Promise<readonly string[]> {
    const channelIds: string[] = [];
    for await (const [, board] of this.#boards.entries())
      if (board.guildId === guildId) channelIds.push(board.channelId);
    return channelIds;
  }

  /** Ends all boards of a server; their messages stay as they are. */
  async endAllOf(guildId: string): Promise<void> {
    for (const key of await this.#keysOf(guildId)) await this.#lock.run(key, () => this.#boards.delete(key));
  }

  /** Brings all boards up to date; one that fails, or a server whose account is slow, does not hold up the others. */
  async refresh(): Promise<void> {
    const all: { readonly key: string; readonly guildId: string }[] = [];
    for await (const [key, { guildId }] of this.#boards.entries())
      if (this.#options.served.has(guildId)) all.push({ key, guildId });
    const failures: unknown[] = [];
    const guilds = Map.groupBy(all, ({ guildId }) => guildId);
    await forEachLimited([...guilds], GUILDS_AT_ONCE, async ([guildId, own]) => {
      await this.#refreshAllOf(guildId, own).catch((thrown: unknown) => failures.push(thrown));
    });
    if (failures.length > 0) throw failures[0];
  }

  /** What runs is read once for all of them. */
  async #refreshAllOf(guildId: string, boards: readonly { readonly key: string }[]): Promise<void> {
    let reading: Promise<BoardNotice> | undefined;
    const read = () => {
      reading ??= this.#read(guildId);
      return reading;
    };
    for (const { key } of boards) await this.#lock.run(key, () => this.#refresh(key, read));
  }

  async #refresh(key: string, read: () => Promise<BoardNotice>): Promise<void> {
    const board = await this.#boards.get(key);
    if (board === undefined) return;
    try {
      const record = await this.#options.sender.read(toPostKey(board));
      if (record.state === 'posted') await this.#update(key, board, record, await read());
      else if (record.state === 'dropped') await this.#boards.delete(key);
      else await this.#post(board);
    } catch (thrown) {
      if (isOver(thrown)) await this.#boards.delete(key);
      else this.#warn(board, thrown);
    }
  }

  async #update(key: string, board: LiveBoard, posted: Posted, notice: BoardNotice): Promise<void> {
    const shown = toShown(notice);
    if (shown === board.shown) return;
    await this.#edit(board, posted, notice);
    await this.#boards.update(key, (known) => (known?.postId === board.postId ? { ...known, shown } : undefined));
  }

  /** Where its message is; none where it is not there yet. */
  async #post(board: LiveBoard): Promise<PostedMessage | undefined> {
    const { guildId, channelId } = board;
    const notice = await this.#read(guildId);
    const signal = new AbortController().signal;
    const order = { key: toPostKey(board), guildId, channelId, notice, isSilent: true, signal };
    const record = await this.#options.sender.sendOnce(order);
    return record.state === 'posted' ? record : undefined;
  }

  async #edit(board: LiveBoard, place: PostedMessage, notice: BoardNotice): Promise<void> {
    const { poster } = this.#options;
    const { guildId } = board;
    const deliveryId = toDeliveryId(toPostKey(board));
    for (const level of LEVELS) {
      const prepared = await poster.prepare(notice, { deliveryId, level, guildId });
      try {
        return await prepared.edit(place);
      } catch (thrown) {
        if (!(thrown instanceof PostError) || thrown.kind !== 'payload' || level === LEVELS.at(-1)) throw thrown;
      } finally {
        prepared.release();
      }
    }
  }

  async #read(guildId: string): Promise<BoardNotice> {
    const { boards, clock } = this.#options;
    return { guildId, board: await boards.read({ guildId, maxAgeMs: LIST_AGE_MS }), at: clock.now() };
  }

  #warn({ guildId, channelId }: LiveBoard, thrown: unknown): void {
    const fields = { guildId, channelId, error: toErrorMessage(thrown) };
    this.#options.logger.info(fields, 'A live board could not be brought up to date.');
  }
}

function toKey({ guildId, channelId }: Pick<LiveBoard, 'guildId' | 'channelId'>): string {
  return `${guildId}:${channelId}`;
}

function toPostKey(board: LiveBoard): string {
  return `board:${toKey(board)}:${board.postId}`;
}

/** Whether Discord will not have it there unless a person changes something. */
function isRefused(thrown: unknown): boolean {
  return thrown instanceof PostError && ['target', 'gone', 'payload'].includes(thrown.kind) && !thrown.isDoubtful;
}

/** Whether somebody deleted the message, or the channel. */
function isOver(thrown: unknown): boolean {
  return thrown instanceof PostError && (thrown.kind === 'message-gone' || thrown.kind === 'gone');
}

/** All that people see of a board; how old it is only roughly. */
function toShown({ board, at }: BoardNotice): string {
  const { lookedAt: _, jobs = [], ...rest } = board ?? {};
  const seen = jobs.map(({ ref, status, progressPercent, prompt, concealed }) => {
    return [ref, status, progressPercent, prompt, concealed !== undefined];
  });
  return createHash('sha256')
    .update(JSON.stringify([rest, seen, Math.floor(at / FRESH_MS)]))
    .digest('base64url')
    .slice(0, 22);
}
