import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';
import { aMask, type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const { general } = ids;
const LOCK_MS = 11_000;
const HOUR_MS = 60 * 60_000;

describe('what was filled in for a press that has to be confirmed, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld();
    world = submissions.world;
  });
  afterEach(() => world.close());

  /** The question whether to press V1 once more, with a prompt. */
  async function askAgain(prompt: string) {
    const { message } = await submissions.aCard();
    await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    world.skip(LOCK_MS);
    const choice = await world.moderator.press(message.id, controlOf(message, 'press-with'));
    const value = /"label":"V1[^"]*","value":"(\w{10})"/.exec(JSON.stringify(choice.message?.components))?.[1] ?? '';
    const picked = controlOf(choice.message, 'press-pick');
    const form = await world.moderator.select(choice.message?.id ?? '', picked, [value]);
    return answerTo(await world.moderator.submit(form.id, { prompt }));
  }

  /** An upscale with Vary (Region), the question whether to press that once more, and the mask that was uploaded. */
  async function askAgainWithMask() {
    const { jobid: root } = await submissions.aCard();
    const jobid = world.useapi.world.startJob({ kind: 'upscale', button: 'U1', parentJobid: root, prompt: 'a pier' });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.moderator.command(general, { path: 'job show', options: { job: jobid } });
    const fillIn = async (width: number) => {
      const form = await world.moderator.press(message?.id ?? '', controlOf(message, 'press', 'Vary (Region)'));
      return world.moderator.submit(form.id, { mask: [await aMask(width, width)], prompt: 'a red boat' });
    };
    await fillIn(64);
    world.skip(LOCK_MS);
    return answerTo(await fillIn(32));
  }

  const lastJob = () => world.useapi.world.list().at(-1);

  it('is pressed with its prompt after a restart', async () => {
    const question = await askAgain('in another light');
    await world.restart();

    const seen = await world.moderator.press(question?.id ?? '', controlOf(question, 'press-again'));

    expect(textOf(question)).toContain('Start another?');
    expect(textOf(seen.message)).toMatch(/\*\*V1\*\* started/);
    expect(lastJob()?.prompt).toBe('in another light');
    expect(submissions.paid()).toBe(2);
  });

  it('is pressed with its mask after a restart', async () => {
    const question = await askAgainWithMask();
    const first = lastJob();
    await world.restart();

    await world.moderator.press(question?.id ?? '', controlOf(question, 'press-again'));

    expect(textOf(question)).toContain('Start another?');
    expect(lastJob()).toMatchObject({ button: 'Vary (Region)', prompt: 'a red boat' });
    expect(lastJob()?.jobid).not.toBe(first?.jobid);
    expect(lastJob()?.mask).toMatch(/^iVBOR/);
  });

  it('can be declined, and nothing is spent', async () => {
    const question = await askAgain('better not');

    const seen = await world.moderator.press(question?.id ?? '', controlOf(question, 'keep'));

    expect(textOf(seen.message)).toContain('nothing changed');
    expect(submissions.paid()).toBe(1);
  });

  it('is forgotten after an hour, and says what to do', async () => {
    const question = await askAgain('too late');
    world.skip(HOUR_MS);

    const seen = await world.moderator.press(question?.id ?? '', controlOf(question, 'press-again'));

    expect(textOf(seen.message)).toMatch(/an hour only.*Nothing was spent: click the button/);
    expect(submissions.paid()).toBe(1);
  });

  it('is not for another button or another server, whatever ids their messages carry', async () => {
    const question = await askAgain('ours alone');
    const control = controlOf(question, 'press-again');
    const { message } = await submissions.aCard();
    const [, , hash = ''] = controlOf(message, 'press', 'V2').split(':');
    const otherButton = control.replace(/^(press-again:\w+:)\w+/, `$1${hash}`);

    const elsewhere = await world.outsider.press(submissions.plant(ids.otherGeneral, [control]), control);
    const other = await world.moderator.press(submissions.plant(general, [otherButton]), otherButton);

    expect(textOf(elsewhere.message)).toContain('an hour only');
    expect(textOf(other.message)).toContain('an hour only');
    expect(submissions.paid()).toBe(1);
  });
});
