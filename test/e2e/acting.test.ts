import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toLabelHash } from '../../src/jobs/label-hash.ts';
import { type ActingWorld, aMask, fieldsOf, labelsOf, startActing } from './acting-world.ts';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';

describe('pressing, over sockets', () => {
  let acting: ActingWorld;
  let world: World;

  beforeEach(async () => {
    acting = await startActing();
    world = acting.world;
  });
  afterEach(() => world.close());

  const parentOf = (message: { readonly id: string }) =>
    acting.posts(ids.general).find((post) => post.id === message.id);

  it.each(['v2', 'v3'] as const)(
    'presses a %s button once; the new card answers the old, which is marked',
    async (version) => {
      const { message, jobid } = await acting.aCard(version);

      const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
      await world.app().whenIdle();

      const child = acting.posts(ids.general)[1];
      expect(textOf(seen.message)).toMatch(/\*\*V2\*\* is pressed/);
      expect(acting.paid()).toBe(1);
      expect(child?.message_reference?.message_id).toBe(message.id);
      expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
      await expect.poll(() => textOf(parentOf(message))).toContain(`/${child?.id}) by <@${ids.moderator}>`);
      expect(labelsOf(parentOf(message))).toContain('V2 ✓');
    },
  );

  it('says whose press made a job that will be reviewed, and links its card', async () => {
    const { message } = await acting.aCard();
    await world.owner.command(ids.general, { path: 'mod review', options: { mode: 'on', channel: ids.moderation } });

    await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    await world.app().whenIdle();

    const child = acting.posts(ids.general)[1];
    expect(textOf(child)).toContain('shown once it has been reviewed');
    await expect.poll(() => textOf(parentOf(message))).toContain(`/${child?.id}) by <@${ids.moderator}>`);
  });

  it.each([
    ['v2', 'U3'],
    ['v3', 'U3'],
    ['v2', '🔄'],
    ['v3', '🔄'],
  ] as const)('presses the %s grid button %s', async (version, label) => {
    const { message, jobid } = await acting.aCard(version);

    await world.moderator.press(message.id, controlOf(message, 'press', label));

    expect(world.useapi.world.find(jobid)?.children.map(({ button }) => button)).toEqual([label]);
  });

  it.each(['v2', 'v3'] as const)(
    'presses every other button of a %s upscale, names never seen before too',
    async (version) => {
      const { jobid: root } = await acting.aCard(version);
      const jobid = world.useapi.world.startJob({ version, kind: 'upscale', button: 'U1', parentJobid: root });
      world.useapi.world.advance(jobid, { to: 'completed' });
      const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
      const direct = labelsOf(message).filter(
        (label) => !['Custom Zoom', 'Vary (Region)', 'Refresh', 'With prompt…', 'Share'].includes(String(label)),
      );

      for (const label of direct)
        await world.moderator.press(message?.id ?? '', controlOf(message, 'press', String(label)));

      expect(world.useapi.world.find(jobid)?.children.map(({ button }) => button)).toEqual(direct);
      expect(direct).toHaveLength(13);
    },
  );

  it('fits more than fifteen buttons into selects, and presses from there', async () => {
    const buttons = [...Array.from({ length: 17 }, (_, n) => `Never Seen ${n}`), 'Custom Zoom'];
    const jobid = 'job:20251023141520123-user:12345-channel:1122334455667788990-bot:midjourney';
    const verbatim = { jobid, status: 'completed', verb: 'imagine', prompt: 'many', buttons, code: 200 };
    world.useapi.world.startJob({ version: 'v2', overrides: { jobid, status: 'completed', verbatim } });
    const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const select = controlOf(message, 'press-more');
    const values = JSON.stringify(message?.components)
      .match(/"value":"(\w{10})"/g)
      ?.map((found) => found.slice(9, 19));

    const pressed = await world.moderator.select(message?.id ?? '', select, [values?.[1] ?? '']);
    const form = await world.moderator.select(message?.id ?? '', select, [values?.[2] ?? '']);

    expect(textOf(answerTo(pressed))).toContain('Never Seen 16');
    expect(acting.paid()).toBe(1);
    expect(form.modal?.title).toBe('Custom Zoom');
  });

  it('opens Custom Zoom with the prompt filled in, and presses with what was typed', async () => {
    const { jobid: root } = await acting.aCard('v3', 'a lighthouse --v 7');
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

    expect(fieldsOf(form)['prompt']?.['value']).toBe('a lighthouse --v 7');
    expect(textOf(answerTo(seen))).toMatch(/\*\*Custom Zoom\*\* is pressed/);
    expect(world.useapi.world.list().at(-1)?.prompt).toBe('a lighthouse --zoom 1.5');
  });

  it('leaves the field of a form empty where the prompt is too long for it', async () => {
    const { message } = await acting.aCard('v3', `a ${'very '.repeat(900)}long prompt`);
    const choice = await world.moderator.press(message.id, controlOf(message, 'press-with'));
    const select = controlOf(choice.message, 'press-pick');
    const value = JSON.stringify(choice.message?.components).match(/"value":"(\w{10})"/)?.[1] ?? '';

    const form = await world.moderator.select(choice.message?.id ?? '', select, [value]);

    expect(fieldsOf(form)['prompt']).toBeDefined();
    expect(fieldsOf(form)['prompt']?.['value']).toBeUndefined();
  });

  it('presses any button with a prompt, for accounts in Remix mode, and answers the card it came from', async () => {
    const { message, jobid } = await acting.aCard();
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
    expect(acting.posts(ids.general)[1]?.message_reference?.message_id).toBe(message.id);
  });

  it('takes a mask for Vary (Region), and says what is wrong with one that does not fit', async () => {
    const { jobid: root } = await acting.aCard();
    const jobid = world.useapi.world.startJob({ kind: 'upscale', button: 'U1', parentJobid: root, prompt: 'a pier' });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const open = () => world.moderator.press(message?.id ?? '', controlOf(message, 'press', 'Vary (Region)'));

    const isJpeg = await world.moderator.submit((await open()).id, { mask: [await aMask(64, 64, 'jpeg')] });
    const hasShape = await world.moderator.submit((await open()).id, { mask: [await aMask(64, 20)] });
    const text = { name: 'mask.png', contentType: 'image/png', bytes: new TextEncoder().encode('not a picture') };
    const isText = await world.moderator.submit((await open()).id, { mask: [text] });
    const before = acting.paid();
    const good = await world.moderator.submit((await open()).id, { mask: [await aMask(64, 64)], prompt: 'a red boat' });

    expect(textOf(answerTo(isJpeg))).toContain('not a PNG file');
    expect(textOf(answerTo(hasShape))).toContain('another shape');
    expect(textOf(answerTo(isText))).toContain('neither a picture');
    expect(before).toBe(0);
    expect(textOf(answerTo(good))).toMatch(/Vary \\*\(Region\\*\)\*\* is pressed|Vary .*is pressed/);
    expect(world.useapi.world.list().at(-1)?.mask).toMatch(/^iVBOR/);
  });

  it('presses a card from before a restart', async () => {
    const { message } = await acting.aCard();
    await world.restart();

    const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    const form = await world.moderator.press(message.id, controlOf(message, 'press-with'));

    expect(textOf(seen.message)).toContain('is pressed');
    expect(controlOf(form.message, 'press-pick')).toContain('press-pick');
    expect(acting.paid()).toBe(1);
  });

  it('sends one press of two people within 50 ms, and tells the second one who was first', async () => {
    const { message } = await acting.aCard();
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
    expect(acting.paid()).toBe(1);
    expect(texts.filter((text) => text.includes('is pressed'))).toHaveLength(1);
    expect(texts.filter((text) => /was pressed by <@\d+>/.test(text))).toHaveLength(1);
    expect(textOf(later.message)).toMatch(/was pressed by <@\d+>.*It made/);
    expect(controlOf(later.message, 'job-refresh')).toContain('job-refresh');
  });

  it('asks before it repeats a button, and repeats once however often that is confirmed', async () => {
    const { message } = await acting.aCard();
    await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    world.skip(11_000);

    const question = await world.owner.press(message.id, controlOf(message, 'press', 'V1'));
    const confirm = controlOf(question.message, 'press-again');
    const before = acting.paid();
    const [first] = await Promise.all([
      world.owner.press(question.message?.id ?? '', confirm),
      world.owner.press(question.message?.id ?? '', confirm),
    ]);

    expect(textOf(question.message)).toMatch(/was pressed before, by <@\d+>.*Press it once more/);
    expect(before).toBe(1);
    expect(acting.paid()).toBe(2);
    expect(textOf(first.message)).toMatch(/is pressed|was pressed by/);
  });

  it.each(['v2', 'v3'] as const)('leads to the child of a %s upscale that was done elsewhere', async (version) => {
    const { message, jobid } = await acting.aCard(version);
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

    expect(said).toMatch(/done before.*Nothing was spent/);
    expect(textOf(card.message)).toContain('elsewhere');
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('never repeats a press whose answer was cut off, and finds its job', async () => {
    const { message } = await acting.aCard();
    const mend = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      times: 1,
      takesEffect: true,
      action: { kind: 'cut' },
    });

    const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));

    mend();
    expect(textOf(seen.message)).toMatch(/was lost, and its job was found/);
    expect(acting.paid()).toBe(1);
  });

  it('never repeats a press after a 504 by itself, and asks before Try again', async () => {
    const { message, jobid } = await acting.aCard();
    const mend = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      times: 1,
      action: { kind: 'status', status: 504, body: { error: 'timeout' } },
    });

    const lost = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    const again = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    const before = acting.paid();
    const done = await world.moderator.press(again.message?.id ?? '', controlOf(again.message, 'press-again'));

    mend();
    expect(textOf(lost.message)).toMatch(/may be running, and was not sent again/);
    expect(before).toBe(1);
    expect(acting.paid()).toBe(2);
    expect(textOf(done.message)).toContain('is pressed');
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('finds the job of a 504 that took effect', async () => {
    const { message, jobid } = await acting.aCard();
    const mend = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      times: 1,
      takesEffect: true,
      action: { kind: 'status', status: 504, body: { error: 'timeout' } },
    });

    const seen = await world.moderator.press(message.id, controlOf(message, 'press', 'V2'));
    await world.app().whenIdle();

    mend();
    expect(textOf(seen.message)).toContain('its job was found');
    expect(acting.posts(ids.general)).toHaveLength(2);
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('offers the reset of a blocked API channel to those who may', async () => {
    const { message } = await acting.aCard();
    const block = {
      match: { method: 'POST', path: '/v3/midjourney/jobs/button' },
      action: { kind: 'status', status: 596, body: { error: 'x' } },
    } as const;
    const mend = world.useapi.faults.add(block);

    const plain = await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    const offered = await world.owner.press(message.id, controlOf(message, 'press', 'V2'));
    mend();
    const reset = await world.owner.press(offered.message?.id ?? '', controlOf(offered.message, 'api-reset'));

    expect(textOf(plain.message)).toContain('596');
    expect(textOf(plain.message)).not.toContain('api-reset');
    expect(textOf(reset.message)).toContain('is reset');
  });

  it('is for those who may press', async () => {
    const { message } = await acting.aCard();

    const refused = await world.member.press(message.id, controlOf(message, 'press', 'V1'));
    const noForm = await world.member.press(message.id, controlOf(message, 'press-with'));

    expect(textOf(refused.message)).toContain('You may not press');
    expect(textOf(noForm.message)).toContain('You may not press');
    expect(acting.paid()).toBe(0);
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
      const seen = await world.outsider.press(acting.plant(ids.otherGeneral, [control]), control);
      answers.push(textOf(seen.message) + JSON.stringify(seen.modal ?? ''));
    }
    const menu = await world.outsider.messageCommand(
      acting.plant(ids.otherGeneral, [`job-refresh:${ref}`]),
      'Job details',
    );
    answers.push(textOf(menu.message));

    expect(answers.filter((answer) => !answer.includes('no such job here'))).toEqual([]);
    expect(answers.join()).not.toContain('made here');
    expect(acting.paid()).toBe(1);
  });
});
