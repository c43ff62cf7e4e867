import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusyError, UnreachableError } from '../../../src/backends/errors.ts';
import type { SubmitOutcome, SubmitRequest } from '../../../src/jobs/submissions/prompts.ts';
import type { Progress } from '../../../src/jobs/submissions/waiting-line.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../../fake-clock.ts';
import { ActingBot, ActingRig } from './acting-rig.ts';
import { FakeActApi } from './fake-act-api.ts';

describe('Submissions', () => {
  let api: FakeActApi;
  let clock: FakeClock;
  let store: SqliteStore;
  let bot: ActingBot;
  let news: string[];

  function startBot(): void {
    bot?.acting.stop();
    bot = new ActingBot(api, store, clock);
    bot.acting.line.onAnyProgress((progress) => news.push(toText(progress)));
  }

  function submit(key: string, over: Partial<SubmitRequest> = {}): Promise<SubmitOutcome> {
    return bot.acting.submissions.submit({ prompt: key, guildId: 'g1', userId: key.charAt(0), key, ...over });
  }

  const prompts = () => api.posts.map(({ prompt }) => prompt);

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeActApi();
    api.now = () => clock.now();
    store = SqliteStore.open(':memory:');
    news = [];
    startBot();
  });
  afterEach(async () => {
    bot.acting.stop();
    await bot.acting.whenIdle();
    await store.close();
  });

  it('submits and owns the job', async () => {
    const outcome = await submit('a1');

    expect(outcome).toMatchObject({
      outcome: 'accepted',
      job: { originGuildId: 'g1', requestedBy: 'a', prompt: 'a1' },
    });
  });

  it('sends one key once, at the same time, later, and after a restart', async () => {
    api.fates = ['held'];
    const first = submit('a1');
    await expect.poll(() => api.posts.length).toBe(1);
    const meanwhile = await submit('a1');
    api.release();
    const job = await first;
    const later = await submit('a1');
    startBot();
    const restarted = await submit('a1');

    const ref = 'job' in job ? job.job?.ref : undefined;
    expect(meanwhile.outcome).toBe('in-progress');
    expect([later, restarted]).toMatchObject([{ job: { ref } }, { job: { ref } }]);
    expect(prompts()).toEqual(['a1']);
  });

  it.each(['', '  ', 'x'.repeat(5_001)])('refuses a prompt that the API would refuse', async (prompt) => {
    await expect(submit('a1', { prompt })).rejects.toMatchObject({ code: 'prompt-invalid' });
    expect(api.posts).toEqual([]);
  });

  it('finds the job of a submit whose answer was lost', async () => {
    api.fates = ['lost after'];

    const outcome = await submit('a1');

    expect(outcome).toMatchObject({ outcome: 'found', job: { originGuildId: 'g1', prompt: 'a1' } });
    expect(prompts()).toEqual(['a1']);
  });

  it('does not take another job of the same prompt for the lost one', async () => {
    await submit('a1', { prompt: 'a lighthouse' });
    api.fates = ['lost before'];

    const outcome = await submit('b1', { prompt: 'a lighthouse' });

    expect(outcome.outcome).toBe('may-be-running');
  });

  it('tries a lost submit again once, however many want to', async () => {
    api.fates = ['lost before'];
    const { key } = await submit('a1');
    const same = await submit('a1');
    const again = { key, guildId: 'g1', userId: 'a' };

    const both = await Promise.all([
      bot.acting.submissions.submitAgain(again),
      bot.acting.submissions.submitAgain({ ...again, userId: 'b' }),
    ]);
    const foreign = bot.acting.submissions.submitAgain({ ...again, guildId: 'g2' });

    await expect(foreign).rejects.toMatchObject({ code: 'submit-unknown' });
    expect(same.outcome).toBe('may-be-running');
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'in-progress']);
    expect(prompts()).toEqual(['a1', 'a1']);
  });

  it('finds a lost job before it tries again', async () => {
    api.fates = ['lost after'];
    api.isDown = true;
    const { key, outcome } = await submit('a1');
    api.isDown = false;

    const again = await bot.acting.submissions.submitAgain({ key, guildId: 'g1', userId: 'a' });

    expect([outcome, again.outcome]).toEqual(['may-be-running', 'found']);
    expect(prompts()).toEqual(['a1']);
  });

  it('serves one member after the other, one try at a time', async () => {
    api.otherwise = 'busy';
    const first = await submit('a1');
    const others = [await submit('a2'), await submit('b1'), await submit('c1')];
    const tried = prompts();
    await clock.advance(20_000);
    const triedAgain = prompts();
    api.otherwise = 'works';
    await clock.advance(20_000);

    expect([first, ...others]).toMatchObject([
      { outcome: 'queued', position: 1 },
      { outcome: 'queued', position: 2 },
      { outcome: 'queued', position: 2 },
      { outcome: 'queued', position: 3 },
    ]);
    expect(tried).toEqual(['a1']);
    expect(triedAgain).toEqual(['a1', 'a1']);
    expect(prompts().slice(2)).toEqual(['a1', 'b1', 'c1', 'a2']);
    expect(bot.acting.line.position(first.key)).toBeUndefined();
  });

  it('tells each change of place, the try, that it waits again, and the end', async () => {
    api.fates = ['busy', 'busy'];
    const { key } = await submit('a1');
    const { key: second } = await submit('b1');
    const own: string[] = [];
    bot.acting.line.onAnyProgress((progress) => progress.key === second && own.push(toText(progress)));

    await clock.advance(40_000);

    expect(own).toEqual([`${second} 1`, `${second} sending`, `${second} made`]);
    expect(news).toEqual([
      `${key} 1`,
      `${second} 2`,
      `${key} sending`,
      `${key} 1`,
      `${key} sending`,
      `${key} made`,
      `${second} 1`,
      `${second} sending`,
      `${second} made`,
    ]);
  });

  it('waits as long as the API asks', async () => {
    const imagine = api.imagine.bind(api);
    api.imagine = async (call) => {
      api.imagine = imagine;
      throw new BusyError({ endpoint: 'POST', status: 429, retryAfterMs: 45_000, ...call });
    };
    await submit('a1');

    await clock.advance(44_999);
    const before = prompts().length;
    await clock.advance(1);

    expect([before, prompts()]).toEqual([0, ['a1']]);
  });

  it('waits ten minutes at the longest, whatever the API asks', async () => {
    const imagine = api.imagine.bind(api);
    api.imagine = async (call) => {
      api.imagine = imagine;
      throw new BusyError({ endpoint: 'POST', status: 429, retryAfterMs: 86_400_000, ...call });
    };
    await submit('a1');

    await clock.advance(599_999);
    const before = prompts().length;
    await clock.advance(1);

    expect([before, prompts()]).toEqual([0, ['a1']]);
  });

  it('waits on over a restart, in the same order', async () => {
    api.otherwise = 'busy';
    const keys = [await submit('a1'), await submit('a2'), await submit('b1')].map(({ key }) => key);
    startBot();
    await bot.acting.recover();
    const places = keys.map((key) => bot.acting.line.position(key));
    const recalled = await submit('b1');
    api.otherwise = 'works';
    await clock.advance(40_000);

    expect(places).toEqual([1, 3, 2]);
    expect(recalled).toMatchObject({ outcome: 'queued', position: 2 });
    expect(api.made.map(({ prompt }) => prompt)).toEqual(['a1', 'b1', 'a2']);
  });

  it('still knows after a restart whose turn it was', async () => {
    api.otherwise = 'busy';
    for (const key of ['a1', 'a2', 'b1']) await submit(key);
    api.fates = ['works'];
    await clock.advance(20_000);
    const served = api.made.map(({ prompt }) => prompt);
    startBot();
    await bot.acting.recover();
    api.otherwise = 'works';
    await clock.advance(40_000);

    expect(served).toEqual(['a1']);
    expect(api.made.map(({ prompt }) => prompt)).toEqual(['a1', 'b1', 'a2']);
  });

  it('tells what a submit asked for to its own server alone', async () => {
    const { key } = await submit('a1');

    expect(await bot.acting.submissions.promptOf(key, 'g1')).toBe('a1');
    await expect(bot.acting.submissions.promptOf(key, 'g2')).rejects.toMatchObject({ code: 'submit-unknown' });
  });

  it('takes one back that waits, for its own server only', async () => {
    api.otherwise = 'busy';
    const { key } = await submit('a1');
    const { key: second } = await submit('b1');

    const foreign = await bot.acting.submissions.cancel(key, 'g2');
    const own = await bot.acting.submissions.cancel(key, 'g1');
    const twice = await bot.acting.submissions.cancel(key, 'g1');
    const place = bot.acting.line.position(second);
    api.otherwise = 'works';
    await clock.advance(40_000);

    expect([foreign, own, twice, place]).toEqual(['not-found', 'cancelled', 'not-found', 1]);
    expect(api.made.map(({ prompt }) => prompt)).toEqual(['b1']);
    expect((await submit('a1')).outcome).toBe('cancelled');
  });

  it('takes one back that is being sent if it is not taken', async () => {
    api.fates = ['busy', 'held'];
    const { key } = await submit('a1');
    await clock.advance(30_000);

    const asked = await bot.acting.submissions.cancel(key, 'g1');
    api.release();
    await expect.poll(() => news.at(-1)).toBe(`${key} made`);

    expect(asked).toBe('being-sent');
    expect(api.made).toHaveLength(1);
  });

  it('keeps one in the line while the API cannot be reached', async () => {
    api.fates = ['busy'];
    await submit('a1');
    const imagine = api.imagine.bind(api);
    api.imagine = async () => {
      throw new UnreachableError({ endpoint: 'POST' });
    };
    await clock.advance(60_000);
    api.imagine = imagine;
    await clock.advance(60_000);

    expect(api.made).toHaveLength(1);
  });

  it('sends nothing that is not waiting any more', async () => {
    api.fates = ['busy'];
    const { key } = await submit('a1');
    const act = await bot.acts.get(key);
    if (act !== undefined) await bot.acts.put({ ...act, state: 'cancelled' });

    await clock.advance(60_000);

    expect(api.posts).toHaveLength(1);
    expect(bot.acting.line.position(key)).toBeUndefined();
  });

  it('sends nothing again that was being sent when the process died', async () => {
    api.fates = ['busy', 'held'];
    const { key } = await submit('a1');
    await clock.advance(30_000);
    api.kill();
    startBot();
    await bot.acting.recover();
    await clock.advance(120_000);

    const before = await submit('a1');
    api.release();
    const after = await submit('a1');

    expect(before).toMatchObject({ key, outcome: 'may-be-running' });
    expect(after).toMatchObject({ key, outcome: 'found', job: { requestedBy: 'a' } });
    expect(api.posts).toHaveLength(2);
  });
});

