import { DiscordAPIError, HTTPError } from 'discord.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { JobCards } from '../../../src/discord/cards/job-cards.ts';
import type { InteractionReply } from '../../../src/discord/core/interaction-reply.ts';
import type { OutgoingMessage } from '../../../src/discord/core/outgoing.ts';
import { sendAnswer } from '../../../src/discord/replies/answering.ts';
import { toPressForm } from '../../../src/discord/submissions/press-form-view.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';

const MEGABYTE = 1024 * 1024;
const attachments = [{ url: 'https://cdn.discordapp.com/a.png', filename: 'a.png' }];

describe('the card of a job with large files', () => {
  const clock = new FakeClock();
  let shown: OutgoingMessage[];

  beforeEach(() => {
    shown = [];
  });

  function toAnswer(size: number) {
    const file = {
      kind: 'file',
      label: 'grid',
      name: 'a.png',
      path: '/a.png',
      contentType: 'image/png',
      size,
    } as const;
    const media = { lease: async () => ({ results: [{ ...file, isReduced: false }], release: () => undefined }) };
    const marks = {
      of: async () => new Map(),
      withOwnChildren: async (_guildId: string, job: ReturnType<typeof aJob>) => job,
    };
    const cards = new JobCards(media, marks, clock, { conceal: (job) => job });
    const job = aJob({ status: 'completed', attachments });
    const showProgress = async (message: OutgoingMessage) => void shown.push(message);
    return cards.toAnswer({
      job,
      guildId: 'g1',
      isPublic: false,
      hidesReason: false,
      maxFileBytes: 10 * MEGABYTE,
      showProgress,
    });
  }

  it('shows its text first', async () => {
    await toAnswer(3 * MEGABYTE);

    expect(shown).toHaveLength(1);
    expect(JSON.stringify(shown)).toContain('Getting the pictures');
    expect(shown[0]?.files ?? []).toEqual([]);
  });

  it('shows all at once where they are small', async () => {
    await toAnswer(100_000);

    expect(shown).toEqual([]);
  });

  it.each([
    ['the upload to Discord took too long', new DOMException('This operation was aborted', 'AbortError')],
    ['the connection to Discord broke during the upload', new TypeError('fetch failed')],
    ['Discord had trouble with the upload', new HTTPError(502, 'Bad Gateway', 'PATCH', 'x', {})],
    ['it’s too large for Discord', new HTTPError(413, 'Too Large', 'PATCH', 'x', {})],
    [
      'Discord refused the upload',
      new DiscordAPIError({ code: 40005, message: 'too large' }, 40005, 400, 'PATCH', 'x', {}),
    ],
  ])('says of files that did not get through: %s', async (reason, thrown) => {
    const answer = await toAnswer(100_000);
    const edit = async (message: OutgoingMessage) => {
      if ((message.files ?? []).length > 0) throw thrown;
      shown.push(message);
    };

    await sendAnswer({ edit } as InteractionReply, answer, silentLogger);

    expect(JSON.stringify(shown)).toMatch(new RegExp(`grid: ${reason}`));
  });
});

it('says why a form’s field is empty where the prompt does not fit it', () => {
  const form = toPressForm({
    target: { ref: 'x', labelHash: 'y' },
    label: 'V1',
    need: 'nothing',
    prompt: 'y'.repeat(4_213),
    allowance: '',
  });

  expect(JSON.stringify(form)).toContain('Your prompt has 4213 characters; 4000 fit here. Make it shorter.');
  expect(JSON.stringify(form)).not.toContain('yyy');
});
