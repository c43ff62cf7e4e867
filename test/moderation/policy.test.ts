import { describe, expect, it } from 'vitest';
import {
  Action,
  decide,
  type Grants,
  type Member,
  NO_GRANTS,
  toPermissionTable,
  withGrant,
} from '../../src/moderation/policy.ts';

const ADMINISTRATOR = 0x8n;
const MANAGE_SERVER = 0x20n;
const MANAGE_MESSAGES = 0x2000n;
const EVERYTHING_ELSE = (1n << 50n) - 1n - ADMINISTRATOR - MANAGE_SERVER - MANAGE_MESSAGES;

function aMember(changes: Partial<Member> = {}): Member {
  return { userId: '9', roleIds: ['everyone'], permissions: 0n, ...changes };
}

const owner = aMember({ isOwner: true });
const administrator = aMember({ permissions: ADMINISTRATOR });
const manager = aMember({ permissions: MANAGE_SERVER });
const moderator = aMember({ permissions: MANAGE_MESSAGES });
const both = aMember({ permissions: MANAGE_SERVER | MANAGE_MESSAGES });
const plain = aMember({ permissions: EVERYTHING_ELSE });
const artist = aMember({ roleIds: ['everyone', 'artists'] });
const muted = aMember({ roleIds: ['everyone', 'artists', 'muted'], permissions: MANAGE_SERVER | MANAGE_MESSAGES });
const mutedOwner = aMember({ roleIds: ['everyone', 'muted'], isOwner: true });
const mutedAdministrator = aMember({ roleIds: ['everyone', 'muted'], permissions: ADMINISTRATOR });

/** Every action allowed to artists and denied to the muted. */
const allGrants: Grants = {
  allow: Action.options.map((action) => ({ action, roleId: 'artists' })),
  deny: Action.options.map((action) => ({ action, roleId: 'muted' })),
};

const nobodysGrants = ['owner', 'administrator', 'manager', 'moderator', 'both', 'plain'] as const;
const members = { owner, administrator, manager, moderator, both, plain };
/** By default: y may, n may not, in the order of `nobodysGrants`. */
const TABLE: Readonly<Record<Action, string>> = {
  view: 'yyyyyy',
  submit: 'yynyyn',
  press: 'yynyyn',
  'cancel-own': 'yynyyn',
  'cancel-any': 'yyynyn',
  share: 'yynyyn',
  review: 'yyynyn',
  rules: 'yyynyn',
  audit: 'yyynyn',
  configure: 'yyynyn',
};

describe('decide, by default', () => {
  const cases = Action.options.flatMap((action) =>
    nobodysGrants.map((kind, index) => ({ action, kind, allowed: TABLE[action][index] === 'y' })),
  );

  it.each(cases)('$kind, $action: $allowed', ({ action, kind, allowed }) => {
    expect(decide({ action, member: members[kind], grants: NO_GRANTS }).allowed).toBe(allowed);
  });
});

describe.each(Action.options)('decide %s, with grants', (action) => {
  it.each([
    ['artist', artist, { allowed: true, because: { kind: 'role', roleId: 'artists' } }],
    ['muted', muted, { allowed: false, because: { kind: 'role-denied', roleId: 'muted' } }],
    ['muted owner', mutedOwner, { allowed: true, because: { kind: 'owner' } }],
    ['muted administrator', mutedAdministrator, { allowed: true, because: { kind: 'administrator' } }],
  ] as const)('%s', (_kind, member, expected) => {
    expect(decide({ action, member, grants: allGrants })).toMatchObject(expected);
  });

  it('does not take a grant of another action', () => {
    // To configure has always let one read what is configured.
    const isOther = (grant: { readonly action: Action }) =>
      grant.action !== action && !(action === 'audit' && grant.action === 'configure');
    const grants = { allow: allGrants.allow.filter(isOther), deny: allGrants.deny.filter(isOther) };

    const decision = decide({ action, member: artist, grants });

    expect(decision).toEqual(decide({ action, member: artist, grants: NO_GRANTS }));
  });
});

describe('decide', () => {
  it('says what is missing and who can grant it', () => {
    const grants = withGrant(NO_GRANTS, 'allow', { action: 'press', roleId: 'artists' });

    expect(decide({ action: 'press', member: plain, grants })).toEqual({
      allowed: false,
      because: { kind: 'permission-missing', permission: 'Manage Messages' },
      needs: { withoutRoleIds: [], roleIds: ['artists'], permission: 'Manage Messages', grantableBy: 'Manage Server' },
    });
  });

  it('says which roles are in the way', () => {
    const grants = withGrant(NO_GRANTS, 'deny', { action: 'view', roleId: 'muted' });

    expect(decide({ action: 'view', member: muted, grants })).toEqual({
      allowed: false,
      because: { kind: 'role-denied', roleId: 'muted' },
      needs: { withoutRoleIds: ['muted'], roleIds: [], grantableBy: 'Manage Server' },
    });
  });

  it('does not name a role as enough that is itself denied', () => {
    const action = 'press';
    const grant = { action, roleId: 'a' } as const;

    const decision = decide({ action, member: plain, grants: { allow: [grant], deny: [grant] } });

    expect(decision).toMatchObject({ allowed: false, needs: { roleIds: [] } });
  });

  it.each([
    ['allow', 'configure', true],
    ['allow', 'audit', true],
    ['deny', 'audit', false],
    ['deny', 'configure', false],
  ] as const)('goes by a grant to %s %s for reading what is configured', (kind, action, allowed) => {
    const grants = withGrant(NO_GRANTS, kind, { action, roleId: 'artists' });
    const member = aMember({ roleIds: ['everyone', 'artists'], permissions: kind === 'deny' ? MANAGE_SERVER : 0n });

    expect(decide({ action: 'audit', member, grants }).allowed).toBe(allowed);
  });

  it('lets its own grant of reading go before that of configuring, and never the other way round', () => {
    const denied = withGrant(NO_GRANTS, 'deny', { action: 'configure', roleId: 'artists' });
    const grants = withGrant(denied, 'allow', { action: 'audit', roleId: 'artists' });

    expect(decide({ action: 'audit', member: artist, grants }).allowed).toBe(true);
    expect(decide({ action: 'configure', member: artist, grants }).allowed).toBe(false);
  });

  it('lets everyone do what was granted to the everyone role', () => {
    const grants = withGrant(NO_GRANTS, 'allow', { action: 'submit', roleId: 'everyone' });

    expect(decide({ action: 'submit', member: plain, grants }).allowed).toBe(true);
  });
});

describe('toPermissionTable', () => {
  it('shows every action with its decision', () => {
    const table = toPermissionTable(moderator, NO_GRANTS);

    const allowed = table.filter(({ decision }) => decision.allowed).map(({ action }) => action);
    expect(table.map(({ action }) => action)).toEqual(Action.options);
    expect(allowed).toEqual(['view', 'submit', 'press', 'cancel-own', 'share']);
  });
});

describe('withGrant', () => {
  it('takes the place of the opposite and is there once', () => {
    const grant = { action: 'press', roleId: 'a' } as const;
    const other = { action: 'press', roleId: 'b' } as const;

    const denied = withGrant(withGrant(NO_GRANTS, 'deny', other), 'deny', grant);
    const allowed = withGrant(withGrant(denied, 'allow', grant), 'allow', grant);

    expect(denied).toEqual({ allow: [], deny: [other, grant] });
    expect(allowed).toEqual({ allow: [grant], deny: [other] });
  });
});
