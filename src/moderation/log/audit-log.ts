import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Store } from '../../storage/contract.ts';
import { type LogDraft, LogEntry, namesMember, type ReadEntry, replaceMember, toIdHash } from './log-entry.ts';
import { LogSegments, type Segment, type Tail, toReadEntries, toSegmentIndex } from './log-segments.ts';

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

/**
 * Who did what, per server: numbered, append-only, read newest first. Written by one process; every method
 * rejects with a `StoreError`.
 */
export class AuditLog {
  readonly #segments: LogSegments;
  readonly #lock = new KeyedLock();
  readonly #tails = new Map<string, Tail>();

  constructor(store: Store) {
    this.#segments = new LogSegments(store);
  }

  /** Logs it and answers its number; what was logged under this id before keeps the number it has. */
  append(draft: LogDraft): Promise<number> {
    const { guildId } = draft;
    const id = toIdHash(draft.id);
    return this.#write(guildId, async (tail) => {
      const known = await this.#segments.findNumber(guildId, id);
      if (known !== undefined) return known;
      const { next: number } = tail.segment;
      const entry = LogEntry.parse({ ...draft, id, number });
      this.#tails.set(guildId, await this.#segments.append(guildId, tail, entry));
      return number;
    });
  }

  /**
   * Notes which job came of what was logged under this id: read with its entry, which itself is not touched. Said
   * again it changes nothing.
   */
  noteMade(guildId: string, id: string, ref: string): Promise<void> {
    return this.#write(guildId, async (tail) => {
      const number = await this.#segments.findNumber(guildId, toIdHash(id));
      if (number === undefined) return;
      this.#tails.set(guildId, await this.#segments.noteMade(guildId, tail, { number, ref }));
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
  dropBefore(guildId: string, at: number): Promise<void> {
    return this.#write(guildId, async (tail) => {
      for (let index = tail.first; index <= tail.index; index += 1) {
        const segment = await this.#segments.get(guildId, index);
        const kept = segment?.entries.filter((entry) => entry.at >= at) ?? [];
        if (segment !== undefined && kept.length === segment.entries.length && kept.length > 0) break;
        if (segment !== undefined) await this.#drop(guildId, { tail, index, segment, kept });
        if (kept.length > 0 || index === tail.index) break;
        this.#tails.set(guildId, await this.#segments.setFirst(guildId, tail, index + 1));
      }
      this.#tails.delete(guildId);
    });
  }

  /** Puts a pseudonym in the place of a member's id wherever an entry names it. Said again, it does what is left. */
  replaceMember(guildId: string, memberId: string, pseudonym: string): Promise<void> {
    return this.#write(guildId, async (tail) => {
      this.#tails.delete(guildId);
      for (let index = tail.first; index <= tail.index; index += 1) {
        const segment = await this.#segments.get(guildId, index);
        if (segment === undefined || !namesMember(segment, memberId)) continue;
        const replace = (entry: LogEntry) => replaceMember(entry, { memberId, pseudonym, schema: LogEntry });
        await this.#segments.set(guildId, index, { ...segment, entries: segment.entries.map(replace) });
      }
    });
  }

  async #drop(guildId: string, { tail, index, segment, kept }: Drop): Promise<void> {
    const dropped = segment.entries.filter((entry) => !kept.includes(entry));
    await this.#segments.forgetIds(guildId, dropped);
    if (kept.length === 0 && index < tail.index) return this.#segments.delete(guildId, index);
    if (dropped.length > 0) await this.#segments.keepOnly(guildId, index, segment, [...kept]);
  }

  async *#newestFirst(guildId: string, before: number): AsyncGenerator<ReadEntry> {
    const tail = await this.#write(guildId, async (known) => known);
    const start = Math.min(tail.index, before === Number.POSITIVE_INFINITY ? tail.index : toSegmentIndex(before));
    for (let index = start; index >= tail.first; index -= 1) {
      const segment = index === tail.index ? tail.segment : await this.#segments.get(guildId, index);
      const entries = segment === undefined ? [] : toReadEntries(segment).toReversed();
      for (const entry of entries) if (entry.number < before) yield entry;
    }
  }

  async *#oldestFirst(guildId: string): AsyncGenerator<Segment> {
    const tail = await this.#write(guildId, async (known) => known);
    for (let index = tail.first; index <= tail.index; index += 1) {
      const segment = await this.#segments.get(guildId, index);
      if (segment !== undefined) yield segment;
    }
  }

  /** One at a time per server; what failed may have happened or not, so that the tail is read anew after it. */
  #write<T>(guildId: string, act: (tail: Tail) => Promise<T>): Promise<T> {
    return this.#lock.run(guildId, async () => {
      try {
        const tail = this.#tails.get(guildId) ?? (await this.#segments.loadTail(guildId));
        this.#tails.set(guildId, tail);
        return await act(tail);
      } catch (error) {
        this.#tails.delete(guildId);
        throw error;
      }
    });
  }
}

interface Drop {
  readonly tail: Tail;
  readonly index: number;
  readonly segment: Segment;
  readonly kept: readonly LogEntry[];
}

function matches(entry: ReadEntry, { member, ref, action }: LogQuery): boolean {
  if (member !== undefined && entry.actorId !== member && entry.targetId !== member) return false;
  if (ref !== undefined && entry.ref !== ref && entry.madeRef !== ref) return false;
  return action === undefined || entry.action === action;
}

function toLine(entry: ReadEntry): string {
  return `${JSON.stringify(entry)}\n`;
}
