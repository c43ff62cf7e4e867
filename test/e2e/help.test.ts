import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ids, startWorld, textOf, type World } from './start-world.ts';

describe('/help, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const help = async (who = world.member) => (await who.command(ids.general, { path: 'help' })).message;

  it('says privately what a member can do, and what not, with commands to click', async () => {
    const message = await help();
    const id = world.discord.world.commands.list(ids.guild).find(({ name }) => name === 'job')?.id;

    expect(Number(message?.flags) & 64).toBe(64);
    expect(textOf(message)).toContain(`</job show:${id}>`);
    expect(textOf(message)).toMatch(/You may not start jobs, click the buttons of jobs.*\/setup/);
    expect(textOf(message)).not.toContain('</imagine');
  });

  it('follows what the server allows', async () => {
    await world.owner.command(ids.general, {
      path: 'mod allow',
      options: { action: 'submit', role: ids.artistRole },
    });

    expect(textOf(await help())).toMatch(/Make a picture.*<\/imagine:\d+>/);
  });

  it('shows moderators what is theirs, and nothing that they may not', async () => {
    expect(textOf(await help(world.owner))).toMatch(/<\/setup:\d+>/);
    expect(textOf(await help(world.owner))).not.toContain('You may not');
    expect(textOf(await help(world.moderator))).not.toContain('</setup');
  });

  it('says so to whom nothing is allowed', async () => {
    for (const action of ['view', 'submit', 'press', 'cancel-own', 'share'])
      await world.owner.command(ids.general, { path: 'mod deny', options: { action, role: ids.guild } });

    expect(textOf(await help())).toMatch(/may not do anything here yet.*You may not/);
  });
});
