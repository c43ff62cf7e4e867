import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MjStandIn, startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import type { MjFlavour, MjSwitches } from '../../../sandbox/mj/mj-switches.ts';
import { type Logger, silentLogger } from '../../../src/shared/logger.ts';
import { type ApiServer, startApiServer } from '../../backends/api-server.ts';

describe('calls to the notifyHook of a task', () => {
  let receiver: ApiServer;
  let server: MjStandIn;
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger, info: (_, message) => lines.push(message) };

  beforeEach(async () => {
    lines.length = 0;
    receiver = await startApiServer((response) => void response.end());
  });
  afterEach(async () => {
    await server.close();
    await receiver.close();
  });

  async function start(switches: Partial<MjSwitches>): Promise<void> {
    server = await startMjStandIn({ speed: 0, switches, logger });
  }

  async function imagine(notifyHook: string): Promise<string> {
    const isBearer = server.world.switches.flavour === 'new-api';
    const secret = isBearer ? { authorization: `Bearer ${server.secret}` } : { 'mj-api-secret': server.secret };
    const answer = await fetch(`${server.url}/submit/imagine`, {
      method: 'POST',
      headers: { ...secret, 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'a lighthouse', state: 'mine', notifyHook }),
    });
    const { result } = (await answer.json()) as { result: string };
    return result;
  }

  function end(jobid: string): void {
    server.world.advance(jobid, { to: 'started' });
    server.world.advance(jobid, { to: 'completed' });
  }

  const tasks = () => receiver.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  it.each<MjFlavour>(['trueai', 'novicezk'])('post the whole task at every change, unsigned: %s', async (flavour) => {
    await start({ flavour });
    const jobid = await imagine(`${receiver.url}/hook`);

    end(jobid);
    await receiver.untilRequests(3);

    expect(
      tasks()
        .map(({ status }) => String(status))
        .sort(),
    ).toEqual(['NOT_START', 'SUBMITTED', 'SUCCESS']);
    expect(tasks().every(({ id, state }) => id === jobid && state === 'mine')).toBe(true);
    expect(tasks().find(({ status }) => status === 'SUCCESS')).toMatchObject({ imageUrl: expect.any(String) });
    expect(JSON.stringify(receiver.requests)).not.toContain(server.secret);
  });

  it('tell nothing that trueai has told already', async () => {
    await start({ flavour: 'trueai' });
    const jobid = await imagine(`${receiver.url}/hook`);

    server.world.advance(jobid, { to: 'progress', percent: 31 });
    server.world.advance(jobid, { to: 'progress', percent: 31 });
    server.world.advance(jobid, { to: 'completed' });
    await receiver.untilRequests(3);

    expect(tasks().map(({ status }) => status)).toHaveLength(3);
    expect(tasks().filter(({ status }) => status === 'IN_PROGRESS')).toHaveLength(1);
  });

  it('come in another order than the changes, where that is wanted', async () => {
    await start({ hooks: 'out-of-order' });
    const jobid = await imagine(`${receiver.url}/hook`);

    end(jobid);
    await receiver.untilRequests(3);

    const statuses = tasks().map(({ status }) => status);
    expect(statuses.indexOf('SUBMITTED')).toBeLessThan(statuses.indexOf('NOT_START'));
  });

  it.each<[string, Partial<MjSwitches>]>([
    ['where a reseller drops them', { flavour: 'new-api' }],
    ['where they are lost', { hooks: 'lost' }],
  ])('never come %s', async (_, switches) => {
    await start(switches);
    end(await imagine(`${receiver.url}/dropped`));
    server.world.setSwitches({ flavour: 'trueai', hooks: 'sent' });
    await imagine(`${receiver.url}/kept`);

    await receiver.untilRequests(1);

    expect(receiver.requests.map(({ path }) => path)).toEqual(['/kept']);
  });

  it('go nowhere but to this machine, and what fails is not tried again', async () => {
    await start({});
    await imagine('http://192.0.2.1/hook');
    await imagine('http://127.0.0.1:9/hook');

    await expect.poll(() => lines).toHaveLength(2);

    expect(lines).toEqual(['hook not called: the sandbox calls back on loopback only', 'hook failed']);
  });
});
