import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { GuildSettings } from '../../src/moderation/guild-settings.ts';
import { AuditLog } from '../../src/moderation/log/audit-log.ts';
import { toAllowance } from '../../src/moderation/quota.ts';
import { Quotas, type Spender } from '../../src/moderation/quotas.ts';
import { type QuotaLimits, withQuota } from '../../src/moderation/settings.ts';
import { compact } from '../../src/shared/compact.ts';
import { FakeClock } from '../fake-clock.ts';
import { atEveryStatement, FAULTS, FaultyStore } from './faulty-store.ts';

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2025, 9, 23, 12);
const anna: Spender = { guildId: 'g1', userId: 'anna', roleIds: [] };
const ben: Spender = { guildId: 'g1', userId: 'ben', roleIds: [] };

async function start(store: FaultyStore, clock: FakeClock, limits?: QuotaLimits): Promise<Quotas> {
  const opened = store.restart();
  const settings = new GuildSettings({ store: opened, log: new AuditLog(opened), clock });
  await settings.load(['g1', 'g2']);
  if (limits !== undefined) {
    const change = { by: 'owner', action: 'setting-change', what: '/mod quota' } as const;
    await settings.change('g1', change, (known) => ({ ...known, quotas: limits }));
  }
  const quotas = new Quotas({ store: opened, settings, clock });
  await quotas.load(['g1', 'g2']);
  return quotas;
}

describe('toAllowance', () => {
  const spent = { byMember: 3, byServer: 10 };

  it.each([
    ['no quota', { roles: [] }, [], { left: Number.POSITIVE_INFINITY }],
    ['the quota of every member', { member: 20, roles: [] }, [], { limit: 20, left: 17 }],
    [
      'the quota of a role, though it is lower',
      { member: 20, roles: [{ roleId: 'a', perDay: 5 }] },
      ['a'],
      { limit: 5, roleId: 'a', left: 2 },
    ],
    [
      'the most generous role',
      {
        roles: [
          { roleId: 'a', perDay: 5 },
          { roleId: 'b', perDay: 9 },
          { roleId: 'c', perDay: 99 },
        ],
      },
      ['a', 'b'],
      { limit: 9, roleId: 'b', left: 6 },
    ],
    [
      'the server before the role',
      { roles: [{ roleId: 'a', perDay: 50 }], server: 11 },
      ['a'],
      { limit: 50, left: 1, server: { used: 10, limit: 11 } },
    ],
    ['a spent member quota', { member: 3, roles: [] }, [], { left: 0, exhausted: 'member' }],
    ['a spent role quota', { roles: [{ roleId: 'a', perDay: 2 }] }, ['a'], { left: 0, exhausted: 'role' }],
    ['a spent server quota', { member: 4, roles: [], server: 9 }, [], { left: 0, exhausted: 'server' }],
  ])('takes %s', (_what, limits, roleIds, expected) => {
    expect(toAllowance(limits, roleIds, spent, NOON)).toMatchObject({ used: 3, ...expected });
  });

  it('begins anew at midnight UTC', () => {
    expect(toAllowance({ roles: [] }, [], spent, NOON).resetsAt).toBe(Date.UTC(2025, 9, 24));
  });
});

describe('withQuota', () => {
  it('takes a limit away at 0', () => {
    const limits = { member: 5, server: 50, roles: [{ roleId: 'a', perDay: 9 }] };

    expect(withQuota(limits, { scope: 'member' }, 0)).toEqual({ server: 50, roles: limits.roles });
    expect(withQuota(limits, { scope: 'role', roleId: 'a' }, 0)).toEqual({ ...limits, roles: [] });
    expect(withQuota(limits, { scope: 'role', roleId: 'a' }, 7).roles).toEqual([{ roleId: 'a', perDay: 7 }]);
  });
});

