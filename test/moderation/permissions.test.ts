import { beforeEach, describe, expect, it } from 'vitest';
import { GuildSettings } from '../../src/moderation/guild-settings.ts';
import { Words } from '../../src/moderation/listed-words.ts';
import { AuditLog } from '../../src/moderation/log/audit-log.ts';
import { type GuildMember, Permissions } from '../../src/moderation/permissions.ts';
import { Action, withGrant } from '../../src/moderation/policy.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';
import { aListedWord } from './moderation-builders.ts';

const plain: GuildMember = { guildId: 'g1', userId: 'u1', roleIds: ['artists'], permissions: 0n };

describe('a server', () => {
  let settings: GuildSettings;

  beforeEach(async () => {
    const store = SqliteStore.open(':memory:');
    settings = new GuildSettings({ store, log: new AuditLog(store), clock: new FakeClock() });
    await settings.load(['g1', 'g2']);
  });

  async function change(kind: 'allow' | 'deny', action: Action, roleId: string): Promise<void> {
    await settings.change('g1', { by: 'owner', action: 'permission-change', what: `/mod ${kind}` }, (known) => {
      return { ...known, grants: withGrant(known.grants, kind, { action, roleId }) };
    });
  }

  it('lets a member do what one of their roles was granted, and only there', async () => {
    const permissions = new Permissions(settings);
    await change('allow', 'press', 'artists');

    expect(permissions.isAllowed('press', plain)).toBe(true);
    expect(permissions.isAllowed('submit', plain)).toBe(false);
    expect(permissions.isAllowed('press', { ...plain, guildId: 'g2' })).toBe(false);
  });

  it('counts every member to the @everyone role, once', async () => {
    const permissions = new Permissions(settings);
    await change('allow', 'submit', 'g1');

    expect(permissions.decide('submit', plain)).toMatchObject({ allowed: true, because: { roleId: 'g1' } });
    expect(permissions.isAllowed('submit', { ...plain, roleIds: ['g1'] })).toBe(true);
    expect(permissions.isAllowed('submit', { ...plain, guildId: 'g2' })).toBe(false);
  });

  it('says what is missing and who can grant it', async () => {
    const permissions = new Permissions(settings);
    await change('allow', 'press', 'team');
    await change('deny', 'view', 'artists');

    expect(() => permissions.requireAllowed('press', plain)).toThrow(
      'You may not click the buttons of jobs here: you need **Manage Messages** or <@&team>. ' +
        'Someone with **Manage Server** can allow it: `/mod allow` with `action: press` and a role.',
    );
    expect(() => permissions.requireAllowed('view', plain)).toThrow(/it’s denied to <@&artists>\..* and that role\./);
    expect(() => permissions.requireAllowed('view', { ...plain, roleIds: [] })).not.toThrow();
  });

  it('is content with any of several actions, and names the first where there is none', async () => {
    const permissions = new Permissions(settings);

    expect(() => permissions.requireAny(['audit', 'rules'], plain)).toThrow('see the log and the settings');
    await change('allow', 'rules', 'artists');
    expect(() => permissions.requireAny(['audit', 'rules'], plain)).not.toThrow();
  });

  it('explains every action', () => {
    const table = new Permissions(settings).explain(plain);

    expect(table.map(({ action }) => action)).toEqual(Action.options);
    expect(table.filter(({ decision }) => decision.allowed)).toHaveLength(1);
  });

  it('lets nobody do anything in a server that was not loaded', () => {
    const owner = { ...plain, guildId: 'g3', isOwner: true };

    expect(() => new Permissions(settings).decide('view', owner)).toThrow('not loaded');
  });

  it('refuses a prompt with a listed word, holds back one with another, in that server alone', async () => {
    const words = new Words(settings);
    await settings.change('g1', { by: 'owner', action: 'setting-change', what: '/mod words' }, (known) => ({
      ...known,
      words: [aListedWord('Blood', 'refuse'), aListedWord('tv show', 'review')],
    }));

    expect(words.check('g1', 'BLÖOD moon')).toEqual({ outcome: 'refuse', word: 'Blood' });
    expect(words.check('g1', 'a TV-show')).toEqual({ outcome: 'review', word: 'tv show' });
    expect(words.check('g1', 'bloody')).toEqual({ outcome: 'ok' });
    expect(words.check('g2', 'blood')).toEqual({ outcome: 'ok' });
  });
});
