import { describe, expect, it } from 'vitest';
import { toPermissionsTable } from '../../../src/discord/moderation/member-pages.ts';
import { NO_GRANTS, toPermissionTable } from '../../../src/moderation/policy.ts';

describe('toPermissionsTable', () => {
  const table = toPermissionTable({ userId: '7', roleIds: ['1'], permissions: 0n }, NO_GRANTS);

  it('names the channel for which it holds', () => {
    const text = JSON.stringify(toPermissionsTable({ guildId: '1', userId: '7', channelId: '5' }, table));

    expect(text).toContain('What <@7> can do in <#5>');
    expect(text).toContain('For this channel');
  });

  it('says so where it can only go by the whole server', () => {
    const text = JSON.stringify(toPermissionsTable({ guildId: '1', userId: '7' }, table));

    expect(text).not.toContain('<#');
    expect(text).toContain('For the whole server');
  });
});
