import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Change, GuildSettings } from '../../src/moderation/guild-settings.ts';
import { AuditLog } from '../../src/moderation/log/audit-log.ts';
import { withGrant } from '../../src/moderation/policy.ts';
import { DEFAULT_SETTINGS, diffParts, fromParts, Settings, toParts, withQuota } from '../../src/moderation/settings.ts';
import { withListedWord } from '../../src/moderation/word-list.ts';
import { FakeClock } from '../fake-clock.ts';
import { atEveryStatement, FAULTS, FaultyStore } from './faulty-store.ts';
import { aListedWord } from './moderation-builders.ts';

const byOwner: Change = { by: 'owner', action: 'setting-change', what: '/mod quota' };
const setMemberQuota = (perDay: number) => (settings: Settings) => {
  return { ...settings, quotas: withQuota(settings.quotas, { scope: 'member' }, perDay) };
};
const allow = (roleId: string) => (settings: Settings) => {
  return { ...settings, grants: withGrant(settings.grants, 'allow', { action: 'press', roleId }) };
};
const setMode = (mode: 'on' | 'off') => (settings: Settings) => ({ ...settings, review: { ...settings.review, mode } });

interface World {
  readonly log: AuditLog;
  readonly settings: GuildSettings;
}

async function start(store: FaultyStore, clock = new FakeClock()): Promise<World> {
  const opened = store.restart();
  const log = new AuditLog(opened);
  const settings = new GuildSettings({ store: opened, log, clock });
  await settings.load(['g1', 'g2']);
  return { log, settings };
}

async function entriesOf({ log }: World, guildId = 'g1') {
  const { entries } = await log.page(guildId, { limit: 100 });
  return entries.toReversed();
}

describe('the settings of a server', () => {
  let store: FaultyStore;
  let clock: FakeClock;
  let world: World;

  beforeEach(async () => {
    store = new FaultyStore();
    clock = new FakeClock();
    world = await start(store, clock);
  });

  it('are the defaults until they are changed, and nothing for a server that was not loaded', () => {
    expect(world.settings.get('g1')).toEqual(DEFAULT_SETTINGS);
    expect(() => world.settings.get('g3')).toThrow('not loaded');
  });

  it('are read at once for many servers', async () => {
    const before = store.statements;

    await world.settings.load(Array.from({ length: 50 }, (_, at) => `server${at}`));

    expect(store.statements - before).toBeLessThan(5);
    expect(world.settings.get('server49')).toEqual(DEFAULT_SETTINGS);
  });

  it('are loaded with the entry that version 0.2 still owes the log, once', async () => {
    const pending = {
      id: 'settings:g1:1',
      at: 1,
      guildId: 'g1',
      action: 'setting-change',
      actorId: 'owner',
      details: {},
    };
    const document = { revision: 1, settings: DEFAULT_SETTINGS, pending };
    await store.restart().collection('guild-settings', z.unknown()).set('g1', document);

    await start(store);
    const restarted = await start(store);

    expect(await entriesOf(restarted)).toMatchObject([{ action: 'setting-change', actorId: 'owner' }]);
  });

  it('are changed in memory and on disk, with one entry that says what was and what is', async () => {
    const changed = await world.settings.change('g1', byOwner, setMemberQuota(20));
    const restarted = await start(store);

    expect(changed).toMatchObject({ outcome: 'changed', entryNumber: 1 });
    expect(world.settings.get('g1').quotas.member).toBe(20);
    expect(restarted.settings.get('g1').quotas.member).toBe(20);
    expect(await entriesOf(restarted)).toMatchObject([
      { number: 1, actorId: 'owner', action: 'setting-change', before: {}, after: { 'quota/member': 20 } },
    ]);
  });

  it('leave no entry when nothing changes', async () => {
    await world.settings.change('g1', byOwner, setMemberQuota(20));

    const again = await world.settings.change('g1', byOwner, setMemberQuota(20));

    expect(again.outcome).toBe('unchanged');
    expect(await entriesOf(world)).toHaveLength(1);
  });

  it('do not lose one of two changes made at once', async () => {
    await Promise.all([
      world.settings.change('g1', byOwner, setMemberQuota(20)),
      world.settings.change('g1', byOwner, allow('a')),
      world.settings.change('g2', byOwner, allow('b')),
    ]);

    expect(world.settings.get('g1').quotas.member).toBe(20);
    expect(world.settings.get('g1').grants.allow).toEqual([{ action: 'press', roleId: 'a' }]);
    expect(world.settings.get('g2').grants.allow).toEqual([{ action: 'press', roleId: 'b' }]);
    expect(await entriesOf(world, 'g2')).toHaveLength(1);
  });

  it('refuse what is no setting, and stay as they are', async () => {
    const changing = world.settings.change('g1', byOwner, (settings) => ({
      ...settings,
      review: { ...settings.review, quorum: 6 },
    }));

    await expect(changing).rejects.toThrow();
    expect(world.settings.get('g1')).toEqual(DEFAULT_SETTINGS);
    expect(await entriesOf(world)).toEqual([]);
  });

  it('remember since when review is on', async () => {
    await world.settings.change('g1', byOwner, setMode('on'));
    const onSince = clock.now();
    await clock.advance(1000);
    await world.settings.change('g1', byOwner, (s) => ({ ...s, review: { mode: 'on', quorum: 2, onTimeout: 'drop' } }));
    const after = world.settings.get('g1').review.onSince;
    await world.settings.change('g1', byOwner, setMode('off'));

    expect(after).toBe(onSince);
    expect(world.settings.get('g1').review).not.toHaveProperty('onSince');
  });
});

