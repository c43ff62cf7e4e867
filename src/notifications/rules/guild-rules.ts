import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import type { Unreadable } from '../../storage/contract.ts';
import { notificationProblemWords } from '../words.ts';
import { Rule } from './rule.ts';

export const RuleEvent = z.object({
  /** Names the change for ever. */
  id: z.string(),
  guildId: z.string(),
  number: z.number(),
  what: z.enum(['add', 'edit', 'pause', 'resume', 'remove', 'undo']),
  by: z.string(),
  at: z.number(),
  before: Rule.exactOptional(),
  after: Rule.exactOptional(),
});
/** A change that a person made to a rule; times are epoch milliseconds. */
export type RuleEvent = z.infer<typeof RuleEvent>;

/** A change that people made, to be undone; without `before` it added the rule, without `after` it removed it. */
const RuleStep = z.object({ revision: z.number(), before: Rule.exactOptional(), after: Rule.exactOptional() });
export type RuleStep = z.infer<typeof RuleStep>;

export const GuildRules = z.object({
  nextNumber: z.number().int().positive(),
  rules: z.array(Rule),
  /** Counts the changes that people made. */
  revision: z.number().exactOptional(),
  /** The last changes that people made, oldest first. */
  steps: z.array(RuleStep).exactOptional(),
  /** Changes that version 0.2 stored before they were recorded, and may owe. */
  untold: z.array(RuleEvent).exactOptional(),
});
export type GuildRules = z.infer<typeof GuildRules>;

/** Who changes a rule, and when. */
export interface RuleActor {
  readonly by: string;
  readonly at: number;
}

export const MAX_RULES = 200;
const MAX_STEPS = 25;

/** What a person did to a rule. */
export interface RuleEdit {
  readonly what: RuleEvent['what'];
  readonly actor: RuleActor;
  readonly before?: Rule;
  readonly after?: Rule;
}

/** What a change makes of a server's rules. */
export interface Changed<T> {
  readonly next: Pick<GuildRules, 'nextNumber' | 'rules'>;
  readonly result: T;
  /** Set where a person did it. */
  readonly edit?: RuleEdit;
}

/** The document as it is to be stored, and what a person did, if anybody. */
export function toNext(
  guildId: string,
  document: GuildRules,
  edit: RuleEdit | undefined,
): readonly [GuildRules, RuleEvent | undefined] {
  if (edit === undefined) return [document, undefined];
  const { actor, ...facts } = edit;
  const revision = (document.revision ?? 0) + 1;
  const number = (edit.after ?? edit.before)?.number ?? 0;
  const step: RuleStep = { revision, ...compact({ before: edit.before, after: edit.after }) };
  const steps = [...(document.steps ?? []), step].slice(-MAX_STEPS);
  return [
    { ...document, revision, steps },
    { id: `rule:${guildId}:${revision}`, guildId, number, ...actor, ...facts },
  ];
}

const Loose = z
  .object({
    nextNumber: z.number().int().positive().catch(1),
    rules: z.array(z.unknown()).catch([]),
    untold: z.array(z.unknown()).catch([]),
  })
  .catch({ nextNumber: 1, rules: [], untold: [] });

/**
 * The rules that can be read; one whose suspension cannot be is no longer suspended until its channel refuses it anew.
 */
export function toReadableRules({ raw, now }: Unreadable): GuildRules {
  const { nextNumber, rules, untold } = Loose.parse(raw);
  const readable = rules.flatMap((rule) => toReadableRule(rule) ?? []);
  const numbers = readable.map(({ number }) => number + 1);
  const unrecorded = untold.flatMap((one) => RuleEvent.safeParse(one).data ?? []);
  return { nextNumber: Math.max(nextNumber, ...numbers), rules: readable, revision: now, untold: unrecorded };
}

function toReadableRule(rule: unknown): Rule | undefined {
  const whole = Rule.safeParse(rule);
  if (whole.success || typeof rule !== 'object') return whole.data;
  return Rule.safeParse({ ...rule, suspended: undefined }).data;
}

export const NO_RULES: GuildRules = { nextNumber: 1, rules: [] };

/** @throws UserError when the server has 200 rules. */
export function requireRoom(rules: readonly Rule[]): void {
  if (rules.length < MAX_RULES) return;
  throw new UserError('rules-full', notificationProblemWords.tooManyRules(MAX_RULES));
}