describe('quotas', () => {
  let store: FaultyStore;
  let clock: FakeClock;
  let quotas: Quotas;

  beforeEach(async () => {
    store = new FaultyStore();
    clock = new FakeClock(NOON);
    quotas = await start(store, clock, { member: 2, roles: [], server: 3 });
  });

  it('are read at once for many servers', async () => {
    await quotas.spend(anna, 'a');
    const opened = store.restart();
    const settings = new GuildSettings({ store: opened, log: new AuditLog(opened), clock });
    const guildIds = ['g1', ...Array.from({ length: 50 }, (_, at) => `server${at}`)];
    await settings.load(guildIds);
    const loaded = new Quotas({ store: opened, settings, clock });
    const before = store.statements;

    await loaded.load(guildIds);

    expect(store.statements - before).toBeLessThan(5);
    expect(loaded.peek(anna).server).toMatchObject({ used: 1 });
  });

  it('says what is left before and after, and stops at the limit', async () => {
    const first = await quotas.spend(anna, 'a');
    const second = await quotas.spend(anna, 'b');
    const third = await quotas.spend(anna, 'c');

    expect(first).toMatchObject({
      outcome: 'spent',
      before: { used: 0, limit: 2, left: 2 },
      after: { used: 1, left: 1 },
    });
    expect(second).toMatchObject({ outcome: 'spent', after: { used: 2, left: 0 } });
    expect(third).toMatchObject({ outcome: 'exhausted', before: { used: 2, exhausted: 'member' } });
    expect(quotas.peek(ben)).toMatchObject({ used: 0, left: 1, server: { used: 2, limit: 3 } });
  });

  it('stops all when the server has spent its own', async () => {
    for (const [spender, key] of [
      [anna, 'a'],
      [anna, 'b'],
      [ben, 'c'],
    ] as const)
      await quotas.spend(spender, key);

    expect(await quotas.spend(ben, 'd')).toMatchObject({ outcome: 'exhausted', before: { exhausted: 'server' } });
  });

  it('counts in each server for itself', async () => {
    await quotas.spend(anna, 'a');

    expect(quotas.peek({ ...anna, guildId: 'g2' })).toMatchObject({ used: 0, left: Number.POSITIVE_INFINITY });
    expect(await quotas.spend({ ...anna, guildId: 'g2' }, 'a')).toMatchObject({ outcome: 'spent', after: { used: 1 } });
    expect(await quotas.usage('g2', '2025-10')).toEqual([{ userId: 'anna', total: 1, byDay: { '2025-10-23': 1 } }]);
  });

  it('goes on counting after a restart', async () => {
    await quotas.spend(anna, 'a');

    const restarted = await start(store, clock);

    expect(restarted.peek(anna)).toMatchObject({ used: 1, left: 1 });
    expect(await restarted.spend(anna, 'a')).toMatchObject({ outcome: 'already-spent', after: { used: 1 } });
  });

  it('takes a key once, also the day after', async () => {
    await quotas.spend(anna, 'a');
    await clock.advance(DAY_MS / 2);

    expect(await quotas.spend(anna, 'a')).toMatchObject({ outcome: 'already-spent', after: { used: 0, left: 2 } });
    expect(await quotas.spend(anna, 'b')).toMatchObject({ outcome: 'spent', after: { used: 1 } });
  });

  it('gives back what was spent under a key, once', async () => {
    await quotas.spend(anna, 'a');

    expect([await quotas.refund('g1', 'a'), await quotas.refund('g1', 'a')]).toEqual([true, false]);
    expect(await quotas.refund('g2', 'a')).toBe(false);
    expect((await start(store, clock)).peek(anna)).toMatchObject({ used: 0, left: 2 });
  });

  it('gives back what was spent before midnight without giving anything of the new day', async () => {
    await quotas.spend(anna, 'a');
    await clock.advance(DAY_MS / 2);
    await quotas.spend(anna, 'b');

    await quotas.refund('g1', 'a');

    expect(quotas.peek(anna)).toMatchObject({ used: 1 });
    expect(await quotas.usage('g1', '2025-10')).toEqual([{ userId: 'anna', total: 1, byDay: { '2025-10-24': 1 } }]);
  });

  it('sums up a month by member and day', async () => {
    await quotas.spend(ben, 'a');
    await quotas.spend(anna, 'b');
    await clock.advance(DAY_MS);
    await quotas.spend(anna, 'c');
    await clock.advance(30 * DAY_MS);
    await quotas.spend(anna, 'd');

    expect(await quotas.usage('g1', '2025-10')).toEqual([
      { userId: 'anna', total: 2, byDay: { '2025-10-23': 1, '2025-10-24': 1 } },
      { userId: 'ben', total: 1, byDay: { '2025-10-23': 1 } },
    ]);
    await expect(quotas.usage('g1', 'October')).rejects.toMatchObject({ name: 'UserError' });
  });

  it('keeps the count of a member who was made unknown', async () => {
    await quotas.spend(anna, 'a');
    await clock.advance(DAY_MS);
    await quotas.spend(anna, 'b');
    await quotas.spend({ ...anna, guildId: 'g2' }, 'b');

    await quotas.replaceMember('g1', 'anna', 'deleted-x');

    expect(await quotas.usage('g1', '2025-10')).toMatchObject([{ userId: 'deleted-x', total: 2 }]);
    expect(await Array.fromAsync(quotas.exportMemberLines('g1', 'anna'))).toEqual([]);
    expect(await Array.fromAsync(quotas.exportMemberLines('g2', 'anna'))).toHaveLength(1);
    expect(quotas.peek(ben)).toMatchObject({ server: { used: 1 } });
  });
});

