import { expect, it } from 'vitest';
import type { Caller } from '../../../src/discord/core/caller.ts';
import { doctorFeature } from '../../../src/discord/doctor/doctor-feature.ts';
import type { Section } from '../../../src/doctor/finding.ts';
import { FakeClock } from '../../fake-clock.ts';

function aCaller(guildId: string): Caller {
  const permissions = { permissions: 0n, appPermissions: 0n };
  return { guildId, channelId: 'c1', userId: 'u1', roleIds: [], isOwner: false, maxFileBytes: 1, ...permissions };
}

it('looks once where many people of a server ask at the same time, and anew for who asks later', async () => {
  const asked: string[] = [];
  const gate = Promise.withResolvers<readonly Section[]>();
  const examineServer = (guildId: string) => {
    asked.push(guildId);
    return gate.promise;
  };
  const { show } = doctorFeature({ examineServer, clock: new FakeClock() });
  const shown = ['g1', 'g1', 'g2', 'g1'].map((guildId) => show(aCaller(guildId)));
  gate.resolve([]);
  await Promise.all(shown);

  expect(asked).toEqual(['g1', 'g2']);
  await show(aCaller('g1'));
  expect(asked).toEqual(['g1', 'g2', 'g1']);
});
