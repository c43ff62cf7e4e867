import { expect, it } from 'vitest';
import { connectCards } from '../../../src/discord/submissions/submission-wiring.ts';
import { Listeners } from '../../../src/shared/listeners.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob } from '../../builders.ts';

const posted = { guildId: 'g1', job: aJob(), channelId: 'c1', messageId: 'm1', replyTo: 'm0' };
const fail = async () => {
  throw new Error('The store is locked.');
};

it('leaves a card posted whose place cannot be noted and whose parent cannot be read', async () => {
  const cardsPosted = new Listeners<[card: typeof posted]>();
  const cards = { refresh: async () => undefined };
  const needs = { jobs: { get: fail }, cardPlaces: { note: fail }, channelCards: cards, privateCards: cards };
  connectCards({ onCardPosted: cardsPosted.on }, needs, silentLogger);

  await expect(cardsPosted.emitInTurn(posted)).resolves.toBeUndefined();
});
