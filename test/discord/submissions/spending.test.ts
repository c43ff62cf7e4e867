import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/discord/core/caller.ts';
import { spend } from '../../../src/discord/submissions/spending.ts';
import { GuildSettings } from '../../../src/moderation/guild-settings.ts';
import { Words } from '../../../src/moderation/listed-words.ts';
import { AuditLog } from '../../../src/moderation/log/audit-log.ts';
import { Quotas } from '../../../src/moderation/quotas.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FaultyStore } from '../../moderation/faulty-store.ts';
import { aListedWord } from '../../moderation/moderation-builders.ts';

const caller: Caller = {
  guildId: 'g1',
  channelId: 'c1',
  userId: 'anna',
  roleIds: [],
  permissions: 0n,
  isOwner: false,
  appPermissions: 0n,
  maxFileBytes: 1,
};

async function startSpending() {
  const clock = new FakeClock(Date.UTC(2025, 9, 23, 12));
  const store = new FaultyStore().restart();
  const log = new AuditLog(store);
  const settings = new GuildSettings({ store, log, clock });
  await settings.load(['g1']);
  const change = { by: 'owner', action: 'setting-change', what: 'test' } as const;
  await settings.change('g1', change, (known) => ({
    ...known,
    quotas: { member: 1, roles: [] },
    words: [aListedWord('dragon', 'refuse')],
  }));
  const quotas = new Quotas({ store, settings, clock });
  const needs = { words: new Words(settings), quotas, log, clock };
  const press = (id: string, prompt?: string) => spend(needs, { id, caller, what: 'press', prompt });
  return { press, quotas, log };
}

describe('spend', () => {
  it('keeps what an interaction spent when it is sent again and comes to nothing', async () => {
    const { press, quotas } = await startSpending();
    await press('i1');

    const again = await press('i1');
    await again.giveBack();

    expect(quotas.peek(caller).used).toBe(1);
  });

  it('gives back what came to nothing', async () => {
    const { press, quotas } = await startSpending();

    const spent = await press('i1');
    await spent.giveBack();

    expect(quotas.peek(caller).used).toBe(0);
  });

  it('refuses beyond the quota, and listed words before it, each with one entry in the log', async () => {
    const { press, quotas, log } = await startSpending();

    await expect(press('i1', 'a dragon')).rejects.toMatchObject({ code: 'word-refused' });
    await press('i2');
    await expect(press('i3')).rejects.toMatchObject({ code: 'quota-exhausted' });
    await expect(press('i3')).rejects.toMatchObject({ code: 'quota-exhausted' });

    const { entries } = await log.page('g1', { limit: 9, action: 'refusal' });
    expect(entries.map(({ details }) => details['why'])).toEqual(['quota', 'word']);
    expect(quotas.peek(caller).used).toBe(1);
  });
});
