import { describe, expect, it } from 'vitest';
import { Accounts } from '../../src/backends/accounts/accounts.ts';
import { MjBackend } from '../../src/backends/mj/mj-backend.ts';
import { SiblingBackend } from '../../src/backends/siblings/sibling-backend.ts';
import { UseapiClient } from '../../src/backends/useapi/client.ts';
import { GuildAccounts } from '../../src/jobs/guild-accounts.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';

const tools = { clock: systemClock, logger: silentLogger };
const useapi = () => new UseapiClient({ ...tools, baseUrl: 'http://127.0.0.1:1', token: 't' });
const mj = () => new MjBackend({ ...tools, baseUrl: 'http://127.0.0.1:1/mj', secret: 's' });
const minimax = () => new SiblingBackend({ ...tools, baseUrl: 'http://127.0.0.1:1', token: 't', service: 'minimax' });

/** `ours` has three accounts, `theirs` has one. */
function threeAccounts(): GuildAccounts {
  return new GuildAccounts(
    new Accounts([
      { name: 'useapi', backend: useapi(), guildIds: ['ours'] },
      { id: 'studio', name: 'Studio', backend: mj(), guildIds: ['ours'] },
      { id: 'lab', name: 'lab', backend: mj() },
    ]),
  );
}

describe('GuildAccounts', () => {
  it('lists to a server its own accounts alone', () => {
    const accounts = threeAccounts();

    expect(accounts.listOf('ours')).toEqual([
      { key: 'useapi', name: 'useapi' },
      { key: 'studio', name: 'Studio' },
      { key: 'lab', name: 'lab' },
    ]);
    expect(accounts.listOf('theirs')).toEqual([{ key: 'lab', name: 'lab' }]);
  });

  it('names an account where the server has several, and no other server’s ever', () => {
    const accounts = threeAccounts();

    expect(accounts.nameIn('ours', 'studio/mj')).toBe('Studio');
    expect(accounts.nameIn('ours', 'gone/mj')).toBeUndefined();
    expect(accounts.nameIn('theirs', 'lab/mj')).toBeUndefined();
    expect(accounts.nameIn('theirs', 'studio/mj')).toBeUndefined();
  });

  it('calls a board by its account where the server has several, and by its version where the account has', () => {
    const accounts = threeAccounts();

    expect(['v3', 'studio/mj'].map((board) => accounts.boardNameIn('ours', board))).toEqual(['useapi v3', 'Studio']);
    expect(accounts.boardNameIn('theirs', 'lab/mj')).toBe('mj');
    expect(accounts.boardNameIn('theirs', 'studio/mj')).toBe('mj');
  });

  it('sends new jobs to the server’s first account that takes them, or to the one that is asked for', () => {
    const accounts = threeAccounts();

    expect(accounts.submitBoardOf('ours')).toBe('v3');
    expect(accounts.submitBoardOf('ours', { account: 'studio' })).toBe('studio/mj');
    expect(accounts.submitBoardOf('theirs')).toBe('lab/mj');
    expect(accounts.submitBoardOf('theirs', { account: 'studio' })).toBeUndefined();
    expect(accounts.submitBoardOf('theirs', { account: 'nobody' })).toBeUndefined();
  });

  it('makes jobs of pictures at the first account that takes pictures', () => {
    const accounts = new GuildAccounts(
      new Accounts([
        { id: 'studio', name: 'Studio', backend: minimax() },
        { name: 'useapi', backend: useapi() },
      ]),
    );

    expect(accounts.submitBoardOf('ours')).toBe('studio/minimax');
    expect(accounts.submitBoardOf('ours', { hasPictures: true })).toBe('v3');
    expect(accounts.submitBoardOf('ours', { hasPictures: true, account: 'studio' })).toBe('studio/minimax');
  });

  it('sends new jobs to the server’s own account, and elsewhere only where somebody says so', () => {
    const all = new Accounts([{ name: 'useapi', backend: useapi() }]);
    all.add({ id: 'own-1-1', name: 'Own', backend: minimax(), guildIds: ['ours'] });
    const accounts = new GuildAccounts(all);

    expect(accounts.submitBoardOf('ours')).toBe('own-1-1/minimax');
    expect(accounts.submitBoardOf('ours', { hasPictures: true })).toBe('own-1-1/minimax');
    expect(accounts.submitBoardOf('ours', { account: 'useapi' })).toBe('v3');
    expect(accounts.submitBoardOf('theirs')).toBe('v3');
    expect(accounts.submitBoardOf('theirs', { account: 'own-1-1' })).toBeUndefined();
    expect(accounts.listOf('theirs')).toEqual([{ key: 'useapi', name: 'useapi' }]);
  });

  it('lets nobody else pay while the server’s own account cannot be opened', () => {
    const all = new Accounts([{ name: 'useapi', backend: useapi() }]);
    const accounts = new GuildAccounts(all, (guildId) => guildId === 'ours');

    expect(() => accounts.submitBoardOf('ours')).toThrow('Nothing was spent');
    expect(accounts.submitBoardOf('ours', { account: 'useapi' })).toBe('v3');
    expect(accounts.submitBoardOf('theirs')).toBe('v3');
  });
});
