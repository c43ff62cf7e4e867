import type { REST } from 'discord.js';
import { expect, it } from 'vitest';
import { Unanswered } from '../../src/gateway/unanswered.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { FakeClock } from '../fake-clock.ts';
import { interaction, toPacket } from './packets.ts';

it('answers what nobody took, also beside one that nobody could answer', async () => {
  const clock = new FakeClock();
  const paths: string[] = [];
  const rest: Pick<REST, 'post'> = { post: async (path) => void paths.push(path) };
  const packets = { takeUnanswered: async (ids: readonly string[]) => ids.filter((id) => id !== 'taken') };
  const unanswered = new Unanswered({ packets, rest, clock, logger: silentLogger });

  const watching = unanswered.watch([
    toPacket('INTERACTION_CREATE', { id: 'without a token' }),
    interaction('left'),
    interaction('taken'),
  ]);
  await clock.advance(2_000);
  await watching;

  expect(paths).toEqual(['/interactions/left/token%20left/callback']);
});
