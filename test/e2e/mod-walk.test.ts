import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person, SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { Action } from '../../src/moderation/policy.ts';
import { answerTo, ids, startWorld, textOf, type World } from './start-world.ts';
import { everyCommand, offerEverything, type PostedControl, postEveryControl } from './walk-bot.ts';

const SECRET = 'zanzibar lighthouse';

/** What the person was shown: a control that would change its own message says a refusal beside it. */
function answerOf(seen: SeenInteraction): string {
  return textOf(answerTo(seen));
}

describe('every command and control, over sockets', () => {
  let world: World;
  let jobid: string;
  let ref: string;

  beforeEach(async () => {
    world = await startWorld();
    offerEverything(world);
    jobid = world.useapi.world.startJob({ version: 'v3', prompt: SECRET });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.owner.command(ids.general, { path: 'job show', options: { job: jobid } });
    ref = /`(\w{8})`/.exec(textOf(message))?.[1] ?? '';
  });
  afterEach(() => world.close());

  const use = (person: Person, { messageId, customId, values }: PostedControl): Promise<SeenInteraction> =>
    values === undefined ? person.press(messageId, customId) : person.select(messageId, customId, values);

  async function denyEverything(): Promise<void> {
    for (const action of Action.options) {
      await world.owner.command(ids.general, { path: 'mod deny', options: { action, role: ids.guild } });
    }
  }

  it('lets nobody without the permission reach the API or what is stored', async () => {
    const controls = await postEveryControl(world, ids.general, ref);
    await denyEverything();
    const before = world.useapi.requests.length;
    const seen: [string, SeenInteraction][] = [];

    for (const command of everyCommand({ job: jobid }))
      seen.push([command.path, await world.member.command(ids.general, command)]);
    for (const control of controls) seen.push([control.customId, await use(world.member, control)]);
    const suggested = await world.member.autocomplete(ids.general, { path: 'job show', options: { job: '' } }, 'job');
    await world.app().whenIdle();

    const answered = seen.filter(([, one]) => !/You may not|an hour only/.test(answerOf(one)));
    expect(seen.length).toBeGreaterThan(60);
    expect(answered.map(([what]) => what)).toEqual([]);
    expect(world.useapi.requests.slice(before)).toEqual([]);
    expect(suggested).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain('zanzibar');
  });

  it('lets nobody of a server that is not served reach anything', async () => {
    const controls = await postEveryControl(world, ids.otherGeneral, ref);
    const before = world.useapi.requests.length;
    const seen: SeenInteraction[] = [];

    for (const control of controls) seen.push(await use(world.outsider, control));
    await world.app().whenIdle();

    for (const one of seen) expect(answerOf(one)).toContain('don’t serve this server');
    expect(world.useapi.requests.slice(before)).toEqual([]);
  });

  it('opens each command, button, form and list to those who were granted it, and shuts them again', async () => {
    const may = async (action: string, submission: () => Promise<SeenInteraction | readonly unknown[]>) => {
      const received: boolean[] = [];
      for (const kind of ['allow', 'deny'] as const) {
        await world.owner.command(ids.general, { path: `mod ${kind}`, options: { action, role: ids.artistRole } });
        const seen = await submission();
        received.push('length' in seen ? seen.length > 0 : !answerOf(seen).includes('You may not'));
      }
      return received;
    };
    // Posted anew each time: some controls change the message that they are on.
    const press = async (name: string) => {
      const controls = await postEveryControl(world, ids.general, ref);
      const control = controls.find(({ customId, values }) => customId.startsWith(`${name}:`) && values === undefined);
      if (control === undefined) throw new Error(name);
      return use(world.member, control);
    };
    const command = (path: string, options = {}) => world.member.command(ids.general, { path, options });

    expect(await may('view', () => command('job show', { job: jobid }))).toEqual([true, false]);
    expect(await may('view', () => press('job-refresh'))).toEqual([true, false]);
    await world.owner.command(ids.general, { path: 'mod allow', options: { action: 'view', role: ids.artistRole } });
    const suggest = () => world.member.autocomplete(ids.general, { path: 'job show', options: { job: '' } }, 'job');
    expect(await may('view', suggest)).toEqual([true, false]);
    expect(await may('share', () => command('watch remove', { job: jobid }))).toEqual([true, false]);
    expect(await may('view', () => command('watch list'))).toEqual([true, false]);
    await world.owner.command(ids.general, { path: 'mod allow', options: { action: 'view', role: ids.artistRole } });
    expect(await may('rules', () => command('notify list'))).toEqual([true, false]);
    expect(await may('configure', () => command('mod settings'))).toEqual([true, false]);
    expect(await may('configure', () => press('alert-settings'))).toEqual([true, false]);
    expect(await may('press', () => press('press-pick'))).toEqual([true, false]);
    expect(await may('review', () => press('review-approve'))).toEqual([true, false]);
    expect(await may('submit', () => command('imagine', { prompt: 'a fox' }))).toEqual([true, false]);
  });

  it('logs who was refused what, once in ten minutes', async () => {
    await world.member.command(ids.general, { path: 'mod settings' });
    await world.member.command(ids.general, { path: 'mod settings' });

    const { message } = await world.owner.command(ids.general, { path: 'mod log', options: { action: 'refusal' } });

    expect(textOf(message).match(/\/mod settings/g)).toHaveLength(1);
    expect(textOf(message)).toContain(`<@${ids.member}> tried \`/mod settings\` without permission`);
  });
});
