import { describe, expect, it } from 'vitest';
import { ActNews } from '../../../src/discord/acts/act-news.ts';
import { ActReplies } from '../../../src/discord/acts/act-replies.ts';
import type { Act } from '../../../src/jobs/acting/act.ts';
import type { WaitedResult } from '../../../src/jobs/acting/waiting-line.ts';
import { UserError } from '../../../src/shared/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';

const act: Act = {
  ...{ id: 'a1', state: 'failed', guildId: 'g1', userId: 'ann', wishId: 'i1', place: { channelId: 'c1' } },
  ...{ askedAt: 1, turn: 1, hasWaited: false, work: { kind: 'submit', prompt: 'a fox', version: 'v3' } },
};

/** Whose quota was given back once what came of an act was told: by direct message, or with the job's card. */
function refundsAfter(tell: (news: ActNews) => void): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const refunds: string[] = [];
  const done = () => resolve([...refunds]);
  const news = new ActNews({
    replies: new ActReplies(new FakeClock()),
    channelCards: {
      follow: async () => {
        done();
        return '';
      },
      refresh: async () => undefined,
    },
    privateCards: { refresh: async () => undefined },
    directMessages: {
      send: async () => {
        done();
        return true;
      },
    },
    drafts: { keep: async () => 'd1' },
    requesters: { tellModerated: async () => undefined },
    quotas: {
      refund: async (guildId, key) => {
        refunds.push(`${guildId} ${key}`);
        return true;
      },
    },
    logger: silentLogger,
  });
  tell(news);
  return promise;
}

const FAILED: WaitedResult = { outcome: 'failed', error: new UserError('x', 'The API refused it.') };
const MAY_BE_RUNNING: WaitedResult = { outcome: 'may-be-running', reason: 'No answer came.' };

describe('what is spent for an act', () => {
  it.each<[string, WaitedResult]>([
    ['failed', FAILED],
    ['was refused', { outcome: 'refused', reason: 'A bad word.' }],
  ])('is given back when it turns out after a crash that it %s', async (_, result) => {
    expect(await refundsAfter((news) => news.onRecovered(act, result))).toEqual(['g1 i1']);
  });

  it.each<[string, WaitedResult]>([
    ['may be running', MAY_BE_RUNNING],
    ['made its job', { outcome: 'made', job: aJob() }],
    ['was found', { outcome: 'found', job: aJob() }],
  ])('stays spent when it turns out after a crash that it %s', async (_, result) => {
    expect(await refundsAfter((news) => news.onRecovered(act, result))).toEqual([]);
  });

  it('is given back or not alike for what waited in the line', async () => {
    const over = (result: WaitedResult) =>
      refundsAfter((news) => news.onProgress({ kind: 'over', key: act.id, act, result }));

    expect(await over(FAILED)).toEqual(['g1 i1']);
    expect(await over(MAY_BE_RUNNING)).toEqual([]);
  });
});
