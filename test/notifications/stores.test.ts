import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toPostEntry } from '../../src/notifications/delivery/delivery-queue.ts';
import { WatchStore } from '../../src/notifications/live-cards/watch-store.ts';
import type { Plan, PlannedPost } from '../../src/notifications/planning/plan.ts';
import { PlanStore } from '../../src/notifications/planning/plan-store.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { aJob } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';

const DAY_MS = 86_400_000;

function aPlan(ref: string): Plan {
  return { guildId: 'g1', ref, event: 'completed', seenAt: 1, job: aJob(), verdicts: [], posts: [] };
}

describe('what notifications keep', () => {
  let folder: string;
  let store: SqliteStore;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stores-'));
    store = SqliteStore.open(join(folder, 'store.sqlite'), new FakeClock());
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists the last hundred plans of a server, newest first, each once', async () => {
    const plans = new PlanStore(store);
    for (let n = 1; n <= 102; n += 1) {
      await plans.set(aPlan(`r${n}`));
      await plans.noteRecent(aPlan(`r${n}`));
    }
    await plans.noteRecent(aPlan('r50'));

    const refs = (await plans.listRecent('g1')).map(({ ref }) => ref);

    expect([refs.length, refs[0], refs.at(-1)]).toEqual([100, 'r102', 'r3']);
  });

  it('keeps plans and live cards for 62 days, and the key of a post as long, so that nothing is notified twice', () => {
    const kept = new Map<string, number | undefined>();
    const noting: Pick<SqliteStore, 'collection'> = {
      collection(name, schema, options) {
        kept.set(name, options?.ttlMs);
        return store.collection(name, schema, options);
      },
    };
    new PlanStore(noting);
    new WatchStore(noting);

    const { keepKeyMs } = toPostEntry({ key: 'k', channelId: 'c1' } as PlannedPost);

    expect([kept.get('plans'), kept.get('watches'), keepKeyMs]).toEqual([62 * DAY_MS, 62 * DAY_MS, 62 * DAY_MS]);
  });

  it('mentions ten people at the end of a live card, follows a job in ten channels, and a hundred in a server', async () => {
    const watches = new WatchStore(store);
    const add = (ref: string, channelId: string, userId = 'u1') =>
      watches.add({ guildId: 'g1', channelId, ref }, userId, 1);
    for (let n = 1; n <= 11; n += 1) await add('r0', 'c0', `u${n}`);
    for (let n = 1; n <= 9; n += 1) await add('r0', `c${n}`);

    await expect(add('r0', 'c10')).rejects.toThrow('10 live cards');
    for (let n = 1; n <= 90; n += 1) await add(`r${n}`, 'c0');
    await expect(add('r91', 'c0')).rejects.toThrow('100 jobs');

    const asked = (await watches.get({ guildId: 'g1', channelId: 'c0', ref: 'r0' }))?.askedBy;
    expect([asked?.length, asked?.[0], asked?.at(-1)]).toEqual([10, 'u1', 'u10']);
    expect((await add('r0', 'c0', 'u1')).isNew).toBe(false);
  });
});