describe.each(FAULTS)('quotas, when a statement should %s', (fault) => {
  it('take one when the spend is repeated', async () => {
    const faults = await atEveryStatement(fault, async (store, arm) => {
      const clock = new FakeClock(NOON);
      let quotas = await start(store, clock, { member: 2, roles: [] });
      await quotas.spend(anna, 'a');
      arm();
      await quotas.spend(anna, 'b').catch(() => undefined);
      store.heal();
      if (fault === 'die') quotas = await start(store, clock);
      await quotas.load([anna.guildId]);
      expect(quotas.peek(anna)).toEqual((await start(store, clock)).peek(anna));
      await quotas.spend(anna, 'b');

      expect(await quotas.spend(anna, 'c')).toMatchObject({ outcome: 'exhausted' });
      expect((await start(store, clock)).peek(anna)).toMatchObject({ used: 2 });
    });

    expect(faults).toBeGreaterThanOrEqual(2);
  });
});

describe('any spends at once', () => {
  const aSpend = fc.record({
    userId: fc.constantFrom('anna', 'ben', 'cleo'),
    roleIds: fc.subarray(['a', 'b']),
    key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8'),
    restartBefore: fc.boolean(),
  });
  const aLimit = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });

  it('never overspend a quota and count each key once', async () => {
    const batches = fc.array(fc.array(aSpend, { maxLength: 6 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, aLimit, aLimit, fc.integer({ min: 1, max: 4 }), async (all, member, server, perDay) => {
        const limits = { roles: [{ roleId: 'a', perDay }], ...compact({ member, server }) };
        const store = new FaultyStore();
        const clock = new FakeClock(NOON);
        let quotas = await start(store, clock, limits);
        const spent = new Map<string, string>();
        for (const batch of all) {
          if (batch[0]?.restartBefore) quotas = await start(store, clock);
          const outcomes = await Promise.all(
            batch.map(({ key, ...who }) => quotas.spend({ guildId: 'g1', ...who }, key)),
          );
          for (const [index, { outcome }] of outcomes.entries()) {
            const { key = '', userId = '' } = batch[index] ?? {};
            if (outcome === 'spent') expect(spent.has(key)).toBe(false);
            if (outcome === 'spent') spent.set(key, userId);
          }
        }
        const usage = await quotas.usage('g1', '2025-10');
        let total = 0;
        for (const { userId, total: used } of usage) {
          total += used;
          expect(used).toBe([...spent.values()].filter((by) => by === userId).length);
          expect(used).toBeLessThanOrEqual(Math.max(perDay, member ?? Number.POSITIVE_INFINITY));
        }
        expect(total).toBeLessThanOrEqual(server ?? Number.POSITIVE_INFINITY);
        expect(total).toBe(spent.size);
      }),
      { numRuns: 60 },
    );
  });
});
