import { UserError } from '../shared/errors.ts';
import type { GuildSettings } from './guild-settings.ts';
import { type Action, type Decision, decide, type Member, toPermissionTable } from './policy.ts';

/** A member as an interaction tells of them. */
export interface GuildMember {
  readonly guildId: string;
  readonly userId: string;
  /** With or without the @everyone role. */
  readonly roleIds: readonly string[];
  /** Discord's permission bits in this channel. */
  readonly permissions: bigint;
  readonly isOwner?: boolean;
}

type Denial = Extract<Decision, { allowed: false }>;

/** Who may do what, by each server's grants; from memory, for servers whose settings are loaded. */
export class Permissions {
  readonly #settings: GuildSettings;

  constructor(settings: GuildSettings) {
    this.#settings = settings;
  }

  decide(action: Action, member: GuildMember): Decision {
    const { grants } = this.#settings.get(member.guildId);
    return decide({ action, member: toPolicyMember(member), grants });
  }

  isAllowed(action: Action, member: GuildMember): boolean {
    return this.decide(action, member).allowed;
  }

  /** Every action, whether the member may do it, and why. */
  explain(member: GuildMember): ReturnType<typeof toPermissionTable> {
    return toPermissionTable(toPolicyMember(member), this.#settings.get(member.guildId).grants);
  }

  /** Throws a `UserError`, to be shown to the member alone, that says what is missing and who can grant it. */
  requireAllowed(action: Action, member: GuildMember): void {
    const decision = this.decide(action, member);
    if (!decision.allowed) throw new UserError('not-allowed', toDenialText(action, member.guildId, decision));
  }

  /** Whose own it is needs less; throws as `requireAllowed` does, naming the action that is enough. */
  requireMayCancel(requestedBy: string | undefined, member: GuildMember): void {
    const isOwn = requestedBy === member.userId;
    if (isOwn && this.isAllowed('cancel-any', member)) return;
    this.requireAllowed(isOwn ? 'cancel-own' : 'cancel-any', member);
  }
}

/** What the action is called in a sentence about a member who may not do it. */
const ACTION_TEXTS: Readonly<Record<Action, string>> = {
  view: 'look at jobs',
  submit: 'start jobs',
  press: 'press the buttons of jobs',
  'cancel-own': 'cancel your jobs',
  'cancel-any': 'cancel jobs of others',
  share: 'share jobs with the channel',
  review: 'review results',
  rules: 'change notification rules',
  configure: 'change the settings of this bot',
};

/** Why a member may not, what would help, and who can help. */
export function toDenialText(action: Action, guildId: string, { needs }: Denial): string {
  const toRole = (roleId: string) => (roleId === guildId ? '@everyone' : `<@&${roleId}>`);
  const denied = needs.withoutRoleIds.map(toRole).join(', ');
  const missing = [
    ...(needs.permission === undefined ? [] : [`**${needs.permission}**`]),
    ...needs.roleIds.map(toRole),
  ];
  const why = denied === '' ? `That needs ${missing.join(' or ')}.` : `It is denied to ${denied}.`;
  const who = `A member with **${needs.grantableBy}** can grant it: \`/mod allow\` \`action: ${action}\` and ${denied === '' ? 'a' : 'that'} role.`;
  return `You may not ${ACTION_TEXTS[action]} here. ${why} ${who}`;
}

function toPolicyMember({ guildId, ...member }: GuildMember): Member {
  if (member.roleIds.includes(guildId)) return member;
  return { ...member, roleIds: [guildId, ...member.roleIds] };
}
