import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toLabelHash } from '../../src/jobs/label-hash.ts';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';
import { aMask, fieldsOf, labelsOf, type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

describe('pressing, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld();
    world = submissions.world;
  });
  afterEach(() => world.close());

  const parentOf = (message: { readonly id: string }) =>
    submissions.posts(ids.general).find((post) => post.id === message.id);

  it.each(['v2', 'v3'] as const)(
    'presses a %s button once; the new card answers the old, which is marked',
    async (version) => {
      const { message, jobid } = await submissions.aCard(version);

      const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
      await world.app().whenIdle();

      const child = submissions.posts(ids.general)[1];
      expect(textOf(seen.message)).toMatch(/\*\*V2\*\* started/);
      expect(submissions.paid()).toBe(1);
      expect(child?.message_reference?.message_id).toBe(message.id);
      expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
      await expect.poll(() => textOf(parentOf(message))).toContain(`/${child?.id}) by <@${ids.moderator}>`);
      expect(labelsOf(parentOf(message))).toContain('V2 ✓');
    },
  );

  it('says whose press made a job that will be reviewed, and links its card', async () => {
    const { message } = await submissions.aCard();
    await world.owner.command(ids.general, { path: 'mod review', options: { mode: 'on', channel: ids.moderation } });

    await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    await world.app().whenIdle();

    const child = submissions.posts(ids.general)[1];
    expect(textOf(child)).toContain('shown once it has been reviewed');
    await expect.poll(() => textOf(parentOf(message))).toContain(`/${child?.id}) by <@${ids.moderator}>`);
  });

  it.each([
    ['v2', 'U3'],
    ['v3', 'U3'],
    ['v2', '🔄'],
    ['v3', '🔄'],
  ] as const)('presses the %s grid button %s', async (version, label) => {
    const { message, jobid } = await submissions.aCard(version);

    await world.moderator.press(message.id, controlOf(message, 'press', label));

    expect(world.useapi.world.find(jobid)?.children.map(({ button }) => button)).toEqual([label]);
  });

  it.each(['v2', 'v3'] as const)(
    'presses every other button of a %s upscale, names never seen before too',
    async (version) => {
      const { jobid: root } = await submissions.aCard(version);
      const jobid = world.useapi.world.startJob({ version, kind: 'upscale', button: 'U1', parentJobid: root });
      world.useapi.world.advance(jobid, { to: 'completed' });
      const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
      const direct = labelsOf(message).filter(
        (label) =>
          !['Custom Zoom', 'Vary (Region)', 'Refresh', 'Remix…', 'Details', 'Family', 'Share'].includes(String(label)),
      );

      for (const label of direct)
        await world.moderator.press(message?.id ?? '', controlOf(message, 'press', String(label)));

      expect(world.useapi.world.find(jobid)?.children.map(({ button }) => button)).toEqual(direct);
      expect(direct).toHaveLength(13);
    },
  );

  it('fits more buttons than rows hold into selects, and presses from there', async () => {
    const buttons = [...Array.from({ length: 30 }, (_, n) => `Upscale ${n}`), 'Vary (Region)'];
    const jobid = 'job:20251023141520123-user:12345-channel:1122334455667788990-bot:midjourney';
    const verbatim = { jobid, status: 'completed', verb: 'imagine', prompt: 'many', buttons, code: 200 };
    world.useapi.world.startJob({ version: 'v2', overrides: { jobid, status: 'completed', verbatim } });
    const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const select = controlOf(message, 'press-more');
    const values = JSON.stringify(message?.components)
      .match(/"value":"(\w{10})"/g)
      ?.map((found) => found.slice(9, 19));

    const pressed = await world.moderator.select(message?.id ?? '', select, [values?.[0] ?? '']);
    const form = await world.moderator.select(message?.id ?? '', select, [toLabelHash('Vary (Region)')]);

    expect(textOf(answerTo(pressed))).toMatch(/Upscale \d+/);
    expect(submissions.paid()).toBe(1);
    expect(form.modal?.title).toBe('Vary (Region)');
  });

  it('opens Custom Zoom with the prompt filled in, and presses with what was typed', async () => {
    const { jobid: root } = await submissions.aCard('v3', 'a lighthouse --v 7');
    const jobid = world.useapi.world.startJob({
      kind: 'upscale',
      button: 'U1',
      parentJobid: root,
      prompt: 'a lighthouse --v 7',
    });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });

    const form = await world.moderator.press(message?.id ?? '', controlOf(message, 'press', 'Custom Zoom'));
    const seen = await world.moderator.submit(form.id, { prompt: 'a lighthouse --zoom 1.5' });

    expect(fieldsOf(form)['prompt']?.['value']).toBe('a lighthouse --v 7 --zoom 1.8');
    expect(textOf(answerTo(seen))).toMatch(/\*\*Custom Zoom\*\* started/);
    expect(world.useapi.world.list().at(-1)?.prompt).toBe('a lighthouse --zoom 1.5');
  });

  it.each(['a lighthouse', 'a lighthouse --zoom 3', 'a --zoom', 'a --zoom 1.5 --zoom 2'])(
    'refuses Custom Zoom with “%s” before anything is spent',
    async (prompt) => {
      const { jobid: root } = await submissions.aCard();
      const jobid = world.useapi.world.startJob({ kind: 'upscale', button: 'U1', parentJobid: root, prompt: 'a pier' });
      world.useapi.world.advance(jobid, { to: 'completed' });
      const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
      const form = await world.moderator.press(message?.id ?? '', controlOf(message, 'press', 'Custom Zoom'));

      const seen = await world.moderator.submit(form.id, { prompt });

      expect(textOf(answerTo(seen))).toMatch(/number from 1 to 2.*Nothing was spent/);
      expect(submissions.paid()).toBe(0);
    },
  );

  it('draws the mask of a region that is picked, as large as the picture, and asks where neither is given', async () => {
    const { jobid: root } = await submissions.aCard();
    const jobid = world.useapi.world.startJob({ kind: 'upscale', button: 'U1', parentJobid: root, prompt: 'a pier' });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const open = () => world.moderator.press(message?.id ?? '', controlOf(message, 'press', 'Vary (Region)'));

    const neither = await world.moderator.submit((await open()).id, {});
    const before = submissions.paid();
    const drawn = await world.moderator.submit((await open()).id, { region: ['left'], prompt: 'a red boat' });

    await expect.poll(() => textOf(answerTo(drawn))).toContain('started');
    const mask = Buffer.from(world.useapi.world.list().at(-1)?.mask ?? '', 'base64');
    expect(textOf(answerTo(neither))).toMatch(/Pick a region or upload a mask.*Nothing was spent/);
    expect(before).toBe(0);
    expect(await sharp(mask).metadata()).toMatchObject({ width: 1280, height: 1280 });
  });

  it('leaves the field of a form empty where the prompt is too long for it', async () => {
    const { message } = await submissions.aCard('v3', `a ${'very '.repeat(900)}long prompt`);
    const choice = await world.moderator.press(message.id, controlOf(message, 'press-with'));
    const select = controlOf(choice.message, 'press-pick');
    const value = JSON.stringify(choice.message?.components).match(/"value":"(\w{10})"/)?.[1] ?? '';

    const form = await world.moderator.select(choice.message?.id ?? '', select, [value]);

    expect(fieldsOf(form)['prompt']).toBeDefined();
    expect(fieldsOf(form)['prompt']?.['value']).toBeUndefined();
  });

  it('presses any button with a prompt, for accounts in Remix mode, and answers the card it came from', async () => {
    const { message, jobid } = await submissions.aCard();
    const choice = await world.moderator.press(message.id, controlOf(message, 'press-with'));
    const options = JSON.stringify(choice.message?.components).match(/"label":"V3","value":"(\w{10})"/);

    const form = await world.moderator.select(choice.message?.id ?? '', controlOf(choice.message, 'press-pick'), [
      options?.[1] ?? '',
    ]);
    await world.moderator.submit(form.id, { prompt: 'in another light' });
    await world.app().whenIdle();

    expect(form.modal?.title).toBe('V3');
    expect(world.useapi.world.find(world.useapi.world.find(jobid)?.children[0]?.jobid ?? '')?.prompt).toBe(
      'in another light',
    );
    expect(submissions.posts(ids.general)[1]?.message_reference?.message_id).toBe(message.id);
  });

  it('takes a mask for Vary (Region), and says what is wrong with one that does not fit', async () => {
    const { jobid: root } = await submissions.aCard();
    const jobid = world.useapi.world.startJob({ kind: 'upscale', button: 'U1', parentJobid: root, prompt: 'a pier' });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const open = () => world.moderator.press(message?.id ?? '', controlOf(message, 'press', 'Vary (Region)'));

    const isJpeg = await world.moderator.submit((await open()).id, { mask: [await aMask(64, 64, 'jpeg')] });
    const hasShape = await world.moderator.submit((await open()).id, { mask: [await aMask(64, 20)] });
    const text = { name: 'mask.png', contentType: 'image/png', bytes: new TextEncoder().encode('not a picture') };
    const isText = await world.moderator.submit((await open()).id, { mask: [text] });
    const before = submissions.paid();
    const good = await world.moderator.submit((await open()).id, { mask: [await aMask(64, 64)], prompt: 'a red boat' });

    expect(textOf(answerTo(isJpeg))).toContain('isn’t a PNG');
    expect(textOf(answerTo(hasShape))).toContain('another shape');
    expect(textOf(answerTo(isText))).toContain('neither a picture');
    expect(before).toBe(0);
    await expect.poll(() => textOf(answerTo(good))).toMatch(/Vary \\*\(Region\\*\)\*\* started|Vary .*started/);
    expect(world.useapi.world.list().at(-1)?.mask).toMatch(/^iVBOR/);
  });

  it('presses a card from before a restart', async () => {
    const { message } = await submissions.aCard();
    await world.restart();

    const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    const form = await world.moderator.press(message.id, controlOf(message, 'press-with'));

    expect(textOf(seen.message)).toContain('started');
    expect(controlOf(form.message, 'press-pick')).toContain('press-pick');
    expect(submissions.paid()).toBe(1);
  });

  it('sends one press of two people within 50 ms, and shows the second one who was first', async () => {
    const { message } = await submissions.aCard();
    const slow = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      action: { kind: 'delay', ms: 200 },
    });
    const control = controlOf(message, 'press', 'V4');

    const [one, two] = await Promise.all([
      world.moderator.press(message.id, control),
      world.owner.press(message.id, control),
    ]);
    const later = await world.owner.press(message.id, control);

    slow();
    const texts = [textOf(one.message), textOf(two.message)];
    expect(submissions.paid()).toBe(1);
    expect(texts.filter((text) => text.includes('started'))).toHaveLength(1);
    expect(texts.filter((text) => /was clicked by <@\d+>/.test(text))).toHaveLength(1);
    expect(textOf(later.message)).toMatch(/was clicked by <@\d+>.*It made/);
    expect(controlOf(later.message, 'job-refresh')).toContain('job-refresh');
  });

  it('asks before it repeats a button, and repeats once however often that is confirmed', async () => {
    const { message } = await submissions.aCard();
    await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    world.skip(11_000);

    const question = await world.owner.press(message.id, controlOf(message, 'press', 'V1'));
    const confirm = controlOf(question.message, 'press-again');
    const before = submissions.paid();
    const [first] = await Promise.all([
      world.owner.press(question.message?.id ?? '', confirm),
      world.owner.press(question.message?.id ?? '', confirm),
    ]);

    expect(textOf(question.message)).toMatch(/was already clicked by <@\d+>.*Start another/);
    expect(before).toBe(1);
    expect(submissions.paid()).toBe(2);
    expect(textOf(first.message)).toMatch(/started|was clicked by/);
  });

  it.each(['v2', 'v3'] as const)('leads to the child of a %s upscale that was done elsewhere', async (version) => {
    const { message, jobid } = await submissions.aCard(version);
    const child = world.useapi.world.startJob({
      version,
      kind: 'upscale',
      button: 'U1',
      parentJobid: jobid,
      prompt: 'elsewhere',
    });
    world.useapi.world.advance(child, { to: 'completed' });

    const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'U1'));
    const said = textOf(seen.message);
    const card = await world.moderator.press(seen.message?.id ?? '', controlOf(seen.message, 'job-refresh'));

    expect(said).toMatch(/already done.*Nothing was spent/);
    expect(textOf(card.message)).toContain('elsewhere');
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('never repeats a press whose answer was cut off, and finds its job', async () => {
    const { message } = await submissions.aCard();
    const mend = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      times: 1,
      takesEffect: true,
      action: { kind: 'cut' },
    });

    const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));

    mend();
    expect(textOf(seen.message)).toMatch(/got lost, but it did start/);
    expect(submissions.paid()).toBe(1);
  });

  it('never repeats a press after a 504 by itself, and asks before Try again', async () => {
    const { message, jobid } = await submissions.aCard();
    const mend = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      times: 1,
      action: { kind: 'status', status: 504, body: { error: 'timeout' } },
    });

    const lost = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    const again = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    const before = submissions.paid();
    const done = await world.moderator.press(again.message?.id ?? '', controlOf(again.message, 'press-again'));

    mend();
    expect(textOf(lost.message)).toMatch(/won’t resend it on my own/);
    expect(before).toBe(1);
    expect(submissions.paid()).toBe(2);
    expect(textOf(done.message)).toContain('started');
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('finds the job of a 504 that took effect', async () => {
    const { message, jobid } = await submissions.aCard();
    const mend = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      times: 1,
      takesEffect: true,
      action: { kind: 'status', status: 504, body: { error: 'timeout' } },
    });

    const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    await world.app().whenIdle();

    mend();
    expect(textOf(seen.message)).toContain('it did start');
    expect(submissions.posts(ids.general)).toHaveLength(2);
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('offers the reset of a blocked API channel to those who may', async () => {
    const { message } = await submissions.aCard();
    const block = {
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      action: { kind: 'status', status: 596, body: { error: 'x' } },
    } as const;
    const mend = world.useapi.faults.add(block);

    const plain = await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    const offered = await world.owner.press(message.id, controlOf(message, 'press', 'V2'));
    mend();
    const reset = await world.owner.press(offered.message?.id ?? '', controlOf(offered.message, 'api-reset'));

    expect(textOf(plain.message)).toContain('takes no jobs');
    expect(textOf(plain.message)).not.toContain('api-reset');
    expect(textOf(reset.message)).toContain('was reset');
  });

  it('is for those who may press', async () => {
    const { message } = await submissions.aCard();

    const refused = await world.member.press(message.id, controlOf(message, 'press', 'V1'));
    const noForm = await world.member.press(message.id, controlOf(message, 'press-with'));

    expect(textOf(refused.message)).toContain('You may not click');
    expect(textOf(noForm.message)).toContain('You may not click');
    expect(submissions.paid()).toBe(0);
  });

  it('gives another server nothing of a job that was made here, whatever ids its messages carry', async () => {
    await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'made here' } });
    const own = world.useapi.world.list().at(-1)?.jobid ?? '';
    world.useapi.world.advance(own, { to: 'completed' });
    const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: own } });
    const ref = controlOf(message, 'job-refresh').split(':')[1] ?? '';
    const again = `press-again:${controlOf(message, 'press', 'V1').slice('press:'.length)}:::`;
    const controls = [
      ...['V1', 'U1'].map((label) => controlOf(message, 'press', label)),
      ...[
        `press:${ref}:${toLabelHash('Custom Zoom')}`,
        `press-with:${ref}`,
        again,
        `share:${ref}`,
        `family-compare:${ref}`,
      ],
    ];

    const answers = [];
    for (const control of controls) {
      const seen = await world.outsider.press(submissions.plant(ids.otherGeneral, [control]), control);
      answers.push(textOf(seen.message) + JSON.stringify(seen.modal ?? ''));
    }
    const menu = await world.outsider.messageCommand(
      submissions.plant(ids.otherGeneral, [`job-refresh:${ref}`]),
      'Job details',
    );
    answers.push(textOf(menu.message));

    expect(answers.filter((answer) => !answer.includes('no such job here'))).toEqual([]);
    expect(answers.join()).not.toContain('made here');
    expect(submissions.paid()).toBe(1);
  });
});