describe('Submissions at the stand-in', () => {
  let rig: ActingRig;
  afterEach(() => rig.close());

  it('gives the reason of a refused prompt and knows the job', async () => {
    rig = await ActingRig.start();
    rig.startBot('v2');

    const outcome = await rig.bot.acting.submissions.submit({
      prompt: 'forbidden',
      guildId: 'g1',
      userId: 'u1',
      key: 'k',
    });

    expect(outcome).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('moderator'),
      job: { status: 'moderated', originGuildId: 'g1' },
    });
  });

  it.each(['v2', 'v3'] as const)('finds a %s job that was made although the answer was a 504', async (version) => {
    rig = await ActingRig.start();
    rig.startBot(version);
    rig.useapi.world.startJob({ version, prompt: 'a cat' });
    const action = { kind: 'status', status: 504 } as const;
    rig.useapi.faults.add({ match: { method: 'POST' }, times: 1, takesEffect: true, action });

    const outcome = await rig.bot.acting.submissions.submit({ prompt: 'a cat', guildId: 'g1', userId: 'u1', key: 'k' });

    const made = rig.useapi.world.list().at(-1);
    expect(outcome).toMatchObject({ outcome: 'found', job: { jobid: made?.jobid, originGuildId: 'g1' } });
    expect(rig.posts).toBe(1);
  });

  it('has its end told although it was over between two looks at the list', async () => {
    rig = await ActingRig.start();
    const wish = { prompt: 'a cat', guildId: 'g1', userId: 'u1', key: 'k' };

    const outcome = await rig.bot.acting.submissions.submit(wish);
    const job = 'job' in outcome ? outcome.job : undefined;
    rig.useapi.world.advance(job?.jobid ?? '', { to: 'moderated' });
    await rig.watch();

    expect(rig.bot.told).toEqual([`${job?.ref} started`, `${job?.ref} moderated`]);
  });

  it('tells of an API channel that is not there', async () => {
    rig = await ActingRig.start();
    const wish = { prompt: 'a cat', apiChannel: '123456789012345678', guildId: 'g1', userId: 'u1', key: 'k' };

    await expect(rig.bot.acting.submissions.submit(wish)).rejects.toMatchObject({ code: 'api-channel-unknown' });
  });
});

function toText(progress: Progress): string {
  if (progress.kind === 'position') return `${progress.key} ${progress.position}`;
  return `${progress.key} ${progress.kind === 'over' ? progress.result.outcome : progress.kind}`;
}
