import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusyError, UnreachableError } from '../../../src/backends/backend-errors.ts';
import type { SubmitOutcome, SubmitRequest } from '../../../src/jobs/submissions/prompts.ts';
import type { Progress } from '../../../src/jobs/submissions/waiting-line.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';
import { SubmissionBot, SubmissionRig } from './submission-rig.ts';

describe('Prompts', () => {
  let api: FakeSubmissionApi;
  let clock: FakeClock;
  let store: SqliteStore;
  let bot: SubmissionBot;
  let heard: string[];

  function startBot(access: ConstructorParameters<typeof SubmissionBot>[4] = {}): void {
    bot?.submissions.stop();
    bot = new SubmissionBot(api, store, clock, 'v3', access);
    bot.submissions.line.onAnyProgress((progress) => heard.push(toText(progress)));
  }

  function submit(key: string, over: Partial<SubmitRequest> = {}): Promise<SubmitOutcome> {
    return bot.submissions.prompts.submit({ prompt: key, guildId: 'g1', userId: key.charAt(0), key, ...over });
  }

  const prompts = () => api.posts.map(({ prompt }) => prompt);

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeSubmissionApi();
    api.now = () => clock.now();
    store = SqliteStore.open(':memory:');
    heard = [];
    startBot();
  });
  afterEach(async () => {
    bot.submissions.stop();
    await bot.submissions.whenIdle();
    await store.close();
  });

  it('submits and owns the job', async () => {
    const outcome = await submit('a1');

    expect(outcome).toMatchObject({
      outcome: 'accepted',
      job: { originGuildId: 'g1', requestedBy: 'a', prompt: 'a1' },
    });
  });

  it('sends a prompt to the account that was asked for, and says of one that takes none that it does not', async () => {
    const boards: Readonly<Record<string, string>> = { '': 'v3', lab: 'lab/v3' };
    const accounts = {
      submitBoardOf: (_guildId: string, { account = '' }: { account?: string | undefined } = {}) => boards[account],
      nameIn: () => undefined,
    };
    startBot({ accounts });
    const asked: string[] = [];
    const send = api.submit.bind(api);
    api.submit = (request) => {
      asked.push(request.board);
      return send(request);
    };

    await submit('a1', { account: 'lab' });
    await submit('b1');

    expect(asked).toEqual(['lab/v3', 'v3']);
    await expect(submit('c1', { account: 'none' })).rejects.toThrow('That account takes no prompts.');
  });

  it('sends nothing of what waited to an account that its server may no longer use', async () => {
    api.fates = ['busy'];
    await submit('a1');
    const tolds: string[] = [];
    startBot({ isOpenTo: () => false });
    bot.submissions.onOutcome(async (_submission, result) => {
      tolds.push('error' in result ? result.error.message : result.outcome);
    });
    await bot.submissions.recover();
    await expect.poll(() => tolds.length).toBe(1);

    expect(prompts()).toEqual(['a1']);
    expect(tolds[0]).toContain('is no longer available here. Nothing was spent.');
  });

  it('names the account that could not be reached, where the server has several', async () => {
    startBot({ accounts: { submitBoardOf: () => 'v3', nameIn: () => 'Studio' } });
    api.submit = async () => {
      throw new UnreachableError({ endpoint: 'POST' });
    };

    await expect(submit('a1')).rejects.toThrow('I can’t reach the API of Studio.');
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
      bot.submissions.prompts.submitAgain(again),
      bot.submissions.prompts.submitAgain({ ...again, userId: 'b' }),
    ]);
    const foreign = bot.submissions.prompts.submitAgain({ ...again, guildId: 'g2' });

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

    const again = await bot.submissions.prompts.submitAgain({ key, guildId: 'g1', userId: 'a' });

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
    expect(bot.submissions.line.position(first.key)).toBeUndefined();
    expect(bot.submissions.line.laneCount).toBe(0);
  });

  it('reports each change of place, the try, that it waits again, and the end', async () => {
    api.fates = ['busy', 'busy'];
    const { key } = await submit('a1');
    const { key: second } = await submit('b1');
    const own: string[] = [];
    bot.submissions.line.onAnyProgress((progress) => progress.key === second && own.push(toText(progress)));

    await clock.advance(40_000);

    expect(own).toEqual([`${second} 1`, `${second} sending`, `${second} made`]);
    expect(heard).toEqual([
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
    const imagine = api.submit.bind(api);
    api.submit = async (call) => {
      api.submit = imagine;
      throw new BusyError({ endpoint: 'POST', status: 429, retryAfterMs: 45_000, ...call });
    };
    await submit('a1');

    await clock.advance(44_999);
    const before = prompts().length;
    await clock.advance(1);

    expect([before, prompts()]).toEqual([0, ['a1']]);
  });

  it('waits ten minutes at the longest, whatever the API asks', async () => {
    const imagine = api.submit.bind(api);
    api.submit = async (call) => {
      api.submit = imagine;
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
    await bot.submissions.recover();
    const places = keys.map((key) => bot.submissions.line.position(key));
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
    await bot.submissions.recover();
    api.otherwise = 'works';
    await clock.advance(40_000);

    expect(served).toEqual(['a1']);
    expect(api.made.map(({ prompt }) => prompt)).toEqual(['a1', 'b1', 'a2']);
  });

  it('shows what a submit asked for to its own server alone', async () => {
    const { key } = await submit('a1');

    expect(await bot.submissions.prompts.promptOf(key, 'g1')).toBe('a1');
    await expect(bot.submissions.prompts.promptOf(key, 'g2')).rejects.toMatchObject({ code: 'submit-unknown' });
  });

  it('takes one back that waits, for its own server only', async () => {
    api.otherwise = 'busy';
    const { key } = await submit('a1');
    const { key: second } = await submit('b1');

    const foreign = await bot.submissions.prompts.cancel(key, 'g2');
    const own = await bot.submissions.prompts.cancel(key, 'g1');
    const twice = await bot.submissions.prompts.cancel(key, 'g1');
    const place = bot.submissions.line.position(second);
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

    const asked = await bot.submissions.prompts.cancel(key, 'g1');
    api.release();
    await expect.poll(() => heard.at(-1)).toBe(`${key} made`);

    expect(asked).toBe('being-sent');
    expect(api.made).toHaveLength(1);
  });

  it('keeps one in the line while the API cannot be reached', async () => {
    api.fates = ['busy'];
    await submit('a1');
    const imagine = api.submit.bind(api);
    api.submit = async () => {
      throw new UnreachableError({ endpoint: 'POST' });
    };
    await clock.advance(60_000);
    api.submit = imagine;
    await clock.advance(60_000);

    expect(api.made).toHaveLength(1);
  });

  it('sends nothing that is not waiting any more', async () => {
    api.fates = ['busy'];
    const { key } = await submit('a1');
    const submission = await bot.submissionStore.get(key);
    if (submission !== undefined) await bot.submissionStore.put({ ...submission, state: 'cancelled' });

    await clock.advance(60_000);

    expect(api.posts).toHaveLength(1);
    expect(bot.submissions.line.position(key)).toBeUndefined();
  });

  it('sends nothing again that was being sent when the process died', async () => {
    api.fates = ['busy', 'held'];
    const { key } = await submit('a1');
    await clock.advance(30_000);
    api.kill();
    startBot();
    await bot.submissions.recover();
    await clock.advance(120_000);

    const before = await submit('a1');
    api.release();
    const after = await submit('a1');

    expect(before).toMatchObject({ key, outcome: 'may-be-running' });
    expect(after).toMatchObject({ key, outcome: 'found', job: { requestedBy: 'a' } });
    expect(api.posts).toHaveLength(2);
  });
});

describe('Prompts at the stand-in', () => {
  let rig: SubmissionRig;
  afterEach(() => rig.close());

  it('gives the reason of a refused prompt and knows the job', async () => {
    rig = await SubmissionRig.start();
    rig.startBot('v2');

    const outcome = await rig.bot.submissions.prompts.submit({
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

  it.each(['v2', 'v3'] as const)('finds a %s job that was made although the answer was a 504', async (board) => {
    rig = await SubmissionRig.start();
    rig.startBot(board);
    rig.useapi.world.startJob({ version: board, prompt: 'a cat' });
    const action = { kind: 'status', status: 504 } as const;
    rig.useapi.faults.add({ match: { method: 'POST' }, times: 1, takesEffect: true, action });

    const outcome = await rig.bot.submissions.prompts.submit({
      prompt: 'a cat',
      guildId: 'g1',
      userId: 'u1',
      key: 'k',
    });

    const made = rig.useapi.world.list().at(-1);
    expect(outcome).toMatchObject({ outcome: 'found', job: { jobid: made?.jobid, originGuildId: 'g1' } });
    expect(rig.posts).toBe(1);
  });

  it('has its end reported although it was over between two looks at the list', async () => {
    rig = await SubmissionRig.start();
    const wish = { prompt: 'a cat', guildId: 'g1', userId: 'u1', key: 'k' };

    const outcome = await rig.bot.submissions.prompts.submit(wish);
    const job = 'job' in outcome ? outcome.job : undefined;
    rig.useapi.world.advance(job?.jobid ?? '', { to: 'moderated' });
    await rig.watch();

    expect(rig.bot.notified).toEqual([`${job?.ref} started`, `${job?.ref} moderated`]);
  });

  it('refuses an API channel that is not there', async () => {
    rig = await SubmissionRig.start();
    const wish = { prompt: 'a cat', apiChannel: '123456789012345678', guildId: 'g1', userId: 'u1', key: 'k' };

    await expect(rig.bot.submissions.prompts.submit(wish)).rejects.toMatchObject({ code: 'api-channel-unknown' });
  });
});

function toText(progress: Progress): string {
  if (progress.kind === 'position') return `${progress.key} ${progress.position}`;
  return `${progress.key} ${progress.kind === 'over' ? progress.result.outcome : progress.kind}`;
}
