import { isDeepStrictEqual } from 'node:util';
import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import { notificationProblemWords } from '../words.ts';
import {
  type Changed,
  GuildRules,
  NO_RULES,
  type RuleActor,
  type RuleEdit,
  type RuleEvent,
  requireRoom,
  toNext,
  toReadableRules,
} from './guild-rules.ts';
import { Rule } from './rule.ts';
import { type UndoneChange, undoStep } from './rule-undo.ts';

/**
 * Records each change that people make, as part of the transaction that stores it: without effects outside of that, and
 * idempotent by the id.
 */
export type RuleRecorder = (change: RuleEvent, transaction: Transaction) => Promise<void>;

/** What a person says about a rule; the store gives it its number. */
export type RuleInput = Omit<
  Rule,
  'number' | 'guildId' | 'createdAt' | 'revision' | 'paused' | 'suspended' | 'delayed'
>;

/** Fields to change; one that is given as `undefined` is cleared. */
export type RuleChange = { readonly [K in keyof Omit<RuleInput, 'createdBy'>]?: RuleInput[K] | undefined };

export type Suspension = NonNullable<Rule['suspended']>;

/** Given the rules, and the revision that the change gets. */
type Change<T> = (known: GuildRules, revision: number) => Changed<T>;

/** A server's rules: one document each, kept in memory after the first read, written one change after the other. */
export class RuleStore {
  readonly #store: Pick<Store, 'transaction'>;
  readonly #documents: Collection<GuildRules>;
  readonly #memory = new Map<string, GuildRules>();
  readonly #lock = new KeyedLock();
  readonly #record: RuleRecorder;

  constructor(store: Pick<Store, 'collection' | 'transaction'>, record: RuleRecorder = async () => undefined) {
    this.#store = store;
    this.#documents = store.collection('rules', GuildRules, { repair: toReadableRules });
    this.#record = record;
  }

