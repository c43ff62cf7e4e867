import { UserError } from '../../shared/errors.ts';
import type { Control } from '../interactions/handlers.ts';
import type { BotServices } from '../interactions/services.ts';
import { requireChannelAccess } from '../rules/rule-checks.ts';
import { toNoticeMessage } from '../views/notices.ts';
import { toRulesList } from '../views/rules.ts';
import type { Answer } from '../wire/answer.ts';
import type { Caller } from '../wire/caller.ts';

const turnRulesPage: Control = {
  name: 'rules-page',
  answers: 'update',
  async run({ caller, args: [page = '0'], services }) {
    services.permissions.requireAllowed('rules', caller);
    return { message: toRulesList(await services.rules.list(caller.guildId), Number.parseInt(page, 10) || 0) };
  },
};

const testRuleControl: Control = {
  name: 'rule-test',
  answers: 'private',
  run: ({ caller, args: [number = ''], services }) => testRule(Number.parseInt(number, 10), caller, services),
};

export const ruleControls: readonly Control[] = [turnRulesPage, testRuleControl];

/** Posts a sample of a rule with the last job that ended, marked as such. */
export async function testRule(number: number, caller: Caller, services: BotServices): Promise<Answer> {
  services.permissions.requireAllowed('rules', caller);
  const rule = await services.rules.get(caller.guildId, number);
  if (rule === undefined) {
    throw new UserError('rule-unknown', `There is no rule ${number} in this server. \`/notify list\` shows all rules.`);
  }
  requireChannelAccess(services.directory, caller.guildId, rule.channelId);
  const link = await services.samples.post(rule);
  return { message: toNoticeMessage(`✅ A sample of rule #${rule.number} is in <#${rule.channelId}>: ${link}`) };
}
