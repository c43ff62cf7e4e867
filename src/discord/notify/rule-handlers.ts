import type { AccountList } from '../../jobs/account-names.ts';
import { DEFAULT_EVENTS } from '../../notifications/notification-events.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import type { RuleChange, RuleStore } from '../../notifications/rules/rule-store.ts';
import { notificationProblemWords } from '../../notifications/words.ts';
import type { Clock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { ChannelDirectory, RoleDirectory } from '../core/guild-directory.ts';
import type { CommandCall } from '../core/handlers.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import type { EditedField } from './rule-controls.ts';
import { toRuleResult } from './rule-editor.ts';
import { type RuleView, toRulesList } from './rule-messages.ts';
import { toFieldChange, toRuleChange } from './rule-options.ts';
import type { RuleSamples } from './rule-samples.ts';
import { toRuleWarnings } from './rule-warnings.ts';
import { ruleWords, sampleWords } from './words.ts';

export interface RuleNeeds {
  readonly rules: Pick<RuleStore, 'list' | 'get' | 'add' | 'edit' | 'pause' | 'resume' | 'remove' | 'undo'>;
  readonly samples: Pick<RuleSamples, 'post'>;
  readonly directory: ChannelDirectory & RoleDirectory;
  readonly accounts: AccountList;
  readonly clock: Clock;
}

type Run = (call: CommandCall) => Promise<Answer>;
/** What is done to a whole rule. */
export type RuleStep = 'pause' | 'resume' | 'remove';

/**
 * What can be done with a server's rules. `page`, from 1: of the list that shows what became of it; none: the rule
 * alone.
 */
export interface RuleHandlers {
  readonly add: Run;
  readonly edit: Run;
  /** A page of all rules, from 0. */
  readonly list: (caller: Caller, page: number) => Promise<Answer>;
  /** A rule with all that can be changed of it. */
  readonly show: (caller: Caller, number: number) => Promise<Answer>;
  /** Sets one field to what was picked for it. */
  readonly set: (caller: Caller, number: number, field: EditedField, values: readonly string[]) => Promise<Answer>;
  readonly step: (caller: Caller, step: RuleStep, number: number, page?: number) => Promise<Answer>;
  readonly undo: (caller: Caller, revision: number, page?: number) => Promise<Answer>;
  /** Posts a sample of the rule with this number. */
  readonly test: (caller: Caller, number: number) => Promise<Answer>;
}

export function ruleHandlers(needs: RuleNeeds): RuleHandlers {
  return {
    add: (call) => addRule(needs, call),
    edit: (call) => editRule(needs, call),
    list: async ({ guildId }, page) => ({
      message: toRulesList(await needs.rules.list(guildId), page, toRuleView(needs, guildId)),
    }),
    show: async ({ guildId }, number) => toOne(needs, { did: '', rule: await requireRule(needs, guildId, number) }),
    set: (caller, number, field, values) =>
      changeRule(needs, caller, number, toFieldChange(caller, { field, values }, needs.accounts)),
    step: (caller, step, number, page) => takeStep(needs, caller, step, { number, page }),
    undo: (caller, revision, page) => undoChange(needs, caller, revision, page),
    test: (caller, number) => testRule(needs, caller, number),
  };
}

async function addRule(needs: RuleNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const { rules, directory, clock } = needs;
  const { guildId, userId } = caller;
  const { channelId = '', ...change } = toRuleChange(options, guildId, needs.accounts);
  requireChannelAccess(directory, guildId, channelId);
  const input = {
    events: [...DEFAULT_EVENTS],
    media: 'full' as const,
    ...withoutUndefined(change),
    channelId,
    createdBy: userId,
  };
  const rule = await rules.add(guildId, input, clock.now());
  return toOne(needs, { did: ruleWords.saved(rule.number), rule, revision: rule.revision });
}

async function editRule(needs: RuleNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const change = toRuleChange(options, caller.guildId, needs.accounts);
  if (Object.keys(change).length === 0) throw new UserError('edit-empty', ruleWords.nothingToEdit());
  return changeRule(needs, caller, options.requiredNumber('rule'), change);
}

async function changeRule(needs: RuleNeeds, caller: Caller, number: number, change: RuleChange): Promise<Answer> {
  const { rules, directory } = needs;
  const { guildId } = caller;
  if (change.channelId !== undefined) requireChannelAccess(directory, guildId, change.channelId);
  const before = await requireRule(needs, guildId, number);
  const rule = await rules.edit(guildId, number, change, toActor(needs, caller));
  return toOne(needs, toStepResult(before, rule, ruleWords.changed(number), ruleWords.isLikeThat(number)));
}

interface Where {
  readonly number: number;
  readonly page: number | undefined;
}

async function takeStep(needs: RuleNeeds, caller: Caller, step: RuleStep, where: Where): Promise<Answer> {
  const { rules } = needs;
  const { guildId, userId } = caller;
  const { number, page } = where;
  const actor = toActor(needs, caller);
  const before = await requireRule(needs, guildId, number);
  switch (step) {
    case 'pause': {
      const rule = await rules.pause(guildId, number, userId, actor.at);
      return toResult(needs, toStepResult(before, rule, ruleWords.paused(number), ruleWords.wasPaused(number)), page);
    }
    case 'resume': {
      const rule = await rules.resume(guildId, number, actor);
      return toResult(needs, toStepResult(before, rule, ruleWords.resumed(number), ruleWords.wasOn(number)), page);
    }
    case 'remove': {
      const rule = await rules.remove(guildId, number, actor);
      const gone = { did: ruleWords.removed(number), rule, revision: rule.revision, isRemoved: true };
      return toResult(needs, gone, page);
    }
  }
}

async function undoChange(needs: RuleNeeds, caller: Caller, revision: number, page?: number): Promise<Answer> {
  const undone = await needs.rules.undo(caller.guildId, revision, toActor(needs, caller));
  if (undone.after === undefined) {
    const { before: rule, revision: next } = undone;
    return toResult(needs, { did: ruleWords.takenAway(rule.number), rule, revision: next, isRemoved: true }, page);
  }
  const { before, after: rule } = undone;
  const did = before === undefined ? ruleWords.broughtBack(rule.number) : ruleWords.undone(rule.number);
  return toResult(needs, { did, rule, revision: rule.revision }, page);
}

/** Posts a sample of a rule with the last job that ended, marked as such. */
async function testRule(needs: RuleNeeds, { guildId }: Caller, number: number): Promise<Answer> {
  const rule = await requireRule(needs, guildId, number);
  requireChannelAccess(needs.directory, guildId, rule.channelId);
  const link = await needs.samples.post(rule);
  return { message: toNoticeMessage(sampleWords.posted(rule.number, rule.channelId, link)) };
}

interface RuleResult {
  readonly did: string;
  readonly rule: Rule;
  readonly revision?: number | undefined;
  readonly isRemoved?: boolean;
}

/** A rule that was like that already keeps its revision, and has nothing to undo. */
function toStepResult(before: Rule, rule: Rule, did: string, wasSo: string): RuleResult {
  return rule.revision === before.revision ? { did: wasSo, rule } : { did, rule, revision: rule.revision };
}

async function toResult(needs: RuleNeeds, result: RuleResult, page: number | undefined): Promise<Answer> {
  if (page === undefined) return toOne(needs, result);
  const { did, revision, rule } = result;
  const rules = await needs.rules.list(rule.guildId);
  return { message: toRulesList(rules, page - 1, { done: { did, revision }, ...toRuleView(needs, rule.guildId) }) };
}

async function toOne(needs: RuleNeeds, { did, rule, revision, isRemoved = false }: RuleResult): Promise<Answer> {
  const others = isRemoved ? [] : await needs.rules.list(rule.guildId);
  const warnings = isRemoved ? [] : toRuleWarnings(rule, others, needs.directory);
  return { message: toRuleResult(did, rule, { warnings, isRemoved, revision, ...toRuleView(needs, rule.guildId) }) };
}

async function requireRule({ rules }: RuleNeeds, guildId: string, number: number): Promise<Rule> {
  const rule = await rules.get(guildId, number);
  if (rule === undefined) throw new UserError('rule-unknown', notificationProblemWords.unknownRule(number));
  return rule;
}

/** What the server's rules are shown with. */
function toRuleView({ directory, accounts }: RuleNeeds, guildId: string): RuleView {
  return {
    missingIn: ({ channelId }) => directory.channel(guildId, channelId)?.missing ?? [],
    accounts: accounts.listOf(guildId),
  };
}

function toActor({ clock }: RuleNeeds, { userId }: Caller) {
  return { by: userId, at: clock.now() };
}

function withoutUndefined<T extends object>(record: T) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
