import { z } from 'zod';
import { compact } from '../shared/compact.ts';

/**
 * What a member may be allowed to do; `share` covers public answers and `/watch`, `audit` reading what `configure`
 * sets.
 */
export const Action = z.enum([
  'view',
  'submit',
  'press',
  'cancel-own',
  'cancel-any',
  'share',
  'review',
  'rules',
  'audit',
  'configure',
]);
export type Action = z.infer<typeof Action>;

const Grant = z.object({ action: Action, roleId: z.string() });
export type Grant = z.infer<typeof Grant>;

/** What a server has changed about who may do what. */
export const Grants = z.object({ allow: z.array(Grant), deny: z.array(Grant) });
export type Grants = z.infer<typeof Grants>;

export const NO_GRANTS: Grants = { allow: [], deny: [] };

export interface Member {
  readonly userId: string;
  /** The @everyone role, whose id is the server's, among them. */
  readonly roleIds: readonly string[];
  /** Discord's permission bits in this channel. */
  readonly permissions: bigint;
  readonly isOwner?: boolean;
}

/** A permission of Discord by the name that people see. */
export type PermissionName = 'Manage Messages' | 'Manage Server';

export type AllowedBecause =
  | { readonly kind: 'owner' }
  | { readonly kind: 'administrator' }
  | { readonly kind: 'role'; readonly roleId: string }
  | { readonly kind: 'permission'; readonly permission: PermissionName }
  | { readonly kind: 'everyone' };
export type DeniedBecause =
  | { readonly kind: 'role-denied'; readonly roleId: string }
  | { readonly kind: 'permission-missing'; readonly permission: PermissionName };

/** What would let the member do it. Whoever has `grantableBy` can grant it. */
export interface Needs {
  /** Roles to be rid of first, or whose denial is to be ended. */
  readonly withoutRoleIds: readonly string[];
  /** One of these roles is enough, besides the permission. */
  readonly roleIds: readonly string[];
  /** None when everyone may by default. */
  readonly permission?: PermissionName;
  readonly grantableBy: 'Manage Server';
}

export type Decision =
  | { readonly allowed: true; readonly because: AllowedBecause }
  | { readonly allowed: false; readonly because: DeniedBecause; readonly needs: Needs };

export interface Question {
  readonly action: Action;
  readonly member: Member;
  readonly grants: Grants;
}

const ADMINISTRATOR = 1n << 3n;
const PERMISSION_BITS: Readonly<Record<PermissionName, bigint>> = {
  'Manage Server': 1n << 5n,
  'Manage Messages': 1n << 13n,
};
/** `undefined`: everyone. */
const DEFAULTS: Readonly<Record<Action, PermissionName | undefined>> = {
  view: undefined,
  submit: 'Manage Messages',
  press: 'Manage Messages',
  'cancel-own': 'Manage Messages',
  'cancel-any': 'Manage Server',
  share: 'Manage Messages',
  review: 'Manage Server',
  rules: 'Manage Server',
  audit: 'Manage Server',
  configure: 'Manage Server',
};

/** What else decides on an action where its own grants say nothing: to change settings has always let one read them. */
const COVERED_BY: Readonly<Partial<Record<Action, Action>>> = { audit: 'configure' };

/** The permission that an action needs where no grant says otherwise; undefined: none. */
export function toDefaultPermission(action: Action): PermissionName | undefined {
  return DEFAULTS[action];
}

/** Whether a member may do something: owner and administrators always, then denial before grant before default. */
export function decide({ action, member, grants }: Question): Decision {
  if (member.isOwner === true) return allow({ kind: 'owner' });
  if (has(member, ADMINISTRATOR)) return allow({ kind: 'administrator' });
  const [deniedRoleId] = toOwnRoleIds(grants.deny, action, member);
  if (deniedRoleId !== undefined)
    return deny({ action, member, grants }, { kind: 'role-denied', roleId: deniedRoleId });
  const [allowedRoleId] = toOwnRoleIds(grants.allow, action, member);
  if (allowedRoleId !== undefined) return allow({ kind: 'role', roleId: allowedRoleId });
  const covering = COVERED_BY[action];
  if (covering !== undefined) return decideCovered({ action, member, grants }, covering);
  const permission = DEFAULTS[action];
  if (permission === undefined) return allow({ kind: 'everyone' });
  if (has(member, PERMISSION_BITS[permission])) return allow({ kind: 'permission', permission });
  return deny({ action, member, grants }, { kind: 'permission-missing', permission });
}

/** As the covering action decides; where it does not let them, a grant of the action itself would help as well. */
function decideCovered({ action, member, grants }: Question, covering: Action): Decision {
  const decision = decide({ action: covering, member, grants });
  if (decision.allowed || decision.because.kind === 'role-denied') return decision;
  const own = deny({ action, member, grants }, decision.because);
  if (own.allowed) return own;
  const roleIds = [...new Set([...own.needs.roleIds, ...decision.needs.roleIds])];
  return { ...own, needs: { ...own.needs, roleIds } };
}

/** Every action with its decision for one member. */
export function toPermissionTable(
  member: Member,
  grants: Grants,
): readonly { readonly action: Action; readonly decision: Decision }[] {
  return Action.options.map((action) => ({ action, decision: decide({ action, member, grants }) }));
}

/** The grants with this one added and its opposite gone. */
export function withGrant(grants: Grants, kind: 'allow' | 'deny', grant: Grant): Grants {
  const isOther = (known: Grant) => known.action !== grant.action || known.roleId !== grant.roleId;
  const rest = { allow: grants.allow.filter(isOther), deny: grants.deny.filter(isOther) };
  return { ...rest, [kind]: [...rest[kind], grant] };
}

function allow(because: AllowedBecause): Decision {
  return { allowed: true, because };
}

function deny({ action, member, grants }: Question, because: DeniedBecause): Decision {
  const permission = DEFAULTS[action];
  const isDenied = new Set(grants.deny.filter((grant) => grant.action === action).map(({ roleId }) => roleId));
  const granted = grants.allow.filter((grant) => grant.action === action && !isDenied.has(grant.roleId));
  const needs = {
    withoutRoleIds: toOwnRoleIds(grants.deny, action, member),
    roleIds: granted.map(({ roleId }) => roleId),
    ...compact({ permission }),
    grantableBy: 'Manage Server',
  } as const;
  return { allowed: false, because, needs };
}

function toOwnRoleIds(grants: readonly Grant[], action: Action, member: Member): readonly string[] {
  const own = grants.filter((grant) => grant.action === action && member.roleIds.includes(grant.roleId));
  return own.map(({ roleId }) => roleId);
}

function has(member: Member, bit: bigint): boolean {
  return (member.permissions & bit) === bit;
}
