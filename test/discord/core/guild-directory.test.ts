import { once } from 'node:events';
import { Client, Events, PermissionFlagsBits } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { requireChannelAccess, toMentionWarnings } from '../../../src/discord/core/channel-checks.ts';
import { GuildDirectory } from '../../../src/discord/core/guild-directory.ts';
import { type RealBot, startRealBot } from '../../sandbox/discord/real-client.ts';

const { MentionEveryone } = PermissionFlagsBits;

describe('GuildDirectory', () => {
  let bot: RealBot;

  beforeEach(async () => {
    bot = await startRealBot();
  });
  afterEach(() => bot[Symbol.asyncDispose]());

  it('says for each channel whether a role can be mentioned there', async () => {
    const directory = new GuildDirectory(bot.client);
    const role = [...(bot.client.guilds.cache.get(ids.guild)?.roles.cache.values() ?? [])].find(
      ({ mentionable, id }) => !mentionable && id !== ids.guild && id !== ids.botRole,
    );
    const roleId = role?.id ?? '';
    const reaches = (channelId: string) => directory.role(ids.guild, roleId, channelId)?.isMentionable;
    const allow = (channelId: string, allowed: bigint, deny: bigint) =>
      bot.discord.world.setOverwrite(channelId, { id: ids.botRole, kind: 'role', allow: allowed, deny });

    allow(ids.general, MentionEveryone, 0n);
    allow(ids.showcase, 0n, MentionEveryone);

    await expect.poll(() => [reaches(ids.general), reaches(ids.showcase)]).toEqual([true, false]);
    const rule = { guildId: ids.guild, mentionRoleId: roleId };
    expect(toMentionWarnings(directory, { ...rule, channelId: ids.general })).toEqual([]);
    expect(toMentionWarnings(directory, { ...rule, channelId: ids.showcase })).toHaveLength(1);
  });

  it('does not take a server in which Discord has an outage for one whose channels the bot may not see', async () => {
    const { gateway } = bot.discord.faults;
    const gone = once(bot.client, Events.GuildUnavailable);
    gateway.setGuildAvailable(ids.guild, false);
    await gone;
    const directory = new GuildDirectory(new Client({ intents: [] }));
    const known = new GuildDirectory(bot.client);

    expect(() => requireChannelAccess(directory, ids.guild, ids.general)).toThrow(/outage/);
    expect(known.isAvailable(ids.guild)).toBe(false);
    expect(known.channel(ids.guild, ids.general)?.missing).toEqual([]);
    expect(() => requireChannelAccess(known, ids.otherGuild, '1')).toThrow(/View Channel/);
  });
});
