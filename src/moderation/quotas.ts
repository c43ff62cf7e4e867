import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import { UserError } from '../shared/errors.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { Collection, Store, Unreadable } from '../storage/contract.ts';
import type { GuildSettings } from './guild-settings.ts';
import { toIdHash } from './log/log-entry.ts';
import { type Allowance, toAllowance, toDay, toDayBefore, toDaysOf } from './quota.ts';
import { moderationProblemWords } from './words.ts';

const KEEP_USAGE_MS = 400 * 86_400_000;

const Spend = z.object({ id: z.string(), userId: z.string(), at: z.number() });
/**
 * All that a server's members spent on one UTC day, in one document, so that a spend is there as a whole or not at all.
 */
const DayUsage = z.object({ spends: z.array(Spend) });
type DayUsage = z.infer<typeof DayUsage>;

/** Who wants to spend. */
export interface Spender {
  readonly guildId: string;
  readonly userId: string;
  readonly roleIds: readonly string[];
}

export type SpendOutcome =
  | { readonly outcome: 'spent'; readonly before: Allowance; readonly after: Allowance }
  /** The key was spent before: nothing more is taken. */
  | { readonly outcome: 'already-spent'; readonly before: Allowance; readonly after: Allowance }
  /** Nothing was taken; `before.exhausted` says which quota has run out. */
  | { readonly outcome: 'exhausted'; readonly before: Allowance };

export interface MemberUsage {
  readonly userId: string;
  readonly total: number;
  /** By UTC day (`2025-10-23`), days without any left out. */
  readonly byDay: Readonly<Record<string, number>>;
}

export interface QuotasOptions {
  readonly store: Store;
  readonly settings: GuildSettings;
  readonly clock: Clock;
}

/** Presses and submits per member and UTC day, counted on disk; none is counted twice, and no quota is overspent. */
export class Quotas {
  readonly #days: Collection<DayUsage>;
  readonly #settings: GuildSettings;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  readonly #today = new Map<string, { readonly day: string; readonly usage: DayUsage; isDoubtful?: boolean }>();

  constructor({ store, settings, clock }: QuotasOptions) {
    this.#days = store.collection('quota-days', DayUsage, { ttlMs: KEEP_USAGE_MS, repair: toReadableUsage });
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Reads what was spent today, so that `peek` knows it. Rejects with a `StoreError`. */
  async load(guildIds: readonly string[]): Promise<void> {
    const day = toDay(this.#clock.now());
    const isUnread = (guildId: string) => this.#today.get(guildId)?.day !== day;
    const again = guildIds.filter((guildId) => !isUnread(guildId));
    const unread = guildIds.filter(isUnread);
    // All at once: there may be thousands of servers at the start. Whoever spends meanwhile knows better.
    const stored = await this.#days.getMany(unread.map((guildId) => toKey(guildId, day)));
    for (const [at, guildId] of unread.entries())
      if (isUnread(guildId)) this.#today.set(guildId, { day, usage: stored[at] ?? NOTHING });
    for (const guildId of again) await this.#lock.run(guildId, () => this.#read(guildId, day));
  }

  /** What the member has left, from memory: `7 of 20 today`. */
  peek(spender: Spender): Allowance {
    const now = this.#clock.now();
    const known = this.#today.get(spender.guildId);
    return this.#toAllowance(spender, known?.day === toDay(now) ? known.usage : NOTHING, now);
  }

  /**
   * Takes one, once per `key` (unique per server, such as the interaction's id), also when called again the day after.
   */
  spend(spender: Spender, key: string): Promise<SpendOutcome> {
    const { guildId, userId } = spender;
    const id = toIdHash(key);
    return this.#lock.run(guildId, async (): Promise<SpendOutcome> => {
      const now = this.#clock.now();
      const usage = await this.#read(guildId, toDay(now));
      const before = this.#toAllowance(spender, usage, now);
      if ((await this.#find(guildId, id, now)) !== undefined)
        return { outcome: 'already-spent', before, after: before };
      if (before.exhausted !== undefined) return { outcome: 'exhausted', before };
      const next = { spends: [...usage.spends, { id, userId, at: now }] };
      await this.#write(guildId, toDay(now), next);
      return { outcome: 'spent', before, after: this.#toAllowance(spender, next, now) };
    });
  }

  /** Gives back what was spent under `key` today or yesterday; returns whether there was such a thing. */
  refund(guildId: string, key: string): Promise<boolean> {
    const id = toIdHash(key);
    return this.#lock.run(guildId, async () => {
      const found = await this.#find(guildId, id, this.#clock.now());
      if (found === undefined) return false;
      await this.#write(guildId, found.day, { spends: found.usage.spends.filter((spend) => spend.id !== id) });
      return true;
    });
  }

  /** What each member spent in a month (`2025-10`), most first. Throws a `UserError` when it is no month. */
  async usage(guildId: string, month: string): Promise<readonly MemberUsage[]> {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
      throw new UserError('month-invalid', moderationProblemWords.badMonth);
    }
    const days = toDaysOf(month);
    const documents = await this.#days.getMany(days.map((day) => toKey(guildId, day)));
    const byMember = new Map<string, Record<string, number>>();
    for (const [index, day] of days.entries()) {
      for (const { userId } of documents[index]?.spends ?? []) {
        const byDay = byMember.get(userId) ?? {};
        byMember.set(userId, { ...byDay, [day]: (byDay[day] ?? 0) + 1 });
      }
    }
    return [...byMember].map(([userId, byDay]) => toMemberUsage(userId, byDay)).toSorted((a, b) => b.total - a.total);
  }

