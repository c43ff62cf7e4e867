import { describe, expect, it } from 'vitest';
import { Accounts } from '../../../src/backends/accounts/accounts.ts';
import { qualify } from '../../../src/backends/accounts/job-ids.ts';
import { toOwnId } from '../../../src/backends/accounts/own-id.ts';
import type { ApiJob, RunningList } from '../../../src/backends/api-job.ts';
import type { Backend } from '../../../src/backends/contract.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { anApiJob } from '../../builders.ts';

const MINUTE_MS = 60_000;
const id = toOwnId('101', 0);
const board = qualify(id, 'v3');

/** Accounts with one of a server's own, which answers as it likes. */
class Answering {
  list: RunningList = toList(0, 0);
  record: ApiJob = anApiJob();
  readonly accounts: Accounts;

  constructor() {
    const tools = { token: 't', clock: systemClock, logger: silentLogger };
    const client = new UseapiClient({ ...tools, baseUrl: 'http://127.0.0.1:9' });
    const answers: Pick<Backend, 'listRunning' | 'readJob'> = {
      listRunning: async () => this.list,
      readJob: async () => this.record,
    };
    this.accounts = new Accounts([{ name: 'useapi', backend: client }]);
    const backend: Backend = Object.assign(new UseapiClient({ ...tools, baseUrl: 'http://127.0.0.1:9' }), answers);
    this.accounts.add({ id, name: 'own', backend, guildIds: ['101'] });
  }

  async listed(known: readonly string[] = []): Promise<readonly string[]> {
    const { channels } = await this.accounts.listRunning(board, {
      known: () => known.map((jobid) => qualify(id, jobid)),
    });
    return channels.flatMap(({ jobs }) => jobs.map(({ jobid }) => jobid));
  }
}

function toList(from: number, count: number, fetchedAt = 0): RunningList {
  const jobs = Array.from({ length: count }, (_, n) => ({ jobid: `job${from + n}`, board: 'v3' }));
  return { board: 'v3', fetchedAt, total: count, channels: [{ apiChannel: '1', total: count, jobs }] };
}

describe('a server’s own account', () => {
  it('is followed for a hundred jobs at once, those first that are known already', async () => {
    const world = new Answering();
    world.list = toList(0, 5_000);

    const jobs = await world.listed(['job4999']);

    expect(jobs).toHaveLength(100);
    expect(jobs).toContain(qualify(id, 'job4999'));
    expect(await world.listed(Array.from({ length: 100 }, (_, n) => `job${n}`))).toHaveLength(100);
  });

  it('brings no more than six hundred new jobs in an hour, and the same job counts once', async () => {
    const world = new Answering();
    const counts: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      world.list = toList(n * 100, 100, n * MINUTE_MS);
      await world.listed();
      counts.push((await world.listed()).length);
    }
    world.list = toList(9_000, 100, 61 * MINUTE_MS);

    expect(counts).toEqual([100, 100, 100, 100, 100, 100, 0, 0]);
    expect(await world.listed()).toHaveLength(100);
  });

  it('has few channels, none with an endless name', async () => {
    const world = new Answering();
    const [one] = toList(0, 1).channels;
    const many = Array.from({ length: 999 }, (_, n) => ({ apiChannel: `${n}`, total: 0, jobs: [] }));
    world.list = { ...toList(0, 0), channels: [{ ...one, apiChannel: 'x'.repeat(101), total: 0, jobs: [] }, ...many] };

    const { channels } = await world.accounts.listRunning(board);

    expect(channels).toHaveLength(25);
    expect(channels[0]?.apiChannel).toBe('0');
  });

  it('sends no record of any size, by itself or in a list', async () => {
    const world = new Answering();
    const large = anApiJob({ jobid: 'job0', prompt: 'x'.repeat(70_000) });
    world.record = large;
    world.list = { ...toList(0, 2), records: [large, anApiJob({ jobid: 'job1' }), anApiJob({ jobid: 'other' })] };

    const read = world.accounts.readJob(qualify(id, anApiJob().jobid));
    await expect(read).rejects.toMatchObject({ code: 'backend-body-too-large' });
    const { records } = await world.accounts.listRunning(board);
    expect(records?.map(({ jobid }) => jobid)).toEqual([qualify(id, 'job1')]);
  });

  it('reads no record with an endless name of an API channel', async () => {
    const world = new Answering();
    world.record = anApiJob({ apiChannel: 'x'.repeat(101) });

    await expect(world.accounts.readJob(qualify(id, anApiJob().jobid))).rejects.toMatchObject({
      code: 'backend-body-too-large',
    });
  });

  it('names few other jobs in a record', async () => {
    const world = new Answering();
    const others = Array.from({ length: 500 }, (_, n) => `job${n}`);
    world.record = anApiJob({ children: others.map((jobid) => ({ jobid })), batchmates: others });
    world.list = { ...toList(0, 1), records: [{ ...world.record, jobid: 'job0' }] };

    const job = await world.accounts.readJob(qualify(id, anApiJob().jobid));
    const [listed] = (await world.accounts.listRunning(board)).records ?? [];

    expect([job.children.length, job.batchmates?.length]).toEqual([100, 10]);
    expect(job.children.at(-1)?.jobid).toBe(qualify(id, 'job499'));
    expect([listed?.children.length, listed?.batchmates?.length]).toEqual([100, 10]);
  });
});
