import type { REST } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { InteractionReply } from '../../../src/discord/core/interaction-reply.ts';
import { toNoticeMessage } from '../../../src/discord/ui/notices.ts';
import { FakeClock } from '../../fake-clock.ts';

const TARGET = { applicationId: '1', id: '2', token: 't' };

/** A REST that answers each further message with this, and the requests that it was sent. */
function aRest(answer: unknown) {
  const requests: string[] = [];
  const take = (method: string) => async (route: string) => {
    requests.push(`${method} ${route}`);
    return route.startsWith('/webhooks') ? answer : undefined;
  };
  return { requests, rest: { post: take('POST'), patch: take('PATCH') } as unknown as REST };
}

describe('an answer beside the message of a control', () => {
  async function answerTwice(answer: unknown): Promise<readonly string[]> {
    const { rest, requests } = aRest(answer);
    const reply = new InteractionReply(rest, TARGET, new FakeClock());
    await reply.deferBeside();
    await reply.edit(toNoticeMessage('One'));
    await reply.edit(toNoticeMessage('Two'));
    return requests.slice(1);
  }

  it('is edited once it is there', async () => {
    expect(await answerTwice({ id: '77' })).toEqual(['POST /webhooks/1/t', 'PATCH /webhooks/1/t/messages/77']);
  });

  it.each([{}, null, undefined, '<html></html>', { id: 7 }, { id: '../@original' }])(
    'comes anew where Discord’s answer to it, %j, does not say what it made',
    async (answer) => {
      expect(await answerTwice(answer)).toEqual(['POST /webhooks/1/t', 'POST /webhooks/1/t']);
    },
  );
});

describe('an answer whose upload took too long', () => {
  it('is not sent again as it was: the line is too slow for it', async () => {
    let tries = 0;
    const patch = async () => {
      tries += 1;
      throw Object.assign(new Error('the upload took longer than 95 s'), { name: 'TimeoutError' });
    };
    const { rest } = aRest(undefined);
    const reply = new InteractionReply(Object.assign(rest, { patch }), TARGET, new FakeClock());
    await reply.defer(false);

    await expect(reply.edit(toNoticeMessage('One'))).rejects.toThrow('95 s');

    expect(tries).toBe(1);
  });
});
