import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/midjourney/faults.ts';
import { toLabelHash } from '../../../src/jobs/label-hash.ts';
import { ApiChannelBlockedError } from '../../../src/jobs/submissions/submission-errors.ts';
import { SubmissionRig } from './submission-rig.ts';

const BUTTON = 'jobs/button$';
const LOST: readonly (readonly [string, Fault['action']])[] = [
  ['a cut', { kind: 'cut' }],
  ['a cut in the body', { kind: 'cut', after: 'mid-body' }],
  ['a 504', { kind: 'status', status: 504 }],
  ['a 500', { kind: 'status', status: 500 }],
  ['an empty answer', { kind: 'empty' }],
  ['an HTML page', { kind: 'html' }],
];

let rig: SubmissionRig;
afterEach(() => rig.close());

function lose(action: Fault['action'], takesEffect: boolean): void {
  rig.useapi.faults.add({ match: { method: 'POST', path: BUTTON }, times: 1, takesEffect, action });
}

/** What is stored of the submission that made a job. */
async function stateOf(jobid: string): Promise<string | undefined> {
  return (await rig.bot.submissionStore.get(rig.useapi.world.find(jobid)?.replyRef ?? ''))?.state;
}

describe('Presses', () => {
  it.each(['v2', 'v3'] as const)('presses a button of a %s job and owns the new one', async (board) => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid(board);

    const outcome = await rig.bot.submissions.presses.press({
      ref,
      button: { labelHash: toLabelHash('V2') },
      guildId: 'g1',
      userId: 'u1',
    });
    await rig.bot.submissions.whenIdle();

    expect(outcome).toMatchObject({ outcome: 'pressed', label: 'V2', job: { originGuildId: 'g1', requestedBy: 'u1' } });
    const child = 'job' in outcome ? outcome.job : undefined;
    const parent = await rig.bot.jobs.get(ref);
    const used = (await rig.bot.submissions.presses.usedButtons(ref, 'g1')).get('V2');
    expect(parent?.children.map(({ jobid }) => jobid)).toEqual([child?.jobid]);
    expect(used).toMatchObject({ by: 'u1', childRef: child?.ref, isWaiting: false });
    expect(rig.bot.notified).toContain(`${child?.ref} started`);
  });

  it('sends one of two presses at once and shows the second who was first', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    rig.useapi.faults.add({ match: { path: BUTTON }, action: { kind: 'delay', ms: 100 } });

    const first = rig.bot.press(ref, 'V1', { userId: 'ann' });
    const second = await rig.bot.press(ref, 'V1', { userId: 'bob' });

    expect(second).toMatchObject({ outcome: 'already-pressed', by: 'ann' });
    expect(await first).toMatchObject({ outcome: 'pressed' });
    expect(rig.posts).toBe(1);
  });

  it('presses two buttons of a job at the same time', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();

    const both = await Promise.all([rig.bot.press(ref, 'V1'), rig.bot.press(ref, 'V2')]);

    expect(both.map(({ outcome }) => outcome)).toEqual(['pressed', 'pressed']);
  });

  it.each(['v2', 'v3'] as const)('does U1 of a %s job once for ever, also after a restart', async (board) => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid(board);

    const first = await rig.bot.press(ref, 'U1');
    rig.skippedMs += 3_600_000;
    const second = await rig.startBot().press(ref, 'U1', { userId: 'u2', isConfirmed: true });

    expect(second).toMatchObject({ outcome: 'existing', job: { ref: 'job' in first && first.job?.ref } });
    expect(rig.posts).toBe(1);
  });

  it.each([
    ['v2', 200],
    ['v3', 200],
    ['v3', 201],
  ] as const)('leads to the child of an upscale that was made elsewhere: %s, %i', async (board, status) => {
    rig = await SubmissionRig.start({ switches: { repeatedUpscaleStatus: status } });
    const ref = await rig.aGrid(board);
    const parent = await rig.bot.jobs.get(ref);
    const jobid = rig.useapi.world.startJob({
      version: board,
      button: 'U2',
      parentJobid: parent?.jobid,
      replyRef: 'other',
    });

    const outcome = await rig.bot.press(ref, 'U2');

    expect(outcome).toMatchObject({ outcome: 'existing', job: { jobid } });
    expect('job' in outcome && outcome.job).not.toHaveProperty('originGuildId');
    expect(await rig.bot.submissions.presses.usedButtons(ref, 'g1')).toEqual(new Map());
  });

  it('locks other buttons for ten seconds and asks before it repeats them', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    const first = await rig.bot.press(ref, '🔄');

    const soon = await rig.bot.press(ref, '🔄', { isConfirmed: true });
    rig.skippedMs += 10_000;
    const later = await rig.bot.press(ref, '🔄', { userId: 'u2' });
    const confirms = later.outcome === 'confirm-repeat' ? later.previous?.id : undefined;
    const confirmed = await rig.bot.press(ref, '🔄', { isConfirmed: true, ...(confirms && { confirms }) });

    const childRef = 'job' in first ? first.job?.ref : undefined;
    expect(soon).toMatchObject({ outcome: 'already-pressed', by: 'u1', childRef });
    expect(later).toMatchObject({ outcome: 'confirm-repeat', previous: { by: 'u1', childRef } });
    expect(confirmed.outcome).toBe('pressed');
    expect(rig.posts).toBe(2);
  });

  it('takes a confirmation for one job only', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    await rig.bot.press(ref, 'V1');
    rig.skippedMs += 10_000;
    const asked = await rig.bot.press(ref, 'V1');
    const confirms = (asked.outcome === 'confirm-repeat' && asked.previous?.id) || '';
    const yes = { isConfirmed: true, confirms };

    const both = await Promise.all([rig.bot.press(ref, 'V1', yes), rig.bot.press(ref, 'V1', yes)]);
    rig.skippedMs += 60_000;
    const late = await rig.bot.press(ref, 'V1', yes);

    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['already-pressed', 'pressed']);
    expect(late.outcome).toBe('confirm-repeat');
    expect(rig.posts).toBe(2);
  });

  it.each(LOST)('finds the job of a press whose answer was lost to %s', async (_, action) => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    lose(action, true);

    const outcome = await rig.bot.press(ref, 'V3');
    const again = await rig.bot.press(ref, 'V3', { isConfirmed: true });

    expect(outcome).toMatchObject({ outcome: 'found', job: { originGuildId: 'g1', requestedBy: 'u1', button: 'V3' } });
    expect(again.outcome).toBe('already-pressed');
    expect(rig.posts).toBe(1);
  });

  it.each(LOST)('does not press again by itself after %s without a job', async (_, action) => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    lose(action, false);

    const first = await rig.bot.press(ref, 'V3');
    const unasked = await rig.bot.press(ref, 'V3', { userId: 'u2' });
    const postsBefore = rig.posts;
    const confirms = (unasked.outcome === 'may-be-running' && unasked.previous.id) || '';
    const confirmed = await rig.bot.press(ref, 'V3', { isConfirmed: true, confirms });

    expect(first).toMatchObject({ outcome: 'may-be-running', previous: { by: 'u1' } });
    expect(unasked).toMatchObject({ outcome: 'may-be-running', previous: { by: 'u1' } });
    expect(postsBefore).toBe(1);
    expect(confirmed.outcome).toBe('pressed');
  });

  it('looks for a lost job again before it repeats a press on purpose', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    lose({ kind: 'cut' }, true);
    const hidden = rig.useapi.faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 400 } });

    const first = await rig.bot.press(ref, 'V3');
    hidden();
    const confirms = (first.outcome === 'may-be-running' && first.previous.id) || '';
    const again = await rig.bot.press(ref, 'V3', { isConfirmed: true, confirms });

    expect([first.outcome, again.outcome]).toEqual(['may-be-running', 'found']);
    expect(rig.posts).toBe(1);
  });

  it('keeps what the last press made when the lost job of one before it turns up', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    lose({ kind: 'cut' }, true);
    const hidden = rig.useapi.faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 400 } });
    await rig.bot.press(ref, 'V3');
    const lost = rig.useapi.world.list().at(-1)?.jobid ?? '';
    hidden();
    rig.skippedMs += 60_000;
    const removed = rig.useapi.faults.add({
      match: { path: lost.slice(0, 20) },
      action: { kind: 'status', status: 404 },
    });
    const made = await rig.bot.press(ref, 'V3', { userId: 'u2', isConfirmed: true });
    removed();

    await rig.know(lost);
    await expect.poll(() => stateOf(lost)).toBe('done');

    const used = (await rig.bot.submissions.presses.usedButtons(ref, 'g1')).get('V3');
    expect(used).toMatchObject({ by: 'u2', childRef: 'job' in made && made.job?.ref });
  });

  it('keeps what a button made when a later press of it is refused', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid('v2');
    const made = await rig.bot.press(ref, 'V1');
    rig.skippedMs += 10_000;

    const refused = await rig.bot.press(ref, 'V1', { isConfirmed: true, prompt: 'forbidden' });

    expect(refused.outcome).toBe('refused');
    const used = (await rig.bot.submissions.presses.usedButtons(ref, 'g1')).get('V1');
    expect(used).toMatchObject({ childRef: 'job' in made && made.job?.ref });
  });

  it('takes up a job that turns up later', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    lose({ kind: 'cut' }, true);
    const hidden = rig.useapi.faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 400 } });
    const found: string[] = [];
    rig.bot.submissions.runner.onFound((submission, job) => found.push(`${submission.userId} ${job.ref}`));
    await rig.bot.press(ref, 'V3');
    hidden();

    const child = await rig.know(rig.useapi.world.list().at(-1)?.jobid ?? '');
    await expect.poll(() => found).toEqual([`u1 ${child}`]);

    expect(await rig.bot.jobs.get(child)).toMatchObject({ originGuildId: 'g1', requestedBy: 'u1' });
    expect((await rig.bot.submissions.presses.usedButtons(ref, 'g1')).get('V3')).toMatchObject({ childRef: child });
  });

  it.each([
    ['after', true, 'already-pressed', 1],
    ['before', false, 'may-be-running', 0],
  ] as const)('sends nothing again after a kill in the middle of the POST, %s it took effect', async (...row) => {
    const [, takesEffect, expected, jobs] = row;
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    const delay = { kind: 'delay', ms: 60_000 } as const;
    rig.useapi.faults.add({ match: { method: 'POST' }, times: 1, takesEffect, action: delay });
    rig.bot.press(ref, 'V1').catch(() => undefined);
    await expect.poll(() => rig.useapi.faults.list()).toEqual([]);
    await expect.poll(() => rig.useapi.world.list()).toHaveLength(1 + jobs);

    const bot = rig.startBot();
    await bot.submissions.recover();
    const outcome = await bot.press(ref, 'V1', { userId: 'u2' });
    const used = (await bot.submissions.presses.usedButtons(ref, 'g1')).get('V1');

    expect(outcome).toMatchObject({ outcome: expected });
    expect(used).toMatchObject({ by: 'u1' });
    expect(rig.useapi.world.list()).toHaveLength(1 + jobs);
    expect(rig.posts).toBe(0);
  });

  it('throws for a blocked API channel, names it, and does not press again unasked', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    const { apiChannel } = (await rig.bot.jobs.get(ref)) ?? {};
    rig.useapi.world.blockChannel(apiChannel ?? '');

    const failure = await rig.bot.press(ref, 'V1').catch((error: unknown) => error);
    rig.useapi.world.resetChannel(apiChannel ?? '');
    const again = await rig.bot.press(ref, 'V1');

    expect(failure).toBeInstanceOf(ApiChannelBlockedError);
    expect(failure).toMatchObject({ apiChannel, board: 'v3' });
    expect(again.outcome).toBe('may-be-running');
    expect(rig.posts).toBe(1);
  });

  it('gives the reason of a refused prompt, and may be pressed again', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid('v2');

    const refused = await rig.bot.press(ref, 'V1', { prompt: 'forbidden fruit' });
    const again = await rig.bot.press(ref, 'V1', { prompt: 'fruit' });

    expect(refused).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('moderator') });
    expect(again.outcome).toBe('pressed');
  });

  it.each([
    [401, 'no longer accepts my token'],
    [402, 'has no subscription any more'],
    [404, 'doesn’t know this job'],
    [410, 'has expired'],
  ])('puts a %i into words and locks nothing', async (status, words) => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    lose({ kind: 'status', status }, false);

    await expect(rig.bot.press(ref, 'V1')).rejects.toMatchObject({
      name: 'SubmissionError',
      message: expect.stringContaining(words),
    });
    expect((await rig.bot.press(ref, 'V1')).outcome).toBe('pressed');
  });

  it('asks for what a button needs', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.anUpscale();

    const zoom = await rig.bot.press(ref, 'Custom Zoom');
    const region = await rig.bot.press(ref, 'Vary (Region)', { prompt: 'a hat' });
    const zoomed = await rig.bot.press(ref, 'Custom Zoom', { prompt: 'a hat --zoom 1.4' });

    expect(zoom).toMatchObject({ outcome: 'incomplete', needs: 'prompt' });
    expect(region).toMatchObject({ outcome: 'incomplete', needs: 'mask' });
    expect(zoomed).toMatchObject({ outcome: 'pressed', job: { prompt: 'a hat --zoom 1.4' } });
    expect(rig.posts).toBe(1);
  });

  it('shows another server that a button of a shared job is used, and nothing else', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    const elsewhere = { guildId: 'g2', userId: 'eve' };
    const own = [await rig.bot.press(ref, 'U1', { userId: 'ann' }), await rig.bot.press(ref, 'V1', { userId: 'ann' })];

    const once = await rig.bot.press(ref, 'U1', elsewhere);
    const soon = await rig.bot.press(ref, 'V1', elsewhere);
    rig.skippedMs += 10_000;
    const later = await rig.bot.press(ref, 'V1', elsewhere);
    const used = await rig.bot.submissions.presses.usedButtons(ref, 'g2');

    expect([once, soon, later].map(({ outcome }) => outcome)).toEqual([
      ...['existing-elsewhere', 'already-pressed', 'confirm-repeat'],
    ]);
    const text = JSON.stringify([once, soon, later, [...used]]);
    for (const outcome of own) expect(text).not.toContain('job' in outcome ? outcome.job?.ref : '-');
    expect(text).not.toContain('ann');
    expect(rig.posts).toBe(2);
  });

  it('shows another server nothing of a lost job that it finds', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid();
    lose({ kind: 'cut' }, true);
    const hidden = rig.useapi.faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 400 } });
    await rig.bot.press(ref, 'V1', { userId: 'ann' });
    hidden();

    const outcome = await rig.bot.press(ref, 'V1', { guildId: 'g2', userId: 'eve' });

    expect(outcome).toMatchObject({ outcome: 'already-pressed', isWaiting: false });
    expect(JSON.stringify(outcome)).not.toContain('ann');
  });

  it('answers another server, and a button that the job has not, without a call', async () => {
    rig = await SubmissionRig.start();
    const ref = await rig.aGrid('v3', 'g1');

    const foreign = rig.bot.press(ref, 'V1', { guildId: 'g2' });
    const unknown = rig.bot.press(ref, 'Remaster');

    await expect(foreign).rejects.toMatchObject({ code: 'job-unknown' });
    await expect(unknown).rejects.toMatchObject({ code: 'button-unknown' });
    expect(rig.posts).toBe(0);
  });

  it('waits its turn after a 429 and is pressed when there is room', async () => {
    rig = await SubmissionRig.start({ maxJobs: 1, switches: { retryAfter: 'seconds', retryAfterSeconds: 1 } });
    const ref = await rig.aGrid();
    const running = rig.useapi.world.startJob({ prompt: 'in the way' });

    const queued = await rig.bot.press(ref, 'V1');
    const second = await rig.bot.press(ref, 'V1', { userId: 'u2' });
    rig.useapi.world.advance(running, { to: 'completed' });
    const key = queued.outcome === 'queued' ? queued.key : '';
    const over = await new Promise((resolve) => {
      rig.bot.submissions.line.onAnyProgress(
        (progress) => progress.key === key && progress.kind === 'over' && resolve(progress.result),
      );
    });

    expect(queued).toMatchObject({ outcome: 'queued', position: 1 });
    expect(second).toMatchObject({ outcome: 'already-pressed', by: 'u1', isWaiting: true });
    expect(over).toMatchObject({ outcome: 'made', job: { button: 'V1', requestedBy: 'u1' } });
    expect(rig.posts).toBe(2);
  });
});
