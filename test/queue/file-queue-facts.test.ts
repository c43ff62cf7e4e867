import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { readFileQueue } from '../../src/queue/sqlite/file-queue-facts.ts';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { FakeClock } from '../fake-clock.ts';
import { createQueueFolder } from './sqlite-store.ts';

const folder = createQueueFolder();
afterEach(() => folder.remove());

it('tells for how long the next look at the API has been due, apart from what else is', async () => {
  const clock = new FakeClock();
  const queue = await SqliteQueue.open({ path: folder.path, clock });
  await queue.define('posts', z.object({})).add({}, { key: 'one' });
  await clock.advance(5_000);
  await queue.define('poll', z.object({})).add({}, { key: 'poll' });
  await clock.advance(40_000);
  await queue.stop();
  const file = new DatabaseSync(folder.path, { readOnly: true });

  const facts = readFileQueue(file, clock.now());
  file.close();

  expect(facts).toEqual({ due: 2, failed: 0, oldestDueMs: 45_000, tickLateMs: 40_000 });
});
