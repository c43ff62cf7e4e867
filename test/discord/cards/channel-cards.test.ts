import { Client } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { ChannelCards } from '../../../src/discord/cards/channel-cards.ts';
import { JobCards } from '../../../src/discord/cards/job-cards.ts';
import { GuildDirectory } from '../../../src/discord/core/guild-directory.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';

const job = aJob({ status: 'moderated', requestedBy: 'ann', originGuildId: 'g1', errorDetails: 'the secret reason' });
const noMedia = { lease: async () => ({ results: [], release: () => undefined }) };

/** Cards of one moderated job, and what of them Discord was sent. */
function startCards({ isHeld = false, isLost = false } = {}) {
  const sent: string[] = [];
  const send = async (route: string, options: unknown) => {
    if (isLost) throw new TypeError('fetch failed');
    sent.push(`${route} ${JSON.stringify(options)}`);
    return { id: '1204417700112100999' };
  };
  const gate = { conceal: (shown: typeof job) => shown };
  const cards = new ChannelCards({
    rest: { patch: send, post: send },
    cards: new JobCards(
      noMedia,
      { of: async () => new Map(), withOwnChildren: async (_, shown) => shown },
      new FakeClock(),
      gate,
    ),
    jobs: { get: async () => job },
    liveCards: { list: () => [], add: async () => 'added' },
    directory: new GuildDirectory(new Client({ intents: [] })),
    isHeld: () => isHeld,
    logger: silentLogger,
  });
  return { cards, sent };
}

const PLACE = { channelId: 'c1', replyTo: 'm0' };

describe('a card for all to see', () => {
  it('leaves out why the job was moderated when it is brought up to date after a press', async () => {
    const { cards, sent } = startCards();

    await cards.refresh('g1', PLACE, job.ref);

    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/channels\/c1\/messages\/m0.*Moderated/s);
    expect(sent[0]).not.toContain('the secret reason');
  });

  it('leaves out why the job was moderated when it is shared', async () => {
    const { cards, sent } = startCards();

    await cards.share({ guildId: 'g1', channelId: 'c1', job, nonce: 'n1' });

    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('Moderated');
    expect(sent[0]).not.toContain('the secret reason');
  });

  it('is not called refused when it is not known whether Discord took it', async () => {
    const { cards } = startCards({ isLost: true });

    const sharing = cards.share({ guildId: 'g1', channelId: 'c1', job, nonce: 'n1' });

    await expect(sharing).rejects.toThrow(/can’t tell whether the card was posted.*before you share it again/);
  });

  it('is left alone while the job is held for review', async () => {
    const { cards, sent } = startCards({ isHeld: true });

    await cards.refresh('g1', PLACE, job.ref);

    expect(sent).toEqual([]);
  });
});
