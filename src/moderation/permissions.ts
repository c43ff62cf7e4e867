import { UserError } from '../shared/errors.ts';
import type { GuildSettings } from './guild-settings.ts';
import { type Action, type Decision, decide, type Member, toPermissionTable } from './policy.ts';
import { ACTION_TEXTS, moderationProblemWords } from './words.ts';

/** A member as an interaction describes them. */
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

  /** Whether the member may cancel a job that this person asked for. */
  mayCancel(requestedBy: string | undefined, member: GuildMember): boolean {
    const isOwn = requestedBy === member.userId && this.isAllowed('cancel-own', member);
    return isOwn || this.isAllowed('cancel-any', member);
  }

  /** Any of the actions is enough; throws as `requireAllowed` does, naming the first. */
  requireAny([first, ...others]: readonly [Action, ...Action[]], member: GuildMember): void {
    if (!others.some((action) => this.isAllowed(action, member))) this.requireAllowed(first, member);
  }

  /** Whose own it is needs less; throws as `requireAllowed` does, naming the action that is enough. */
  requireMayCancel(requestedBy: string | undefined, member: GuildMember): void {
    const isOwn = requestedBy === member.userId;
    if (isOwn && this.isAllowed('cancel-any', member)) return;
    this.requireAllowed(isOwn ? 'cancel-own' : 'cancel-any', member);
  }
}

/** Why a member may not, what would help, and who can help. */
function toDenialText(action: Action, guildId: string, { needs }: Denial): string {
  const toRole = (roleId: string) => (roleId === guildId ? '@everyone' : `<@&${roleId}>`);
  const denied = needs.withoutRoleIds.map(toRole).join(', ');
  const missing = [
    ...(needs.permission === undefined ? [] : [`**${needs.permission}**`]),
    ...needs.roleIds.map(toRole),
  ];
  const why = denied === '' ? moderationProblemWords.needs(missing) : moderationProblemWords.denied(denied);
  const who = moderationProblemWords.grant(needs.grantableBy, action, denied === '' ? 'a' : 'that');
  return moderationProblemWords.mayNot(ACTION_TEXTS[action], why, who);
}

function toPolicyMember({ guildId, ...member }: GuildMember): Member {
  if (member.roleIds.includes(guildId)) return member;
  return { ...member, roleIds: [guildId, ...member.roleIds] };
}
