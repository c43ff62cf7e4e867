import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RuleEvent } from '../../../src/notifications/rules/guild-rules.ts';
import { MAX_RULES } from '../../../src/notifications/rules/guild-rules.ts';
import type { Rule } from '../../../src/notifications/rules/rule.ts';
import { RuleStore } from '../../../src/notifications/rules/rule-store.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aRuleInput } from '../notification-world.ts';

const actor = { by: 'u9', at: 9 };

describe('an undo of a change of rules', () => {
  let store: SqliteStore;
  let rules: RuleStore;
  let reported: RuleEvent[];

  beforeEach(() => {
    store = SqliteStore.open(':memory:');
    reported = [];
    rules = new RuleStore(store, async (event) => void reported.push(event));
  });
  afterEach(() => store.close());

  const undo = ({ revision = 0 }: Rule) => rules.undo('g1', revision, actor);

  it('takes away what was added, puts back what was removed, and can be undone itself', async () => {
    const added = await rules.add('g1', aRuleInput({ verb: 'blend' }), 0);
    const gone = await undo(added);
    const back = await rules.undo('g1', gone.after === undefined ? gone.revision : 0, actor);
    const removed = await rules.remove('g1', 1, actor);
    await undo(removed);

    expect(gone.after).toBeUndefined();
    expect(back.after).toMatchObject({ number: 1, verb: 'blend' });
    await expect(rules.list('g1')).resolves.toMatchObject([{ number: 1, verb: 'blend' }]);
    expect(reported.map(({ what }) => what)).toEqual(['add', 'undo', 'undo', 'remove', 'undo']);
  });

  it('sets an edit and a pause back, also after a restart', async () => {
    await rules.add('g1', aRuleInput(), 0);
    const edited = await rules.edit('g1', 1, { media: 'none', verb: 'blend' }, actor);
    await undo(edited);
    const paused = await rules.pause('g1', 1, 'u1', 1);
    rules = new RuleStore(store);
    await undo(paused);

    const [rule] = await rules.list('g1');
    expect(rule).toMatchObject({ media: 'full' });
    expect(rule?.verb ?? rule?.paused).toBeUndefined();
  });

  it('refuses where the rule was changed since, and changes nothing', async () => {
    await rules.add('g1', aRuleInput(), 0);
    const first = await rules.edit('g1', 1, { media: 'none' }, actor);
    const second = await rules.edit('g1', 1, { media: 'spoiler' }, actor);

    await expect(undo(first)).rejects.toThrow('changed again since');
    await expect(rules.get('g1', 1)).resolves.toMatchObject({ media: 'spoiler' });
    await expect(undo(second)).resolves.toMatchObject({ after: { media: 'none' } });
  });

  it('keeps what Discord made of the channel meanwhile', async () => {
    await rules.add('g1', aRuleInput(), 0);
    const edited = await rules.edit('g1', 1, { media: 'none' }, actor);
    await rules.suspendChannel('g1', 'c1', { code: 50013, reason: 'Missing Permissions', at: 1 });

    const { after } = await undo(edited);

    expect(after).toMatchObject({ media: 'full', suspended: { code: 50013 } });
  });

  it('gives an old number its place again, and none where the server is full', async () => {
    for (let n = 0; n < MAX_RULES; n += 1) await rules.add('g1', aRuleInput(), 0);
    const removed = await rules.remove('g1', 2, actor);
    const extra = await rules.add('g1', aRuleInput(), 0);
    await expect(undo(removed)).rejects.toThrow('the most it can have');

    await rules.remove('g1', extra.number, actor);
    await undo(removed);

    expect((await rules.list('g1')).map(({ number }) => number).slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('reaches back 25 changes', async () => {
    const first = await rules.add('g1', aRuleInput(), 0);
    for (let n = 0; n < 25; n += 1) await rules.add('g1', aRuleInput(), 0);

    await expect(undo(first)).rejects.toThrow('too old');
  });
});
