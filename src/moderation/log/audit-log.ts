import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Store } from '../../storage/contract.ts';
import { type LogDraft, LogEntry, namesMember, type ReadEntry, replaceMember, toIdHash } from './log-entry.ts';
import { keepOnly, LogSegments, type Segment, toReadEntries, toSegmentIndex } from './log-segments.ts';

export interface LogQuery {
  /** Who did it or to whom it was done. */
  readonly member?: string | undefined;
  /** Of the job that it was about, or that came of it. */
  readonly ref?: string | undefined;
  readonly action?: string | undefined;
  /** Only entries with a lower number: the `nextBefore` of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface LogPage {
  /** Newest first. */
  readonly entries: readonly ReadEntry[];
  /** Where the next page goes on; none when nothing older is left. */
  readonly nextBefore?: number;
}

/** Who did what, per server: numbered, append-only, read newest first. Every method rejects with a `StoreError`. */
export class AuditLog {
  readonly #store: Pick<Store, 'transaction'>;
  readonly #segments: LogSegments;
  /** Writes of one server one at a time, so that none of this process makes another one start again. */
  readonly #lock = new KeyedLock();

  constructor(store: Pick<Store, 'collection' | 'transaction'>) {
    this.#store = store;
    this.#segments = LogSegments.open(store);
  }

  /**
   * Logs it and returns its number; what was logged under this id before keeps the number it has. Within a transaction
   * of the same store, it is logged when that commits, or not at all.
   */
  append(draft: LogDraft, transaction?: Transaction): Promise<number> {
    if (transaction !== undefined) return this.#append(draft, this.#segments.within(transaction));
    return this.#write(draft.guildId, (segments) => this.#append(draft, segments));
  }

  async #append(draft: LogDraft, segments: LogSegments): Promise<number> {
    const { guildId } = draft;
    const id = toIdHash(draft.id);
    const tail = await segments.loadTail(guildId);
    const known = await segments.findNumber(guildId, id, tail);
    if (known !== undefined) return known;
    const { next: number } = tail.segment;
    await segments.append(guildId, tail, LogEntry.parse({ ...draft, id, number }));
    return number;
  }

  /**
   * Notes which job came of what was logged under this id: read with its entry, which itself is not touched.
   * Idempotent.
   */
  noteMade(guildId: string, id: string, ref: string): Promise<void> {
    return this.#write(guildId, async (segments) => {
      const number = await segments.findNumber(guildId, toIdHash(id), await segments.loadTail(guildId));
      if (number === undefined) return;
      await segments.change(guildId, toSegmentIndex(number), (known) => {
        return known.made?.[number] === ref ? undefined : { ...known, made: { ...known.made, [number]: ref } };
      });
    });
  }

  /** One entry of this server. */
  async get(guildId: string, number: number): Promise<ReadEntry | undefined> {
    if (!Number.isSafeInteger(number) || number < 1) return undefined;
    const segment = await this.#segments.get(guildId, toSegmentIndex(number));
    return segment && toReadEntries(segment).find((entry) => entry.number === number);
  }

  /** Reads only as many segments as it takes to fill the page. */
  async page(guildId: string, query: LogQuery): Promise<LogPage> {
    const found: ReadEntry[] = [];
    for await (const entry of this.#newestFirst(guildId, query.before ?? Number.POSITIVE_INFINITY)) {
      if (!matches(entry, query)) continue;
      if (found.length === query.limit) return { entries: found, nextBefore: found.at(-1)?.number ?? entry.number };
      found.push(entry);
    }
    return { entries: found };
  }

  /** The whole log as JSON lines, oldest first; what is appended meanwhile may be missing. */
  async *exportLines(guildId: string): AsyncGenerator<string> {
    for await (const segment of this.#oldestFirst(guildId))
      for (const entry of toReadEntries(segment)) yield toLine(entry);
  }

  /** The entries that name a member in any place, as JSON lines, oldest first. */
  async *exportMemberLines(guildId: string, memberId: string): AsyncGenerator<string> {
    for await (const segment of this.#oldestFirst(guildId)) {
      for (const entry of toReadEntries(segment)) if (namesMember(entry, memberId)) yield toLine(entry);
    }
  }

  /** Forgets what is older than `at` (epoch milliseconds); the numbers of what stays do not change. */
  async dropBefore(guildId: string, at: number): Promise<void> {
    while (await this.#write(guildId, (segments) => dropFromFirst(segments, guildId, at)));
  }

  /** Deletes the whole log of a server. */
  async forget(guildId: string): Promise<void> {
    await this.dropBefore(guildId, Number.POSITIVE_INFINITY);
    await this.#write(guildId, (segments) => segments.deleteAll(guildId));
  }

  /** Puts a pseudonym in the place of a member's id wherever an entry names it. Idempotent. */
  async replaceMember(guildId: string, memberId: string, pseudonym: string): Promise<void> {
    const replace = (entry: LogEntry) => replaceMember(entry, { memberId, pseudonym, schema: LogEntry });
    const tail = await this.#segments.loadTail(guildId);
    for (let index = tail.first; index <= tail.index; index += 1) {
      await this.#segments.change(guildId, index, (segment) => {
        return namesMember(segment, memberId) ? { ...segment, entries: segment.entries.map(replace) } : undefined;
      });
    }
  }

  async *#newestFirst(guildId: string, before: number): AsyncGenerator<ReadEntry> {
    const tail = await this.#segments.loadTail(guildId);
    const start = Math.min(tail.index, before === Number.POSITIVE_INFINITY ? tail.index : toSegmentIndex(before));
    for (let index = start; index >= tail.first; index -= 1) {
      const segment = index === tail.index ? tail.segment : await this.#segments.get(guildId, index);
      const entries = segment === undefined ? [] : toReadEntries(segment).toReversed();
      for (const entry of entries) if (entry.number < before) yield entry;
    }
  }

  async *#oldestFirst(guildId: string): AsyncGenerator<Segment> {
    const tail = await this.#segments.loadTail(guildId);
    for (let index = tail.first; index <= tail.index; index += 1) {
      const segment = await this.#segments.get(guildId, index);
      if (segment !== undefined) yield segment;
    }
  }

  #write<T>(guildId: string, work: (segments: LogSegments) => Promise<T>): Promise<T> {
    return this.#lock.run(guildId, () =>
      this.#store.transaction((transaction) => work(this.#segments.within(transaction))),
    );
  }
}

/** Forgets what is old in the oldest segment; returns whether the next one is to be looked at too. */
async function dropFromFirst(segments: LogSegments, guildId: string, at: number): Promise<boolean> {
  const tail = await segments.loadTail(guildId);
  const oldest = await segments.get(guildId, tail.first);
  const kept = oldest?.entries.filter((entry) => entry.at >= at) ?? [];
  const dropped = oldest?.entries.filter((entry) => entry.at < at) ?? [];
  await segments.forgetIds(guildId, dropped);
  if (kept.length === 0 && tail.first < tail.index) {
    await segments.deleteFirst(guildId, tail);
    return true;
  }
  if (dropped.length > 0) await segments.change(guildId, tail.first, (known) => keepOnly(known, kept));
  return false;
}

function matches(entry: ReadEntry, { member, ref, action }: LogQuery): boolean {
  if (member !== undefined && entry.actorId !== member && entry.targetId !== member) return false;
  if (ref !== undefined && entry.ref !== ref && entry.madeRef !== ref) return false;
  return action === undefined || entry.action === action;
}

function toLine(entry: ReadEntry): string {
  return `${JSON.stringify(entry)}\n`;
}
