import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { startWorld, type World, type WorldOptions } from './start-world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function start(options: WorldOptions = {}): Promise<World> {
  world = await startWorld({ hasHealth: true, ...options });
  return world;
}

async function read(here: World, path: string): Promise<readonly [status: number, body: string]> {
  const answer = await fetch(`${here.app().healthUrl}${path}`);
  return [answer.status, await answer.text()];
}

describe('health, over HTTP', () => {
  it('says that the bot lives and is ready, and which lists it reads', async () => {
    const here = await start();

    expect(await read(here, '/livez')).toEqual([200, 'ok\n']);
    expect(await read(here, '/readyz')).toEqual([
      200,
      'gateway: ok\nstore: ok\nqueue: ok\nlist useapi v3: ok\nlist useapi v2: ok\n',
    ]);
  });

  it('is not ready while the gateway is away, and is again when it is back', async () => {
    const here = await start();
    here.discord.faults.gateway.setDown(true);
    here.discord.faults.gateway.drop({ canResume: true });
    const readGateway = async () => (await read(here, '/readyz'))[1].split('\n')[0];

    await expect.poll(readGateway).toMatch(/^gateway: 0 of 1 connections to Discord are there\./);
    here.discord.faults.gateway.setDown(false);

    await expect.poll(readGateway).toBe('gateway: ok');
  });

  it('is not ready where a list could not be read for long', async () => {
    const here = await start({ pollIntervalMs: 1_000 });
    const match = { method: 'GET', path: '/v3/midjourney/jobs' } as const;
    here.useapi.faults.add({ match, action: { kind: 'status', status: 503 } });
    here.skip(120_000);
    await here.app().poll();

    await expect
      .poll(async () => read(here, '/readyz'))
      .toEqual([503, expect.stringMatching(/list useapi v3: It was read 2 min ago.*\nlist useapi v2: ok\n/)]);
  });

  it('is not ready while another program holds the store', async () => {
    const here = await start();
    const other = new DatabaseSync(here.storePath);
    other.exec('BEGIN EXCLUSIVE');
    try {
      const [status, body] = await read(here, '/readyz');

      expect([status, body.split('\n')[1]]).toEqual([503, expect.stringMatching(/^store: It takes no writes \(.+\)/)]);
    } finally {
      other.close();
    }
    here.skip(10_000);
    await expect.poll(async () => (await read(here, '/readyz'))[1]).toContain('store: ok');
  });

  it('is closed when the bot has stopped', async () => {
    const here = await start();
    const url = here.app().healthUrl;
    await here.app().stop();

    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });
});
