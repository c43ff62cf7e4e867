import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../postgres.ts';
import { ids, startWorld, type World } from './start-world.ts';

/** Runs `npm run new-reply-keys` as an operator does. */
async function takeNewKeys(storeUrl: string): Promise<{ readonly code: number; readonly text: string }> {
  const child = spawn(process.execPath, ['--no-warnings', resolve('src/new-reply-keys.ts')], {
    env: { ...process.env, STORE_URL: storeUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const [code] = await once(child, 'close');
  return { code: Number(code), text };
}

describe('npm run new-reply-keys', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld({ hasCallbacks: true });
  });
  afterEach(() => world.close());

  async function submit(prompt: string): Promise<string> {
    await world.moderator.command(ids.general, { path: 'imagine', options: { prompt } });
    return world.useapi.world.list().find((job) => job.prompt === prompt)?.replyUrl ?? '';
  }

  const secretsOf = (url: string) => new URL(url).pathname.split(/[/.]/).filter((part) => part.length === 43);

  it('gives new jobs other addresses while the bot runs, and prints none', async () => {
    const before = await submit('a lighthouse');

    const { code, text } = await takeNewKeys(`sqlite:${world.storePath}`);
    world.skip(10_000);
    const after = await submit('a red fox');

    expect(code).toBe(0);
    expect(text).toContain('New jobs get new addresses');
    expect(new Set([...secretsOf(before), ...secretsOf(after)]).size).toBe(4);
    for (const secret of [...secretsOf(before), ...secretsOf(after)]) expect(text).not.toContain(secret);
    expect((await fetch(before, { method: 'POST', body: '{}' })).status).toBe(200);
  });

  it('says so where there is no store', async () => {
    expect(await takeNewKeys('sqlite:/nowhere/bot.sqlite')).toEqual({
      code: 1,
      text: 'There is no file /nowhere/bot.sqlite.\n',
    });
  });

  it.skipIf(!hasPostgres)('works on PostgreSQL (skipped where there is none)', async () => {
    const place: PostgresPlace = createPostgresPlace();
    try {
      expect((await takeNewKeys(place.url)).code).toBe(0);
    } finally {
      await place.destroy();
    }
  });
});