  /** In the order of their numbers. */
  async list(guildId: string): Promise<readonly Rule[]> {
    return (await this.#read(guildId)).rules;
  }

  /** The rules of several servers. */
  async listAll(guildIds: readonly string[]): Promise<readonly Rule[]> {
    const lists = await Promise.all(guildIds.map((guildId) => this.list(guildId)));
    return lists.flat();
  }

  async get(guildId: string, number: number): Promise<Rule | undefined> {
    return (await this.list(guildId)).find((rule) => rule.number === number);
  }

  /** @throws UserError when the server has 200 rules. */
  async add(guildId: string, input: RuleInput, now: number): Promise<Rule> {
    return this.#change(guildId, ({ nextNumber, rules }, revision) => {
      requireRoom(rules);
      const rule: Rule = { ...input, number: nextNumber, guildId, createdAt: now, revision };
      const edit = { what: 'add', actor: { by: input.createdBy, at: now }, after: rule } as const;
      return { next: { nextNumber: nextNumber + 1, rules: [...rules, rule] }, result: rule, edit };
    });
  }

  /**
   * A rule that gets another channel is no longer suspended; what was due in the old one is dropped there. One that is
   * like that already keeps its revision, as in `pause` and `resume`.
   * @throws UserError for a rule that is not there.
   */
  async edit(guildId: string, number: number, change: RuleChange, actor?: RuleActor): Promise<Rule> {
    const edit = (rule: Rule) => {
      const next = Rule.parse(compact({ ...rule, ...change }));
      return next.channelId === rule.channelId ? next : withoutDelay(withoutSuspension(next));
    };
    return this.#changeRule(guildId, number, edit, actor && { what: 'edit', actor });
  }

  async pause(guildId: string, number: number, by: string, now: number): Promise<Rule> {
    const pause = (rule: Rule) => ({ ...rule, paused: rule.paused ?? { by, at: now } });
    return this.#changeRule(guildId, number, pause, { what: 'pause', actor: { by, at: now } });
  }

  async resume(guildId: string, number: number, actor?: RuleActor): Promise<Rule> {
    const resume = ({ paused: _, ...rule }: Rule) => rule;
    return this.#changeRule(guildId, number, resume, actor && { what: 'resume', actor });
  }

  /**
   * Its number is never given to another rule. Returns the rule as it was, with the revision of its removal.
   * @throws UserError for a rule that is not there.
   */
  async remove(guildId: string, number: number, actor?: RuleActor): Promise<Rule> {
    return this.#change(guildId, ({ nextNumber, rules }, revision) => {
      const rule = requireRule(rules, number);
      const edit = actor && ({ what: 'remove', actor, before: rule } as const);
      return {
        next: { nextNumber, rules: rules.filter((other) => other !== rule) },
        result: actor === undefined ? rule : { ...rule, revision },
        ...(edit && { edit }),
      };
    });
  }

  /**
   * Takes back one of the last 25 changes; a rule that was removed comes back with its number.
   * @throws UserError where the rule was changed since, or too much else.
   */
  async undo(guildId: string, revision: number, actor: RuleActor): Promise<UndoneChange> {
    return this.#change<UndoneChange>(guildId, (known, next) => undoStep(known, revision, { actor, revision: next }));
  }

  /** Pauses all rules of a server that the bot has left: people decide which ones go on when it comes back. */
  async pauseAll(guildId: string, now: number): Promise<void> {
    const isRunning = (rule: Rule) => rule.paused === undefined;
    await this.#changeSome(guildId, isRunning, (rule) => ({ ...rule, paused: { at: now } }));
  }

  /** Deletes all rules of a server, without a record. */
  async forget(guildId: string): Promise<void> {
    await this.#lock.run(guildId, async () => {
      await this.#documents.delete(guildId);
      this.#memory.delete(guildId);
    });
  }

  /** Marks all rules of a channel; returns those that were not suspended before. */
  async suspendChannel(guildId: string, channelId: string, suspension: Suspension): Promise<readonly Rule[]> {
    const isAffected = (rule: Rule) => rule.channelId === channelId && rule.suspended === undefined;
    return this.#changeSome(guildId, isAffected, (rule) => ({ ...rule, suspended: suspension }));
  }

  /** Returns the rules of the channel that were suspended until now. */
  async unsuspendChannel(guildId: string, channelId: string): Promise<readonly Rule[]> {
    const isAffected = (rule: Rule) => rule.channelId === channelId && rule.suspended !== undefined;
    return this.#changeSome(guildId, isAffected, withoutSuspension);
  }

  /** Marks all rules of a channel whose posts wait. */
  async delayChannel(guildId: string, channelId: string, delay: Suspension): Promise<void> {
    const isAffected = (rule: Rule) => rule.channelId === channelId && rule.delayed?.code !== delay.code;
    await this.#changeSome(guildId, isAffected, (rule) => ({ ...rule, delayed: delay }));
  }

  async endDelay(guildId: string, channelId: string): Promise<void> {
    const isAffected = (rule: Rule) => rule.channelId === channelId && rule.delayed !== undefined;
    await this.#changeSome(guildId, isAffected, withoutDelay);
  }

  async #changeSome(guildId: string, isAffected: (rule: Rule) => boolean, change: (rule: Rule) => Rule) {
    if (!(await this.list(guildId)).some(isAffected)) return [];
    return this.#change(guildId, ({ nextNumber, rules }) => {
      const next = rules.map((rule) => (isAffected(rule) ? change(rule) : rule));
      return { next: { nextNumber, rules: next }, result: next.filter((rule, at) => rule !== rules[at]) };
    });
  }

  async #changeRule(
    guildId: string,
    number: number,
    change: (rule: Rule) => Rule,
    by?: Pick<RuleEdit, 'what' | 'actor'>,
  ): Promise<Rule> {
    return this.#change(guildId, ({ nextNumber, rules }, revision) => {
      const before = requireRule(rules, number);
      const changed = change(before);
      if (isDeepStrictEqual(changed, before)) return { next: { nextNumber, rules }, result: before };
      const after = by === undefined ? changed : { ...changed, revision };
      const next = { nextNumber, rules: rules.map((other) => (other === before ? after : other)) };
      return { next, result: after, ...(by && { edit: { ...by, before, after } }) };
    });
  }

  /**
   * Reads from disk, so that memory never overwrites what another process wrote; what a person did is recorded with it.
   */
  #change<T>(guildId: string, change: Change<T>): Promise<T> {
    return this.#lock.run(guildId, () => this.#write(guildId, change));
  }

  async #write<T>(guildId: string, change: Change<T>): Promise<T> {
    const { document, result } = await this.#store.transaction(async (transaction) => {
      const documents = this.#documents.within(transaction);
      const { untold = [], ...known } = (await documents.get(guildId)) ?? NO_RULES;
      const changed = change(known, (known.revision ?? 0) + 1);
      const [next, event] = toNext(guildId, { ...known, ...changed.next }, changed.edit);
      for (const owed of untold) await this.#record(owed, transaction);
      if (event !== undefined) await this.#record(event, transaction);
      await documents.set(guildId, next);
      return { document: next, result: changed.result };
    });
    this.#memory.set(guildId, document);
    return result;
  }

  async #read(guildId: string): Promise<GuildRules> {
    const known = this.#memory.get(guildId);
    if (known !== undefined) return known;
    return this.#lock.run(guildId, async () => {
      const read = this.#memory.get(guildId) ?? (await this.#documents.get(guildId)) ?? NO_RULES;
      if (read.untold !== undefined) return this.#write(guildId, (rules) => ({ next: rules, result: rules }));
      this.#memory.set(guildId, read);
      return read;
    });
  }
}

function requireRule(rules: readonly Rule[], number: number): Rule {
  const rule = rules.find((other) => other.number === number);
  if (rule !== undefined) return rule;
  throw new UserError('rule-unknown', notificationProblemWords.unknownRule(number));
}

function withoutSuspension({ suspended: _, ...rule }: Rule): Rule {
  return rule;
}

function withoutDelay({ delayed: _, ...rule }: Rule): Rule {
  return rule;
}
