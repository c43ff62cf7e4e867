import { beforeEach, describe, expect, it } from 'vitest';
import { GuildSettings } from '../../src/moderation/guild-settings.ts';
import { AuditLog } from '../../src/moderation/log/audit-log.ts';
import { Memberships } from '../../src/moderation/memberships.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { FakeClock } from '../fake-clock.ts';
import { FaultyStore } from './faulty-store.ts';

const DAY_MS = 86_400_000;

describe('Memberships', () => {
  let store: FaultyStore;
  let clock: FakeClock;
  let memberships: Memberships;
  let ended: string[];
  let forgotten: string[];
  /** How often the next listeners fail. */
  let failures: number;

  beforeEach(async () => {
    store = new FaultyStore();
    clock = new FakeClock();
    failures = 0;
    await restart();
  });

  async function restart(): Promise<void> {
    const opened = store.restart();
    const settings = new GuildSettings({ store: opened, log: new AuditLog(opened), clock });
    memberships = new Memberships({ store: opened, settings, clock, logger: silentLogger });
    ended = [];
    forgotten = [];
    const noteIn = (list: string[]) => async (guildId: string) => {
      failures -= 1;
      if (failures >= 0) throw new Error('no room left');
      list.push(guildId);
    };
    memberships.onLeft(noteIn(ended));
    memberships.onForgotten(noteIn(forgotten));
    await memberships.load();
  }

  it('knows over a restart where the bot is, and where it was', async () => {
    for (const guildId of ['g1', 'g2']) await memberships.noteHere(guildId);
    await memberships.noteLeft('g2');
    await restart();

    expect(memberships.listHere()).toEqual(['g1']);
    expect(memberships.listLeft()).toEqual(['g2']);
    expect([memberships.hasLeft('g1'), memberships.hasLeft('g2'), memberships.hasLeft('g3')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('ends a server that was left once, also where that fails at first or the bot is started anew', async () => {
    await memberships.noteHere('g1');
    failures = 2;
    await memberships.noteLeft('g1');
    await memberships.settle();
    const before = [...ended];
    await restart();
    await memberships.settle();
    await memberships.settle();
    await memberships.noteLeft('g1');

    expect([before, ended]).toEqual([[], ['g1']]);
  });

  it('forgets a server 30 days after it was left, and tries that again where it fails', async () => {
    await memberships.noteHere('g1');
    await memberships.noteLeft('g1');
    await clock.advance(30 * DAY_MS - 1);
    await memberships.settle();
    const before = [...forgotten];
    failures = 1;
    await clock.advance(1);
    await memberships.settle();
    const failed = [...forgotten];
    await memberships.settle();

    expect([before, failed, forgotten]).toEqual([[], [], ['g1']]);
    expect(memberships.listLeft()).toEqual([]);
  });

  it('forgets nothing of a server that comes back in time', async () => {
    await memberships.noteHere('g1');
    await memberships.noteLeft('g1');
    await clock.advance(29 * DAY_MS);
    await memberships.noteHere('g1');
    await clock.advance(29 * DAY_MS);
    await memberships.settle();

    expect(forgotten).toEqual([]);
    expect(memberships.listHere()).toEqual(['g1']);
  });
});
