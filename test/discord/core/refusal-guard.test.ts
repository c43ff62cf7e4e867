import { RateLimitError, type ResponseLike } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { RefusalGuard } from '../../../src/discord/core/refusal-guard.ts';
import { compact } from '../../../src/shared/compact.ts';
import type { Logger } from '../../../src/shared/logger.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FakeClock } from '../../fake-clock.ts';

const post = { method: 'POST', url: 'https://discord.com/api/v10/channels/1/messages' };
const elsewhere = { method: 'GET', url: 'https://discord.com/api/v10/channels/2' };
const LIMITED = 429;

describe('the guard against being shut out of Discord', () => {
  function setUp(limit?: number) {
    const clock = new FakeClock();
    const lines: string[] = [];
    const note = (_fields: unknown, line: string) => lines.push(line);
    const logger = { ...silentLogger, warn: note, info: note } as Logger;
    const guard = new RefusalGuard({ clock, logger, ...compact({ limit }) });
    let asked = 0;
    const send = (status: number, headers = {}) => {
      asked += 1;
      return Promise.resolve(new Response(null, { status, headers }) as unknown as ResponseLike);
    };
    /** Asks again at once and for ever, as discord.js does after a 429 that names no time. */
    async function repeat(forMs: number): Promise<unknown> {
      let ended: unknown;
      const run = async () => {
        for (;;) await guard.run(post, () => send(LIMITED));
      };
      void run().catch((thrown: unknown) => {
        ended = thrown;
      });
      await clock.advance(forMs);
      return ended;
    }
    return { clock, lines, guard, send, repeat, asked: () => asked };
  }

  it('waits a second after a 429 that names no time, then twice as long each time, and ends with an error', async () => {
    const { repeat, asked } = setUp();

    const before = await repeat(999);
    const askedBefore = asked();
    const ended = await repeat(60_000);

    expect([before, askedBefore]).toEqual([undefined, 1]);
    expect(asked()).toBeLessThan(12);
    expect(ended).toBeInstanceOf(RateLimitError);
    expect((ended as RateLimitError).retryAfter).toBe(16_000);
  });

  it('goes on when the time is over, and begins anew after any other answer', async () => {
    const { clock, guard, send, repeat } = setUp();
    await repeat(20_000);
    await clock.advance(16_000);

    const good = await guard.run(post, () => send(200));
    await guard.run(post, () => send(LIMITED));
    const next = guard.run(post, () => send(200));
    await clock.advance(1_000);

    expect(good.status).toBe(200);
    expect((await next).status).toBe(200);
  });

  it.each([
    [{ 'retry-after': '3' }, false],
    [{ 'retry-after': '0' }, true],
    [{ 'retry-after': 'soon' }, true],
  ] as const)('leaves a time that is named to discord.js: %j', async (headers, waits) => {
    const { clock, guard, send } = setUp();
    await guard.run(post, () => send(LIMITED, headers));

    let isThrough = false;
    const next = guard
      .run(post, () => send(200))
      .then(() => {
        isThrough = true;
      });
    await clock.advance(0);

    expect(isThrough).toBe(!waits);
    await clock.advance(1_000);
    await next;
  });

  it('lets other requests through meanwhile', async () => {
    const { guard, send } = setUp();
    await guard.run(post, () => send(LIMITED));

    expect((await guard.run(elsewhere, () => send(200))).status).toBe(200);
  });

  it.each([401, 403, LIMITED])('holds requests back after many answers of %i, and says so once', async (status) => {
    const { clock, guard, send, lines, asked } = setUp(100);
    const named = { 'retry-after': '1' };
    for (let n = 0; n < 100; n += 1) await guard.run(post, () => send(status, named));

    const held = Array.from({ length: 50 }, () => guard.run(elsewhere, () => send(status, named)));
    await clock.advance(2_000);
    const after = asked();
    await clock.advance(10_000);
    await Promise.all(held);

    expect(after).toBe(111);
    expect(asked()).toBe(150);
    expect(lines).toEqual(['Discord refuses too many requests; they are held back.']);
  });

  it.each([-3_600_000, 3_600_000])('waits and counts as before where the wall clock is set by %i ms', async (ms) => {
    const { clock, guard, send, asked, lines } = setUp(100);
    for (let n = 0; n < 99; n += 1) await guard.run(elsewhere, () => send(403));
    await guard.run(post, () => send(LIMITED));
    clock.step(ms);

    const held = guard.run(post, () => send(200));
    await clock.advance(999);
    const askedBefore = asked();
    await clock.advance(1);
    await held;

    expect([askedBefore, asked()]).toEqual([100, 101]);
    expect(lines).toHaveLength(1);
  });

  it('never comes near to 10,000 refusals in ten minutes, and lets everything through again afterwards', async () => {
    const { clock, guard, send, lines, asked } = setUp();
    let isOver = false;
    const insist = async () => {
      while (!isOver) await guard.run(elsewhere, () => send(403)).catch(() => clock.sleep(1_000));
    };
    const all = Array.from({ length: 20 }, () => insist());

    await clock.advance(30_000);
    const inHalfAMinute = asked();
    isOver = true;
    await clock.advance(20_000);
    await Promise.all(all);
    await clock.advance(600_000);
    await guard.run(elsewhere, () => send(200));

    expect(inHalfAMinute).toBeLessThan(2_000 + 30 * 5 + 21);
    expect(lines).toHaveLength(2);
  });
});
