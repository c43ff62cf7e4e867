import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MjStandIn, startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import { Accounts } from '../../../src/backends/accounts/accounts.ts';
import { boardOf, parseJobid } from '../../../src/backends/accounts/job-ids.ts';
import { toOwnId } from '../../../src/backends/accounts/own-id.ts';
import { MjBackend } from '../../../src/backends/mj/mj-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { V2_ID, V3_ID } from '../useapi/records.ts';

const TASK = '1700000000000123';

describe('job ids', () => {
  it.each([
    [V2_ID, 'v2'],
    [V3_ID, 'v3'],
    [TASK, 'mj'],
    [`studio/${TASK}`, 'studio/mj'],
    [`lab/${V3_ID}`, 'lab/v3'],
    ['user:12345-minimax:512345678-image:357846312387492374', 'minimax'],
    ['j0302140530123456789i-u12345-US:jo@example.com-bot:dreamina', 'dreamina'],
    ['studio/j0302140530123456789v-u12345-US:jo@example.com-bot:dreamina', 'studio/dreamina'],
  ])('name their board: %s', (jobid, board) => {
    expect(parseJobid(jobid)?.board).toBe(board);
    expect(boardOf(jobid)).toBe(board);
  });

  it.each(['', 'hello', 'studio/', 'studio/hello', '/x', 'Studio/1700000000000123', `a/b/${TASK}`])(
    'are not such as %j',
    (text) => {
      expect(parseJobid(text)).toBeUndefined();
    },
  );
});

it('a job id tells nothing of the account’s e-mail address but in itself', () => {
  const parsed = parseJobid('j0302140530123456789i-u12345-US:jo@example.com-bot:dreamina', Date.UTC(2026, 10));

  expect(parsed).toEqual({ board: 'dreamina', jobType: 'image', createdAt: Date.UTC(2026, 2, 2, 14, 5, 30, 123) });
});

