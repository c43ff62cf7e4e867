import { DEFAULT_EVENTS } from '../../notifications/rules/events.ts';
import type { RuleStore } from '../../notifications/rules/rule-store.ts';
import type { Clock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess, toMentionWarnings } from '../core/channel-checks.ts';
import type { ChannelDirectory, RoleDirectory } from '../core/guild-directory.ts';
import type { CommandCall } from '../core/handlers.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toRuleResult, toRulesList } from './rule-messages.ts';
import { toRuleChange } from './rule-options.ts';
import type { RuleSamples } from './rule-samples.ts';

export interface RuleNeeds {
  readonly rules: Pick<RuleStore, 'list' | 'get' | 'add' | 'edit' | 'pause' | 'resume' | 'remove'>;
  readonly samples: Pick<RuleSamples, 'post'>;
  readonly directory: ChannelDirectory & RoleDirectory;
  readonly clock: Clock;
}

type Run = (call: CommandCall) => Promise<Answer>;

/** What can be done with a server's rules. */
export interface RuleHandlers {
  readonly add: Run;
  readonly edit: Run;
  /** A page of all rules, from 0. */
  readonly list: (caller: Caller, page: number) => Promise<Answer>;
  readonly pause: Run;
  readonly resume: Run;
  readonly remove: Run;
  /** Posts a sample of the rule with this number. */
  readonly test: (caller: Caller, number: number) => Promise<Answer>;
}

export function ruleHandlers(needs: RuleNeeds): RuleHandlers {
  return {
    add: (call) => addRule(needs, call),
    edit: (call) => editRule(needs, call),
    list: async ({ guildId }, page) => ({ message: toRulesList(await needs.rules.list(guildId), page) }),
    pause: (call) => pauseRule(needs, call),
    resume: (call) => resumeRule(needs, call),
    remove: (call) => removeRule(needs, call),
    test: (caller, number) => testRule(needs, caller, number),
  };
}

async function addRule({ rules, directory, clock }: RuleNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const { guildId, userId } = caller;
  const { channelId = '', ...change } = toRuleChange(options, guildId);
  requireChannelAccess(directory, guildId, channelId);
  const input = {
    events: [...DEFAULT_EVENTS],
    media: 'full' as const,
    ...withoutUndefined(change),
    channelId,
    createdBy: userId,
  };
  const rule = await rules.add(guildId, input, clock.now());
  const warnings = toMentionWarnings(directory, rule);
  return { message: toRuleResult(`Rule #${rule.number} is saved.`, rule, { warnings }) };
}

async function editRule(needs: RuleNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const { rules, directory } = needs;
  const { guildId } = caller;
  const change = toRuleChange(options, guildId);
  if (Object.keys(change).length === 0) {
    throw new UserError('edit-empty', 'Name what to change: any option but `rule`. `none` clears a condition.');
  }
  if (change.channelId !== undefined) requireChannelAccess(directory, guildId, change.channelId);
  const rule = await rules.edit(guildId, options.requiredNumber('rule'), change, toActor(needs, caller));
  const warnings = toMentionWarnings(directory, rule);
  return { message: toRuleResult(`Rule #${rule.number} is changed.`, rule, { warnings }) };
}

async function pauseRule({ rules, clock }: RuleNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const rule = await rules.pause(caller.guildId, options.requiredNumber('rule'), caller.userId, clock.now());
  return { message: toRuleResult(`Rule #${rule.number} is paused; \`/notify resume\` lets it post again.`, rule) };
}

async function resumeRule(needs: RuleNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const rule = await needs.rules.resume(caller.guildId, options.requiredNumber('rule'), toActor(needs, caller));
  return { message: toRuleResult(`Rule #${rule.number} posts again.`, rule) };
}

async function removeRule(needs: RuleNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const rule = await needs.rules.remove(caller.guildId, options.requiredNumber('rule'), toActor(needs, caller));
  return { message: toRuleResult(`Rule #${rule.number} is removed. This is how it was:`, rule, { isRemoved: true }) };
}

/** Posts a sample of a rule with the last job that ended, marked as such. */
async function testRule({ rules, samples, directory }: RuleNeeds, caller: Caller, number: number): Promise<Answer> {
  const rule = await rules.get(caller.guildId, number);
  if (rule === undefined) {
    throw new UserError('rule-unknown', `There is no rule ${number} in this server. \`/notify list\` shows all rules.`);
  }
  requireChannelAccess(directory, caller.guildId, rule.channelId);
  const link = await samples.post(rule);
  return { message: toNoticeMessage(`✅ A sample of rule #${rule.number} is in <#${rule.channelId}>: ${link}`) };
}

function toActor({ clock }: RuleNeeds, { userId }: Caller) {
  return { by: userId, at: clock.now() };
}

function withoutUndefined<T extends object>(record: T) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
