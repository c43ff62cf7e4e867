import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { DiscordChannelPoster } from '../../../src/discord/core/discord-channel-poster.ts';
import { NoticeMessages } from '../../../src/discord/notify/notice-messages.ts';
import { aJob } from '../../builders.ts';
import { startRealBot } from '../../sandbox/discord/real-client.ts';

const notice = {
  kind: 'job',
  job: aJob({ status: 'completed' }),
  event: 'completed',
  media: 'none',
  mentionRoleIds: [],
  mentionUserIds: [],
} as const;

it.each([
  [403, 50001, 'target'],
  [404, 10003, 'gone'],
] as const)('takes %i with %i for later, not for good, while the server has an outage', async (status, code, kind) => {
  await using bot = await startRealBot();
  const { faults } = bot.discord;
  const lender = { lease: async () => ({ results: [], release: () => undefined }) };
  const poster = new DiscordChannelPoster(bot.client, new NoticeMessages(lender));
  const prepared = await poster.prepare(notice, { deliveryId: 'd', level: 'whole' });
  const post = () =>
    prepared.post({ guildId: ids.guild, channelId: '1204417700112109999' }, { nonce: 'n', isSilent: false });
  faults.add({ fault: { kind: 'status', status, body: { code, message: 'No' } } });

  const gone = once(bot.client, Events.GuildUnavailable);
  faults.gateway.setGuildAvailable(ids.guild, false);
  await gone;
  await expect(post()).rejects.toMatchObject({ kind: 'retry' });
  const back = once(bot.client, Events.GuildAvailable);
  faults.gateway.setGuildAvailable(ids.guild, true);
  await back;

  await expect(post()).rejects.toMatchObject({ kind });
  prepared.release();
});

it('takes a refusal for good while only another server has an outage', async () => {
  await using bot = await startRealBot();
  const { faults } = bot.discord;
  const lender = { lease: async () => ({ results: [], release: () => undefined }) };
  const poster = new DiscordChannelPoster(bot.client, new NoticeMessages(lender));
  const prepared = await poster.prepare(notice, { deliveryId: 'd', level: 'whole', guildId: ids.guild });
  const how = { nonce: 'n', isSilent: false };
  const place = { channelId: ids.general, messageId: '1204417700112109999' };
  faults.add({ fault: { kind: 'status', status: 403, body: { code: 50001, message: 'No' } } });

  const gone = once(bot.client, Events.GuildUnavailable);
  faults.gateway.setGuildAvailable(ids.otherGuild, false);
  await gone;

  await expect(prepared.post({ guildId: ids.guild, channelId: ids.general }, how)).rejects.toMatchObject({
    kind: 'target',
  });
  await expect(prepared.edit(place)).rejects.toMatchObject({ kind: 'target' });
  prepared.release();
});
