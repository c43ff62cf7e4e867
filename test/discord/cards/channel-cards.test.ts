import { Client, type RequestData } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { ChannelCards } from '../../../src/discord/cards/channel-cards.ts';
import { toJobCard } from '../../../src/discord/cards/job-card.ts';
import { JobCards } from '../../../src/discord/cards/job-cards.ts';
import { GuildDirectory } from '../../../src/discord/core/guild-directory.ts';
import { refreshJob } from '../../../src/discord/ui/show-controls.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';

const MODERATED = aJob({
  status: 'moderated',
  requestedBy: 'ann',
  originGuildId: 'g1',
  errorDetails: 'the secret reason',
});
const DONE = aJob({ status: 'completed', attachments: [{ url: 'https://cdn.discordapp.com/grid.webp' }] });
const PICTURE = {
  kind: 'file',
  label: 'grid',
  name: 'grid.webp',
  path: 'src/discord/setup/sample.jpg',
  contentType: 'image/webp',
  size: 9,
  isReduced: false,
} as const;
const media = { lease: async () => ({ results: [PICTURE], release: () => undefined }) };

interface Given {
  readonly job?: typeof MODERATED;
  readonly isHeld?: boolean;
  readonly isLost?: boolean;
  /** The components of the card that is in the channel. */
  readonly before?: readonly unknown[];
}

/** Cards of one job, and what of them Discord was sent. */
function startCards({ job = MODERATED, isHeld = false, isLost = false, before = [] }: Given = {}) {
  const sent: string[] = [];
  const send = async (route: string, options: RequestData = {}) => {
    if (isLost) throw new TypeError('fetch failed');
    const { body } = options;
    sent.push(`${route} ${Buffer.isBuffer(body) ? body.toString('utf8') : JSON.stringify(body)}`);
    return { id: '1204417700112100999' };
  };
  const gate = { conceal: (shown: typeof job) => shown };
  const cards = new ChannelCards({
    rest: { patch: send, post: send, get: async () => ({ components: before }) },
    cards: new JobCards(
      media,
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

    await cards.refresh('g1', PLACE, MODERATED.ref);

    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/channels\/c1\/messages\/m0.*Moderated/s);
    expect(sent[0]).not.toContain('the secret reason');
  });

  it('leaves out why the job was moderated when it is shared', async () => {
    const { cards, sent } = startCards();

    await cards.share({ guildId: 'g1', channelId: 'c1', job: MODERATED, userId: '7', nonce: 'n1' });

    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('Moderated');
    expect(sent[0]).not.toContain('the secret reason');
  });

  it('is not called refused when it is not known whether Discord took it', async () => {
    const { cards } = startCards({ isLost: true });

    const sharing = cards.share({ guildId: 'g1', channelId: 'c1', job: MODERATED, userId: '7', nonce: 'n1' });

    await expect(sharing).rejects.toThrow(/can’t tell whether the card was posted.*before you share it again/);
  });

  it('is left alone while the job is held for review', async () => {
    const { cards, sent } = startCards({ isHeld: true });

    await cards.refresh('g1', PLACE, MODERATED.ref);

    expect(sent).toEqual([]);
  });

  it('keeps who shared it, whose delivery it is, and spoilers, when it is brought up to date after a press', async () => {
    const { ref } = DONE;
    const before = toJobCard(DONE, {
      isPublic: true,
      sharedBy: '7',
      deliveryId: 'd1',
      media: [PICTURE],
      hasSpoilers: true,
    });
    const { cards, sent } = startCards({ job: DONE, before: before.components });

    await cards.refresh('g1', PLACE, ref);

    expect(sent[0]).toContain('Shared by <@7>');
    expect(sent[0]).toContain(refreshJob.toCustomId({ ref, deliveryId: 'd1', sharedBy: '7' }));
    expect(sent[0]).toContain('"spoiler":true');
  });

  it('keeps the line of whom it mentions after a press, and notifies nobody again', async () => {
    const before = toJobCard(DONE, { isPublic: true, deliveryId: 'd1', media: [PICTURE], above: '<@7> <@&8>' });
    const { cards, sent } = startCards({ job: DONE, before: before.components });

    await cards.refresh('g1', PLACE, DONE.ref);

    expect(sent[0]).toContain('"components":[{"type":10,"content":"<@7> <@&8>"}');
    expect(sent[0]).toContain('"allowed_mentions":{"parse":[],"roles":[],"users":[],"replied_user":false}');
  });

  it('keeps no first line that says more than whom it mentions', async () => {
    const { cards, sent } = startCards({ job: DONE, before: [{ type: 10, content: 'hello <@7>' }] });

    await cards.refresh('g1', PLACE, DONE.ref);

    expect(sent[0]).not.toContain('<@7>');
  });
});
