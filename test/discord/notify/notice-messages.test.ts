import { describe, expect, it } from 'vitest';
import { checkByRules } from '../../../sandbox/discord/rules/payload-check.ts';
import type { MediaLender } from '../../../src/discord/cards/lend-media.ts';
import { toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { NoticeMessages } from '../../../src/discord/notify/notice-messages.ts';
import { LEVELS, type Notice } from '../../../src/notifications/delivery/channel-poster.ts';
import { aJob } from '../../builders.ts';

const POST = 'POST /channels/{channel_id}/messages';
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

describe('notices in a server with several accounts', () => {
  const named = aJob({ status: 'completed', accountName: 'Studio_One' });
  const said: readonly Notice[] = [
    { kind: 'job', job: named, event: 'completed', media: 'none', ...nobody },
    { kind: 'batch', batch: 'summary', lines: [{ job: named, event: 'completed' }], ...nobody },
    { kind: 'live-card', job: named },
    { kind: 'ending', job: named, event: 'completed', ...nobody },
  ];

  it.each(said)('name the account: $kind', async (notice) => {
    const messages = new NoticeMessages({ lease: async () => ({ results: [], release: () => undefined }) });

    for (const level of LEVELS) {
      const { message } = await messages.make(notice, { deliveryId: 'd1', level, guildId: 'g1' });
      expect(JSON.stringify(message)).toContain('on Studio\\\\_One');
    }
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
    [413, 'it’s too large for Discord'],
    [40005, 'it’s too large for Discord'],
    [400001, 'uploads are off in this server'],
    [0, 'the upload didn’t reach Discord'],
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

describe('the end of a live card', () => {
  const ended = aJob({
    status: 'completed',
    prompt: 'a quiet harbour',
    attachments: [{ url: 'https://cdn.discordapp.com/a.png' }, { url: 'https://cdn.discordapp.com/b.png' }],
  });
  const cardLink = 'https://discord.com/channels/1/2/3';
  const notice: Notice = { kind: 'ending', job: ended, event: 'completed', ...nobody, cardLink };
  const picture = { kind: 'file', name: 'a.png', path: '/a.png', contentType: 'image/png', size: 1, label: 'grid' };

  it('says the prompt, shows one small picture, and leads to the card', async () => {
    const asked: number[] = [];
    const messages = new NoticeMessages({
      lease: async ({ sources }) => {
        asked.push(sources.length);
        return { results: [{ ...picture, kind: 'file', isReduced: false }], release: () => undefined };
      },
    });

    const { message } = await messages.make(notice, { deliveryId: 'd1', level: 'whole', guildId: 'g1' });

    const shown = JSON.stringify(message);
    expect(shown).toContain('a quiet harbour');
    expect(shown).toContain('attachment://a.png');
    expect(shown).toContain(cardLink);
    expect(shown).toContain('ended-open:');
    expect(message.files).toHaveLength(1);
    expect(asked).toEqual([1]);
    expect(
      checkByRules(
        POST,
        JSON.parse(JSON.stringify(toMessageBody(message))),
        [{ id: 0, name: 'a.png', contentType: 'image/png', size: 1 }],
        undefined,
      ),
    ).toBeNull();
  });

  it('comes without the picture where Discord did not take it', async () => {
    const messages = new NoticeMessages({ lease: () => Promise.reject(new Error('not asked for')) });

    const { message } = await messages.make(notice, { deliveryId: 'd1', level: 'without-media', guildId: 'g1' });

    expect(JSON.stringify(message)).toMatch(/a quiet harbour.*channels\/1\/2\/3/s);
  });
});
