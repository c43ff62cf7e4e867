import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Collection, Store, Unreadable } from '../../storage/contract.ts';
import { Rule } from './rule.ts';

const RuleNews = z.object({
  /** Names the change for ever. */
  id: z.string(),
  guildId: z.string(),
  number: z.number(),
  what: z.enum(['add', 'edit', 'pause', 'resume', 'remove']),
  by: z.string(),
  at: z.number(),
  before: Rule.exactOptional(),
  after: Rule.exactOptional(),
});
/** A change that a person made to a rule; times are epoch milliseconds. */
export type RuleNews = z.infer<typeof RuleNews>;

const GuildRules = z.object({
  nextNumber: z.number().int().positive(),
  rules: z.array(Rule),
  /** Counts the changes that people made. */
  revision: z.number().exactOptional(),
  /** Changes that were not told yet. */
  untold: z.array(RuleNews).exactOptional(),
});
type GuildRules = z.infer<typeof GuildRules>;

/** Who changes a rule, and when. */
export interface RuleActor {
  readonly by: string;
  readonly at: number;
}

/** Told of each change that people make, again where it fails or the process dies: must be idempotent by the id. */
export type RuleListener = (news: RuleNews) => Promise<void>;

/** What a person says about a rule; the store gives it its number. */
export type RuleInput = Omit<Rule, 'number' | 'guildId' | 'createdAt' | 'paused' | 'suspended' | 'delayed'>;

/** Fields to change; one that is given as `undefined` is cleared. */
export type RuleChange = { readonly [K in keyof Omit<RuleInput, 'createdBy'>]?: RuleInput[K] | undefined };

export type Suspension = NonNullable<Rule['suspended']>;

export const MAX_RULES = 200;

/** A server's rules: one document each, kept in memory after the first read, written one change after the other. */
export class RuleStore {
  readonly #documents: Collection<GuildRules>;
  readonly #memory = new Map<string, GuildRules>();
  readonly #lock = new KeyedLock();
  readonly #onChanged: RuleListener | undefined;

  constructor(store: Pick<Store, 'collection'>, onChanged?: RuleListener) {
    this.#documents = store.collection('rules', GuildRules, { repair: toReadableRules });
    this.#onChanged = onChanged;
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
      const act = { what: 'add', actor: { by: input.createdBy, at: now }, after: rule } as const;
      return { next: { nextNumber: nextNumber + 1, rules: [...rules, rule] }, result: rule, act };
    });
  }

  /** A rule that gets another channel is no longer suspended; what was due in the old one is dropped there. @throws UserError for a rule that is not there. */
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

  /** Its number is never given to another rule. @throws UserError for a rule that is not there. */
  async remove(guildId: string, number: number, actor?: RuleActor): Promise<Rule> {
    return this.#change(guildId, ({ nextNumber, rules }) => {
      const rule = requireRule(rules, number);
      const act = actor && ({ what: 'remove', actor, before: rule } as const);
      return {
        next: { nextNumber, rules: rules.filter((other) => other !== rule) },
        result: rule,
        ...(act && { act }),
      };
    });
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
    by?: Pick<Act, 'what' | 'actor'>,
  ): Promise<Rule> {
    return this.#change(guildId, ({ nextNumber, rules }) => {
      const before = requireRule(rules, number);
      const after = change(before);
      const next = { nextNumber, rules: rules.map((other) => (other === before ? after : other)) };
      return { next, result: after, ...(by && { act: { ...by, before, after } }) };
    });
  }

  /** Reads from disk, so that memory never overwrites what another process wrote. What a person did is stored with it, and told from there. */
  async #change<T>(guildId: string, change: (known: GuildRules) => Changed<T>): Promise<T> {
    return this.#lock.run(guildId, async () => {
      const known = (await this.#documents.get(guildId)) ?? NONE;
      const { next, result, act } = change(known);
      await this.#tellFrom(guildId, withNews(guildId, { ...known, ...next }, act));
      return result;
    });
  }

  /** Stores the document, then tells what it owes; what cannot be told now is told with the next change, or after a restart. */
  async #tellFrom(guildId: string, document: GuildRules): Promise<void> {
    await this.#documents.set(guildId, document);
    this.#memory.set(guildId, document);
    const { untold = [], ...rest } = document;
    if (untold.length === 0 || this.#onChanged === undefined) return;
    try {
      for (const news of untold) await this.#onChanged(news);
    } catch {
      return;
    }
    await this.#documents.set(guildId, rest);
    this.#memory.set(guildId, rest);
  }

  async #read(guildId: string): Promise<GuildRules> {
    const known = this.#memory.get(guildId);
    if (known !== undefined) return known;
    return this.#lock.run(guildId, async () => {
      const read = this.#memory.get(guildId) ?? (await this.#documents.get(guildId)) ?? NONE;
      this.#memory.set(guildId, read);
      if (read.untold !== undefined) await this.#tellFrom(guildId, read);
      return read;
    });
  }
}

interface Act {
  readonly what: RuleNews['what'];
  readonly actor: RuleActor;
  readonly before?: Rule;
  readonly after?: Rule;
}

interface Changed<T> {
  readonly next: Pick<GuildRules, 'nextNumber' | 'rules'>;
  readonly result: T;
  /** Set where a person did it. */
  readonly act?: Act;
}

function withNews(guildId: string, document: GuildRules, act: Act | undefined): GuildRules {
  if (act === undefined) return document;
  const { actor, ...facts } = act;
  const revision = (document.revision ?? 0) + 1;
  const number = (act.after ?? act.before)?.number ?? 0;
  const news: RuleNews = { id: `rule:${guildId}:${revision}`, guildId, number, ...actor, ...facts };
  return { ...document, revision, untold: [...(document.untold ?? []), news] };
}

const Loose = z
  .object({
    nextNumber: z.number().int().positive().catch(1),
    rules: z.array(z.unknown()).catch([]),
    untold: z.array(z.unknown()).catch([]),
  })
  .catch({ nextNumber: 1, rules: [], untold: [] });

/** The rules that can be read; one whose suspension cannot be is no longer suspended until its channel refuses it anew. */
function toReadableRules({ raw, now }: Unreadable): GuildRules {
  const { nextNumber, rules, untold } = Loose.parse(raw);
  const readable = rules.flatMap((rule) => toReadableRule(rule) ?? []);
  const numbers = readable.map(({ number }) => number + 1);
  const news = untold.flatMap((one) => RuleNews.safeParse(one).data ?? []);
  return { nextNumber: Math.max(nextNumber, ...numbers), rules: readable, revision: now, untold: news };
}

function toReadableRule(rule: unknown): Rule | undefined {
  const whole = Rule.safeParse(rule);
  if (whole.success || typeof rule !== 'object') return whole.data;
  return Rule.safeParse({ ...rule, suspended: undefined }).data;
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

function withoutDelay({ delayed: _, ...rule }: Rule): Rule {
  return rule;
}
