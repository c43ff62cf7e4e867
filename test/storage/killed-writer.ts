import { z } from 'zod';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';

// Run as a child process that is going to be killed: commits two documents and a queue entry of the same number, over and over.

const [path = ''] = process.argv.slice(2);
const store = SqliteStore.open(path, systemClock);
const queue = await SqliteQueue.open({ path, file: store.file });
const entries = queue.define('numbers', z.object({ n: z.number() }));
const [first, second] = ['first', 'second'].map((name) => store.collection(name, z.object({ n: z.number() })));
for (let n = 1; ; n += 1) {
  await store.transaction(async (transaction) => {
    await first?.within(transaction).set('number', { n });
    entries.addWithin(transaction, [{ payload: { n } }]);
    await second?.within(transaction).set('number', { n });
  });
  process.stdout.write(`${n}\n`);
}
