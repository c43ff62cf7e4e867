import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandChannelOption,
  ApplicationCommandOptionType,
  ChannelType,
  InteractionContextType,
  PermissionFlagsBits,
} from 'discord.js';
import type { Command, CommandHandler } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import { toExplainSelect } from '../src/discord/notify/explanation.ts';
import type { NotifyFeature } from '../src/discord/notify/notify-feature.ts';
import { account, apiChannel, choice, JOB, subcommand } from './options.ts';

const { String: Text, Integer, Boolean: Flag, Channel, Role } = ApplicationCommandOptionType;

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
    description: 'When to post: completed, moderated, failed, cancelled, started',
    autocomplete: true,
    max_length: 100,
  },
  {
    type: Text,
    name: 'verb',
    description: 'Only jobs of this verb, such as imagine; none for any',
    autocomplete: true,
    max_length: 40,
  },
  {
    type: Text,
    name: 'type',
    description: 'Only images or only videos',
    choices: ['image', 'video', 'none'].map((value) => ({ name: value === 'none' ? 'any' : value, value })),
  },
  apiChannel('Only this Midjourney channel; none for any'),
  account('Only jobs of this account; none for any'),
  {
    type: Text,
    name: 'prompt',
    description: 'Only prompts with all of these words; none for any',
    max_length: 200,
  },
  { type: Role, name: 'mention', description: 'Role to ping' },
  { type: Flag, name: 'mention-nobody', description: 'Ping nobody' },
  choice('media', 'How to show pictures (default full)', ['full', 'spoiler', 'none']),
  {
    type: Text,
    name: 'quiet',
    description: 'Hours to post silently, such as 22-07 Europe/Berlin; none for never',
    autocomplete: true,
    max_length: 60,
  },
  {
    type: Integer,
    name: 'digest',
    description: 'One post for more than this many in 10 minutes; 0 for off',
    min_value: 0,
    max_value: 100,
  },
];

const DATA: Command['data'] = {
  name: 'notify',
  description: 'Post to channels when jobs start and end',
  contexts: [InteractionContextType.Guild],
  default_member_permissions: PermissionFlagsBits.ManageGuild.toString(),
  options: [
    subcommand('add', 'Add a rule: post to a channel when jobs end', [{ ...CHANNEL, required: true }, ...CONDITIONS]),
    subcommand('edit', 'Change a rule; what you leave out stays', [RULE, CHANNEL, ...CONDITIONS]),
    subcommand('list', 'Show, pause, edit and remove the rules of this server'),
    subcommand('pause', 'Pause a rule until you resume it', [RULE]),
    subcommand('resume', 'Turn a paused rule on again', [RULE]),
    subcommand('remove', 'Remove a rule', [RULE]),
    subcommand('test', 'Post a sample of a rule', [RULE]),
    subcommand('explain', 'Show rule by rule why a job was posted, or wasn’t', [JOB]),
    subcommand('deliveries', 'Show the last posts and what became of them'),
  ],
};

export interface NotifyCommandNeeds {
  readonly notify: Pick<
    NotifyFeature,
    'rules' | 'posts' | 'suggestRules' | 'suggestEvents' | 'suggestVerbs' | 'suggestQuietHours' | 'suggestRuleAccounts'
  >;
  readonly jobs: Pick<JobsFeature, 'suggestJobs' | 'suggestApiChannels' | 'withMeantJob'>;
}

/** `/notify`: what is posted to channels, and why a post did or did not come. */
export function notifyCommand({ notify, jobs }: NotifyCommandNeeds): Command {
  const { rules, posts, suggestRules, suggestEvents, suggestVerbs, suggestQuietHours, suggestRuleAccounts } = notify;
  return {
    data: DATA,
    handlers: {
      'notify add': forRules(rules.add),
      'notify edit': forRules(rules.edit),
      'notify list': forRules(({ caller }) => rules.list(caller, 0)),
      'notify pause': forRules(({ caller, options }) => rules.step(caller, 'pause', options.requiredNumber('rule'))),
      'notify resume': forRules(({ caller, options }) => rules.step(caller, 'resume', options.requiredNumber('rule'))),
      'notify remove': forRules(({ caller, options }) => rules.step(caller, 'remove', options.requiredNumber('rule'))),
      'notify test': forRules(({ caller, options }) => rules.test(caller, options.requiredNumber('rule'))),
      'notify explain': forRules(({ caller, options }) =>
        jobs.withMeantJob({ caller, options, toSelect: toExplainSelect }, (job) => posts.explainJob(caller, job)),
      ),
      'notify deliveries': { requires: 'anyone', run: ({ caller }) => posts.listDeliveries(caller) },
    },
    autocomplete: {
      rule: suggestRules,
      events: suggestEvents,
      verb: suggestVerbs,
      quiet: suggestQuietHours,
      'api-channel': jobs.suggestApiChannels,
      account: suggestRuleAccounts,
      job: jobs.suggestJobs,
    },
  };
}

/** All of `/notify` is for those who may change rules. */
function forRules(run: CommandHandler['run']): CommandHandler {
  return { requires: 'rules', run };
}
