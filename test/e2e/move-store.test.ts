import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPostgresPlace, hasPostgres, type PostgresPlace, runOnServer } from '../postgres.ts';
import { ids, startWorld, textOf, type World } from './start-world.ts';

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

describe.skipIf(!hasPostgres)('npm run move-store (skipped where there is no PostgreSQL)', () => {
  let place: PostgresPlace;
  let world: World;

  beforeEach(async () => {
    place = createPostgresPlace();
    world = await startWorld();
  });
  afterEach(async () => {
    await world.close();
    await place.destroy();
  });

  const move = async (from = `sqlite:${world.storePath}`): Promise<Ended> => {
    const args = ['--no-warnings', resolve('src/move-store.ts'), '--from', from, '--to', place.url];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
    const [code] = await once(child, 'close');
    return { code: Number(code), text };
  };
  const endJob = async (prompt: string) => {
    const jobid = world.useapi.world.startJob({ prompt });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
  };
  const posts = () => world.owner.messages(ids.showcase).map(textOf);
  const postsOf = (prompt: string) => posts().filter((text) => text.includes(prompt)).length;

  it('moves rules and what was posted: nothing is posted again, and new ends are', async () => {
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    await endJob('a lighthouse before the move');

    const moved = await world.whileStopped(() => move(), { kind: 'postgres', url: place.url });
    await world.app().poll();
    await world.app().whenIdle();
    await endJob('a lighthouse after the move');

    expect(moved).toMatchObject({ code: 0, text: expect.stringMatching(/^Moved \d+ documents and \d+ entries/) });
    expect([postsOf('before the move'), postsOf('after the move')]).toEqual([1, 1]);
    const list = await world.owner.command(ids.general, { path: 'notify list' });
    expect(textOf(list.message)).toContain(`<#${ids.showcase}>`);
  });

  it('refuses a file in use, and a target that holds data', async () => {
    const inUse = await move();
    const first = await world.whileStopped(() => move());
    const again = await world.whileStopped(() => move());

    expect(inUse).toMatchObject({ code: 1, text: expect.stringContaining('it is in use. Stop the bot first') });
    expect(first.code).toBe(0);
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining('holds data already') });
  });

  it('leaves an empty target where it fails in the middle', async () => {
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    const schema = new URL(place.url).searchParams.get('schema') ?? '';
    await world.whileStopped(() => move());
    await runOnServer(
      `TRUNCATE ${schema}.documents; ALTER TABLE ${schema}.documents ADD CHECK (collection <> 'rules')`,
    );
    await runOnServer(`DELETE FROM ${schema}_queue.job; DELETE FROM ${schema}_queue.entry_keys`);

    const failed = await world.whileStopped(() => move());

    expect(failed.code).toBe(1);
    expect(await runOnServer(`SELECT key FROM ${schema}.documents`)).toEqual([]);
    expect(await runOnServer(`SELECT id FROM ${schema}_queue.job`)).toEqual([]);
  });
});
