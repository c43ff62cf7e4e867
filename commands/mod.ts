import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ChannelType,
  InteractionContextType,
  PermissionFlagsBits,
} from 'discord.js';
import type { Autocomplete, Command, CommandHandler } from '../src/discord/core/handlers.ts';
import type { ModerationFeature } from '../src/discord/moderation/moderation-feature.ts';
import { LOG_ACTION } from '../src/moderation/log/log-entry.ts';
import { Action } from '../src/moderation/policy.ts';
import { choice, integer, JOB, subcommand } from './options.ts';

const { String: Text, Channel, Role, User, SubcommandGroup } = ApplicationCommandOptionType;

const ROLE = { type: Role, name: 'role', description: 'The role, or @everyone', required: true } as const;
const MEMBER = { type: User, name: 'member', description: 'The member', required: true } as const;
const WORD = {
  type: Text,
  name: 'word',
  description: 'A word, or several in a row; spelling variants count too',
  required: true,
  max_length: 100,
} as const;
const MODERATION_CHANNELS = [ChannelType.GuildText, ChannelType.PublicThread, ChannelType.PrivateThread] as const;

const GRANT = [{ ...choice('action', 'What to allow or deny', Action.options), required: true }, ROLE];
const QUOTA: APIApplicationCommandBasicOption[] = [
  { ...choice('scope', 'Whose jobs to limit', ['member', 'role', 'server']), required: true },
  { ...integer('per-day', 'Jobs a day; 0 for no limit', 0, 100_000), required: true },
  { ...ROLE, description: 'Which role, with the scope role', required: false },
];
const REVIEW: APIApplicationCommandBasicOption[] = [
  { ...choice('mode', 'Hold every finished job for review', ['on', 'off']), required: true },
  channel('Where reviewers vote'),
  integer('quorum', 'Matching votes needed (default 1)', 1, 5),
  integer('timeout-hours', 'Hours until on-timeout; 0 for never', 0, 24 * 60),
  choice('on-timeout', 'What to do with a result nobody decided on', ['publish', 'drop', 'remind']),
];
const LOG: APIApplicationCommandBasicOption[] = [
  { ...MEMBER, description: 'Only what this member did, or what was done to them', required: false },
  { ...JOB, description: 'Only about this job', required: false },
  choice('action', 'Only this', Object.values(LOG_ACTION)),
];

const DATA: Command['data'] = {
  name: 'mod',
  description: 'Permissions, limits, reviews, alerts and the log',
  contexts: [InteractionContextType.Guild],
  default_member_permissions: PermissionFlagsBits.ManageGuild.toString(),
  options: [
    subcommand('settings', 'Show all settings'),
    subcommand('allow', 'Let a role do something', GRANT),
    subcommand('deny', 'Keep a role from doing something', GRANT),
    subcommand('permissions', 'Show what a member can do here, and why', [MEMBER]),
    subcommand('quota', 'Limit jobs a day', QUOTA),
    subcommand('usage', 'Show who started how many jobs in a month', [
      { type: Text, name: 'month', description: 'Such as 2025-10 (default this month)', max_length: 7 },
    ]),
    {
      type: SubcommandGroup,
      name: 'words',
      description: 'Words to refuse or review in prompts',
      options: [
        subcommand('add', 'Add a word', [
          WORD,
          choice('then', 'Refuse the prompt (default), or hold the result for review', ['refuse', 'review']),
        ]),
        subcommand('remove', 'Remove a word', [WORD]),
        subcommand('list', 'Show the listed words'),
      ],
    },
    subcommand('review', 'Hold results until reviewers approve them', REVIEW),
    subcommand('alerts', 'Show or set where alerts for moderators go', [
      channel('Where to post alerts'),
      choice('mode', 'Turn alerts off', ['off']),
    ]),
    subcommand('log', 'Show who did what', LOG),
    subcommand('export', 'Download the whole log as JSON lines'),
    subcommand('undo', 'Undo a change of the settings', [
      { ...integer('entry', 'Its number in the log', 1), required: true },
    ]),
    subcommand('retention', 'Set how long to keep the log', [
      { ...integer('days', 'Days; 0 for forever', 0, 3_650), required: true },
    ]),
    subcommand('privacy', 'Export what is kept about a member, or delete their name', [
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
      'mod settings': forAuditing(settings.show),
      'mod allow': forConfiguring(settings.allow),
      'mod deny': forConfiguring(settings.deny),
      'mod permissions': forAuditing(members.permissions),
      'mod quota': forConfiguring(settings.quota),
      'mod usage': forAuditing(members.usage),
      'mod words add': forConfiguring(settings.addWord),
      'mod words remove': forConfiguring(settings.removeWord),
      'mod words list': forAuditing(({ caller }) => settings.listWords(caller, 0)),
      'mod review': forConfiguring(settings.review),
      'mod alerts': forConfiguring(settings.alerts),
      'mod log': forAuditing(log.show),
      'mod export': forAuditing(log.export),
      'mod undo': forConfiguring(({ caller, options }) => settings.undo(caller, options.requiredNumber('entry'))),
      'mod retention': forConfiguring(settings.retention),
      'mod privacy': forConfiguring(members.privacy),
    },
    autocomplete: { job: suggestJobs },
  };
}

function channel(description: string): APIApplicationCommandBasicOption {
  return { type: Channel, name: 'channel', description, channel_types: [...MODERATION_CHANNELS] };
}

/** To read what is set, logged and used needs less than to change it. */
function forAuditing(run: CommandHandler['run']): CommandHandler {
  return { requires: 'audit', run };
}

/** All else of `/mod` is for those who may change the settings. */
function forConfiguring(run: CommandHandler['run']): CommandHandler {
  return { requires: 'configure', run };
}
