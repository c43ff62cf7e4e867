import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutgoingFile } from '../../../src/discord/core/outgoing.ts';
import { UploadBudget } from '../../../src/discord/core/upload-budget.ts';

const LIMIT = 100;

describe('UploadBudget', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'uploads-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function aFile(bytes: number): OutgoingFile {
    const path = join(folder, `${bytes}.png`);
    if (!existsSync(path)) writeFileSync(path, Buffer.alloc(bytes));
    return { name: 'a.png', path, contentType: 'image/png' };
  }

  /** Runs messages of these sizes at once; answers the most bytes that were let in together, and the order. */
  async function runAll(sizes: readonly number[]) {
    const budget = new UploadBudget(LIMIT);
    let now = 0;
    let most = 0;
    const order: number[] = [];
    const run = (bytes: number, at: number) =>
      budget.run([aFile(bytes)], async () => {
        order.push(at);
        now += bytes;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= bytes;
      });
    await Promise.all(sizes.map(run));
    return { most, order };
  }

  it('never lets in more than it has room for', async () => {
    const { most, order } = await runAll(Array.from({ length: 40 }, () => 24));

    expect(most).toBe(96);
    expect(order).toHaveLength(40);
  });

  it('lets one in alone that is larger than all the room', async () => {
    const { most, order } = await runAll([150, 10, 150]);

    expect([most, order.length]).toEqual([150, 3]);
  });

  it('lets a message without files in at once, however full it is', async () => {
    const budget = new UploadBudget(LIMIT);
    await budget.enter([aFile(LIMIT)]);

    const leave = await budget.enter([]);
    leave();

    expect(await budget.run(undefined, async () => 'sent')).toBe('sent');
  });

  it('gives a turn back once, also where what was done in it failed', async () => {
    const budget = new UploadBudget(LIMIT);
    const leave = await budget.enter([aFile(60)]);
    leave();
    leave();
    const failing = budget.run([aFile(90)], () => Promise.reject(new Error('refused')));

    await expect(failing).rejects.toThrow('refused');

    expect((await runTogether(budget, [60, 60])).join()).toBe('60,60');
  });

  async function runTogether(budget: UploadBudget, sizes: readonly number[]): Promise<number[]> {
    let now = 0;
    return Promise.all(
      sizes.map((bytes) =>
        budget.run([aFile(bytes)], async () => {
          now += bytes;
          const seen = now;
          await new Promise((resolve) => setImmediate(resolve));
          now -= bytes;
          return seen;
        }),
      ),
    );
  }
});
