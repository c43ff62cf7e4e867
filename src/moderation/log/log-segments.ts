import { z } from 'zod';
import type { Transaction } from '../../shared/transaction.ts';
import type { Collection, Documents, Store, Unreadable } from '../../storage/contract.ts';
import { LogEntry, type ReadEntry } from './log-entry.ts';

/** Entries per stored document. */
const SEGMENT_SIZE = 100;

/** The entries with numbers from `index` × 100 + 1 on, oldest first. */
export const Segment = z.object({
  /** The number that the next entry gets; known even when the entries themselves were dropped. */
  next: z.int().positive(),
  entries: z.array(LogEntry),
  /** By number of an entry: ref of the job that came of it. Known later than the entry, which itself never changes. */
  made: z.record(z.string(), z.string()).exactOptional(),
});
export type Segment = z.infer<typeof Segment>;

const Head = z.object({ first: z.int().nonnegative(), last: z.int().nonnegative() });
type Head = z.infer<typeof Head>;

const LoggedId = z.object({ number: z.int().positive() });
type LoggedId = z.infer<typeof LoggedId>;

/** The newest segment of a server's log and how far back the log reaches. */
export interface Tail {
  /** Index of the oldest segment that may exist. */
  readonly first: number;
  readonly index: number;
  readonly segment: Segment;
}

interface LogDocuments {
  readonly heads: Documents<Head>;
  readonly segments: Documents<Segment>;
  readonly ids: Documents<LoggedId>;
}

interface LogCollections {
  readonly heads: Collection<Head>;
  readonly segments: Collection<Segment>;
  readonly ids: Collection<LoggedId>;
}

export function toSegmentIndex(number: number): number {
  return Math.floor((number - 1) / SEGMENT_SIZE);
}

/** The entries with what became known of them later, oldest first. */
export function toReadEntries({ entries, made = {} }: Segment): ReadEntry[] {
  return entries.map((entry) => {
    const madeRef = made[entry.number];
    return madeRef === undefined ? entry : { ...entry, madeRef };
  });
}

/** The log's documents: segments, a head per server that says which there are, and the number under each id. */
export class LogSegments {
  readonly #collections: LogCollections;
  readonly #documents: LogDocuments;

  constructor(collections: LogCollections, documents: LogDocuments = collections) {
    this.#collections = collections;
    this.#documents = documents;
  }

  static open(store: Pick<Store, 'collection'>): LogSegments {
    return new LogSegments({
      heads: store.collection('log-heads', Head),
      segments: store.collection('log', Segment, { repair: toReadableSegment }),
      ids: store.collection('log-ids', LoggedId),
    });
  }

  /** The same documents as part of a transaction. */
  within(transaction: Transaction): LogSegments {
    const { heads, segments, ids } = this.#collections;
    return new LogSegments(this.#collections, {
      heads: heads.within(transaction),
      segments: segments.within(transaction),
      ids: ids.within(transaction),
    });
  }

  /** Finds the newest segment: the head of a log that was written by version 0.2 may be one behind after a crash. */
  async loadTail(guildId: string): Promise<Tail> {
    const { first, last } = (await this.#documents.heads.get(guildId)) ?? { first: 0, last: 0 };
    const known = (await this.get(guildId, last)) ?? { next: last * SEGMENT_SIZE + 1, entries: [] };
    const newer = await this.get(guildId, last + 1);
    return newer === undefined ? { first, index: last, segment: known } : { first, index: last + 1, segment: newer };
  }

  get(guildId: string, index: number): Promise<Segment | undefined> {
    return this.#documents.segments.get(toKey(guildId, index));
  }

  /** The number under which an id (hashed) was logged; version 0.2 stored an entry before its id. */
  async findNumber(guildId: string, id: string, tail: Tail): Promise<number | undefined> {
    const known = (await this.#documents.ids.get(toIdKey(guildId, id)))?.number;
    return known ?? tail.segment.entries.findLast((entry) => entry.id === id)?.number;
  }

  async append(guildId: string, tail: Tail, entry: LogEntry): Promise<void> {
    const { heads, segments, ids } = this.#documents;
    const { number } = entry;
    const index = toSegmentIndex(number);
    const before = index === tail.index ? tail.segment : { entries: [] };
    await segments.set(toKey(guildId, index), { ...before, next: number + 1, entries: [...before.entries, entry] });
    await ids.set(toIdKey(guildId, entry.id), { number });
    if (index !== tail.index) await heads.set(guildId, { first: tail.first, last: index });
  }

  /** Stores what `change` makes of a segment, atomically; `undefined` leaves it as it is. */
  async change(guildId: string, index: number, change: (known: Segment) => Segment | undefined): Promise<void> {
    await this.#documents.segments.update(toKey(guildId, index), (known) => known && change(known));
  }

  async forgetIds(guildId: string, entries: readonly LogEntry[]): Promise<void> {
    for (const { id } of entries) await this.#documents.ids.delete(toIdKey(guildId, id));
  }

  /** Deletes the oldest segment as a whole. */
  async deleteFirst(guildId: string, { first, index }: Tail): Promise<void> {
    await this.#documents.segments.delete(toKey(guildId, first));
    await this.#documents.heads.set(guildId, { first: first + 1, last: index });
  }

  /** Deletes what is left of a log when its entries are gone. */
  async deleteAll(guildId: string): Promise<void> {
    const { index } = await this.loadTail(guildId);
    await this.#documents.segments.delete(toKey(guildId, index));
    await this.#documents.heads.delete(guildId);
  }
}

/** Some entries of a segment alone, with what became known of them later. */
export function keepOnly({ next, made = {} }: Segment, entries: LogEntry[]): Segment {
  const kept = entries.flatMap(({ number }) => (made[number] === undefined ? [] : [[number, made[number]]]));
  return { next, entries, made: Object.fromEntries(kept) };
}

const Loose = z.object({ entries: z.array(z.unknown()) }).catch({ entries: [] });

/**
 * The entries that can be read. A number that may have been given is not given again: the log goes on
 * in the next segment.
 */
function toReadableSegment({ key, raw }: Unreadable): Segment {
  const index = Number(key.split(':')[1]);
  const entries = Loose.parse(raw).entries.flatMap((entry) => LogEntry.safeParse(entry).data ?? []);
  return { next: (index + 1) * SEGMENT_SIZE + 1, entries };
}

function toKey(guildId: string, index: number): string {
  return `${guildId}:${index}`;
}

function toIdKey(guildId: string, id: string): string {
  return `${guildId}:${id}`;
}
