import { REST } from 'discord.js';
import { expect, it } from 'vitest';
import { DirectMessages } from '../../../src/discord/core/direct-messages.ts';
import { PostError } from '../../../src/notifications/delivery/channel-poster.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

it('does not take an answer without an id for a channel', async () => {
  const asked: string[] = [];
  const post = async (route: string) => {
    asked.push(route);
    return {};
  };
  const direct = new DirectMessages(Object.assign(new REST(), { post }), silentLogger);

  await expect(direct.openChannel('77')).rejects.toThrow(PostError);
  const isTaken = await direct.send('77', { components: [] });

  expect(isTaken).toBe(false);
  expect(asked).toEqual(['/users/@me/channels', '/users/@me/channels']);
});
