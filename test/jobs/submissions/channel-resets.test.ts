import { afterEach, describe, expect, it } from 'vitest';
import { FIRST_CHANNEL } from '../../../sandbox/useapi/world.ts';
import { ActingRig } from './acting-rig.ts';

let rig: ActingRig;
afterEach(() => rig.close());

describe('resetApiChannel', () => {
  it.each([
    ['v2', 'both'],
    ['v3', 'reset-channel'],
    ['v3', 'channel-reset'],
  ] as const)('clears a blocked API channel: %s, %s', async (version, resetSpelling) => {
    rig = await ActingRig.start({ switches: { resetSpelling } });
    const ref = await rig.aGrid(version);
    rig.useapi.world.blockChannel(FIRST_CHANNEL);

    await rig.bot.acting.resetApiChannel(version, FIRST_CHANNEL);

    expect((await rig.bot.press(ref, 'V1')).outcome).toBe('pressed');
  });

  it('says that there is no such API channel', async () => {
    rig = await ActingRig.start();

    const reset = rig.bot.acting.resetApiChannel('v3', '123456789012345678');

    await expect(reset).rejects.toMatchObject({ name: 'UserError', code: 'api-channel-unknown' });
  });

  it('says what the API answered', async () => {
    rig = await ActingRig.start();
    rig.useapi.faults.add({ match: { method: 'POST' }, action: { kind: 'status', status: 401 } });

    const reset = rig.bot.acting.resetApiChannel('v3', FIRST_CHANNEL);

    await expect(reset).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('401') });
  });
});
