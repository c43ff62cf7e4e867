import type { APIMessage } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActingWorld, startActing } from './acting-world.ts';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';

describe('what a quota takes for nothing, over sockets', () => {
  let acting: ActingWorld;
  let world: World;

  beforeEach(async () => {
    acting = await startActing();
    world = acting.world;
  });
  afterEach(() => world.close());

  const quota = (perDay: number) =>
    acting.change((settings) => ({ ...settings, quotas: { member: perDay, roles: [] } }));
  const press = async (message: APIMessage, label: string) =>
    textOf(answerTo(await world.moderator.press(message.id, controlOf(message, 'press', label))));
  const imagine = async (prompt: string) =>
    textOf((await world.moderator.command(ids.general, { path: 'imagine', options: { prompt } })).message);
  const failPosts = (path: string, status: number) =>
    world.useapi.faults.add({
      match: { method: 'POST', path },
      action: { kind: 'status', status, body: { error: 'x' } },
    });

  it.each([402, 596])('is given back for a press that the API answers with %s', async (status) => {
    await quota(1);
    const { message } = await acting.aCard();
    const mend = failPosts('/v3/midjourney/jobs/button', status);
    const failed = await press(message, 'V1');
    mend();

    const pressed = await press(message, 'V2');

    expect(failed).not.toContain('is pressed');
    expect(pressed).toContain('is pressed');
    expect(pressed).toContain('1 of 1 today');
  });

  it('is given back where nothing was pressed, as somebody was first', async () => {
    await quota(2);
    const { message } = await acting.aCard();
    await press(message, 'U1');
    const before = acting.paid();
    const again = await press(message, 'U1');
    const paid = acting.paid();

    const other = await press(message, 'V2');

    expect(paid).toBe(before);
    expect(again).not.toContain('is pressed');
    expect(other).toContain('is pressed');
    expect(other).toContain('2 of 2 today');
  });

  it.each([402, 596])('is given back for a submit that the API answers with %s', async (status) => {
    await quota(1);
    const mend = failPosts('/v3/midjourney/jobs/imagine', status);
    const failed = await imagine('comes to nothing');
    mend();

    const sent = await imagine('comes to something');

    expect(failed).not.toContain('is sent');
    expect(sent).toContain('is sent');
    expect(sent).toContain('1 of 1 today');
  });

  it('is given back where nothing was submitted, as Midjourney refused the prompt', async () => {
    await quota(1);
    world.useapi.world.setSwitches({ refusedSubmit: 'both' });
    await imagine('a forbidden thing');

    const sent = await imagine('a fine thing');

    expect(sent).toContain('is sent');
    expect(sent).toContain('1 of 1 today');
  });
});
