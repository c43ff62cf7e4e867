import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WatchStore } from '../../../src/notifications/live-cards/watch-store.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';

const card = { guildId: 'g1', channelId: 'c1', ref: 'aaaaaaaa' };

describe('a live card that people end', () => {
  let store: SqliteStore;
  let watches: WatchStore;

  beforeEach(() => {
    store = SqliteStore.open(':memory:');
    watches = new WatchStore(store);
  });
  afterEach(() => store.close());

  it('comes back as it was, with all who are pinged, also after a restart', async () => {
    await watches.add(card, 'u1', 5);
    await watches.add(card, 'u2', 6);
    const stopped = await watches.stop(card);
    watches = new WatchStore(store);
    await watches.restore();

    const before = watches.all();
    const resumed = await watches.resume(card, 5);

    expect(before).toEqual([]);
    expect(resumed).toEqual(stopped);
    expect(watches.all()).toEqual([{ ...card, askedBy: ['u1', 'u2'], addedAt: 5 }]);
  });

  it('goes on as the one that was added since, with everybody of both', async () => {
    await watches.add(card, 'u1', 5);
    await watches.stop(card);
    await watches.add(card, 'u2', 9);

    await watches.resume(card, 5);

    expect(watches.all()).toEqual([{ ...card, askedBy: ['u1', 'u2'], addedAt: 9 }]);
  });

  it('is not resumed twice, and not if the job’s end was what ended it', async () => {
    await watches.add(card, 'u1', 5);
    await watches.stop(card);
    await watches.resume(card, 5);
    await watches.remove(card, 5);

    await expect(watches.resume(card, 5)).resolves.toBeUndefined();
  });

  it('ends when the last person leaves', async () => {
    await watches.add(card, 'u1', 5);
    await watches.add(card, 'u2', 6);

    const outcomes = [
      await watches.leave(card, 'u1'),
      await watches.leave(card, 'u1'),
      await watches.leave(card, 'u2'),
    ];

    expect(outcomes).toEqual(['left', 'not-found', 'ended']);
    expect(watches.all()).toEqual([]);
  });
});
