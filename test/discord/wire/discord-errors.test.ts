import { DiscordAPIError, HTTPError, RateLimitError, REST } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { toPostError } from '../../../src/discord/wire/discord-errors.ts';

function anApiError(code: number, status = 400, message = 'Some words'): DiscordAPIError {
  return new DiscordAPIError({ code, message }, code, status, 'POST', 'https://discord.com/api', {});
}

const anHttpError = (status: number) => new HTTPError(status, 'Bad', 'POST', 'https://discord.com/api', {});

describe('toPostError', () => {
  it.each([40062, 20016, 20028, 20029, 30046, 130000])('tries again later after %i: Discord is busy', (code) => {
    expect(toPostError(anApiError(code))).toMatchObject({ kind: 'retry', answerCode: code, isDoubtful: false });
  });

  it.each([10003, 10004])('takes the target as gone after %i', (code) => {
    expect(toPostError(anApiError(code, 400)).kind).toBe('gone');
  });

  it.each([50001, 50013, 50008, 50024, 160005])('blames the target for %i', (code) => {
    expect(toPostError(anApiError(code)).kind).toBe('target');
  });

  it.each([50035, 50006, 40005, 50045, 50046, 200000, 240000, 40067, 220001])('blames the payload for %i', (code) => {
    expect(toPostError(anApiError(code, 403)).kind).toBe('payload');
  });

  it('knows a message that is gone from a channel that is gone', () => {
    expect(toPostError(anApiError(10008, 404)).kind).toBe('message-gone');
    expect(toPostError(anApiError(99999, 404)).kind).toBe('gone');
  });

  it('is fatal after a 401, and after discord.js forgot the token because of one', async () => {
    const withoutToken: unknown = await new REST().get('/gateway/bot').catch((error: unknown) => error);

    expect(toPostError(anApiError(0, 401))).toMatchObject({ kind: 'fatal', answerCode: 401 });
    expect(toPostError(anApiError(40001, 401)).kind).toBe('fatal');
    expect(toPostError(withoutToken)).toMatchObject({ kind: 'fatal', answerCode: 401, isDoubtful: false });
  });

  it('doubts what a broken server answered, and not what asked to wait', () => {
    const limits = { timeToReset: 1, limit: 1, method: 'POST', hash: '', url: '', route: '', majorParameter: '' };
    const wait = new RateLimitError({ ...limits, retryAfter: 700, sublimitTimeout: 0, global: false, scope: 'user' });

    expect(toPostError(anHttpError(503))).toMatchObject({ kind: 'retry', answerCode: 503, isDoubtful: true });
    expect(toPostError(wait)).toMatchObject({ kind: 'retry', retryAfterMs: 700, isDoubtful: false });
  });

  it('doubts a lost connection, and not one that never came about', () => {
    const lost = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

    expect(toPostError(lost)).toMatchObject({ kind: 'retry', isDoubtful: true });
    expect(toPostError(refused)).toMatchObject({ kind: 'retry', isDoubtful: false });
  });

  it('names the code in its fields alone, so that whoever shows it says it once', () => {
    expect(toPostError(anApiError(50013, 403, 'Missing Permissions')).message).toBe('Missing Permissions');
  });
});
