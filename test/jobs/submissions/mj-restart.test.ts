import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MjStandIn, startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import { MjBackend } from '../../../src/backends/mj/mj-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { SubmissionBot } from './submission-rig.ts';

describe('a bot that starts anew at a Midjourney proxy', () => {
  let server: MjStandIn;
  let store: SqliteStore;
  const backends: MjBackend[] = [];
  const bots: SubmissionBot[] = [];

  beforeEach(async () => {
    server = await startMjStandIn({ speed: 0, switches: { secondStep: 'all' } });
    store = SqliteStore.open(':memory:');
  });
  afterEach(async () => {
    for (const { submissions } of bots) submissions.stop();
    await server.close();
    await Promise.all(backends.splice(0).map((backend) => backend.close()));
    for (const { submissions } of bots.splice(0)) await submissions.whenIdle();
    await store.close();
  });

  /** A process of its own on the same store; the one before is left as it was, as if killed. */
  function startBot(): { readonly bot: SubmissionBot; readonly backend: MjBackend } {
    const { url: baseUrl, secret } = server;
    const backend = new MjBackend({ baseUrl, secret, clock: systemClock, logger: silentLogger });
    const bot = new SubmissionBot(backend, store, systemClock, 'mj');
    backends.push(backend);
    bots.push(bot);
    return { bot, backend };
  }

  it('finds a press by its reference before it knows which kind of proxy that is, and sends its second step', async () => {
    const jobid = server.startTask({ prompt: 'a lighthouse' });
    server.world.advance(jobid, { to: 'completed' });
    const { bot, backend } = startBot();
    const { ref } = await bot.tracker.observe(await backend.readJob(jobid));
    const match = { method: 'POST', path: '/mj/submit/action' };
    server.faults.add({ match, takesEffect: true, action: { kind: 'hang' } });
    void bot.press(ref, 'V1').catch(() => undefined);
    await expect.poll(() => server.modals.list().length).toBe(1);

    await startBot().bot.submissions.recover();

    expect(server.modals.list()).toEqual([]);
    expect(server.world.find(jobid)?.children).toHaveLength(1);
  });
});
