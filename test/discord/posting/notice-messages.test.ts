import { describe, expect, it } from 'vitest';
import type { MediaLender } from '../../../src/discord/posting/job-cards.ts';
import { NoticeMessages } from '../../../src/discord/posting/notice-messages.ts';
import { LEVELS, type Notice } from '../../../src/notifications/channel-poster.ts';
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
    expect(messages.toTitle(notice)).not.toMatch(/secret/i);
    expect(leased).toEqual([]);
  });
});
