import { ButtonStyle } from 'discord.js';
import type { Decision, toPermissionTable } from '../../moderation/policy.ts';
import type { MemberUsage } from '../../moderation/quotas.ts';
import { countOf, cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toRoleText } from './setting-words.ts';

const TEXT_LIMIT = 3_600;
const MEMBERS_SHOWN = 40;
const CHANNEL_SCOPE =
  '-# Discord’s permissions are those of this channel, as they count when a command or a button is used in it. Elsewhere they can differ.';
const SERVER_SCOPE =
  '-# What this channel changes of Discord’s permissions is not known to the bot, so that they are those of the whole server. In a channel they can differ.';

export interface PermissionsQuestion {
  readonly guildId: string;
  readonly userId: string;
  /** For which the table holds; none where it goes by the permissions of the whole server. */
  readonly channelId?: string;
}

/** What a member may do in a channel, why, and what would help where they may not. */
export function toPermissionsTable(
  { guildId, userId, channelId }: PermissionsQuestion,
  table: ReturnType<typeof toPermissionTable>,
): OutgoingMessage {
  const lines = table.map(({ action, decision }) => {
    const sign = decision.allowed ? '✅' : '❌';
    return `${sign} \`${action}\` ${toReason(guildId, decision)}`;
  });
  const heading = `### What <@${userId}> may do${channelId === undefined ? '' : ` in <#${channelId}>`}`;
  const scope = channelId === undefined ? SERVER_SCOPE : CHANNEL_SCOPE;
  const body = `${cutText(lines.join('\n'), TEXT_LIMIT)}\n${scope}`;
  return { components: [container(COLORS.busy, [text(heading), text(body)])] };
}

function toReason(guildId: string, decision: Decision): string {
  if (!decision.allowed) return `${toDenialReason(guildId, decision)}. ${toHelp(guildId, decision)}`;
  const { because } = decision;
  if (because.kind === 'role') return `allowed to ${toRoleText(because.roleId, guildId)}`;
  if (because.kind === 'permission') return `has **${because.permission}**`;
  const reasons = { owner: 'owns the server', administrator: 'is administrator', everyone: 'everyone may' };
  return reasons[because.kind];
}

type Denial = Extract<Decision, { allowed: false }>;

function toDenialReason(guildId: string, { because }: Denial): string {
  if (because.kind === 'role-denied') return `denied to ${toRoleText(because.roleId, guildId)}`;
  return `lacks **${because.permission}**`;
}

function toHelp(guildId: string, { needs }: Denial): string {
  if (needs.withoutRoleIds.length > 0) {
    const roles = needs.withoutRoleIds.map((roleId) => toRoleText(roleId, guildId)).join(', ');
    return `Would help: to allow it to ${roles} again, or to take that role away`;
  }
  const permission = needs.permission === undefined ? [] : [`**${needs.permission}**`];
  const roles = needs.roleIds.map((roleId) => toRoleText(roleId, guildId));
  return `Would help: ${[...permission, ...roles, '`/mod allow` for a role of theirs'].join(', or ')}`;
}

/** Presses and submits of a month, most first. */
export function toUsageTable(month: string, usage: readonly MemberUsage[]): OutgoingMessage {
  const heading = `### Presses and submits in ${month}`;
  if (usage.length === 0) return { components: [container(COLORS.quiet, [text(`${heading}\nNone.`)])] };
  let total = 0;
  for (const member of usage) total += member.total;
  const lines = usage.slice(0, MEMBERS_SHOWN).map(toUsageLine);
  const more = usage.length > MEMBERS_SHOWN ? [`-# and ${countOf(usage.length - MEMBERS_SHOWN, 'more member')}`] : [];
  const body = cutText([...lines, ...more].join('\n'), TEXT_LIMIT);
  return {
    components: [
      container(COLORS.busy, [text(`${heading}\n${total} by ${countOf(usage.length, 'member')}`), text(body)]),
    ],
  };
}

function toUsageLine({ userId, total, byDay }: MemberUsage): string {
  const [most] = Object.entries(byDay).toSorted(([, one], [, other]) => other - one);
  const peak = most === undefined ? '' : ` · most on ${most[0]}: ${most[1]}`;
  return `- ${toPersonText(userId)} **${total}**${peak}`;
}

/** A member, or the pseudonym that stands for one. */
export function toPersonText(userId: string): string {
  return /^\d+$/.test(userId) ? `<@${userId}>` : toSafeLine(userId, 40);
}

/** What a deletion of a name does not touch, and until when. */
export const NAME_STAYS =
  'Their name stays on jobs, presses and submits of theirs for up to 62 days, on cards and posts that are there, and on watches and rules that they made; what becomes of those jobs (a review, a press that ends) is logged under their name again.';

/** Yes, after the question. */
export const confirmDeletion = new ControlDefinition({
  name: 'mod-privacy-yes',
  args: { memberId: required },
  requires: 'configure',
  acknowledges: 'update',
});

/** Asks before everything that names a member is made nobody's. */
export function toPrivacyQuestion(userId: string): OutgoingMessage {
  const question = `Put a pseudonym in the place of <@${userId}> in this server’s log, usage and reviews? Numbers and counts stay, and it cannot be taken back.\n-# ${NAME_STAYS}`;
  const yes = confirmDeletion.toButton({ memberId: userId }, 'Yes, delete the name', { style: ButtonStyle.Danger });
  return { components: [container(COLORS.warn, [text(question), row(yes)])] };
}
