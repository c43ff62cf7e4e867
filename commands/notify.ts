import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandChannelOption,
  ApplicationCommandOptionType,
  ChannelType,
  InteractionContextType,
} from 'discord.js';
import { requireChannelAccess, toMentionWarnings } from '../src/discord/core/channel-checks.ts';
import type { Command, CommandCall, CommandHandler } from '../src/discord/core/handlers.ts';
import { toMeantJob } from '../src/discord/jobs/meant-job.ts';
import { suggestApiChannels, suggestJobs, suggestRules } from '../src/discord/jobs/suggestions.ts';
import { toDeliveriesList } from '../src/discord/notify/explanation.ts';
import { explainJob, testRule } from '../src/discord/notify/rule-controls.ts';
import { toRuleResult, toRulesList } from '../src/discord/notify/rule-messages.ts';
import { toRuleChange } from '../src/discord/notify/rule-options.ts';
import { DEFAULT_EVENTS } from '../src/notifications/rules/events.ts';
import { UserError } from '../src/shared/errors.ts';

const { String: Text, Integer, Channel, Role, Subcommand } = ApplicationCommandOptionType;

const DELIVERIES_SHOWN = 15;
const CHANNEL_TYPES = [
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildForum,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
] as const;

const CHANNEL: APIApplicationCommandChannelOption = {
  type: Channel,
  name: 'channel',
  description: 'Where to post',
  channel_types: [...CHANNEL_TYPES],
};
const RULE = {
  type: Integer,
  name: 'rule',
  description: 'The rule’s number',
  required: true,
  autocomplete: true,
  min_value: 1,
} as const;
const CONDITIONS: APIApplicationCommandBasicOption[] = [
  {
    type: Text,
    name: 'events',
    description: 'Of completed, moderated, failed, cancelled, started; by commas',
    max_length: 100,
  },
  {
    type: Text,
    name: 'verb',
    description: 'Only this verb, such as imagine or button; `none` for any',
    max_length: 40,
  },
  {
    type: Text,
    name: 'type',
    description: 'Only jobs of this type',
    choices: ['image', 'video', 'none'].map((value) => ({ name: value === 'none' ? 'any' : value, value })),
  },
  {
    type: Text,
    name: 'api-channel',
    description: 'Only this Midjourney channel; `none` for any',
    autocomplete: true,
    max_length: 40,
  },
  {
    type: Text,
    name: 'prompt',
    description: 'Words that must all occur in the prompt; `none` for any',
    max_length: 200,
  },
  { type: Role, name: 'mention', description: 'Role to mention; @everyone stands for nobody' },
  {
    type: Text,
    name: 'media',
    description: 'Whether pictures are shown (default full)',
    choices: ['full', 'spoiler', 'none'].map((value) => ({ name: value, value })),
  },
  {
    type: Text,
    name: 'quiet',
    description: 'Hours without a sound, such as 22-07 Europe/Berlin; `none` for never',
    max_length: 60,
  },
  {
    type: Integer,
    name: 'digest',
    description: 'More than that many in 10 min become one post; 0 for off',
    min_value: 0,
    max_value: 100,
  },
];

