import { z } from 'zod';
import { openAt } from './transaction-world.ts';

// Run as a child process that is going to be killed: commits two documents and a queue entry of the same number, over
// and over.

const [address = ''] = process.argv.slice(2);
const { store, queue } = await openAt(address);
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
