import type { Action, DeniedBecause, Grants, Needs } from '../moderation/policy.ts';
import { decide } from '../moderation/policy.ts';
import { UserError } from '../shared/errors.ts';
import type { Caller } from './caller.ts';

/** Where it is kept what a server has changed about who may do what; answers from memory. */
export interface GrantSource {
  grantsOf(guildId: string): Grants;
}

const DEEDS: Readonly<Record<Action, string>> = {
  view: 'Looking at jobs',
  submit: 'Starting a job',
  press: 'Pressing a job’s button',
  'cancel-own': 'Cancelling an own job',
  'cancel-any': 'Cancelling somebody else’s job',
  share: 'Showing something to the whole channel',
  review: 'Reviewing results',
  rules: 'Changing notification rules',
  configure: 'Changing the bot’s settings',
};

/** Whether the caller may do something here. */
export function mayDo(caller: Caller, action: Action, source: GrantSource): boolean {
  return toDecision(caller, action, source).allowed;
}

/** @throws UserError that says, for the caller alone, what is missing and who can grant it. */
export function requireAction(caller: Caller, action: Action, source: GrantSource): void {
  const decision = toDecision(caller, action, source);
  if (decision.allowed) return;
  throw new UserError('permission-missing', toDenial(action, decision.because, decision.needs));
}

function toDecision(caller: Caller, action: Action, source: GrantSource) {
  const { userId, permissions, isOwner, guildId } = caller;
  const member = { userId, permissions, isOwner, roleIds: [...caller.roleIds, guildId] };
  return decide({ action, member, grants: source.grantsOf(guildId) });
}

function toDenial(action: Action, because: DeniedBecause, needs: Needs): string {
  const grant = `Someone with **${needs.grantableBy}** can change that with \`/mod allow\`.`;
  if (because.kind === 'role-denied') return `${DEEDS[action]} is denied to your role <@&${because.roleId}>. ${grant}`;
  const roles = needs.roleIds.map((roleId) => `the role <@&${roleId}>`);
  const ways = [`the permission **${because.permission}**`, ...roles].join(' or ');
  return `${DEEDS[action]} needs ${ways}. ${grant}`;
}
