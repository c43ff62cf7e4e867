import { type Action, type Grants, withGrant } from './policy.ts';

/** What makes a creator: start jobs, click the buttons of jobs, cancel one's own. */
const CREATE_ACTIONS = ['submit', 'press', 'cancel-own'] as const satisfies readonly Action[];

/** Roles that are granted all of it, in the order in which they were. */
export function toCreatorRoleIds({ allow }: Grants): readonly string[] {
  const roleIds = [...new Set(allow.map(({ roleId }) => roleId))];
  return roleIds.filter((roleId) =>
    CREATE_ACTIONS.every((action) => allow.some((grant) => grant.action === action && grant.roleId === roleId)),
  );
}

/** Everything that creators may, granted to the role; what was denied of it no longer is. */
export function withCreator(grants: Grants, roleId: string): Grants {
  return CREATE_ACTIONS.reduce((known, action) => withGrant(known, 'allow', { action, roleId }), grants);
}

/** The role's grants of what creators may are gone; what is denied to it stays. */
export function withoutCreator({ allow, deny }: Grants, roleId: string): Grants {
  const creates = (action: Action) => CREATE_ACTIONS.some((known) => known === action);
  return { allow: allow.filter((grant) => grant.roleId !== roleId || !creates(grant.action)), deny };
}
