import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { Collection, Store } from '../storage/contract.ts';
import type { AuditLog } from './log/audit-log.ts';
import { LOG_ACTION } from './log/log-entry.ts';
import type { Quotas } from './quotas.ts';
import type { Reviews } from './reviews/reviews.ts';

/** A deletion that has begun. */
const Deletion = z.object({ memberId: z.string(), pseudonym: z.string(), by: z.string(), at: z.number() });
const Deletions = z.object({ pending: z.array(Deletion) });
type Deletion = z.infer<typeof Deletion>;
type Deletions = z.infer<typeof Deletions>;

/** What is kept elsewhere and names members. */
export interface MemberRecords {
  /** What names the member, as JSON lines. */
  exportMemberLines(guildId: string, memberId: string): AsyncGenerator<string>;
  /** Puts a pseudonym in the member's place; idempotent. Rejects with a `StoreError`. */
  replaceMember(guildId: string, memberId: string, pseudonym: string): Promise<void>;
}

export interface PrivacyOptions {
  readonly store: Store;
  readonly log: AuditLog;
  readonly quotas: Quotas;
  readonly reviews: Reviews;
  readonly clock: Clock;
}

/** What a server keeps about a member in log, usage and reviews: to be handed out, or to be made nobody's. */
export class Privacy {
  readonly #deletions: Collection<Deletions>;
  readonly #log: AuditLog;
  readonly #quotas: Quotas;
  readonly #reviews: Reviews;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  readonly #others: MemberRecords[] = [];

  constructor({ store, log, quotas, reviews, clock }: PrivacyOptions) {
    this.#deletions = store.collection('privacy-deletions', Deletions);
    this.#log = log;
    this.#quotas = quotas;
    this.#reviews = reviews;
    this.#clock = clock;
  }

  /** Exports and deletes from these too. */
  include(records: MemberRecords): void {
    this.#others.push(records);
  }

  /** Finishes what a crash or a failing store interrupted. Rejects with a `StoreError`. */
  async load(guildIds: readonly string[]): Promise<void> {
    const wanted = new Set(guildIds);
    const begun: string[] = [];
    for await (const [guildId] of this.#deletions.entries()) if (wanted.has(guildId)) begun.push(guildId);
    for (const guildId of begun) await this.#lock.run(guildId, () => this.#work(guildId));
  }

  /** Everything that names the member, as JSON lines: log entries, spends, reviews. */
  async *export(guildId: string, memberId: string): AsyncGenerator<string> {
    yield* this.#log.exportMemberLines(guildId, memberId);
    yield* this.#quotas.exportMemberLines(guildId, memberId);
    yield* this.#reviews.exportMemberLines(guildId, memberId);
    for (const records of this.#others) yield* records.exportMemberLines(guildId, memberId);
  }

  /**
   * Puts a pseudonym in the member's place everywhere and logs that, by pseudonym; returns it. Numbers and counts stay.
   * Rejects with a `StoreError`; it is finished later then.
   */
  delete(guildId: string, memberId: string, by: string): Promise<string> {
    return this.#lock.run(guildId, async () => {
      const { pending } = await this.#read(guildId);
      const known = pending.find((deletion) => deletion.memberId === memberId);
      const pseudonym = known?.pseudonym ?? `deleted-${randomBytes(4).toString('hex')}`;
      const deletion = { memberId, pseudonym, by: by === memberId ? pseudonym : by, at: this.#clock.now() };
      if (known === undefined) await this.#deletions.set(guildId, { pending: [...pending, deletion] });
      await this.#work(guildId);
      return pseudonym;
    });
  }

  /** Deletes what a server had still to forget of members, as all of it is forgotten. */
  async forget(guildId: string): Promise<void> {
    await this.#lock.run(guildId, () => this.#deletions.delete(guildId));
  }

  async #work(guildId: string): Promise<void> {
    const { pending } = await this.#read(guildId);
    for (const deletion of pending) await this.#replace(guildId, deletion);
    if (pending.length > 0) await this.#deletions.delete(guildId);
  }

  /** The log comes last: what the others still owe it has been given its pseudonym by then. */
  async #replace(guildId: string, { memberId, pseudonym, by, at }: Deletion): Promise<void> {
    await this.#reviews.replaceMember(guildId, memberId, pseudonym);
    await this.#quotas.replaceMember(guildId, memberId, pseudonym);
    for (const records of this.#others) await records.replaceMember(guildId, memberId, pseudonym);
    await this.#log.replaceMember(guildId, memberId, pseudonym);
    await this.#log.append({
      id: `privacy:${pseudonym}`,
      at,
      guildId,
      action: LOG_ACTION.privacy,
      actorId: by,
      targetId: pseudonym,
      details: { what: 'delete' },
    });
  }

  async #read(guildId: string): Promise<Deletions> {
    return (await this.#deletions.get(guildId)) ?? { pending: [] };
  }
}
