import { expect, it } from 'vitest';
import { mayShareServer } from '../../../src/backends/accounts/shared-servers.ts';

it.each([
  ['one account', [{}], false],
  ['one account, twice for one server', [{ guildIds: ['1', '1'] }], false],
  ['accounts of different servers', [{ guildIds: ['1'] }, { guildIds: ['2', '3'] }], false],
  ['accounts of which one server has two', [{ guildIds: ['1', '2'] }, { guildIds: ['2'] }], true],
  ['an account for all beside one of a server', [{}, { guildIds: ['1'] }], true],
  ['an account for all beside one of no server', [{}, { guildIds: [] }], false],
  ['two accounts for all', [{}, {}], true],
])('knows of %s whether a server can have several', (_, accounts, expected) => {
  expect(mayShareServer(accounts)).toBe(expected);
});

it.each([
  ['an account for all', [{}], true],
  ['an account of one server', [{ guildIds: ['1'] }], true],
  ['an account of no server', [{ guildIds: [] }], false],
])('knows of %s that a server can have one of its own beside it', (_, accounts, expected) => {
  expect(mayShareServer(accounts, true)).toBe(expected);
});
