import { afterEach, describe, expect, it } from 'vitest';
import { FIRST_CHANNEL } from '../../../sandbox/midjourney/midjourney-world.ts';
import { SubmissionRig } from './submission-rig.ts';

let rig: SubmissionRig;
afterEach(() => rig.close());

describe('resetApiChannel', () => {
  it.each([
    ['v2', 'both'],
    ['v3', 'reset-channel'],
    ['v3', 'channel-reset'],
  ] as const)('clears a blocked API channel: %s, %s', async (board, resetSpelling) => {
    rig = await SubmissionRig.start({ switches: { resetSpelling } });
    const ref = await rig.aGrid(board);
    rig.useapi.world.blockChannel(FIRST_CHANNEL);

    await rig.bot.submissions.resetApiChannel(board, FIRST_CHANNEL, 'g1');

    expect((await rig.bot.press(ref, 'V1')).outcome).toBe('pressed');
  });

  it('says that there is no such API channel', async () => {
    rig = await SubmissionRig.start();

    const reset = rig.bot.submissions.resetApiChannel('v3', '123456789012345678', 'g1');

    await expect(reset).rejects.toMatchObject({ name: 'UserError', code: 'api-channel-unknown' });
  });

  it('says what the API answered', async () => {
    rig = await SubmissionRig.start();
    rig.useapi.faults.add({ match: { method: 'POST' }, action: { kind: 'status', status: 401 } });

    const reset = rig.bot.submissions.resetApiChannel('v3', FIRST_CHANNEL, 'g1');

    await expect(reset).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('no longer accepts my token'),
    });
  });
});
