import { describe, expect, it } from 'vitest';
import { CommandOptions } from '../../../src/discord/core/command-options.ts';
import { toRuleChange } from '../../../src/discord/notify/rule-options.ts';

const TEXTS = ['events', 'verb', 'type', 'account', 'api-channel', 'prompt', 'quiet', 'media'];

const change = (values: Readonly<Record<string, string>>) =>
  toRuleChange(new CommandOptions(new Map(Object.entries(values))), 'g1', {
    listOf: (guildId) => (guildId === 'g1' ? [{ key: 'studio', name: 'Studio One' }] : []),
  });

describe('toRuleChange', () => {
  it.each(TEXTS)('takes a blank %s as not given: no rule is made that can never match', (name) => {
    expect(change({ [name]: '   ' })).toEqual({});
  });

  it('takes an account of the server by its key or its name, and no other', () => {
    expect(change({ account: 'studio' })).toEqual({ account: 'studio' });
    expect(change({ account: ' studio one ' })).toEqual({ account: 'studio' });
    expect(change({ account: 'none' })).toEqual({ account: undefined });
    expect(() => change({ account: 'lab' })).toThrow('no such account');
  });

  it('clears a condition by the word for it, and reads what is between blanks', () => {
    expect(change({ verb: ' None ', prompt: 'none' })).toEqual({ verb: undefined, promptWords: undefined });
    expect(Object.keys(change({ verb: 'none' }))).toEqual(['verb']);
    expect(change({ verb: ' Imagine ', events: ' failed ' })).toEqual({ verb: 'imagine', events: ['failed'] });
  });
});