describe('Accounts', () => {
  let servers: MjStandIn[];
  let accounts: Accounts;

  beforeEach(async () => {
    servers = [await startMjStandIn({ speed: 0 }), await startMjStandIn({ speed: 0 })];
    const [first, second] = servers.map(({ url: baseUrl, secret }) => {
      return new MjBackend({ baseUrl, secret, clock: systemClock, logger: silentLogger, maxRetries: 0 });
    });
    if (first === undefined || second === undefined) throw new Error('There are no backends.');
    accounts = new Accounts([
      { name: 'mj', backend: first },
      { id: 'studio', name: 'Studio', backend: second, guildIds: ['g1'] },
    ]);
  });
  afterEach(async () => {
    await accounts.close();
    for (const server of servers) await server.close();
  });

  it('tell jobs of the same id apart by their account', async () => {
    for (const [at, server] of servers.entries())
      server.world.startJob({ prompt: `of ${at}`, overrides: { jobid: TASK } });

    const plain = await accounts.readJob(TASK);
    const qualified = await accounts.readJob(`studio/${TASK}`);

    expect(plain).toMatchObject({ jobid: TASK, board: 'mj', prompt: 'of 0' });
    expect(qualified).toMatchObject({ jobid: `studio/${TASK}`, board: 'studio/mj', prompt: 'of 1' });
  });

  it('list each board by itself, and ask each server about its own ids alone', async () => {
    servers[1]?.world.startJob({ prompt: 'of studio', overrides: { jobid: TASK } });

    const lists = await Promise.all(
      accounts.boards.map((board) =>
        accounts.listRunning(board, { known: () => [V3_ID, '1700000000000999', `studio/${TASK}`] }),
      ),
    );

    expect(accounts.boards).toEqual(['mj', 'studio/mj']);
    expect(lists.map(({ board, total }) => [board, total])).toEqual([
      ['mj', 0],
      ['studio/mj', 1],
    ]);
    expect(lists[1]?.channels[0]?.jobs[0]).toMatchObject({ jobid: `studio/${TASK}`, board: 'studio/mj' });
    expect(lists[1]?.records?.[0]?.jobid).toBe(`studio/${TASK}`);
    for (const { requestBody = '' } of servers[0]?.requests ?? []) expect(requestBody).not.toContain(TASK);
  });

  it('go on with one list although the other server is down', async () => {
    await servers[0]?.close();

    await expect(accounts.listRunning('mj')).rejects.toMatchObject({ code: 'backend-unreachable' });
    expect(await accounts.listRunning('studio/mj')).toMatchObject({ total: 0 });
  });

  it('name the job of a second step as all others', async () => {
    const parent = servers[1]?.startTask({ prompt: 'a lighthouse', kind: 'upscale' }) ?? '';
    servers[1]?.world.advance(parent, { to: 'completed' });
    const said: string[] = [];

    const result = await accounts.press({
      jobid: `studio/${parent}`,
      button: 'Custom Zoom',
      prompt: 'a lighthouse --zoom 1.4',
      onSecondStep: async (jobid) => void said.push(jobid),
    });

    expect(result).toMatchObject({ outcome: 'created', job: { jobid: said[0], parentJobid: `studio/${parent}` } });
    expect(said[0]).toMatch(/^studio\/\d+$/);
  });

  it('are open to the servers that may use them, and to none when the file no longer names them', () => {
    expect(['mj', 'studio/mj', 'gone/mj', 'v3'].map((board) => accounts.isOpenTo(board, 'g1'))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(accounts.isOpenTo('studio/mj', 'g2')).toBe(false);
  });

  describe('that a server brings', () => {
    const id = toOwnId('77', Date.UTC(2026, 10));
    let own: MjStandIn;

    beforeEach(async () => {
      own = await startMjStandIn({ speed: 0 });
      const { url: baseUrl, secret } = own;
      const backend = new MjBackend({ baseUrl, secret, clock: systemClock, logger: silentLogger, maxRetries: 0 });
      accounts.add({ id, name: 'Own', backend, guildIds: ['77'] });
    });
    afterEach(() => own.close());

    it('come before the others in that server, and are there for no other', async () => {
      own.world.startJob({ prompt: 'of 77', overrides: { jobid: TASK } });

      expect(accounts.openTo('77').map(({ name }) => name)).toEqual(['Own', 'mj']);
      expect(accounts.openTo('g1').map(({ name }) => name)).toEqual(['mj', 'Studio']);
      expect(accounts.boards).toEqual(['mj', 'studio/mj', `${id}/mj`]);
      expect([accounts.isOpenTo(`${id}/mj`, '77'), accounts.isOpenTo(`${id}/mj`, 'g1')]).toEqual([true, false]);
      expect(await accounts.readJob(`${id}/${TASK}`)).toMatchObject({ board: `${id}/mj`, prompt: 'of 77' });
    });

    it('are asked nothing once they are removed, and their jobs still belong to that server alone', async () => {
      await accounts.remove('77');

      expect(accounts.openTo('77').map(({ name }) => name)).toEqual(['mj']);
      expect(accounts.boards).not.toContain(`${id}/mj`);
      expect([accounts.isOpenTo(`${id}/mj`, '77'), accounts.isOpenTo(`${id}/mj`, 'g1')]).toEqual([true, false]);
      expect(accounts.capabilities(`${id}/mj`)).toMatchObject({ submits: false, presses: 'none', cancels: false });
      await expect(accounts.readJob(`${id}/${TASK}`)).rejects.toMatchObject({ code: 'backend-account-gone' });
      await expect(accounts.listRunning(`${id}/mj`)).rejects.toMatchObject({ code: 'backend-account-gone' });
      expect(own.requests).toEqual([]);
    });

    it('are one a server', () => {
      const [backend] = accounts.openTo('g1').map((account) => account.backend);
      if (backend === undefined) throw new Error('There is one.');

      expect(() => accounts.add({ id: toOwnId('77', 0), name: 'Own', backend, guildIds: ['77'] })).toThrow('already');
      expect(() => accounts.add({ id: 'studio', name: 'Own', backend, guildIds: ['78'] })).toThrow('already');
    });
  });

  it('refuse what belongs to no account, without a call', async () => {
    await expect(accounts.readJob(`gone/${TASK}`)).rejects.toMatchObject({ code: 'backend-invalid-jobid' });
    await expect(accounts.listRunning('v3')).rejects.toMatchObject({ code: 'backend-invalid-request' });
    expect(accounts.capabilities('gone/mj').submits).toBe(false);
    expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
  });
});
