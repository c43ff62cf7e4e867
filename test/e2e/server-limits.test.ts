import { afterEach, describe, expect, it } from 'vitest';
import { ChannelKind } from '../../sandbox/discord/discord-numbers.ts';
import { defaultWorldPlan, type WorldPlan } from '../../sandbox/discord/world/world-plan.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { ids, startWorld, textOf, type World } from './start-world.ts';

/** What a request takes that the test lets go on. */
const HELD_MS = 600_000;
const ACKNOWLEDGEMENT = 'POST /interactions/{interaction_id}/{interaction_token}/callback';

/** The default world with so many more channels in its first server. */
function toPlanWith(count: number): { readonly plan: WorldPlan; readonly channelIds: readonly string[] } {
  const channelIds = Array.from({ length: count }, (_, at) => String(1_204_417_700_112_200_000n + BigInt(at)));
  const channels = channelIds.map((id, at) => ({ id, name: `board-${at}`, type: ChannelKind.Text }));
  const guilds = defaultWorldPlan.guilds.map((guild) =>
    guild.id === ids.guild ? { ...guild, channels: [...guild.channels, ...channels] } : guild,
  );
  return { plan: { ...defaultWorldPlan, guilds }, channelIds };
}

describe('what one server may use, over sockets', () => {
  let world: World;
  afterEach(() => world.close());

  const both = [ids.guild, ids.otherGuild];
  const acknowledged = () => world.discord.requests.of(ACKNOWLEDGEMENT).length;
  const show = (job: string) => ({ path: 'job show', options: { job } });

  it('is so many reads a minute; others look up as before', async () => {
    world = await startWorld({ guildIds: both, guildReadsPerMinute: 10 });
    const jobid = world.useapi.world.startJob({ prompt: 'a lighthouse' });
    for (let n = 0; n < 10; n += 1) await world.member.command(ids.general, show(jobid));

    const refused = await world.member.command(ids.general, show(jobid));
    const other = await world.outsider.command(ids.otherGeneral, show(jobid));

    expect(textOf(refused.message)).toMatch(
      /This server has looked up too many jobs in a minute\. Try again in \d+ s\./,
    );
    expect(textOf(other.message)).toContain('a lighthouse');
  });

  it('is a hundred commands at once; others are replied to', async () => {
    const released = Promise.withResolvers<void>();
    const sleep: Clock['sleep'] = (ms, signal) => (ms === HELD_MS ? released.promise : systemClock.sleep(ms, signal));
    world = await startWorld({ guildIds: both, useapi: { clock: { ...systemClock, sleep } } });
    const jobid = world.useapi.world.startJob({ prompt: 'a lighthouse' });
    const action = { kind: 'delay', ms: HELD_MS } as const;
    const disarm = world.useapi.faults.add({ match: { path: '/v3/midjourney/jobs/' }, action });
    const going: Promise<unknown>[] = [];
    while (going.length < 100) {
      going.push(...Array.from({ length: 10 }, () => world.member.command(ids.general, show(jobid))));
      await expect.poll(acknowledged, { interval: 5 }).toBe(going.length);
    }

    const refused = await world.member.command(ids.general, { path: 'help' });
    const other = await world.outsider.command(ids.otherGeneral, { path: 'help' });
    disarm();
    released.resolve();

    expect(textOf(refused.message)).toContain('This server has 100 commands and clicks under way');
    expect(textOf(other.message)).not.toContain('under way');
    await Promise.all(going);
    expect(textOf((await world.member.command(ids.general, show(jobid))).message)).toContain('a lighthouse');
  });

  it('is ten live boards; another one is posted when one was ended', async () => {
    const { plan, channelIds } = toPlanWith(11);
    world = await startWorld({ discord: { world: plan } });
    const [first = ''] = channelIds;
    const last = channelIds.at(-1) ?? '';
    const pin = (channelId: string, choice: string) =>
      world.owner.command(channelId, { path: 'jobs', options: { pin: choice } });
    for (const channelId of channelIds.slice(0, 10)) await pin(channelId, 'here');

    const refused = await pin(last, 'here');
    expect(textOf(refused.message)).toContain('This server has 10 live boards, the most it can have.');

    await pin(first, 'off');
    expect(textOf((await pin(last, 'here')).message)).toContain('shows what runs from now on');
  });
});
