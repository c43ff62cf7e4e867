import { describe, expect, it } from 'vitest';
import { toCreatorRoleIds, withCreator, withoutCreator } from '../../src/moderation/creators.ts';
import { NO_GRANTS, withGrant } from '../../src/moderation/policy.ts';

describe('creators', () => {
  it('are the roles that are granted all of it', () => {
    const some = withGrant(NO_GRANTS, 'allow', { action: 'press', roleId: 'half' });

    expect(toCreatorRoleIds(withCreator(some, 'whole'))).toEqual(['whole']);
  });

  it('are made of roles that were denied it', () => {
    const denied = withGrant(NO_GRANTS, 'deny', { action: 'press', roleId: 'artist' });

    expect(withCreator(denied, 'artist').deny).toEqual([]);
  });

  it('lose that alone when they are none any more', () => {
    const more = withGrant(withCreator(NO_GRANTS, 'artist'), 'allow', { action: 'share', roleId: 'artist' });

    expect(withoutCreator(withCreator(more, 'other'), 'artist')).toEqual({
      allow: [{ action: 'share', roleId: 'artist' }, ...withCreator(NO_GRANTS, 'other').allow],
      deny: [],
    });
  });
});
