import { defaultWorldPlan, type WorldPlan } from '../../sandbox/discord/world/world-plan.ts';
import { ids } from './start-world.ts';

/** Of the third server. */
export const thirdIds = {
  guild: '1204417700112100300',
  general: '1204417700112100310',
  botRole: '1204417700112100323',
  owner: '1104417700112100015',
} as const;

/** The default world, and a third server with an owner of its own. */
export function threeServers(): WorldPlan {
  const second = defaultWorldPlan.guilds.find(({ id }) => id === ids.otherGuild);
  if (second === undefined) throw new Error('The default world has no second server.');
  const third = {
    ...second,
    id: thirdIds.guild,
    name: 'Third Server',
    ownerId: thirdIds.owner,
    roles: second.roles.map((role) => ({ ...role, id: thirdIds.botRole })),
    members: [{ userId: thirdIds.owner, roleIds: [] }],
    channels: second.channels.map((channel) => ({ ...channel, id: thirdIds.general })),
  };
  const user = { id: thirdIds.owner, username: 'tess', displayName: 'Tess (third server)' };
  return {
    ...defaultWorldPlan,
    users: [...defaultWorldPlan.users, user],
    guilds: [...defaultWorldPlan.guilds, third],
  };
}
