import { expect, it } from 'vitest';
import { Submission } from '../../../src/jobs/submissions/submission.ts';

it('reads what version 0.2 stored', () => {
  const stored = {
    id: 'a1',
    state: 'waiting',
    guildId: 'g1',
    userId: 'ann',
    askedAt: 1,
    turn: 1,
    hasWaited: true,
    wishId: 'i1',
    work: { kind: 'submit', prompt: 'a fox', version: 'v3' },
  };

  const { wishId, work, ...same } = stored;
  expect(Submission.parse(stored)).toEqual({
    ...same,
    requestId: wishId,
    work: { kind: 'submit', prompt: work.prompt, board: 'v3' },
  });
});
