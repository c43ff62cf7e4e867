import { expect, it } from 'vitest';
import { ModeratorMessages, type ModeratorNotice } from '../../../src/discord/moderation/moderator-messages.ts';
import { aJob } from '../../builders.ts';

const SECRET = 'secret words';
const job = aJob({ status: 'moderated', prompt: SECRET, verb: SECRET, error: SECRET, errorDetails: SECRET });
const review = {
  guildId: 'g1',
  ref: job.ref,
  why: 'word',
  word: SECRET,
  openedAt: 0,
  onTimeout: 'drop',
  votes: [{ by: '77', verdict: 'reject', reason: SECRET, at: 0 }],
} as const;
const decision = { verdict: 'reject', by: ['77'], reasons: [SECRET], cause: 'votes', at: 0 } as const;
const act = { id: 'a1', guildId: 'g1', userId: '77', state: 'refused', askedAt: 0, turn: 0, hasWaited: false } as const;
const submit = { kind: 'submit', prompt: SECRET, version: 'v3' } as const;
const press = {
  kind: 'press',
  ref: job.ref,
  jobid: job.jobid,
  label: SECRET,
  prompt: SECRET,
  childrenBefore: [],
} as const;
const told = { about: '', serverName: 'S' };
const notices: readonly ModeratorNotice[] = [
  { kind: 'review', review: { ...review, votes: [...review.votes] }, job, quorum: 2 },
  { kind: 'reminder', review: { ...review, votes: [...review.votes] } },
  {
    kind: 'verdict',
    ref: job.ref,
    decision: { ...decision, by: ['77'], reasons: [SECRET] },
    serverName: 'S',
    prompt: SECRET,
  },
  { kind: 'moderated', job, serverName: 'S' },
  { kind: 'outcome', act: { ...act, work: submit }, result: { outcome: 'refused', reason: SECRET, job }, ...told },
  { kind: 'outcome', act: { ...act, work: submit }, result: { outcome: 'made', job }, ...told },
  { kind: 'outcome', act: { ...act, work: press }, result: { outcome: 'may-be-running', reason: 'Lost.' }, ...told },
  { kind: 'alert', alert: { kind: 'moderated', ref: job.ref }, job },
  { kind: 'alert', alert: { kind: 'refused', by: '77', ref: job.ref, reason: SECRET, prompt: SECRET } },
];

it.each(notices)('says the least without words from outside: $kind', async (notice) => {
  const messages = new ModeratorMessages({ lease: async () => ({ results: [], release: () => undefined }) });

  const { message } = await messages.make(notice, { deliveryId: 'd1', level: 'text-only' });

  expect(JSON.stringify(message)).toContain(job.ref);
  expect(JSON.stringify(message)).toContain('d1');
  expect(JSON.stringify(message)).not.toContain(SECRET);
});
