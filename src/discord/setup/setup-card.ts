import {
  type APIButtonComponent,
  type APIComponentInContainer,
  type APISectionComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ChannelType,
  ComponentType,
} from 'discord.js';
import { toCreatorRoleIds } from '../../moderation/creators.ts';
import type { Settings } from '../../moderation/settings.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import { channelSelect, roleSelect } from '../core/entity-selects.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, separator, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { type AccountFacts, toAccountSection } from './account-section.ts';
import {
  pickAlerts,
  pickCreators,
  pickResults,
  pickReview,
  showSample,
  switchEveryone,
  turnOff,
} from './setup-controls.ts';
import { channelLacks, channelUnseen, reviewIsOpen, SETUP } from './words.ts';

/** Roles and channels that a select shows as picked. */
const MAX_PICKED = 25;

/** What was just done, or could not be. */
export interface SetupNote {
  readonly sentence: string;
  readonly isProblem?: boolean;
  readonly undo?: APIButtonComponent;
}

export interface SetupFacts {
  readonly guildId: string;
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  readonly directory: ChannelDirectory;
  readonly own: AccountFacts;
  readonly note?: SetupNote;
}

const RESULT_TYPES = [ChannelType.GuildText, ChannelType.GuildAnnouncement, ChannelType.GuildForum];
const MODERATION_TYPES = [ChannelType.GuildText, ChannelType.PublicThread, ChannelType.PrivateThread];

/** Everything a server decides first: one select for each, with what is decided picked. */
export function toSetupCard(facts: SetupFacts): OutgoingMessage {
  const { note } = facts;
  const account = toAccountSection(facts.own);
  const sections = [toCreators(facts), toResults(facts), toReview(facts), toAlerts(facts)];
  const body: APIComponentInContainer[] = [text(`${SETUP.heading}\n${SETUP.intro}`)];
  if (note !== undefined) body.push(toNote(note));
  for (const section of sections) body.push(separator(), ...section);
  if (account.length > 0) body.push(separator(), ...account);
  body.push(separator(), row(showSample.toButton({}, SETUP.sample)));
  return { components: [container(toColor(note), body)] };
}

/** Roles but everyone's that can create, as far as the select shows them. */
export function toPickedRoleIds({ grants }: Settings, guildId: string): readonly string[] {
  const roleIds = toCreatorRoleIds(grants).filter((roleId) => roleId !== guildId);
  return roleIds.slice(0, MAX_PICKED);
}

/** Channels with a rule that posts, as far as the select shows them. */
export function toResultChannelIds(rules: readonly Rule[]): readonly string[] {
  const posting = rules.filter(({ paused }) => paused === undefined);
  return [...new Set(posting.map(({ channelId }) => channelId))].slice(0, MAX_PICKED);
}

function toColor(note: SetupNote | undefined): number {
  if (note === undefined) return COLORS.busy;
  return note.isProblem === true ? COLORS.warn : COLORS.good;
}

function toNote({ sentence, undo }: SetupNote) {
  if (undo === undefined) return text(sentence);
  return beside(text(sentence), undo);
}

function toCreators({ settings, guildId }: SetupFacts): APIComponentInContainer[] {
  const isEveryone = toCreatorRoleIds(settings.grants).includes(guildId);
  const label = isEveryone ? SETUP.stopEveryone : SETUP.letEveryone;
  const style = isEveryone ? ButtonStyle.Success : ButtonStyle.Secondary;
  const pickedIds = toPickedRoleIds(settings, guildId);
  const select = { placeholder: SETUP.pickCreators, pickedIds, max: MAX_PICKED };
  return [
    text(SETUP.creators),
    row(roleSelect(pickCreators.toCustomId({}), select)),
    row(switchEveryone.toButton({}, label, { style })),
  ];
}

function toResults({ rules, guildId, directory }: SetupFacts): APIComponentInContainer[] {
  const pickedIds = toResultChannelIds(rules);
  const select = { placeholder: SETUP.pickResults, pickedIds, max: MAX_PICKED, types: RESULT_TYPES };
  const warnings = pickedIds.flatMap((channelId) => toWarnings(directory, guildId, channelId));
  return [
    text([SETUP.results, ...warnings.slice(0, 5)].join('\n')),
    row(channelSelect(pickResults.toCustomId({}), select)),
  ];
}

function toReview({ settings: { review }, guildId, directory }: SetupFacts): APIComponentInContainer[] {
  const channelId = review.mode === 'on' ? review.channelId : undefined;
  const isOpen = channelId !== undefined && directory.channel(guildId, channelId)?.isOpenToAll === true;
  const warnings = [...toWarnings(directory, guildId, channelId), ...(isOpen ? [reviewIsOpen(channelId)] : [])];
  const select = { customId: pickReview.toCustomId({}), placeholder: SETUP.pickReview, channelId };
  return toChannelSection([SETUP.review, ...warnings], select, turnOff.toButton({ what: 'review' }, SETUP.turnOff));
}

function toAlerts({ settings: { alertsChannelId }, guildId, directory }: SetupFacts): APIComponentInContainer[] {
  const warnings = toWarnings(directory, guildId, alertsChannelId);
  const select = { customId: pickAlerts.toCustomId({}), placeholder: SETUP.pickAlerts, channelId: alertsChannelId };
  return toChannelSection([SETUP.alerts, ...warnings], select, turnOff.toButton({ what: 'alerts' }, SETUP.turnOff));
}

interface ChannelSelect {
  readonly customId: string;
  readonly placeholder: string;
  readonly channelId: string | undefined;
}

/** The button stands beside the words where a channel is picked. */
function toChannelSection(
  lines: readonly string[],
  { customId, placeholder, channelId }: ChannelSelect,
  off: APIButtonComponent,
): APIComponentInContainer[] {
  const words = text(lines.join('\n'));
  const pickedIds = channelId === undefined ? [] : [channelId];
  const select = row(channelSelect(customId, { placeholder, pickedIds, max: 1, types: MODERATION_TYPES }));
  return [channelId === undefined ? words : beside(words, off), select];
}

function beside(words: APITextDisplayComponent, accessory: APIButtonComponent): APISectionComponent {
  return { type: ComponentType.Section, components: [words], accessory };
}

/** What keeps the bot from posting there; nothing during an outage of the server. */
function toWarnings(directory: ChannelDirectory, guildId: string, channelId: string | undefined): string[] {
  if (channelId === undefined || !directory.isAvailable(guildId)) return [];
  const channel = directory.channel(guildId, channelId);
  if (channel === undefined) return [channelUnseen(channelId)];
  return channel.missing.length > 0 ? [channelLacks(channelId, channel.missing)] : [];
}
