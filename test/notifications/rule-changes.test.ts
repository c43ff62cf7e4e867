import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { logRuleChange } from '../../src/discord/moderation/audit-entries.ts';
import { AuditLog } from '../../src/moderation/log/audit-log.ts';
import type { RuleEvent } from '../../src/notifications/rules/guild-rules.ts';
import { RuleStore } from '../../src/notifications/rules/rule-store.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';
import { atEveryStatement, FAULTS } from '../moderation/faulty-store.ts';
import { aRuleInput, GUILD } from './notification-world.ts';

describe('changes of rules', () => {
  let folder: string;
  let store: SqliteStore;
  let recorded: RuleEvent[];
  let isDown: boolean;

  const record = async (change: RuleEvent): Promise<void> => {
    if (isDown) throw new Error('the log is down');
    recorded.push(change);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rule-changes-'));
    store = SqliteStore.open(join(folder, 'store.sqlite'), new FakeClock());
    recorded = [];
    isDown = false;
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('are recorded once each, with who did it, before and after', async () => {
    const rules = new RuleStore(store, record);

    await rules.add(GUILD, aRuleInput(), 1);
    await rules.edit(GUILD, 1, { media: 'none' }, { by: 'u2', at: 2 });
    await rules.remove(GUILD, 1, { by: 'u3', at: 3 });

    expect(recorded).toMatchObject([
      { what: 'add', by: 'u1', number: 1, at: 1, after: { media: 'full' } },
      { what: 'edit', by: 'u2', before: { media: 'full' }, after: { media: 'none' } },
      { what: 'remove', by: 'u3', before: { media: 'none' } },
    ]);
    expect(new Set(recorded.map(({ id }) => id)).size).toBe(3);
  });

  it('are none where a rule is like that already', async () => {
    const rules = new RuleStore(store, record);
    const { revision } = await rules.add(GUILD, aRuleInput(), 1);

    const edited = await rules.edit(GUILD, 1, { media: 'full' }, { by: 'u2', at: 2 });
    const resumed = await rules.resume(GUILD, 1, { by: 'u2', at: 3 });
    const paused = await rules.pause(GUILD, 1, 'u2', 4);
    const again = await rules.pause(GUILD, 1, 'u3', 5);

    expect([edited.revision, resumed.revision]).toEqual([revision, revision]);
    expect(again.revision).toBe(paused.revision);
    expect(recorded.map(({ what }) => what)).toEqual(['add', 'pause']);
  });

  it('are not made where they cannot be recorded', async () => {
    const rules = new RuleStore(store, record);
    await rules.add(GUILD, aRuleInput(), 1);
    isDown = true;

    await expect(rules.pause(GUILD, 1, 'u2', 2)).rejects.toThrow('the log is down');
    const [inMemory] = await rules.list(GUILD);
    const [stored] = await new RuleStore(store, record).list(GUILD);
    isDown = false;
    await rules.remove(GUILD, 1, { by: 'u3', at: 3 });

    expect([inMemory?.paused, stored?.paused]).toEqual([undefined, undefined]);
    expect(recorded.map(({ what }) => what)).toEqual(['add', 'remove']);
    expect(new Set(recorded.map(({ id }) => id)).size).toBe(2);
  });

  it('are recorded once, by the same id, where version 0.2 still owed them', async () => {
    await new RuleStore(store, record).add(GUILD, aRuleInput(), 1);
    const [owed] = recorded;
    const documents = store.collection('rules', z.record(z.string(), z.unknown()));
    const known = await documents.get(GUILD);
    await documents.set(GUILD, { ...known, untold: [owed] });
    recorded = [];

    const rules = new RuleStore(store, record);
    const [rule] = await rules.list(GUILD);
    const atStart = [...recorded];
    await rules.pause(GUILD, 1, 'u2', 2);
    await new RuleStore(store, record).list(GUILD);

    expect(rule?.number).toBe(1);
    expect(atStart).toEqual([owed]);
    expect(recorded.map(({ what }) => what)).toEqual(['add', 'pause']);
  });

  it('say nothing of what Discord does to a rule', async () => {
    const rules = new RuleStore(store, record);
    await rules.add(GUILD, aRuleInput(), 1);

    await rules.suspendChannel(GUILD, 'c1', { reason: 'refused', code: 50013, at: 2 });
    await rules.unsuspendChannel(GUILD, 'c1');

    expect(recorded).toHaveLength(1);
  });
});

describe.each(FAULTS)('changes of rules, when a statement should %s', (fault) => {
  it('leave exactly one entry in the log for each that was made', async () => {
    const faults = await atEveryStatement(fault, async (faulty, arm) => {
      const start = () => {
        const opened = faulty.restart();
        const log = new AuditLog(opened);
        return { log, rules: new RuleStore(opened, (change, transaction) => logRuleChange(log, change, transaction)) };
      };
      const bot = start();
      await bot.rules.add(GUILD, aRuleInput(), 1);
      arm();
      await bot.rules.pause(GUILD, 1, 'u2', 2).catch(() => undefined);
      faulty.heal();

      const { rules, log } = start();
      const isPaused = (await rules.get(GUILD, 1))?.paused !== undefined;
      const { entries } = await log.page(GUILD, { limit: 10 });
      const expected = isPaused ? ['/notify pause', '/notify add'] : ['/notify add'];
      expect(entries.map(({ details }) => details['what'])).toEqual(expected);
    });

    expect(faults).toBeGreaterThanOrEqual(5);
  });
});
