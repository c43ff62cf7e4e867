import { describe, expect, it } from 'vitest';
import type { MediaLender } from '../../../src/discord/cards/job-cards.ts';
import { NoticeMessages } from '../../../src/discord/notify/notice-messages.ts';
import { LEVELS, type Notice } from '../../../src/notifications/delivery/channel-poster.ts';
import { aJob } from '../../builders.ts';

const nobody = { mentionRoleIds: [], mentionUserIds: [] };
const job = aJob({
  status: 'moderated',
  prompt: 'something secret',
  error: 'secret error',
  errorDetails: 'secret details',
  embeds: [{ title: 'secret title', description: 'secret text' }],
  attachments: [{ url: 'https://cdn.discordapp.com/secret.png' }],
});
const event = 'moderated';
const notices: readonly Notice[] = [
  { kind: 'job', job, event, media: 'full', ...nobody },
  { kind: 'batch', batch: 'digest', lines: [{ job, event }], ...nobody },
  { kind: 'live-card', job },
  { kind: 'ending', job, event, ...nobody },
];

describe('notices of a moderated job', () => {
  const leased: string[] = [];
  const media: MediaLender = {
    lease: async ({ ref }) => {
      leased.push(ref);
      return { results: [], release: () => undefined };
    },
  };

  it.each(notices)('say in a channel only that it was moderated: $kind', async (notice) => {
    const messages = new NoticeMessages(media);

    const made = await Promise.all(
      LEVELS.map((level) => messages.make(notice, { deliveryId: 'd1', level, guildId: 'g1' })),
    );

    for (const { message } of made) {
      expect(JSON.stringify(message)).toMatch(/moderated|🚫/i);
      expect(JSON.stringify(message)).not.toMatch(/secret/i);
    }
    expect(messages.toTitle(notice, 'whole')).not.toMatch(/secret/i);
    expect(leased).toEqual([]);
  });
});

describe('the least that is said of a job', () => {
  const blocked = aJob({ status: 'completed', verb: 'secretverb', button: 'secret button', prompt: 'secret words' });
  const said: readonly Notice[] = [
    { kind: 'job', job: blocked, event: 'completed', media: 'full', ...nobody, mentionRoleIds: ['77'] },
    { kind: 'batch', batch: 'summary', lines: [{ job: blocked, event: 'completed' }], ...nobody },
    { kind: 'live-card', job: blocked },
    { kind: 'ending', job: blocked, event: 'completed', ...nobody, mentionUserIds: ['78'] },
  ];

  it.each(said)('names ref and status alone: $kind', async (notice) => {
    const messages = new NoticeMessages({ lease: async () => ({ results: [], release: () => undefined }) });

    const { message } = await messages.make(notice, { deliveryId: 'd1', level: 'text-only', guildId: 'g1' });

    const shown = `${JSON.stringify(message)} ${messages.toTitle(notice, 'text-only')}`;
    expect(shown).toContain(blocked.ref);
    expect(shown).toMatch(/is complete|✅/);
    expect(shown).toContain('d1');
    expect(shown).not.toMatch(/secret/i);
    const mentioned = 'mentionRoleIds' in notice ? [...notice.mentionRoleIds, ...notice.mentionUserIds] : [];
    expect([...(message.mentionRoleIds ?? []), ...(message.mentionUserIds ?? [])]).toEqual(mentioned);
  });
});

describe('a card whose media Discord did not take', () => {
  const card = aJob({ status: 'completed', attachments: [{ url: 'https://cdn.discordapp.com/a.png' }] });
  const cards: readonly Notice[] = [
    { kind: 'job', job: card, event: 'completed', media: 'full', ...nobody },
    { kind: 'live-card', job: card },
  ];

  it.each([
    [413, 'it is too large for Discord'],
    [40005, 'it is too large for Discord'],
    [400001, 'uploads are switched off in this server'],
    [0, 'the upload did not get through to Discord'],
    [503, 'Discord had trouble with the upload'],
    [50035, 'Discord refused the upload'],
  ])('says why, after %i', async (answerCode, reason) => {
    const messages = new NoticeMessages({ lease: async () => ({ results: [], release: () => undefined }) });

    for (const notice of cards) {
      const { message } = await messages.make(notice, { deliveryId: 'd1', level: 'without-media', answerCode });
      expect(JSON.stringify(message)).toContain(reason);
    }
  });
});
