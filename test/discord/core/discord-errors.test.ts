import { DiscordAPIError, HTTPError, RateLimitError, REST } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { toPostError, toUploadReason } from '../../../src/discord/core/discord-errors.ts';

function anApiError(code: number, status = 400, message = 'Some words'): DiscordAPIError {
  return new DiscordAPIError({ code, message }, code, status, 'POST', 'https://discord.com/api', {});
}

/** As discord.js makes it of an answer, whatever is in it. */
function anAnswer(answer: object, status: number): DiscordAPIError {
  const code = 'code' in answer ? answer.code : undefined;
  return Reflect.construct(DiscordAPIError, [answer, code, status, 'POST', 'https://discord.com/api', {}]);
}

const anHttpError = (status: number) => new HTTPError(status, 'Bad', 'POST', 'https://discord.com/api', {});

describe('toPostError', () => {
  it.each([20016, 20022, 20028, 20029, 30046, 40003, 40004, 40006, 40062, 130000])(
    'tries again later after %i: Discord is busy',
    (code) => {
      expect(toPostError(anApiError(code))).toMatchObject({ kind: 'retry', answerCode: code, isDoubtful: false });
    },
  );

  it.each([10003, 10004, 10013])('takes the target as gone after %i', (code) => {
    expect(toPostError(anApiError(code, 404)).kind).toBe('gone');
  });

  it.each([40058, 50001, 50007, 50008, 50009, 50013, 50024, 50278, 160005])('blames the target for %i', (code) => {
    expect(toPostError(anApiError(code)).kind).toBe('target');
  });

  it.each([20009, 30015, 40005, 50006, 50035, 50045, 50046, 50146, 200000, 200001, 240000, 400001])(
    'blames the payload for %i',
    (code) => {
      expect(toPostError(anApiError(code, 403)).kind).toBe('payload');
    },
  );

  it('blames the payload for its size, whoever says so', () => {
    expect(toPostError(anApiError(0, 413))).toMatchObject({ kind: 'payload', answerCode: 413 });
  });

  it('knows a message that is gone', () => {
    expect(toPostError(anApiError(10008, 404)).kind).toBe('message-gone');
  });

  it.each([
    [30007, 400],
    [30058, 400],
    [40001, 400],
    [40060, 400],
    [40067, 400],
    [160002, 400],
    [160006, 400],
    [220001, 400],
    [99999, 403],
    [99999, 404],
  ])('takes %i with %i for a refusal that may pass', (code, status) => {
    expect(toPostError(anApiError(code, status))).toMatchObject({ kind: 'refused', answerCode: code });
  });

  it.each([400, 403, 404, 405])('says nothing about the channel after a %i without Discord’s code', (status) => {
    const page = new TextEncoder().encode('error code: 1015').buffer;
    const answers: object[] = [page, {}, { code: 'abc' }, { code: null }, { code: 1.5 }, { code: 0 }, { message: 7 }];
    for (const answer of answers) {
      const says = 'Discord refused it';
      expect(toPostError(anAnswer(answer, status))).toMatchObject({
        kind: 'refused',
        answerCode: status,
        message: says,
        isDoubtful: false,
      });
    }
  });

  it('doubts what timed out on the way', () => {
    expect(toPostError(anAnswer({}, 408))).toMatchObject({ kind: 'retry', answerCode: 408, isDoubtful: true });
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

describe('why files did not get to Discord', () => {
  const named = (name: string) => Object.assign(new Error('x'), { name });

  it.each([
    ['an answer of 413', anHttpError(413), 'it’s too large for Discord'],
    ['a server that broke', anHttpError(503), 'Discord had trouble with the upload'],
    ['a refusal', anApiError(50035), 'Discord refused the upload'],
    ['an upload that was given up', named('TimeoutError'), 'the upload to Discord took too long'],
    ['a request that was given up', named('AbortError'), 'the upload to Discord took too long'],
    ['a lost connection', new Error('other side closed'), 'the connection to Discord broke during the upload'],
  ])('is given as it was: %s', (_name, thrown, reason) => {
    expect(toUploadReason(thrown)).toBe(reason);
  });
});
