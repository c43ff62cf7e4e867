import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Greetings } from '../../src/notifications/greetings.ts';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';

const DAY_MS = 24 * 3_600_000;

describe('greetings', () => {
  let clock: FakeClock;
  let store: SqliteStore;
  let queue: SqliteQueue;
  let greeted: string[];

  beforeEach(async () => {
    clock = new FakeClock();
    store = SqliteStore.open(':memory:', clock);
    queue = await SqliteQueue.open({ path: ':memory:', clock, logger: silentLogger });
    greeted = [];
  });
  afterEach(async () => {
    await queue.stop();
    await store.close();
  });

  const aServer = (joinedAt: number) => ({ guildId: 'g', ownerId: 'o', joinedAt });

  it('come once after a crash between the greeting and the note that the server was seen', async () => {
    const greetings = new Greetings({ store: failingOnce(store), queue, clock });
    await expect(greetings.noteServer(aServer(clock.now()))).rejects.toThrow('dead');

    greetings.start(async ({ guildId }) => void greeted.push(guildId));
    await greetings.noteServer(aServer(clock.now()));
    await greetings.noteServer(aServer(clock.now()));
    await queue.whenIdle();

    expect(greeted).toEqual(['g']);
  });

  it('do not come to a server that the bot has been in for a day, however often it is seen', async () => {
    const greetings = new Greetings({ store, queue, clock });
    greetings.start(async ({ guildId }) => void greeted.push(guildId));
    await greetings.noteServer(aServer(clock.now() - DAY_MS));
    await greetings.noteServer(aServer(clock.now()));
    await queue.whenIdle();

    expect(greeted).toEqual([]);
  });
});

/** A store whose first note that a server was seen is lost, as in a crash. */
function failingOnce(store: SqliteStore): Pick<SqliteStore, 'collection'> {
  let hasFailed = false;
  return {
    collection(name, schema, options) {
      const collection = store.collection(name, schema, options);
      const insert = collection.insertIfAbsent.bind(collection);
      return Object.assign(collection, {
        insertIfAbsent: async (...written: Parameters<typeof insert>) => {
          if (hasFailed) return insert(...written);
          hasFailed = true;
          throw new Error('dead');
        },
      });
    },
  };
}
