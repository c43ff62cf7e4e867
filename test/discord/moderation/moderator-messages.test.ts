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
const submission = {
  id: 'a1',
  guildId: 'g1',
  userId: '77',
  state: 'refused',
  askedAt: 0,
  turn: 0,
  hasWaited: false,
} as const;
const submit = { kind: 'submit', prompt: SECRET, board: 'v3' } as const;
const press = {
  kind: 'press',
  ref: job.ref,
  jobid: job.jobid,
  label: SECRET,
  prompt: SECRET,
  childrenBefore: [],
} as const;
const common = { about: '', serverName: 'S' };
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
  {
    kind: 'outcome',
    submission: { ...submission, work: submit },
    result: { outcome: 'refused', reason: SECRET, job },
    ...common,
  },
  { kind: 'outcome', submission: { ...submission, work: submit }, result: { outcome: 'made', job }, ...common },
  {
    kind: 'outcome',
    submission: { ...submission, work: press },
    result: { outcome: 'may-be-running', reason: 'Lost.' },
    ...common,
  },
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

it.each(['whole', 'text-only'] as const)('names the account of a blocked API channel: %s', async (level) => {
  const messages = new ModeratorMessages({ lease: async () => ({ results: [], release: () => undefined }) });
  const alert = { kind: 'blocked', board: 'studio/v3', apiChannel: '123' } as const;

  const { message } = await messages.make(
    { kind: 'alert', alert, boardName: 'Studio v3' },
    { deliveryId: 'd1', level },
  );

  expect(JSON.stringify(message)).toContain('🧱 Studio v3: the API channel `123` takes no jobs');
  expect(JSON.stringify(message)).toContain('"api-reset:studio/v3:123:d1"');
});

it('names the account of jobs in reviews and alerts', async () => {
  const messages = new ModeratorMessages({ lease: async () => ({ results: [], release: () => undefined }) });
  const named = aJob({ status: 'completed', accountName: 'Studio', requestedBy: '77' });
  const about: readonly ModeratorNotice[] = [
    { kind: 'review', review: { ...review, votes: [] }, job: named, quorum: 1 },
    { kind: 'alert', alert: { kind: 'moderated', ref: named.ref }, job: named },
    { kind: 'alert', alert: { kind: 'lost-contact', ref: named.ref }, job: named },
  ];

  for (const notice of about) {
    const { message } = await messages.make(notice, { deliveryId: 'd1', level: 'whole' });
    expect(JSON.stringify(message)).toContain('on Studio');
  }
});

it('says why the card of a review has no pictures', async () => {
  const messages = new ModeratorMessages({ lease: async () => ({ results: [], release: () => undefined }) });
  const done = aJob({ status: 'completed', imageUx: [{ id: 0, url: 'https://cdn.midjourney.com/a/0_0.png' }] });
  const notice: ModeratorNotice = { kind: 'review', review: { ...review, votes: [] }, job: done, quorum: 2 };

  const { message } = await messages.make(notice, { deliveryId: 'd1', level: 'without-media', answerCode: 400_001 });

  expect(JSON.stringify(message)).toMatch(/Not shown here: [^"]*\(uploads are off in this server\)/);
});
