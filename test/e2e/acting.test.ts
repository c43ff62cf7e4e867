import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';

describe('pressing, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({ guildIds: [ids.guild, ids.otherGuild] });
  });
  afterEach(() => world.close());

  const posts = (channelId: string) =>
    world.owner.messages(channelId).filter((message) => message.author.bot && ((message.flags ?? 0) & 64) === 0);
  const buttonPosts = () =>
    world.useapi.requests.filter(({ method, path }) => method === 'POST' && path.includes('/button'));

  /** A finished job and its card for all. */
  async function aCard(version: 'v2' | 'v3' = 'v3', prompt = 'a quiet harbour') {
    const jobid = world.useapi.world.startJob({ version, prompt });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.moderator.command(ids.general, {
      path: 'job show',
      options: { job: jobid, public: true },
    });
    if (message === undefined) throw new Error('no card');
    return { jobid, message };
  }

  it.each(['v2', 'v3'] as const)(
    'presses a %s button once, with a card for the new job and a mark on the old',
    async (version) => {
      const { message, jobid } = await aCard(version);

      const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
      await world.app().whenIdle();

      const [card, child] = posts(ids.general);
      expect(textOf(seen.message)).toMatch(/\*\*V2\*\* is pressed/);
      expect(buttonPosts()).toHaveLength(1);
      expect(child?.message_reference?.message_id).toBe(card?.id);
      expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
      await expect.poll(() => textOf(posts(ids.general)[0])).toContain(`/${child?.id}) by <@${ids.moderator}>`);
      expect(walk(posts(ids.general)[0]?.components).map((part) => part['label'])).toContain('V2 ✓');
    },
  );
});
