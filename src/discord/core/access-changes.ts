import { type Client, Events } from 'discord.js';

/** Calls back with each server in which something changed that decides where the bot may post. */
export function onAccessChanged(client: Client, listener: (guildId: string) => void): void {
  const ofGuild = ({ guild }: { readonly guild: { readonly id: string } }) => listener(guild.id);
  client.on(Events.ChannelCreate, ofGuild);
  client.on(Events.ChannelUpdate, (_before, channel) => {
    if (!channel.isDMBased()) listener(channel.guildId);
  });
  client.on(Events.ThreadUpdate, (_before, thread) => ofGuild(thread));
  client.on(Events.ThreadListSync, (_threads, guild) => listener(guild.id));
  client.on(Events.GuildRoleUpdate, (_before, role) => ofGuild(role));
  client.on(Events.GuildRoleDelete, ofGuild);
  client.on(Events.GuildMemberUpdate, (_before, member) => {
    if (member.id === client.user?.id) ofGuild(member);
  });
  client.on(Events.GuildCreate, ({ id }) => listener(id));
  client.on(Events.GuildAvailable, ({ id }) => listener(id));
}
