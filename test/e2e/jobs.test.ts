import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWER_WITHIN_MS } from '../../sandbox/discord/discord-numbers.ts';
import { controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';

describe('/jobs and /job, over sockets', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const jobs = (options = {}) => {
    world.skip(5_001);
    return world.moderator.command(ids.general, { path: 'jobs', options });
  };
  const show = (job: string, options = {}) =>
    world.moderator.command(ids.general, { path: 'job show', options: { job, ...options } });
  const isPrivate = (flags = 0) => (flags & 64) !== 0;

  it('says that nothing runs and when it last looked', async () => {
    const seen = await jobs();

    expect(textOf(seen.message)).toMatch(/Nothing is running.*Updated (just now|<t:\d+:R>)/);
    expect(isPrivate(seen.message?.flags)).toBe(true);
  });

  it('lists jobs of both versions with load, ref, prompt and a counting start', async () => {
    const v3 = world.useapi.world.startJob({ version: 'v3', prompt: 'a **lighthouse** in the fog' });
    const v2 = world.useapi.world.startJob({ version: 'v2', prompt: 'a red fox' });

    const refreshed = await jobs({ public: true });

    expect(textOf(refreshed.message)).toContain('2 running jobs');
    expect(textOf(refreshed.message)).toContain('a red fox');
    expect(textOf(refreshed.message)).toContain('lighthouse');
    expect(textOf(refreshed.message)).toMatch(/busy \*\*1\/20\*\*/);
    expect(isPrivate(refreshed.message?.flags)).toBe(false);
    for (const jobid of [v3, v2]) world.useapi.world.advance(jobid, { to: 'completed' });
  });

  it('shows the list of one version when the other one fails', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'still here' });
    const mend = world.useapi.faults.add({ match: { path: '/v2/jobs' }, action: { kind: 'html' } });

    const seen = await jobs({ 'api-channel': '1122334455667788990' });

    mend();
    world.useapi.world.advance(jobid, { to: 'completed' });
    expect(textOf(seen.message)).toContain('still here');
    expect(textOf(seen.message)).toContain('**v2** I can’t read the answer of the API');
  });

  it('shows a completed job with its media as own files and its whole button set', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a quiet harbour' });
    world.useapi.world.advance(jobid, { to: 'completed' });

    const seen = await show(jobid);
    await expect.poll(() => textOf(seen.message)).toContain(world.discord.cdnHost);
    const { message } = seen;
    const labels = walk(message?.components).flatMap((part) => (part['label'] === undefined ? [] : [part['label']]));

    expect(textOf(message)).toContain('Completed');
    expect(textOf(message)).toContain('a quiet harbour');
    expect(labels.slice(0, 9)).toEqual(['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4']);
    expect(JSON.stringify(message)).not.toMatch(/cdn\.midjourney\.com|midjourney\.com\/jobs/);
  });

  it('opens a job from the list, and by its ref', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v2', prompt: 'to be opened' });
    world.useapi.world.advance(jobid, { to: 'progress', percent: 31 });
    const list = await jobs({ type: 'image' });
    const select = walk(list.message?.components).find((part) => part['custom_id'] === 'job-open');
    const value = JSON.stringify(select).match(/"value":"(\w+)"/)?.[1] ?? '';

    const card = await world.moderator.select(list.message?.id ?? '', 'job-open', [value]);
    const byRef = await show(value);

    expect(textOf(card.message)).toMatch(/to be opened/);
    expect(textOf(card.message)).toContain('31%');
    expect(textOf(byRef.message)).toContain('to be opened');
    world.useapi.world.advance(jobid, { to: 'completed' });
  });

  it('refreshes a card in place', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'refreshing' });
    const { message } = await show(jobid, { public: true });
    world.useapi.world.advance(jobid, { to: 'completed' });

    const refreshed = await world.moderator.press(message?.id ?? '', controlOf(message, 'job-refresh'));

    expect(refreshed.message?.id).toBe(message?.id);
    expect(textOf(refreshed.message)).toContain('Completed');
  });

  it('suggests what a button made by what it did', async () => {
    const parentJobid = world.useapi.world.startJob({ version: 'v2', prompt: 'a heron in reeds' });
    const child = { version: 'v2', parentJobid, prompt: 'a heron in reeds', verb: 'button', button: 'U2' } as const;
    await show(world.useapi.world.startJob(child));

    const typed = { path: 'job show', options: { job: 'heron reeds' } };
    const [choice] = await world.member.autocomplete(ids.general, typed, 'job');

    expect(choice?.name).toContain('· Upscale of image 2 · a heron');
  });

  it('suggests running and recent jobs by words of the prompt, from memory', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'A Wandering Albatross' });
    await show(jobid);
    world.useapi.clearRequests();

    const choices = await world.member.autocomplete(
      ids.general,
      { path: 'job show', options: { job: 'albatross wand' } },
      'job',
    );

    expect(choices.map((choice) => choice.name).join()).toContain('Wandering Albatross');
    expect(world.useapi.requests).toEqual([]);
    world.useapi.world.advance(jobid, { to: 'cancelled' });
  });

  it('shows the only job that typed words fit, where no suggestion was picked', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'A Patient Pelican' });
    await show(jobid);

    const seen = await show('pelican pat');

    expect(textOf(seen.message)).toContain('A Patient Pelican');
    world.useapi.world.advance(jobid, { to: 'cancelled' });
  });

  it('answers each failure of the API with what to do', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'x' });
    const sentences: Record<number, RegExp> = {
      401: /no longer accepts my token/,
      402: /no subscription any more/,
      404: /doesn’t know this job/,
      410: /has expired/,
      596: /captcha/,
      429: /rate limiting/,
    };
    for (const [status, sentence] of Object.entries(sentences)) {
      const mend = world.useapi.faults.add({
        match: { path: '/v3/midjourney/jobs/' },
        action: { kind: 'status', status: Number(status), body: { error: 'x' } },
      });

      const { message } = await show(jobid);

      const forOwner = await world.owner.command(ids.general, { path: 'job show', options: { job: jobid } });
      mend();
      expect(textOf(message)).toMatch(sentence);
      expect(textOf(message)).not.toMatch(/USEAPI_TOKEN|\b(401|402|404|410|596|429)\b/);
      expect(textOf(forOwner.message)).toMatch(sentence);
      expect(textOf(forOwner.message)).toContain(` · ${status}`);
    }
  });

  it('opens the only job that typed words fit, and asks which where they fit several', async () => {
    for (const prompt of ['a velvet teapot', 'a velvet curtain']) {
      await show(world.useapi.world.startJob({ version: 'v3', prompt }));
    }

    const [one, several] = [await show('TEAPOT velvet'), await show('velvet')];

    expect(textOf(one.message)).toContain('a velvet teapot');
    const { message } = several;
    const [ref = ''] = /\w{8}(?= · [^"]*velvet curtain)/.exec(textOf(message)) ?? [];
    const picked = await world.moderator.select(message?.id ?? '', 'job-meant:show', [ref]);
    expect(textOf(message)).toContain('2 jobs match. Which one?');
    expect(textOf(picked.message)).toContain('a velvet curtain');
  });

  it('suggests and takes for a cancel only what runs', async () => {
    for (const prompt of ['a brass lantern', 'a brass kettle', 'a brass spoon']) {
      const jobid = world.useapi.world.startJob({ version: 'v3', prompt });
      if (prompt.endsWith('lantern')) world.useapi.world.advance(jobid, { to: 'completed' });
      await show(jobid);
    }
    const cancel = (job: string) => ({ path: 'job cancel', options: { job } });

    const choices = await world.owner.autocomplete(ids.general, cancel('brass'), 'job');
    const { message } = await world.owner.command(ids.general, cancel('brass'));
    const [ref = ''] = /\w{8}(?= · [^"]*brass spoon)/.exec(textOf(message)) ?? [];
    const asked = await world.owner.select(message?.id ?? '', 'job-meant:cancel', [ref]);
    const question = textOf(asked.message);
    const kept = await world.owner.press(asked.message?.id ?? '', controlOf(asked.message, 'keep'));

    expect(choices.map(({ name }) => name).join()).not.toContain('lantern');
    expect(choices).toHaveLength(2);
    expect(textOf(message)).toContain('2 jobs match');
    expect(question).toContain('a brass spoon');
    expect(textOf(kept.message)).toContain('nothing changed');
    expect(world.useapi.world.list().filter(({ status }) => status === 'cancelled')).toEqual([]);
  });

  it('says the reason of a failure once', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'ends badly' });
    world.useapi.world.advance(jobid, {
      to: 'failed',
      error: 'Out of luck',
      errorDetails: 'Out of luck: none is left',
    });

    const said = textOf((await show(jobid)).message);

    expect(said.split('Out of luck')).toHaveLength(2);
  });

  it('answers an unknown job and nonsense alike', async () => {
    for (const job of ['zzzzzzzz', 'nonsense', 'job:1-user:2', '<@&1>', '\u202E', '../../etc']) {
      expect(textOf((await show(job)).message)).toContain('no such job here');
    }
  });

  it('cancels a job only for those who may, after asking, and says what it is now', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'to be cancelled' });
    const refused = await world.member.command(ids.general, { path: 'job cancel', options: { job: jobid } });
    const question = await world.owner.command(ids.general, { path: 'job cancel', options: { job: jobid } });

    const done = await world.owner.press(question.message?.id ?? '', controlOf(question.message, 'job-cancel-yes'));
    const again = await world.owner.command(ids.general, { path: 'job cancel', options: { job: jobid } });

    expect(textOf(refused.message)).toContain('Manage Server');
    expect(textOf(done.message)).toContain('is cancelled');
    expect(textOf(again.message)).toContain('had already ended');
  });

  it('refuses a server that it does not serve, politely', async () => {
    world.discord.world.commands.replaceAll(undefined, world.discord.world.commands.list(ids.guild) as never);

    const seen = await world.outsider.command(ids.otherGeneral, { path: 'jobs' });

    expect(textOf(seen.message)).toContain('don’t serve this server');
    world.discord.world.commands.replaceAll(undefined, []);
  });

  it('answers although the API is gone', async () => {
    const down = world.useapi.faults.add({ match: {}, action: { kind: 'cut' } });

    const seen = await world.owner.command(ids.general, {
      path: 'job show',
      options: { job: `j1023141520123456789i-u1-c${'1'.repeat(19)}-bot:midjourney` },
    });

    down();
    expect(textOf(seen.message)).toMatch(/connection to the API broke|can’t reach the API|didn’t answer in time/);
    expect(seen.acknowledgedAfterMs).toBeLessThan(ANSWER_WITHIN_MS);
  });

  it('acknowledges in time while the API takes 5 s', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'slow' });
    const mend = world.useapi.faults.add({
      match: { path: '/v3/midjourney/jobs/' },
      times: 1,
      action: { kind: 'delay', ms: 5_000 },
    });

    const seen = await show(jobid);

    mend();
    expect(seen.acknowledgedAfterMs).toBeLessThan(ANSWER_WITHIN_MS);
    expect(textOf(seen.message)).toContain('slow');
  });

  it('asks the API once for fifty people who ask at the same time', async () => {
    const fresh = await startWorld();
    fresh.skip(5_001);
    const goOn = fresh.holdTime();
    fresh.useapi.clearRequests();
    await Promise.all(Array.from({ length: 50 }, () => fresh.member.command(ids.general, { path: 'jobs' })));
    goOn();
    const calls = fresh.useapi.requests.map((request) => request.path);
    await fresh.close();

    expect(calls.sort()).toEqual(['/v2/jobs', '/v3/midjourney/jobs']);
  });

  it('answers what was asked before it stops, and notifies the others to come back', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'asked in time' });
    const mend = world.useapi.faults.add({
      match: { path: '/v3/midjourney/jobs/' },
      times: 1,
      action: { kind: 'delay', ms: 1_000 },
    });
    const isAsked = Promise.withResolvers<void>();
    const hush = world.useapi.onRequest(() => isAsked.resolve());

    const early = show(jobid);
    await isAsked.promise;
    const stopped = world.restart();
    const late = await show(jobid);

    expect(textOf(late.message)).toContain('I’m restarting');
    expect(textOf((await early).message)).toContain('asked in time');
    await stopped;
    hush();
    mend();
  });

  it('still knows its jobs after a restart', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'before the restart' });
    await show(jobid);

    await world.restart();
    const choices = await world.member.autocomplete(
      ids.general,
      { path: 'job show', options: { job: 'before restart' } },
      'job',
    );

    expect(choices).toHaveLength(1);
  });
});
