import { expect, it } from 'vitest';
import { ChannelCards, type ChannelCardsOptions } from '../../../src/discord/cards/channel-cards.ts';
import { toJobCard } from '../../../src/discord/cards/job-card.ts';
import type { JobCards } from '../../../src/discord/cards/job-cards.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob } from '../../builders.ts';

const place = { channelId: 'c1', replyTo: 'm1' };
const job = aJob({ status: 'completed' });

it('shows on a card what is known last, however slowly Discord takes an earlier edit', async () => {
  let link = 'none yet';
  const shown: string[] = [];
  const slow = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const patch = async (_route: string, { body }: { readonly body?: unknown } = {}) => {
    if (!JSON.stringify(body).includes('linked')) {
      begun.resolve();
      await slow.promise;
    }
    shown.push(JSON.stringify(body).includes('linked') ? 'linked' : 'bare');
  };
  const cards = { toAnswer: async () => ({ message: toJobCard(job, { notice: link }) }) } as unknown as JobCards;
  const channelCards = new ChannelCards({
    rest: { patch, post: patch, get: async () => ({ components: [] }) } as ChannelCardsOptions['rest'],
    cards,
    jobs: { get: async () => job },
    liveCards: { list: () => [], add: async () => 'added' },
    directory: {} as ChannelCardsOptions['directory'],
    isHeld: () => false,
    logger: silentLogger,
  });

  const earlier = channelCards.refresh('g1', place, job.ref);
  await begun.promise;
  link = 'linked';
  const later = channelCards.refresh('g1', place, job.ref);
  await new Promise(setImmediate);
  slow.resolve();
  await Promise.all([earlier, later]);

  expect(shown).toEqual(['bare', 'linked']);
});
