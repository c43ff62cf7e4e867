import { z } from 'zod';
import { UserError } from '../shared/errors.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { Collection } from '../storage/collection.ts';
import type { Store } from '../storage/store.ts';
import { Rule } from './rule.ts';

const GuildRules = z.object({ nextNumber: z.number().int().positive(), rules: z.array(Rule) });
type GuildRules = z.infer<typeof GuildRules>;

/** What a person says about a rule; the store gives it its number. */
export type RuleInput = Omit<Rule, 'number' | 'guildId' | 'createdAt' | 'paused' | 'suspended'>;

/** Fields to change; one that is given as `undefined` is cleared. */
export type RuleChange = { readonly [K in keyof Omit<RuleInput, 'createdBy'>]?: RuleInput[K] | undefined };

export type Suspension = NonNullable<Rule['suspended']>;

export const MAX_RULES = 200;

/** A server's rules: one document each, kept in memory after the first read, written one change after the other. */
export class RuleStore {
  readonly #documents: Collection<GuildRules>;
  readonly #memory = new Map<string, GuildRules>();
  readonly #lock = new KeyedLock();

  constructor(store: Pick<Store, 'collection'>) {
    this.#documents = store.collection('rules', GuildRules);
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
    return this.#change(guildId, ({ nextNumber, rules }) => {
      if (rules.length >= MAX_RULES) {
        const sentence = `This server has ${MAX_RULES} rules, which is the limit. Remove one with \`/notify remove\` first.`;
        throw new UserError('rules-full', sentence);
      }
      const rule: Rule = { ...input, number: nextNumber, guildId, createdAt: now };
      return { next: { nextNumber: nextNumber + 1, rules: [...rules, rule] }, result: rule };
    });
  }

  /** A rule that gets another channel is no longer suspended. @throws UserError for a rule that is not there. */
  async edit(guildId: string, number: number, change: RuleChange): Promise<Rule> {
    return this.#changeRule(guildId, number, (rule) => {
      const next = Rule.parse(withoutGaps({ ...rule, ...change }));
      return next.channelId === rule.channelId ? next : withoutSuspension(next);
    });
  }

  async pause(guildId: string, number: number, by: string, now: number): Promise<Rule> {
    return this.#changeRule(guildId, number, (rule) => ({ ...rule, paused: rule.paused ?? { by, at: now } }));
  }

  async resume(guildId: string, number: number): Promise<Rule> {
    return this.#changeRule(guildId, number, ({ paused: _, ...rule }) => rule);
  }

  /** Its number is never given to another rule. @throws UserError for a rule that is not there. */
  async remove(guildId: string, number: number): Promise<Rule> {
    return this.#change(guildId, ({ nextNumber, rules }) => {
      const rule = requireRule(rules, number);
      return { next: { nextNumber, rules: rules.filter((other) => other !== rule) }, result: rule };
    });
  }

  /** Marks a rule that Discord refuses. */
  async suspend(guildId: string, number: number, suspension: Suspension): Promise<Rule> {
    return this.#changeRule(guildId, number, (rule) => ({ ...rule, suspended: suspension }));
  }

  async unsuspend(guildId: string, number: number): Promise<Rule> {
    return this.#changeRule(guildId, number, withoutSuspension);
  }

  /** Marks all rules of a channel; answers those that were not suspended before. */
  async suspendChannel(guildId: string, channelId: string, suspension: Suspension): Promise<readonly Rule[]> {
    const isAffected = (rule: Rule) => rule.channelId === channelId && rule.suspended === undefined;
    return this.#changeSome(guildId, isAffected, (rule) => ({ ...rule, suspended: suspension }));
  }

  /** Answers the rules of the channel that were suspended until now. */
  async unsuspendChannel(guildId: string, channelId: string): Promise<readonly Rule[]> {
    const isAffected = (rule: Rule) => rule.channelId === channelId && rule.suspended !== undefined;
    return this.#changeSome(guildId, isAffected, withoutSuspension);
  }

  async #changeSome(guildId: string, isAffected: (rule: Rule) => boolean, change: (rule: Rule) => Rule) {
    if (!(await this.list(guildId)).some(isAffected)) return [];
    return this.#change(guildId, ({ nextNumber, rules }) => {
      const next = rules.map((rule) => (isAffected(rule) ? change(rule) : rule));
      return { next: { nextNumber, rules: next }, result: next.filter((rule, at) => rule !== rules[at]) };
    });
  }

  async #changeRule(guildId: string, number: number, change: (rule: Rule) => Rule): Promise<Rule> {
    return this.#change(guildId, ({ nextNumber, rules }) => {
      const rule = requireRule(rules, number);
      const result = change(rule);
      return { next: { nextNumber, rules: rules.map((other) => (other === rule ? result : other)) }, result };
    });
  }

  /** Reads from disk, so that memory never overwrites what another process wrote. */
  async #change<T>(guildId: string, change: (known: GuildRules) => { next: GuildRules; result: T }): Promise<T> {
    return this.#lock.run(guildId, async () => {
      const { next, result } = change((await this.#documents.get(guildId)) ?? NONE);
      await this.#documents.set(guildId, next);
      this.#memory.set(guildId, next);
      return result;
    });
  }

  async #read(guildId: string): Promise<GuildRules> {
    const known = this.#memory.get(guildId);
    if (known !== undefined) return known;
    return this.#lock.run(guildId, async () => {
      const read = this.#memory.get(guildId) ?? (await this.#documents.get(guildId)) ?? NONE;
      this.#memory.set(guildId, read);
      return read;
    });
  }
}

const NONE: GuildRules = { nextNumber: 1, rules: [] };

function requireRule(rules: readonly Rule[], number: number): Rule {
  const rule = rules.find((other) => other.number === number);
  if (rule !== undefined) return rule;
  throw new UserError('rule-unknown', `There is no rule ${number} in this server. \`/notify list\` shows all rules.`);
}

function withoutSuspension({ suspended: _, ...rule }: Rule): Rule {
  return rule;
}

function withoutGaps(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
