import { describe, expect, it } from 'vitest';
import { compareCommands } from '../../../src/discord/core/command-differences.ts';
import { everyHandler } from '../../every-handler.ts';

const wanted = [...everyHandler.commands, ...everyHandler.messageCommands].map(({ data }) => data);
/** As Discord gives it back: with what it adds, and without what is empty. */
const offered = () =>
  wanted.map((command, at) => ({ id: String(at), version: '1', nsfw: false, ...structuredClone(command) }));

describe('commands as Discord offers them', () => {
  it('are as they should be, whatever Discord adds', () => {
    expect(compareCommands(offered(), wanted)).toEqual({ missing: [], changed: [], surplus: [] });
  });

  it('are missing, others than wanted, or too many', () => {
    const found = offered().filter(({ name }) => name !== 'jobs');
    const changed = found.map((command) => (command.name === 'mod' ? { ...command, options: [] } : command));

    expect(compareCommands([...changed, { name: 'old' }], wanted)).toEqual({
      missing: ['jobs'],
      changed: ['mod'],
      surplus: ['old'],
    });
  });

  it('do not differ by the order of a set, or by what is left out because it is empty', () => {
    const command = { name: 'a', contexts: [0, 1], options: [{ name: 'b', required: false }] };

    expect(compareCommands([{ name: 'a', contexts: [1, 0], options: [{ name: 'b' }] }], [command]).changed).toEqual([]);
    expect(compareCommands([{ name: 'a', contexts: [0], options: [{ name: 'b' }] }], [command]).changed).toEqual(['a']);
    expect(compareCommands([{ name: 'a', contexts: [0, 1], options: [{ name: 'c' }] }], [command]).changed).toEqual([
      'a',
    ]);
  });

  it('are all missing where the answer is none', () => {
    expect(compareCommands('nonsense', [{ name: 'a' }]).missing).toEqual(['a']);
  });
});
