import { expect, it } from 'vitest';
import { startInteractionRig } from '../outage/interaction-rig.ts';

const mistake = () => {
  throw new Error('a mistake of ours');
};

it.each([
  [true, 'that the log has it by'],
  [false, 'no code of'],
])('tells who may configure (%s) %s what broke', async (mayConfigure) => {
  await using rig = await startInteractionRig(1, {
    permissions: { requireAllowed: mistake, isAllowed: () => mayConfigure },
    log: { append: async () => 0 },
  });

  const said = await rig.submission('command');

  expect(said).toContain('tell whoever runs me when it was');
  expect(/The log has it under `[0-9a-f]{8}`/.test(said)).toBe(mayConfigure);
});
