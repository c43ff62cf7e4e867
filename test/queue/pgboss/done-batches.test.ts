import { describe, expect, it } from 'vitest';
import { DoneBatches } from '../../../src/queue/pgboss/done-batches.ts';
import { toErrorMessage } from '../../../src/shared/errors.ts';

/** A server that answers when it is let, and for which some claims no longer hold. */
class SlowServer {
  readonly asked: string[] = [];
  readonly #answers: { resolve(): void; reject(thrown: Error): void }[] = [];
  readonly #lost: readonly string[];

  constructor(lost: readonly string[] = []) {
    this.#lost = lost;
  }

  readonly end = async (name: string, attempts: readonly { readonly id: string }[]) => {
    const ids = attempts.map(({ id }) => id);
    this.asked.push(`${name}: ${ids.join()}`);
    await new Promise<void>((resolve, reject) => this.#answers.push({ resolve, reject }));
    return ids.filter((id) => !this.#lost.includes(id));
  };

  answer(): void {
    this.#answers.shift()?.resolve();
  }

  fail(): void {
    this.#answers.shift()?.reject(new Error('cut'));
  }
}

const attempt = (id: string) => ({ id, retryCount: 0 });

describe('jobs that are done', () => {
  it('are ended at once, and together what is done meanwhile', async () => {
    const server = new SlowServer(['c']);
    const batches = new DoneBatches(server.end);
    const first = batches.end('posts', attempt('a'));
    const others = ['b', 'c'].map((id) => batches.end('posts', attempt(id)));

    server.answer();
    const isFirst = await first;
    await expect.poll(() => server.asked.length).toBe(2);
    server.answer();

    expect([isFirst, ...(await Promise.all(others))]).toEqual([true, true, false]);
    expect(server.asked).toEqual(['posts: a', 'posts: b,c']);
  });

  it('are ended of each queue by itself', () => {
    const server = new SlowServer();
    const batches = new DoneBatches(server.end);
    for (const name of ['posts', 'ticks']) void batches.end(name, attempt(name));

    expect(server.asked).toEqual(['posts: posts', 'ticks: ticks']);
  });

  it('fail together, and can be ended again', async () => {
    const server = new SlowServer();
    const batches = new DoneBatches(server.end);
    const failed = batches.end('posts', attempt('a')).catch(toErrorMessage);
    server.fail();

    expect(await failed).toBe('cut');
    const again = batches.end('posts', attempt('a'));
    server.answer();
    expect(await again).toBe(true);
  });
});
