import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandChannelOption,
  ApplicationCommandOptionType,
  ChannelType,
  InteractionContextType,
} from 'discord.js';
import type { Autocomplete, Command, CommandCall, CommandHandler } from '../src/discord/core/handlers.ts';
import type { NotifyFeature } from '../src/discord/notify/notify-feature.ts';
import { apiChannel, choice, JOB, subcommand } from './options.ts';

const { String: Text, Integer, Channel, Role } = ApplicationCommandOptionType;

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
  apiChannel('Only this Midjourney channel; `none` for any'),
  {
    type: Text,
    name: 'prompt',
    description: 'Words that must all occur in the prompt; `none` for any',
    max_length: 200,
  },
  { type: Role, name: 'mention', description: 'Role to mention; @everyone stands for nobody' },
  choice('media', 'Whether pictures are shown (default full)', ['full', 'spoiler', 'none']),
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

const DATA: Command['data'] = {
  name: 'notify',
  description: 'Decide what channels are told when jobs start and end',
  contexts: [InteractionContextType.Guild],
  options: [
    subcommand('add', 'Tell a channel when jobs end', [{ ...CHANNEL, required: true }, ...CONDITIONS]),
    subcommand('edit', 'Change a rule; what you leave out stays', [RULE, CHANNEL, ...CONDITIONS]),
    subcommand('list', 'Show all rules of this server'),
    subcommand('pause', 'Keep a rule from posting until it is resumed', [RULE]),
    subcommand('resume', 'Let a paused rule post again', [RULE]),
    subcommand('remove', 'Remove a rule', [RULE]),
    subcommand('test', 'Post a sample of a rule, marked as such', [RULE]),
    subcommand('explain', 'Say rule by rule why a job was told, or was not', [JOB]),
    subcommand('deliveries', 'Show the last deliveries and their state'),
  ],
};

export interface NotifyCommandNeeds {
  readonly notify: Pick<NotifyFeature, 'rules' | 'posts' | 'suggestRules'>;
  readonly suggestJobs: Autocomplete;
  readonly suggestApiChannels: Autocomplete;
  readonly toMeantJob: (call: CommandCall) => Promise<string>;
}

/** `/notify`: what channels are told, and why a post did or did not come. */
export function notifyCommand({ notify, suggestJobs, suggestApiChannels, toMeantJob }: NotifyCommandNeeds): Command {
  const { rules, posts, suggestRules } = notify;
  return {
    data: DATA,
    handlers: {
      'notify add': forRules(rules.add),
      'notify edit': forRules(rules.edit),
      'notify list': forRules(({ caller }) => rules.list(caller, 0)),
      'notify pause': forRules(rules.pause),
      'notify resume': forRules(rules.resume),
      'notify remove': forRules(rules.remove),
      'notify test': forRules(({ caller, options }) => rules.test(caller, options.requiredNumber('rule'))),
      'notify explain': forRules(async (call) => posts.explainJob(call.caller, await toMeantJob(call))),
      'notify deliveries': forRules(({ caller }) => posts.listDeliveries(caller)),
    },
    autocomplete: { rule: suggestRules, 'api-channel': suggestApiChannels, job: suggestJobs },
  };
}

/** All of `/notify` is for those who may change rules. */
function forRules(run: CommandHandler['run']): CommandHandler {
  return { requires: 'rules', run };
}
