import type { APIMessage } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

describe('what a quota takes for nothing, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld();
    world = submissions.world;
  });
  afterEach(() => world.close());

  const quota = (perDay: number) =>
    submissions.change((settings) => ({ ...settings, quotas: { member: perDay, roles: [] } }));
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
    const { message } = await submissions.aCard();
    const mend = failPosts('/v3/midjourney/jobs/button', status);
    const failed = await press(message, 'V1');
    mend();

    const pressed = await press(message, 'V2');

    expect(failed).not.toContain('started');
    expect(pressed).toContain('started');
    expect(pressed).toContain('1 of 1 today');
  });

  it('is given back where nothing was pressed, as somebody was first', async () => {
    await quota(2);
    const { message } = await submissions.aCard();
    await press(message, 'U1');
    const before = submissions.paid();
    const again = await press(message, 'U1');
    const paid = submissions.paid();

    const other = await press(message, 'V2');

    expect(paid).toBe(before);
    expect(again).not.toContain('started');
    expect(other).toContain('started');
    expect(other).toContain('2 of 2 today');
  });

  it.each([402, 596])('is given back for a submit that the API answers with %s', async (status) => {
    await quota(1);
    const mend = failPosts('/v3/midjourney/jobs/imagine', status);
    const failed = await imagine('comes to nothing');
    mend();

    const sent = await imagine('comes to something');

    expect(failed).not.toContain('started');
    expect(sent).toContain('started');
    expect(sent).toContain('1 of 1 today');
  });

  it('is given back where nothing was submitted, as Midjourney refused the prompt', async () => {
    await quota(1);
    world.useapi.world.setSwitches({ refusedSubmit: 'both' });
    await imagine('a forbidden thing');

    const sent = await imagine('a fine thing');

    expect(sent).toContain('started');
    expect(sent).toContain('1 of 1 today');
  });
});
