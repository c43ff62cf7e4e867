import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RuleNews, RuleStore } from '../../src/notifications/rules/rule-store.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';
import { aRuleInput, GUILD } from './telling-world.ts';

describe('changes of rules', () => {
  let folder: string;
  let store: SqliteStore;
  let told: RuleNews[];
  let isDown: boolean;

  const listen = async (news: RuleNews): Promise<void> => {
    if (isDown) throw new Error('the log is down');
    told.push(news);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rule-news-'));
    store = SqliteStore.open(join(folder, 'store.sqlite'), new FakeClock());
    told = [];
    isDown = false;
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('are told once each, with who did it, before and after', async () => {
    const rules = new RuleStore(store, listen);

    await rules.add(GUILD, aRuleInput(), 1);
    await rules.edit(GUILD, 1, { media: 'none' }, { by: 'u2', at: 2 });
    await rules.remove(GUILD, 1, { by: 'u3', at: 3 });

    expect(told).toMatchObject([
      { what: 'add', by: 'u1', number: 1, at: 1, after: { media: 'full' } },
      { what: 'edit', by: 'u2', before: { media: 'full' }, after: { media: 'none' } },
      { what: 'remove', by: 'u3', before: { media: 'none' } },
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(3);
  });

  it('are told after a restart by the same id where they could not be told at first', async () => {
    isDown = true;
    await new RuleStore(store, listen).add(GUILD, aRuleInput(), 1);
    isDown = false;

    const rules = new RuleStore(store, listen);
    const [rule] = await rules.list(GUILD);
    const atStart = told.map(({ what }) => what);
    await rules.pause(GUILD, 1, 'u2', 2);

    expect(rule?.number).toBe(1);
    expect(atStart).toEqual(['add']);
    expect(told.map(({ what }) => what)).toEqual(['add', 'pause']);
  });

  it('say nothing of what Discord does to a rule', async () => {
    const rules = new RuleStore(store, listen);
    await rules.add(GUILD, aRuleInput(), 1);

    await rules.suspendChannel(GUILD, 'c1', { reason: 'refused', code: 50013, at: 2 });
    await rules.unsuspendChannel(GUILD, 'c1');

    expect(told).toHaveLength(1);
  });
});