  /** Each spend of a member that is still kept, as JSON lines. */
  async *exportMemberLines(guildId: string, memberId: string): AsyncGenerator<string> {
    for await (const [key, { spends }] of this.#days.entries()) {
      if (!isOf(key, guildId)) continue;
      for (const { userId, at } of spends) {
        if (userId === memberId) yield `${JSON.stringify({ kind: 'spend', guildId, userId, at })}\n`;
      }
    }
  }

  /**
   * Puts a pseudonym in the place of a member's id; what the server has spent stays. Idempotent.
   */
  replaceMember(guildId: string, memberId: string, pseudonym: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      const days: [string, DayUsage][] = [];
      for await (const [key, usage] of this.#days.entries()) {
        if (isOf(key, guildId) && usage.spends.some(({ userId }) => userId === memberId)) days.push([key, usage]);
      }
      for (const [key, { spends }] of days) {
        const replaced = spends.map((spend) => (spend.userId === memberId ? { ...spend, userId: pseudonym } : spend));
        await this.#write(guildId, key.slice(guildId.length + 1), { spends: replaced });
      }
    });
  }

  /** Deletes all that a server's members spent. Rejects with a `StoreError`. */
  forget(guildId: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      const keys: string[] = [];
      for await (const [key] of this.#days.entries()) if (isOf(key, guildId)) keys.push(key);
      for (const key of keys) await this.#days.delete(key);
      this.#today.delete(guildId);
    });
  }

  #toAllowance({ guildId, userId, roleIds }: Spender, { spends }: DayUsage, now: number): Allowance {
    const byMember = spends.filter((spend) => spend.userId === userId).length;
    const limits = this.#settings.get(guildId).quotas;
    return toAllowance(limits, [guildId, ...roleIds], { byMember, byServer: spends.length }, now);
  }

  async #read(guildId: string, day: string): Promise<DayUsage> {
    const known = this.#today.get(guildId);
    if (known?.day === day && known.isDoubtful !== true) return known.usage;
    const usage = (await this.#days.get(toKey(guildId, day))) ?? NOTHING;
    this.#today.set(guildId, { day, usage });
    return usage;
  }

  /** Where a spend is: a crash around midnight may say it again the day after. */
  async #find(guildId: string, id: string, now: number): Promise<{ day: string; usage: DayUsage } | undefined> {
    const day = toDay(now);
    const usage = await this.#read(guildId, day);
    if (usage.spends.some((spend) => spend.id === id)) return { day, usage };
    const dayBefore = toDayBefore(day);
    const before = (await this.#days.get(toKey(guildId, dayBefore))) ?? NOTHING;
    return before.spends.some((spend) => spend.id === id) ? { day: dayBefore, usage: before } : undefined;
  }

  /** A write that fails may have happened: the day is read anew after it. */
  async #write(guildId: string, day: string, usage: DayUsage): Promise<void> {
    const known = this.#today.get(guildId);
    if (known?.day === day) known.isDoubtful = true;
    await this.#days.set(toKey(guildId, day), usage);
    if (known?.day === day) this.#today.set(guildId, { day, usage });
  }
}

const NOTHING: DayUsage = { spends: [] };

const Loose = z.object({ spends: z.array(z.unknown()) }).catch({ spends: [] });

function toReadableUsage({ raw }: Unreadable): DayUsage {
  return { spends: Loose.parse(raw).spends.flatMap((spend) => Spend.safeParse(spend).data ?? []) };
}

function toKey(guildId: string, day: string): string {
  return `${guildId}:${day}`;
}

function isOf(key: string, guildId: string): boolean {
  return key.startsWith(`${guildId}:`);
}

function toMemberUsage(userId: string, byDay: Readonly<Record<string, number>>): MemberUsage {
  let total = 0;
  for (const count of Object.values(byDay)) total += count;
  return { userId, total, byDay };
}
