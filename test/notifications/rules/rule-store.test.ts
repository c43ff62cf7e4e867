import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_RULES } from '../../../src/notifications/rules/guild-rules.ts';
import { RuleStore } from '../../../src/notifications/rules/rule-store.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aRuleInput } from '../notification-world.ts';

describe('RuleStore', () => {
  let store: SqliteStore;
  let rules: RuleStore;

  beforeEach(() => {
    store = SqliteStore.open(':memory:');
    rules = new RuleStore(store);
  });

  afterEach(() => store.close());

  const numbers = async (guildId = 'g1') => (await rules.list(guildId)).map(({ number }) => number);

  it('never gives a number twice, also after a restart', async () => {
    for (let n = 0; n < 3; n += 1) await rules.add('g1', aRuleInput(), 0);
    await rules.remove('g1', 3);

    await new RuleStore(store).add('g1', aRuleInput(), 0);
    rules = new RuleStore(store);

    expect(await numbers()).toEqual([1, 2, 4]);
  });

  it('keeps servers apart', async () => {
    await rules.add('g1', aRuleInput(), 0);
    await rules.add('g2', aRuleInput(), 0);

    await expect(rules.get('g2', 2)).resolves.toBeUndefined();
    expect((await rules.listAll(['g1', 'g2'])).map(({ guildId }) => guildId)).toEqual(['g1', 'g2']);
  });

  it('loses no change of many at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => rules.add('g1', aRuleInput(), 0)));

    expect(new Set(await numbers()).size).toBe(20);
  });

  it('takes 200 rules and then says what to do', async () => {
    for (let n = 0; n < MAX_RULES; n += 1) await rules.add('g1', aRuleInput(), 0);

    await expect(rules.add('g1', aRuleInput(), 0)).rejects.toThrow(/notify remove/);
    await expect(rules.add('g2', aRuleInput(), 0)).resolves.toMatchObject({ number: 1 });
  });

  it('clears what an edit gives as undefined, and a suspension when the channel changes', async () => {
    const { channelId } = await rules.add('g1', aRuleInput({ verb: 'imagine', mentionRoleId: 'r1' }), 0);
    await rules.suspendChannel('g1', channelId, { code: 50013, reason: 'Missing Permissions', at: 1 });

    const same = await rules.edit('g1', 1, { verb: undefined });
    const moved = await rules.edit('g1', 1, { channelId: 'c2' });

    expect(same).toMatchObject({ mentionRoleId: 'r1', suspended: { code: 50013 } });
    expect('verb' in same).toBe(false);
    expect(moved.suspended).toBeUndefined();
  });

  it('suspends and resumes the rules of one channel, and answers only those that changed', async () => {
    await rules.add('g1', aRuleInput(), 0);
    await rules.add('g1', aRuleInput({ channelId: 'c2' }), 0);
    const why = { code: 50013, reason: 'Missing Permissions', at: 1 };

    const first = await rules.suspendChannel('g1', 'c1', why);
    const again = await rules.suspendChannel('g1', 'c1', why);
    const resumed = await rules.unsuspendChannel('g1', 'c1');

    expect([first, again, resumed].map((some) => some.map(({ number }) => number))).toEqual([[1], [], [1]]);
  });

  it('keeps who paused first until it is resumed', async () => {
    await rules.add('g1', aRuleInput(), 0);

    await rules.pause('g1', 1, 'u1', 1);
    const paused = await rules.pause('g1', 1, 'u2', 2);
    const resumed = await rules.resume('g1', 1);

    expect([paused.paused, resumed.paused]).toEqual([{ by: 'u1', at: 1 }, undefined]);
  });

  it('says that a rule is not there', async () => {
    await expect(rules.pause('g1', 7, 'u1', 1)).rejects.toThrow('There’s no rule #7');
  });
});