describe('undo', () => {
  let world: World;

  beforeEach(async () => {
    world = await start(new FaultyStore());
  });

  it('sets back what an entry changed, leaves other changes alone, and is logged', async () => {
    await world.settings.change('g1', byOwner, allow('a'));
    await world.settings.change('g1', byOwner, allow('b'));

    const undone = await world.settings.undo('g1', 'admin', 1);

    expect(undone).toMatchObject({ outcome: 'changed', entryNumber: 3 });
    expect(world.settings.get('g1').grants.allow).toEqual([{ action: 'press', roleId: 'b' }]);
    expect((await entriesOf(world)).at(-1)).toMatchObject({ actorId: 'admin', action: 'undo', details: { entry: 1 } });
  });

  it('can be undone', async () => {
    await world.settings.change('g1', byOwner, setMemberQuota(20));
    await world.settings.undo('g1', 'owner', 1);

    await world.settings.undo('g1', 'owner', 2);

    expect(world.settings.get('g1').quotas.member).toBe(20);
  });

  it('refuses what was changed again since, naming the later entry', async () => {
    await world.settings.change('g1', byOwner, setMemberQuota(20));
    await world.settings.change('g1', byOwner, allow('a'));
    await world.settings.change('g1', byOwner, setMemberQuota(30));

    const undoing = world.settings.undo('g1', 'owner', 1);

    await expect(undoing).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('by #3') });
    expect(world.settings.get('g1').quotas.member).toBe(30);
  });

  it('looks past later entries that changed nothing of the settings', async () => {
    await world.settings.change('g1', byOwner, setMemberQuota(5));
    await world.settings.change('g1', byOwner, setMemberQuota(7));
    const reset = { what: 'reset API channel' };
    await world.log.append({
      id: 'r',
      at: 1,
      guildId: 'g1',
      actorId: 'owner',
      action: 'setting-change',
      details: reset,
    });

    const undoing = world.settings.undo('g1', 'owner', 1);

    await expect(undoing).rejects.toMatchObject({ message: expect.stringContaining('Undo #2 first') });
    await expect(world.settings.undo('g1', 'owner', 3)).rejects.toMatchObject({ code: 'undo-no-setting' });
  });

  it('refuses an entry twice', async () => {
    await world.settings.change('g1', byOwner, setMemberQuota(20));
    await world.settings.undo('g1', 'owner', 1);

    await expect(world.settings.undo('g1', 'owner', 1)).rejects.toMatchObject({ code: 'undo-changed-since' });
  });

  it('refuses entries of other servers, entries that are not there, and entries of other things', async () => {
    await world.settings.change('g2', byOwner, setMemberQuota(20));
    await expect(world.settings.undo('g1', 'owner', 1)).rejects.toMatchObject({ code: 'undo-no-entry' });
    await world.log.append({ id: 'x', at: 1, guildId: 'g1', action: 'press', details: {}, before: {}, after: {} });

    await expect(world.settings.undo('g1', 'owner', 1)).rejects.toMatchObject({ code: 'undo-no-setting' });
    await expect(world.settings.undo('g1', 'owner', -1)).rejects.toMatchObject({ code: 'undo-no-entry' });
    expect(world.settings.get('g2').quotas.member).toBe(20);
  });
});

