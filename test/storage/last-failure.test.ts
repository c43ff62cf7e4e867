import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { silentLogger } from '../../src/shared/logger.ts';
import { ObservedStore } from '../../src/storage/observed-store.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';

it('remembers of what kind the last failure was, and when', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'failure-'));
  const clock = new FakeClock();
  const store = SqliteStore.open(join(folder, 'bot.sqlite'), clock, { logger: silentLogger, maxBytes: 64 * 1024 });
  const observed = new ObservedStore(store, () => undefined);
  try {
    const notes = store.collection('notes', z.string());
    await notes.set('a', 'short');
    const before = store.lastFailure;

    await expect(notes.set('b', 'long'.repeat(50_000))).rejects.toThrow('disk is full');

    expect(before).toBeUndefined();
    expect(store.lastFailure).toEqual({ code: 'store-full', at: clock.now() });
    expect(observed.lastFailure).toEqual(store.lastFailure);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
