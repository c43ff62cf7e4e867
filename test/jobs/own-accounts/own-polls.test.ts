import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnAccount } from '../../../src/backends/accounts/accounts.ts';
import { toOwnId } from '../../../src/backends/accounts/own-id.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { OwnPolls } from '../../../src/jobs/own-accounts/own-polls.ts';
import { StoreError } from '../../../src/storage/contract.ts';
import { FakeClock } from '../../fake-clock.ts';
import { aRecordingLogger } from '../../recording-logger.ts';

const EVERY_MS = 15_000;

function anAccount(guildId: string, clock: FakeClock, logger = aRecordingLogger().logger): OwnAccount {
  const backend = new UseapiClient({ clock, logger, baseUrl: 'http://127.0.0.1:1', token: 't', versions: ['v3'] });
  return { id: toOwnId(guildId, clock.now()), name: 'Own', guildIds: [guildId], backend };
}

describe('OwnPolls', () => {
  let clock: FakeClock;
  let looks: { readonly at: number; readonly boards: readonly string[] }[];
  /** What a look at a board waits for. */
  let holds: Map<string, Promise<void>>;
  let polls: OwnPolls;
  let lines: readonly string[];

  beforeEach(() => {
    clock = new FakeClock();
    looks = [];
    holds = new Map();
    const recording = aRecordingLogger();
    lines = recording.lines;
    let turn = 0;
    polls = new OwnPolls({
      watcher: {
        async look(boards) {
          looks.push({ at: clock.monotonicMs(), boards });
          await holds.get(boards[0] ?? '');
        },
      },
      everyMs: EVERY_MS,
      clock,
      logger: recording.logger,
      random: () => (turn++ % 10) / 10,
    });
    polls.start();
  });

  it('spreads many accounts over the interval, and looks at each about once in it', async () => {
    for (let n = 1; n <= 10; n += 1) polls.add(anAccount(String(n), clock));

    await clock.advance(EVERY_MS);

    const starts = looks.slice(0, 10).map(({ at }) => at);
    expect(new Set(starts).size).toBeGreaterThan(5);
    expect(new Set(looks.map(({ boards }) => boards[0])).size).toBe(10);
    expect(looks.length).toBeLessThan(20);
    await polls.stop();
  });

  it('holds up no account by one that does not answer', async () => {
    const [slow, other] = ['1', '2'].map((guildId) => anAccount(guildId, clock));
    if (slow === undefined || other === undefined) throw new Error('There are two.');
    const { promise, resolve } = Promise.withResolvers<void>();
    holds.set(`${slow.id}/v3`, promise);
    for (const account of [slow, other]) polls.add(account);

    await clock.advance(4 * EVERY_MS);

    const countOf = (account: OwnAccount) => looks.filter(({ boards }) => boards[0] === `${account.id}/v3`).length;
    expect(countOf(slow)).toBe(1);
    expect(countOf(other)).toBeGreaterThanOrEqual(3);
    resolve();
    await polls.stop();
  });

  it('makes a look once, however often it is asked for meanwhile', async () => {
    const account = anAccount('1', clock);
    const { promise, resolve } = Promise.withResolvers<void>();
    holds.set(`${account.id}/v3`, promise);
    polls.add(account);

    const asked = [polls.lookAtAll(), polls.lookAtAll()];
    await clock.advance(EVERY_MS);

    expect(looks).toHaveLength(1);
    resolve();
    await Promise.all(asked);
    await polls.stop();
  });

  it('looks no more at one that was removed', async () => {
    const account = anAccount('1', clock);
    polls.add(account);
    await clock.advance(EVERY_MS);
    const before = looks.length;

    await polls.remove(account.id);
    await clock.advance(10 * EVERY_MS);

    expect(before).toBeGreaterThan(0);
    expect(looks.length).toBe(before);
  });

  it('goes on after a look that the store did not take', async () => {
    const account = anAccount('1', clock);
    holds.set(`${account.id}/v3`, Promise.reject(new StoreError('store-locked', 'busy')));
    polls.add(account);

    await clock.advance(3 * EVERY_MS);

    expect(looks.length).toBeGreaterThan(1);
    expect(lines.join()).toContain('busy');
    await polls.stop();
  });
});
