import { z } from 'zod';
import { openQueueApart } from '../storage/transaction-world.ts';

// Run as a child process that is going to be killed: adds entries, and never ends the one that it handles.

/**
 * Resolves when the line is out of this process: what waits to be read survives its death, what waits to
 * be written does not.
 */
const say = (line: string) => new Promise((resolve) => process.stdout.write(`${line}\n`, resolve));

const [address = ''] = process.argv.slice(2);
const { queue } = await openQueueApart(address);
const handled = queue.define('handled', z.object({ n: z.number() }));
const added = queue.define('added', z.object({ n: z.number() }));
handled.work(async ({ payload }) => {
  await say(`handling ${payload.n}`);
  await new Promise(() => undefined);
});
for (let n = 0; n < 20_000; n += 1) {
  await added.add({ n });
  await say(`added ${n}`);
}
process.exit(1);