describe.each(FAULTS)('the settings, when a statement should %s', (fault) => {
  it('leave exactly one entry for each change that was made', async () => {
    const faults = await atEveryStatement(fault, async (store, arm) => {
      let world = await start(store);
      await world.settings.change('g1', byOwner, allow('a'));
      arm();
      await world.settings.change('g1', byOwner, setMemberQuota(20)).catch(() => undefined);
      store.heal();
      if (fault === 'die') world = await start(store);
      await world.settings.settle();

      const isMade = world.settings.get('g1').quotas.member === 20;
      const expected = isMade ? [{ 'grant/press/a': 'allow' }, { 'quota/member': 20 }] : [{ 'grant/press/a': 'allow' }];
      expect((await entriesOf(world)).map(({ after }) => after)).toEqual(expected);
      expect((await start(store)).settings.get('g1')).toEqual(world.settings.get('g1'));
    });

    expect(faults).toBeGreaterThanOrEqual(5);
  });

  it('undo at most once, with exactly one entry', async () => {
    await atEveryStatement(fault, async (store, arm) => {
      let world = await start(store);
      await world.settings.change('g1', byOwner, setMemberQuota(20));
      arm();
      await world.settings.undo('g1', 'owner', 1).catch(() => undefined);
      store.heal();
      if (fault === 'die') world = await start(store);
      await world.settings.undo('g1', 'owner', 1).catch(() => undefined);

      expect(world.settings.get('g1').quotas.member).toBeUndefined();
      expect((await entriesOf(world)).map(({ action }) => action)).toEqual(['setting-change', 'undo']);
    });
  });
});

const aRole = fc.constantFrom('1', '2', '3');
const aStep = fc.oneof(
  fc.record({ kind: fc.constantFrom('allow', 'deny'), roleId: aRole, action: fc.constantFrom('press', 'view') }),
  fc.record({ kind: fc.constant('word'), word: fc.constantFrom('Blut', 'blut', 'a/b'), review: fc.boolean() }),
  fc.record({ kind: fc.constant('quota'), perDay: fc.integer({ min: 0, max: 3 }), roleId: fc.option(aRole) }),
  fc.record({ kind: fc.constant('review'), quorum: fc.integer({ min: 1, max: 5 }), isOn: fc.boolean() }),
  fc.record({ kind: fc.constant('alerts'), channelId: fc.option(aRole, { nil: undefined }) }),
);
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never;

function applyStep(settings: Settings, step: Step): Settings {
  const { alertsChannelId: _before, ...rest } = settings;
  if ('action' in step) {
    const grant = { action: step.action, roleId: step.roleId } as const;
    return { ...settings, grants: withGrant(settings.grants, step.kind === 'allow' ? 'allow' : 'deny', grant) };
  }
  if ('word' in step) {
    const word = aListedWord(step.word, step.review ? 'review' : 'refuse');
    return { ...settings, words: [...withListedWord(settings.words, word)] };
  }
  if ('perDay' in step) {
    const target =
      step.roleId === null ? ({ scope: 'server' } as const) : ({ scope: 'role', roleId: step.roleId } as const);
    return { ...settings, quotas: withQuota(settings.quotas, target, step.perDay) };
  }
  if ('quorum' in step)
    return { ...settings, review: { mode: step.isOn ? 'on' : 'off', quorum: step.quorum, onTimeout: 'drop' } };
  return step.channelId === undefined ? rest : { ...rest, alertsChannelId: step.channelId };
}

describe('any sequence of changes', () => {
  const steps = fc.array(aStep, { maxLength: 12 });

  it('gives settings that can be taken apart and put together again', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const settings = Settings.parse(all.reduce(applyStep, DEFAULT_SETTINGS));

        expect(diffParts(toParts(fromParts(toParts(settings))), toParts(settings))).toBeUndefined();
      }),
    );
  });

  it('is undone from the last to the first back to where it began', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const world = await start(new FaultyStore());
        const numbers: number[] = [];
        for (const step of all) {
          const changed = await world.settings.change('g1', byOwner, (settings) => applyStep(settings, step));
          if (changed.outcome === 'changed') numbers.push(changed.entryNumber);
        }
        for (const number of numbers.toReversed()) await world.settings.undo('g1', 'owner', number);

        expect(world.settings.get('g1')).toEqual(DEFAULT_SETTINGS);
        expect(await entriesOf(world)).toHaveLength(2 * numbers.length);
        expect(await entriesOf(world, 'g2')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
