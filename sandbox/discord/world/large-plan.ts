import { ChannelKind } from '../discord-numbers.ts';
import { toSnowflake } from './snowflake.ts';
import { defaultWorldPlan, type PlannedGuild, type WorldPlan } from './world-plan.ts';

/** What a server of a large world is called by. */
export interface LargeServer {
  readonly guildId: string;
  readonly generalId: string;
  readonly botRoleId: string;
}

/** 2024-03-01; each further server is a millisecond younger, so that they spread evenly over any number of shards. */
const FIRST_MADE_AT = Date.UTC(2024, 2, 1);
const CHANNEL_NAMES = ['general', 'showcase', 'prompts', 'feedback', 'off-topic'];
const [, template] = defaultWorldPlan.guilds;

/** The ids of the server with this number, counted from 0, beside those of the default world. */
export function toLargeServer(number: number): LargeServer {
  const guildId = toSnowflake(FIRST_MADE_AT + number);
  const idAt = (offset: number) => (BigInt(guildId) + BigInt(offset)).toString();
  return { guildId, generalId: idAt(1), botRoleId: idAt(100) };
}

/** The default world, and this many further servers of the same people, each with five channels. */
export function toLargePlan(serverCount: number): WorldPlan {
  const further = Array.from({ length: serverCount }, (_, number) => toPlannedGuild(number));
  return { ...defaultWorldPlan, guilds: [...defaultWorldPlan.guilds, ...further] };
}

function toPlannedGuild(number: number): PlannedGuild {
  const { guildId, generalId, botRoleId } = toLargeServer(number);
  const { everyone = 0n, ownerId = '', roles = [] } = template ?? {};
  const toId = (at: number) => (BigInt(generalId) + BigInt(at)).toString();
  const members = defaultWorldPlan.users.map(({ id }) => ({ userId: id, roleIds: [] }));
  return {
    id: guildId,
    name: `Server ${number + 1}`,
    ownerId,
    everyone,
    roles: roles.map((role) => ({ ...role, id: botRoleId })),
    members,
    channels: CHANNEL_NAMES.map((name, at) => ({ id: toId(at), name, type: ChannelKind.Text })),
  };
}
