import { beforeEach, describe, expect, it } from 'vitest';
import { aJobid, anApiJob } from '../builders.ts';
import { MINUTE_MS, POLL_MS, WatcherRig } from './watcher-rig.ts';

const ORIGIN = { guildId: 'g1', userId: 'u1' };

describe('a board of which news comes by itself', () => {
  let rig: WatcherRig;

  beforeEach(() => {
    rig = new WatcherRig({ boards: ['v3'] });
  });

  async function tick(times: number, mayRest = true): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      await rig.watcher.tick({ mayRest });
      await rig.clock.advance(POLL_MS);
    }
  }

  it('is looked at every other time, and each time again when no news comes', async () => {
    rig.hintedBoards.note('v3');
    await tick(20);
    expect(rig.lists()).toBe(10);

    await tick(20);

    expect(rig.lists()).toBe(30);
  });

  it('is looked at each time where somebody asks for it', async () => {
    rig.hintedBoards.note('v3');

    await tick(10, false);

    expect(rig.lists()).toBe(10);
  });

  it('is looked at each time while a job runs there that was started elsewhere', async () => {
    rig.api.put(anApiJob());
    await tick(1);
    rig.hintedBoards.note('v3');

    await tick(10);

    expect(rig.lists()).toBe(11);
  });

  it('is looked at each time from when a look finds an end of which no news came', async () => {
    rig.api.put(anApiJob());
    await rig.tracker.observe(anApiJob(), { origin: ORIGIN });
    rig.hintedBoards.note('v3');
    await tick(4);
    expect(rig.lists()).toBe(2);

    rig.api.set(aJobid(), { status: 'completed' });
    await tick(5);

    expect(rig.notified.at(-1)).toBe('completed');
    expect(rig.lists()).toBeGreaterThanOrEqual(2 + 4);
  });

  it('keeps others from nothing', async () => {
    rig = new WatcherRig({ boards: ['v3', 'v2'] });
    rig.hintedBoards.note('v3');

    await tick((4 * MINUTE_MS) / POLL_MS);

    expect(rig.api.calls.filter((call) => call === 'list v2')).toHaveLength(16);
    expect(rig.api.calls.filter((call) => call === 'list v3')).toHaveLength(8);
  });
});
