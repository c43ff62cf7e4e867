import { describe, expect, it } from 'vitest';
import { forEachLimited, Limiter } from '../../src/shared/limiter.ts';

/** Lets everything that is ready to go on do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Limiter', () => {
  it('lets in what fits, the others in order as turns end', async () => {
    const limiter = new Limiter(2);
    const order: number[] = [];
    const turns = [1, 2, 3, 4].map(async (number) => {
      const leave = await limiter.enter();
      order.push(number);
      return leave;
    });
    await settled();
    expect(order).toEqual([1, 2]);

    (await turns[1])?.();
    await settled();

    expect(order).toEqual([1, 2, 3]);
  });

  it('lets nothing light pass something heavy that waits', async () => {
    const limiter = new Limiter(10);
    const order: string[] = [];
    const leave = await limiter.enter({ weight: 6 });
    const heavy = limiter.run(async () => void order.push('heavy'), { weight: 8 });
    const light = limiter.run(async () => void order.push('light'), { weight: 1 });
    await settled();
    expect(order).toEqual([]);

    leave();
    await Promise.all([heavy, light]);

    expect(order).toEqual(['heavy', 'light']);
  });

  it('lets in alone what is larger than the room', async () => {
    const limiter = new Limiter(10);
    const leave = await limiter.enter({ weight: 11 });
    let isIn = false;
    const next = limiter.run(
      async () => {
        isIn = true;
      },
      { weight: 1 },
    );
    await settled();
    expect(isIn).toBe(false);

    leave();
    await next;

    expect(isIn).toBe(true);
  });

  it('ends a turn once, also where the task failed', async () => {
    const limiter = new Limiter(1);
    const leave = await limiter.enter();
    leave();
    leave();
    const failing = limiter.run(() => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');

    await limiter.enter();
    let isIn = false;
    void limiter.run(async () => {
      isIn = true;
    });
    await settled();

    expect(isIn).toBe(false);
  });

  it('gives up a wait that is aborted, and lets in who waited behind it', async () => {
    const limiter = new Limiter(10);
    const aborting = new AbortController();
    await limiter.enter({ weight: 6 });
    const heavy = limiter.enter({ weight: 8, signal: aborting.signal });
    const light = limiter.run(async () => 'done', { weight: 1 });

    aborting.abort(new Error('no longer wanted'));

    await expect(heavy).rejects.toThrow('no longer wanted');
    expect(await light).toBe('done');
  });

  it('takes nothing in for a signal that was aborted before', async () => {
    const limiter = new Limiter(1);

    await expect(limiter.enter({ signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');

    expect(await limiter.run(async () => 'free')).toBe('free');
  });
});

describe('Limiter, for several tenants', () => {
  /** Enters for each of these, such as `a1`, and notes who got in. */
  function enterAll(limiter: Limiter, names: readonly string[]) {
    const entered: string[] = [];
    const leaving = new Map<string, () => void>();
    for (const name of names) {
      void limiter.enter({ tenant: name.charAt(0) }).then((leave) => {
        entered.push(name);
        leaving.set(name, leave);
      });
    }
    return { entered, leave: (name: string) => leaving.get(name)?.() };
  }

  it('lets them take turns, each in its own order', async () => {
    const limiter = new Limiter(1);
    const { entered, leave } = enterAll(limiter, ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']);

    for (let turn = 0; turn < 7; turn += 1) {
      await settled();
      leave(entered.at(-1) ?? '');
    }

    expect(entered).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('lets nobody have more than its part, and others in at once', async () => {
    const limiter = new Limiter(4, { perTenant: 2 });
    const { entered, leave } = enterAll(limiter, ['a1', 'a2', 'a3', 'a4']);
    await settled();
    expect(entered).toEqual(['a1', 'a2']);

    const other = enterAll(limiter, ['b1']);
    await settled();
    expect(other.entered).toEqual(['b1']);

    leave('a1');
    await settled();
    expect(entered).toEqual(['a1', 'a2', 'a3']);
  });

  it('lets in alone of its tenant what is larger than its part', async () => {
    const limiter = new Limiter(10, { perTenant: 5 });
    const leave = await limiter.enter({ tenant: 'a', weight: 8 });
    const order: string[] = [];
    const second = limiter.run(async () => void order.push('a'), { tenant: 'a', weight: 1 });
    await limiter.run(async () => void order.push('b'), { tenant: 'b', weight: 2 });
    expect(order).toEqual(['b']);

    leave();
    await second;

    expect(order).toEqual(['b', 'a']);
  });
});

describe('forEachLimited', () => {
  it('runs all in order, never more than the limit at once', async () => {
    const started: number[] = [];
    let now = 0;
    let most = 0;

    await forEachLimited([1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item);
      now += 1;
      most = Math.max(most, now);
      await settled();
      now -= 1;
    });

    expect({ started, most }).toEqual({ started: [1, 2, 3, 4, 5], most: 2 });
  });
});
