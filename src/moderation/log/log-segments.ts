import { z } from 'zod';
import type { Collection, Store, Unreadable } from '../../storage/contract.ts';
import { LogEntry, type ReadEntry } from './log-entry.ts';

/** Entries per stored document. */
export const SEGMENT_SIZE = 100;

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

export interface MadeJob {
  /** Of the entry. */
  readonly number: number;
  readonly ref: string;
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

/**
 * The log's documents: segments, a head per server that says which there are, and the number
 * under each idempotency key.
 */
export class LogSegments {
  readonly #heads: Collection<Head>;
  readonly #segments: Collection<Segment>;
  readonly #ids: Collection<LoggedId>;

  constructor(store: Store) {
    this.#heads = store.collection('log-heads', Head);
    this.#segments = store.collection('log', Segment, { repair: toReadableSegment });
    this.#ids = store.collection('log-ids', LoggedId);
  }

  /** Finds the newest segment, and completes what a crash in the middle of the last `write` left undone. */
  async loadTail(guildId: string): Promise<Tail> {
    const head = (await this.#heads.get(guildId)) ?? { first: 0, last: 0 };
    let tail = { first: head.first, index: head.last, segment: await this.#getOrEmpty(guildId, head.last) };
    for (;;) {
      const segment = await this.get(guildId, tail.index + 1);
      if (segment === undefined) break;
      tail = { first: tail.first, index: tail.index + 1, segment };
    }
    const newest = tail.segment.entries.at(-1);
    if (newest !== undefined) await this.#ids.set(`${guildId}:${newest.id}`, { number: newest.number });
    if (tail.index !== head.last) await this.#setHead(guildId, tail);
    return tail;
  }

  get(guildId: string, index: number): Promise<Segment | undefined> {
    return this.#segments.get(toKey(guildId, index));
  }

  /** The number under which an id (hashed) was logged. */
  async findNumber(guildId: string, id: string): Promise<number | undefined> {
    return (await this.#ids.get(`${guildId}:${id}`))?.number;
  }

  /** Stores one more entry; its segment first, since everything else can be found again from that. */
  async append(guildId: string, tail: Tail, entry: LogEntry): Promise<Tail> {
    const index = toSegmentIndex(entry.number);
    const before = index === tail.index ? tail.segment : { entries: [] };
    const segment = { ...before, next: entry.number + 1, entries: [...before.entries, entry] };
    await this.set(guildId, index, segment);
    await this.#ids.set(`${guildId}:${entry.id}`, { number: entry.number });
    const next = { first: tail.first, index, segment };
    if (index !== tail.index) await this.#setHead(guildId, next);
    return next;
  }

  /** Stores which job came of an entry. */
  async noteMade(guildId: string, tail: Tail, { number, ref }: MadeJob): Promise<Tail> {
    const index = toSegmentIndex(number);
    const known = index === tail.index ? tail.segment : await this.get(guildId, index);
    if (known === undefined || known.made?.[number] === ref) return tail;
    const segment = { ...known, made: { ...known.made, [number]: ref } };
    await this.set(guildId, index, segment);
    return index === tail.index ? { ...tail, segment } : tail;
  }

  /** Keeps some entries of a segment alone, with what became known of them later. */
  async keepOnly(guildId: string, index: number, { next, made = {} }: Segment, entries: LogEntry[]): Promise<void> {
    const kept = entries.flatMap(({ number }) => (made[number] === undefined ? [] : [[number, made[number]]]));
    await this.set(guildId, index, { next, entries, made: Object.fromEntries(kept) });
  }

  set(guildId: string, index: number, segment: Segment): Promise<void> {
    return this.#segments.set(toKey(guildId, index), segment);
  }

  async forgetIds(guildId: string, entries: readonly LogEntry[]): Promise<void> {
    for (const { id } of entries) await this.#ids.delete(`${guildId}:${id}`);
  }

  /** Deletes a whole segment; readers pass over it although the head still counts it in. */
  async delete(guildId: string, index: number): Promise<void> {
    await this.#segments.delete(toKey(guildId, index));
  }

  async setFirst(guildId: string, tail: Tail, first: number): Promise<Tail> {
    const next = { ...tail, first };
    await this.#setHead(guildId, next);
    return next;
  }

  async #getOrEmpty(guildId: string, index: number): Promise<Segment> {
    return (await this.get(guildId, index)) ?? { next: index * SEGMENT_SIZE + 1, entries: [] };
  }

  #setHead(guildId: string, { first, index }: Tail): Promise<void> {
    return this.#heads.set(guildId, { first, last: index });
  }
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
