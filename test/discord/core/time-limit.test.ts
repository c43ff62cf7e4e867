import { DefaultRestOptions, REST, Routes } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { toPostError, toUploadReason } from '../../../src/discord/core/discord-errors.ts';
import { LIBRARY_TIMEOUT_MS, toTimeLimitMs, withTimeLimit } from '../../../src/discord/core/time-limit.ts';
import { type RealBot, startRealBot } from '../../sandbox/discord/real-client.ts';

const MIB = 1024 * 1024;

describe('the time limit of a request', () => {
  let bot: RealBot;
  let rest: REST;

  beforeEach(async () => {
    bot = await startRealBot();
    const limits = { baseMs: 1_000, slowestBytesPerSecond: 100_000, uploadFromBytes: 1_000 };
    const makeRequest = withTimeLimit(DefaultRestOptions.makeRequest, limits);
    rest = new REST({ api: bot.discord.apiUrl, makeRequest, timeout: LIBRARY_TIMEOUT_MS }).setToken(bot.discord.token);
  });

  afterEach(() => bot[Symbol.asyncDispose]());

  const route = 'POST /channels/{channel_id}/messages';
  const upload = () =>
    rest.post(Routes.channelMessages(ids.general), {
      files: [],
      body: Buffer.from(JSON.stringify({ content: 'a', padding: 'x'.repeat(100_000) })),
      passThroughBody: true,
      headers: { 'content-type': 'application/json' },
    });

  it('gives 24 MiB more than three minutes, and a request without files what discord.js gives it', () => {
    expect([toTimeLimitMs(0), toTimeLimitMs(24 * MIB)]).toEqual([15_000, 216_327]);
  });

  it('lets an upload take as long as a slow line needs', async () => {
    bot.discord.faults.add({ fault: { kind: 'slow-uplink', bytesPerSecond: 80_000 }, route, times: 1 });

    await upload();

    expect(bot.discord.people(ids.member).messages(ids.general)).toHaveLength(1);
  });

  it('ends an upload that takes longer, does not repeat it, and says why', async () => {
    bot.discord.faults.add({ fault: { kind: 'delay', ms: 5_000 }, route });

    const thrown: unknown = await upload().catch((error: unknown) => error);
    const error = toPostError(thrown);

    expect(error).toMatchObject({ kind: 'retry', isDoubtful: true, answerCode: 0 });
    expect(String(error.cause)).toContain('the upload took longer than 2 s');
    expect(toUploadReason(thrown)).toBe('the upload to Discord took too long');
  });

  it('lets discord.js repeat a small request that took too long', async () => {
    bot.discord.faults.add({ fault: { kind: 'delay', ms: 2_500 }, route, times: 1 });

    const sent = rest.post(Routes.channelMessages(ids.general), { body: { content: 'small' } });

    await expect(sent).resolves.toMatchObject({ content: 'small' });
  });
});
