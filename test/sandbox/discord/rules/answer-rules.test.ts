import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../../sandbox/discord/rules/answer-rules.ts';
import { toInvalidFormBody } from '../../../../sandbox/discord/rules/payload-rules.ts';

const user = {
  id: '100000000000000001',
  username: 'bot',
  discriminator: '0',
  global_name: null,
  avatar: null,
  public_flags: 0,
  flags: 0,
  bot: true,
  primary_guild: null,
};

const aMessage = (over: object = {}) => ({
  id: '100000000000000002',
  channel_id: '100000000000000003',
  type: 0,
  content: 'Hello',
  author: user,
  mentions: [],
  mention_roles: [],
  mention_everyone: false,
  attachments: [],
  embeds: [],
  components: [{ type: 10, id: 1, content: 'x' }],
  timestamp: '2026-01-01T00:00:00.000000+00:00',
  edited_timestamp: null,
  flags: 0,
  pinned: false,
  tts: false,
  ...over,
});

const MESSAGES = '/channels/{channel_id}/messages';

describe('checkAnswer', () => {
  it('accepts a message as Discord answers it, its time with an offset', () => {
    expect(checkAnswer(`POST ${MESSAGES}`, aMessage())).toEqual([]);
  });

  it('finds a route by its real address too', () => {
    const problems = checkAnswer('PATCH /api/v10/webhooks/1/token/messages/%40original', aMessage({ id: undefined }));

    expect(problems).toEqual([{ path: 'id', code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }]);
  });

  it('names the place of a problem inside a list and a component', () => {
    const problems = checkAnswer(`GET ${MESSAGES}`, [
      aMessage(),
      aMessage({ components: [{ type: 10, content: 'x' }] }),
    ]);

    expect(problems.map((problem) => problem.path)).toEqual(['1.components.0.id']);
  });

  it('wants a list where Discord answers with one', () => {
    expect(checkAnswer(`GET ${MESSAGES}`, aMessage()).map((problem) => problem.code)).toEqual(['LIST_TYPE_CONVERT']);
  });

  it('checks refusals as errors', () => {
    const refusal = toInvalidFormBody([{ path: 'components.0', code: 'A', message: 'a' }]);

    const problems = [refusal, { message: 'no code' }].map((body) => checkAnswer(`POST ${MESSAGES}`, body, 400));

    expect(problems.map((found) => found.length)).toEqual([0, 1]);
  });

  it('wants nothing in the body of a 204', () => {
    const route = 'POST /interactions/{interaction_id}/{interaction_token}/callback';

    const problems = [undefined, {}].map((body) => checkAnswer(route, body, 204));

    expect(problems.map((found) => found.length)).toEqual([0, 1]);
  });

  it('says so when a route is not known', () => {
    expect(checkAnswer('GET /nowhere', {}).map((problem) => problem.code)).toEqual(['ROUTE_UNKNOWN']);
  });
});
