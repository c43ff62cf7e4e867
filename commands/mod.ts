import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ChannelType,
  InteractionContextType,
} from 'discord.js';
import type { Autocomplete, Command, CommandHandler } from '../src/discord/core/handlers.ts';
import type { ModerationFeature } from '../src/discord/moderation/moderation-feature.ts';
import { LOG_ACTION } from '../src/moderation/log/log-entry.ts';
import { Action } from '../src/moderation/policy.ts';
import { choice, integer, JOB, subcommand } from './options.ts';

const { String: Text, Channel, Role, User, SubcommandGroup } = ApplicationCommandOptionType;

const ROLE = { type: Role, name: 'role', description: 'The role; @everyone stands for all', required: true } as const;
const MEMBER = { type: User, name: 'member', description: 'The member', required: true } as const;
const WORD = {
  type: Text,
  name: 'word',
  description: 'A word, or several in a row; how it is written does not matter',
  required: true,
  max_length: 100,
} as const;
const MODERATION_CHANNELS = [ChannelType.GuildText, ChannelType.PublicThread, ChannelType.PrivateThread] as const;

const GRANT = [{ ...choice('action', 'What may be done', Action.options), required: true }, ROLE];
const QUOTA: APIApplicationCommandBasicOption[] = [
  { ...choice('scope', 'Whose presses and submits are counted', ['member', 'role', 'server']), required: true },
  { ...integer('per-day', 'How many a day; 0 for no limit', 0, 100_000), required: true },
  { ...ROLE, description: 'With the scope role: which one', required: false },
];
const REVIEW: APIApplicationCommandBasicOption[] = [
  { ...choice('mode', 'Whether every finished job is held for review', ['on', 'off']), required: true },
  channel('Where the reviewers are asked'),
  integer('quorum', 'Votes for the same verdict that decide (default 1)', 1, 5),
  integer('timeout-hours', 'Hours until what on-timeout says is done; 0 for never', 0, 24 * 60),
  choice('on-timeout', 'What becomes of a result that nobody decided', ['publish', 'drop', 'remind']),
];
const LOG: APIApplicationCommandBasicOption[] = [
  { ...MEMBER, description: 'Only what this member did, or what was done to them', required: false },
  { ...JOB, description: 'Only what concerns this job', required: false },
  choice('action', 'Only this', Object.values(LOG_ACTION)),
];

const DATA: Command['data'] = {
  name: 'mod',
  description: 'Decide who may do what and what is shown, and see who did what',
  contexts: [InteractionContextType.Guild],
  options: [
    subcommand('settings', 'Show everything that is set'),
    subcommand('allow', 'Let a role do something', GRANT),
    subcommand('deny', 'Keep a role from doing something', GRANT),
    subcommand('permissions', 'Show what a member may do, and why', [MEMBER]),
    subcommand('quota', 'Limit presses and submits a day', QUOTA),
    subcommand('usage', 'Show who spent how much in a month', [
      { type: Text, name: 'month', description: 'Such as 2025-10 (default this month)', max_length: 7 },
    ]),
    {
      type: SubcommandGroup,
      name: 'words',
      description: 'Words that a prompt may not hold',
      options: [
        subcommand('add', 'List a word', [
          WORD,
          choice('then', 'Refuse its prompts (default), or hold their results for review', ['refuse', 'review']),
        ]),
        subcommand('remove', 'Take a word off the list', [WORD]),
        subcommand('list', 'Show the listed words'),
      ],
    },
    subcommand('review', 'Hold results until moderators approve them', REVIEW),
    subcommand('alerts', 'Tell a channel what moderators should know', [
      channel('Where; leave it out to see where they go'),
      choice('mode', 'Tell nobody any more', ['off']),
    ]),
    subcommand('log', 'Show who did what', LOG),
    subcommand('export', 'Get the whole log as a file of JSON lines'),
    subcommand('undo', 'Take a change of a setting back', [
      { ...integer('entry', 'The number of its entry in the log', 1), required: true },
    ]),
    subcommand('retention', 'Decide how long the log is kept', [
      { ...integer('days', 'Days; 0 for ever', 0, 3_650), required: true },
    ]),
    subcommand('privacy', 'Hand out what is kept about a member, or delete their name', [
      MEMBER,
      { ...choice('what', 'What to do', ['export', 'delete']), required: true },
    ]),
  ],
};

/** `/mod`: who may, what is reviewed, who did. */
export function modCommand({ settings, log, members }: ModerationFeature, suggestJobs: Autocomplete): Command {
  return {
    data: DATA,
    handlers: {
      'mod settings': forConfiguring(settings.show),
      'mod allow': forConfiguring(settings.allow),
      'mod deny': forConfiguring(settings.deny),
      'mod permissions': forConfiguring(members.permissions),
      'mod quota': forConfiguring(settings.quota),
      'mod usage': forConfiguring(members.usage),
      'mod words add': forConfiguring(settings.addWord),
      'mod words remove': forConfiguring(settings.removeWord),
      'mod words list': forConfiguring(({ caller }) => settings.listWords(caller, 0)),
      'mod review': forConfiguring(settings.review),
      'mod alerts': forConfiguring(settings.alerts),
      'mod log': forConfiguring(log.show),
      'mod export': forConfiguring(log.export),
      'mod undo': forConfiguring(settings.undo),
      'mod retention': forConfiguring(settings.retention),
      'mod privacy': forConfiguring(members.privacy),
    },
    autocomplete: { job: suggestJobs },
  };
}

function channel(description: string): APIApplicationCommandBasicOption {
  return { type: Channel, name: 'channel', description, channel_types: [...MODERATION_CHANNELS] };
}

/** All of `/mod` is for those who may change the settings. */
function forConfiguring(run: CommandHandler['run']): CommandHandler {
  return { requires: 'configure', run };
}
