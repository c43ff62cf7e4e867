import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobCallbacks } from '../../src/callbacks/job-callbacks.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';
import { aRecordingLogger } from '../recording-logger.ts';

const REF = 'a0123456789abcde';

describe('the address that a backend calls', () => {
  const calls: string[] = [];
  let store: SqliteStore;
  let log: ReturnType<typeof aRecordingLogger>;
  let callbacks: JobCallbacks;

  beforeEach(() => {
    calls.length = 0;
    store = SqliteStore.open(':memory:');
    log = aRecordingLogger();
  });
  afterEach(async () => {
    await callbacks.stop();
    await store.close().catch(() => undefined);
  });

  function open(url?: string): void {
    const listen = { host: '127.0.0.1', port: 0 };
    callbacks = new JobCallbacks({ store, listen, url, clock: new FakeClock(), logger: log.logger });
    callbacks.onCall((ref) => void calls.push(ref));
  }

  const portOf = () => Number(/"port":(\d+)/.exec(log.lines.join())?.[1]);
  const post = (path: string) => fetch(`http://127.0.0.1:${portOf()}${path}`, { method: 'POST', body: '{}' });

  it('is this machine where nothing else is said, and is none before something listens', async () => {
    open();
    expect(await callbacks.urlFor(REF)).toBeUndefined();

    await callbacks.start();

    expect(await callbacks.urlFor(REF)).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${portOf()}/[\\w-]{43}/${REF}\\.`));
  });

  it('is none where it was stopped while it started', async () => {
    open();
    const starting = callbacks.start();
    await callbacks.stop();
    await starting;

    expect([await callbacks.urlFor(REF), portOf()]).toEqual([undefined, Number.NaN]);
  });

  it('is found with the path of the public address before it, and without', async () => {
    open('https://bot.example.org/some/replies');
    await callbacks.start();
    const url = (await callbacks.urlFor(REF)) ?? '';
    const { pathname } = new URL(url);

    const answers = await Promise.all(
      [pathname, pathname.slice('/some/replies'.length), `/other${pathname}`, `/replies${pathname}`].map(post),
    );

    expect(url).toMatch(/^https:\/\/bot\.example\.org\/some\/replies\//);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 404]);
    expect(calls).toEqual([REF, REF]);
  });

  it('is short enough for servers that take 1,024 characters', async () => {
    open(`https://bot.example.org/${'x'.repeat(800 - 24)}`);
    await callbacks.start();

    expect((await callbacks.urlFor(REF))?.length).toBeLessThanOrEqual(1_024);
  });

  it('is none where its keys cannot be read, and no line of the log holds any of it', async () => {
    open();
    await callbacks.start();
    const secrets = new URL((await callbacks.urlFor(REF)) ?? '').pathname
      .split(/[/.]/)
      .filter(({ length }) => length === 43);
    await post(`/${secrets[0]}/x`);
    await store.close();
    const broken = new JobCallbacks({
      store,
      listen: { host: '127.0.0.1', port: 0 },
      clock: new FakeClock(),
      logger: log.logger,
    });
    await broken.start();

    expect(await broken.urlFor(REF)).toBeUndefined();
    await broken.stop();

    expect(secrets).toHaveLength(2);
    expect(log.lines.join()).toContain('could not be read');
    for (const secret of secrets) expect(log.lines.join()).not.toContain(secret);
  });
});
