import { toWordlessJob } from '../../jobs/wordless-job.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { Control } from '../core/handlers.ts';
import type { BotServices } from '../services.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toExplanation } from './explanation.ts';
import { toRulesList } from './rule-messages.ts';

const turnRulesPage: Control = {
  name: 'rules-page',
  acknowledges: 'update',
  async run({ caller, args: [page = '0'], services }) {
    services.permissions.requireAllowed('rules', caller);
    return { message: toRulesList(await services.rules.list(caller.guildId), Number.parseInt(page, 10) || 0) };
  },
};

const testRuleControl: Control = {
  name: 'rule-test',
  acknowledges: 'private',
  run: ({ caller, args: [number = ''], services }) => testRule(Number.parseInt(number, 10), caller, services),
};

const turnExplanationPage: Control = {
  name: 'explain-page',
  acknowledges: 'update',
  run: ({ caller, args: [ref = '', page = '0'], services }) =>
    explainJob(caller, ref, services, Number.parseInt(page, 10) || 0),
};

export const ruleControls: readonly Control[] = [turnRulesPage, testRuleControl, turnExplanationPage];

/** A page of why a job was told, or was not. */
export async function explainJob(caller: Caller, idOrRef: string, services: BotServices, page = 0): Promise<Answer> {
  services.permissions.requireAllowed('rules', caller);
  const { known } = await services.actions.resolve(idOrRef, caller.guildId);
  if (known === undefined)
    throw new UserError('job-unseen', 'This job was never seen by the bot, so no rule was asked about it.');
  const job = services.gate.conceal(known, services.gate.audienceOf(caller, true));
  const events = await services.explainer.explainJob(caller.guildId, known.ref);
  return {
    message: toExplanation(job, events, page),
    withoutWords: () => toExplanation(toWordlessJob(job), events, page),
  };
}

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
