import { expect, it } from 'vitest';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { aJob } from '../builders.ts';

const ended = (n: number, guildId: string) =>
  aJob({ ref: `${guildId}-${n}`, jobid: `${guildId}-${n}`, status: 'completed', accountGuildIds: [guildId] });

it('forgets no job of a quiet server because a busy one ends many', () => {
  const index = new JobIndex();
  index.note(ended(0, 'quiet'));
  for (let n = 0; n < 2_000; n += 1) index.note(ended(n, 'busy'));

  expect(index.search('', 'quiet', 25).map(({ ref }) => ref)).toEqual(['quiet-0']);
  expect(index.search('', 'busy', 1).map(({ ref }) => ref)).toEqual(['busy-1999']);
  expect(index.recentRefs()).toHaveLength(500);
});

it('knows new API channels although one server’s own account has named very many', () => {
  const index = new JobIndex();
  for (let n = 0; n < 2_000; n += 1) index.noteApiChannel(`${n}`, ['busy']);

  index.noteApiChannel('7777', ['quiet']);
  index.noteApiChannel('8888');

  expect(index.searchApiChannels('', 'quiet', 25)).toEqual(['7777', '8888']);
  expect(index.searchApiChannels('', 'busy', 2_000)).toHaveLength(101);
});