/** `/notify`: what channels are told, and why a post did or did not come. */
export const notify: Command = {
  data: {
    name: 'notify',
    description: 'Decide what channels are told when jobs start and end',
    contexts: [InteractionContextType.Guild],
    options: [
      subcommand('add', 'Tell a channel when jobs end', [{ ...CHANNEL, required: true }, ...CONDITIONS]),
      subcommand('edit', 'Change a rule; what you leave out stays', [RULE, CHANNEL, ...CONDITIONS]),
      subcommand('list', 'Show all rules of this server', []),
      subcommand('pause', 'Keep a rule from posting until it is resumed', [RULE]),
      subcommand('resume', 'Let a paused rule post again', [RULE]),
      subcommand('remove', 'Remove a rule', [RULE]),
      subcommand('test', 'Post a sample of a rule, marked as such', [RULE]),
      subcommand('explain', 'Say rule by rule why a job was told, or was not', [
        {
          type: Text,
          name: 'job',
          description: 'A ref, words of the prompt, or a jobid',
          required: true,
          autocomplete: true,
          max_length: 200,
        },
      ]),
      subcommand('deliveries', 'Show the last deliveries and their state', []),
    ],
  },
  handlers: {
    'notify add': guarded(addRule),
    'notify edit': guarded(editRule),
    'notify list': guarded(async ({ caller, services }) => ({
      message: toRulesList(await services.rules.list(caller.guildId), 0),
    })),
    'notify pause': guarded(async ({ caller, options, services }) => {
      const rule = await services.rules.pause(caller.guildId, ruleOf(options), caller.userId, services.clock.now());
      return { message: toRuleResult(`Rule #${rule.number} is paused; \`/notify resume\` lets it post again.`, rule) };
    }),
    'notify resume': guarded(async ({ caller, options, services }) => {
      const rule = await services.rules.resume(caller.guildId, ruleOf(options), toActor(caller, services));
      return { message: toRuleResult(`Rule #${rule.number} posts again.`, rule) };
    }),
    'notify remove': guarded(async ({ caller, options, services }) => {
      const rule = await services.rules.remove(caller.guildId, ruleOf(options), toActor(caller, services));
      return {
        message: toRuleResult(`Rule #${rule.number} is removed. This is how it was:`, rule, { isRemoved: true }),
      };
    }),
    'notify test': guarded(({ caller, options, services }) => testRule(ruleOf(options), caller, services)),
    'notify explain': guarded(async (call) => explainJob(call.caller, await toMeantJob(call), call.services)),
    'notify deliveries': guarded(async ({ caller, services }) => ({
      message: toDeliveriesList(await services.explainer.listDeliveries(caller.guildId, DELIVERIES_SHOWN)),
    })),
  },
  autocomplete: { rule: suggestRules, 'api-channel': suggestApiChannels, job: suggestJobs },
};

function subcommand(name: string, description: string, options: APIApplicationCommandBasicOption[]) {
  return { type: Subcommand, name, description, options } as const;
}

/** All of `/notify` is for those who may change rules. */
function guarded(run: CommandHandler['run']): CommandHandler {
  return {
    async run(call) {
      call.services.permissions.requireAllowed('rules', call.caller);
      return run(call);
    },
  };
}

async function addRule({ caller, options, services }: CommandCall) {
  const { channelId = '', ...change } = toRuleChange(options, caller.guildId);
  requireChannelAccess(services.directory, caller.guildId, channelId);
  const input = {
    events: [...DEFAULT_EVENTS],
    media: 'full' as const,
    ...withoutUndefined(change),
    channelId,
    createdBy: caller.userId,
  };
  const rule = await services.rules.add(caller.guildId, input, services.clock.now());
  const warnings = toMentionWarnings(services.directory, rule);
  return { message: toRuleResult(`Rule #${rule.number} is saved.`, rule, { warnings }) };
}

async function editRule({ caller, options, services }: CommandCall) {
  const change = toRuleChange(options, caller.guildId);
  if (Object.keys(change).length === 0) {
    throw new UserError('edit-empty', 'Name what to change: any option but `rule`. `none` clears a condition.');
  }
  if (change.channelId !== undefined) requireChannelAccess(services.directory, caller.guildId, change.channelId);
  const rule = await services.rules.edit(caller.guildId, ruleOf(options), change, toActor(caller, services));
  const warnings = toMentionWarnings(services.directory, rule);
  return { message: toRuleResult(`Rule #${rule.number} is changed.`, rule, { warnings }) };
}

function toActor({ userId }: CommandCall['caller'], { clock }: CommandCall['services']) {
  return { by: userId, at: clock.now() };
}

function ruleOf(options: CommandCall['options']): number {
  return options.number('rule') ?? 0;
}

function withoutUndefined<T extends object>(record: T) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
