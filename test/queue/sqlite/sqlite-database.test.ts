import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../../src/queue/sqlite/sqlite-database.ts';
import { QueueClock } from '../queue-clock.ts';
import { createQueueFolder } from '../sqlite-store.ts';

let folder: ReturnType<typeof createQueueFolder>;
let database: SqliteDatabase;

beforeEach(async () => {
  folder = createQueueFolder();
  const options = { path: folder.path, clock: new QueueClock(), lockWaitMs: 100 };
  database = await SqliteDatabase.open(options, 'CREATE TABLE IF NOT EXISTS notes (text TEXT)');
});

afterEach(() => {
  database.close();
  folder.remove();
});

const add = (text: string) => database.prepare('INSERT INTO notes VALUES (?)').run(text);

describe('a transaction', () => {
  it('that fails half-way leaves nothing, and the next one is taken', async () => {
    const failing = database.write(() => {
      add('half');
      throw new Error('on purpose');
    });

    await expect(failing).rejects.toThrow('on purpose');
    await database.write(() => add('whole'));
    expect(await database.read(() => database.prepare('SELECT text FROM notes').all())).toEqual([{ text: 'whole' }]);
  });
});
