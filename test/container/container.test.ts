import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../free-port.ts';
import { ImageFolder } from './image-folder.ts';

const name = 'the image, step by step in a folder (skipped without CONTAINER=1: npm run test:container)';

describe.skipIf(process.env['CONTAINER'] === undefined)(name, () => {
  let image: ImageFolder;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    image = new ImageFolder('Dockerfile');
    image.build();
    image.makeReadOnly();
    environment = { HEALTH_LISTEN: `127.0.0.1:${await findFreePort()}`, SANDBOX_PORT: '0' };
  }, 600_000);
  afterAll(() => image.remove());

  it('runs the sandbox as another user, with read-only code, is healthy, and ends with 0 on SIGTERM', async () => {
    const bot = image.start(environment);
    const said = sayAll(bot);
    const ended = once(bot, 'exit');
    try {
      await expect.poll(said, { timeout: 180_000 }).toContain('Ready: open http://127.0.0.1:');
      // An engine too asks again before it calls a container unhealthy.
      await expect.poll(() => codeOf(image.checkHealth(environment)), { timeout: 60_000 }).toBe(0);
      expect(existsSync(`${image.data}/sandbox.sqlite`)).toBe(true);
      expect(statSync(`${image.data}/sandbox.sqlite`).uid).not.toBe(0);
    } finally {
      bot.kill('SIGTERM');
    }

    expect([await ended, said()]).toEqual([[0, null], expect.not.stringMatching(/"level":[56]0/)]);
    expect(await codeOf(image.checkHealth(environment))).toBe(1);
  }, 300_000);

  it('holds no tools of development, no tests and no secrets', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const there = globSync('**', { cwd: `${image.data}/..`, exclude: (path) => path.split('/').length > 3 });

    expect(there).toContain('src/start.js');
    expect(there).toContain('node_modules/discord.js');
    expect(there.filter((path) => /^(?:\.env|\.git|test|docs|data\/bot)/.test(path))).toEqual([]);
    const tools = Object.keys(devDependencies).filter((tool) => !tool.startsWith('@types/'));
    expect(tools.filter((tool) => there.includes(`node_modules/${tool}`))).toEqual([]);
  });
});

/** All that a process has said so far. */
function sayAll(child: ChildProcess): () => string {
  let all = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (all += String(chunk)));
  return () => all;
}

async function codeOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit');
  if (child.stderr !== null) await text(child.stderr);
  return (await ended)[0];
}
