import { describe, expect, it } from 'vitest';
import { dreamina } from '../../../src/backends/siblings/dreamina.ts';
import { minimax } from '../../../src/backends/siblings/minimax.ts';

const IMAGE = 'user:12345-minimax:512345678-image:357846312387492374';
const VIDEO = 'user:12345-minimax:512345678-video:357846312387492375';
const PICTURES = 'j0302140530123456789i-u12345-US:jo@example.com-bot:dreamina';
const CLIP = 'j0302140530123456789v-u12345-US:jo@example.com-bot:dreamina';

describe('a record of MiniMax', () => {
  const parse = (fields: object, jobid = IMAGE) => minimax.parseRecord({ imageId: jobid, ...fields }, jobid);

  it.each([
    [0, 'created'],
    [11, 'created'],
    [1, 'progress'],
    [12, 'progress'],
    [2, 'completed'],
    [3, 'failed'],
    [5, 'moderated'],
    [7, 'moderated'],
    [14, 'moderated'],
  ])('of status %i is %s', (status, wanted) => {
    expect(parse({ status })?.status).toBe(wanted);
  });

  it.each([
    [{ status: 99, statusLabel: 'processing', statusFinal: false }, 'progress'],
    [{ statusLabel: 'queued' }, 'created'],
    [{ status: 99, statusLabel: 'resting', statusFinal: false }, 'resting'],
    [{ status: 99 }, 'status 99'],
    [{ status: 99, statusLabel: 'completed', statusFinal: true }, 'completed'],
    [{ status: 99, statusFinal: true }, 'failed'],
    [{ status: 99, statusFinal: true, videoURL: 'https://cdn.hailuoai.video/a.png' }, 'completed'],
  ])('of a status that is not documented is read by what else it says: %o', (fields, wanted) => {
    expect(parse(fields)?.status).toBe(wanted);
  });

  it('shows the picture without a watermark, and knows where else it lies', () => {
    const addresses = { downloadURL: 'https://a/1', videoURL: 'https://a/2', coverURL: 'https://a/3' };

    expect(parse({ status: 2, ...addresses, width: 0, height: 0 })).toMatchObject({
      attachments: [{ url: 'https://a/1', proxyUrl: 'https://a/2' }],
      imageUx: [{ id: 1, url: 'https://a/1' }],
    });
    expect(parse({ status: 2, coverURL: 'https://a/3' })?.attachments).toEqual([{ url: 'https://a/3' }]);
    expect(parse({ status: 1, ...addresses })?.attachments).toEqual([]);
  });

  it('of a video shows the video and not its cover', () => {
    const fields = { videoId: VIDEO, status: 2, videoURL: 'https://a/2', coverURL: 'https://a/3' };

    const record = minimax.parseRecord(fields, VIDEO);

    expect(record).toMatchObject({ attachments: [], imageUx: [], videoUx: [{ id: 1, url: 'https://a/2' }] });
  });

  it('is known by the short id too, and never stands for another job', () => {
    expect(minimax.parseRecord({ id: '357846312387492374', status: 1 }, IMAGE)?.status).toBe('progress');
    for (const body of [{ id: '2374', status: 1 }, { imageId: VIDEO, status: 1 }, { status: 1 }, {}, null, [], 'x'])
      expect(minimax.parseRecord(body, IMAGE)).toBeUndefined();
  });

  it('says why it failed, without an account’s address', () => {
    expect(parse({ status: 3, message: 'Account jo@example.com has ended' })?.error).toBe('Account … has ended');
    expect(parse({ status: 3 })?.error).toMatch(/failed/);
    expect(parse({ status: 5 })?.error).toMatch(/moderation/);
    expect(parse({ status: 2, message: 'fine' })?.error).toBeUndefined();
  });
});

describe('a record of Dreamina', () => {
  const parse = (fields: object, jobid = PICTURES) => dreamina.parseRecord({ jobid, ...fields }, jobid);

  it.each([
    [{ status: 'created' }, 'created'],
    [{ status: 'completed' }, 'completed'],
    [{ status: 'failed', error: 'Something broke' }, 'failed'],
    [{ status: 'failed', error: 'Cancelled by user' }, 'cancelled'],
    [{ status: 'failed', error: 'The prompt violates community guidelines' }, 'moderated'],
    [{ status: 'failed', response: { error: 'Sensitive content' } }, 'moderated'],
    [{ status: 'resting' }, 'resting'],
  ])('follows from its status and reason: %o', (fields, wanted) => {
    expect(parse(fields)?.status).toBe(wanted);
  });

  it('shows all its pictures, or the video', () => {
    const images = [{ imageUrl: 'https://a/1' }, { imageUrl: 7 }, { imageUrl: 'https://a/2' }];

    expect(parse({ status: 'completed', response: { images } })?.imageUx.map(({ url }) => url)).toEqual([
      'https://a/1',
      'https://a/2',
    ]);
    expect(parse({ status: 'completed', response: { images: images.slice(0, 1) } })?.attachments).toHaveLength(1);
    expect(parse({ status: 'completed', response: { videoUrl: 'https://a/3' } }, CLIP)?.videoUx).toEqual([
      { id: 1, url: 'https://a/3' },
    ]);
  });

  it.each(['request', 'response'])('carries its reference in its %s', (place) => {
    expect(parse({ status: 'created', [place]: { replyRef: 'ref-1' } })?.replyRef).toBe('ref-1');
  });

  it('never stands for another job', () => {
    for (const body of [{ jobid: CLIP, status: 'created' }, { jobid: PICTURES }, {}, null, [], 'x'])
      expect(dreamina.parseRecord(body, PICTURES)).toBeUndefined();
  });

  it('says nothing of an account’s address', () => {
    const error = 'Account US:jo@example.com in error state';

    expect(JSON.stringify(parse({ status: 'failed', error, errorDetails: error }))).not.toContain('example.com');
  });
});

describe('an id', () => {
  it.each([
    [minimax, IMAGE, 'image', undefined],
    [minimax, VIDEO, 'video', undefined],
    [minimax, 'user:1-minimax:jo-ann@example.com-image:7', 'image', undefined],
    [dreamina, PICTURES, 'image', Date.UTC(2026, 2, 2, 14, 5, 30, 123)],
    [dreamina, CLIP, 'video', Date.UTC(2026, 2, 2, 14, 5, 30, 123)],
  ])('tells kind and time where it can: %#', (sibling, text, jobType, createdAt) => {
    const parsed = sibling.parseId(text, Date.UTC(2026, 10, 26));

    expect(parsed).toMatchObject({ board: sibling.board, jobType });
    expect(parsed?.createdAt).toBe(createdAt);
  });

  it.each([
    'user:1-minimax:2-song:3',
    'user:1-minimax:2-image:3/../4',
    'j1023141520123456789i-u12345-c1122334455667788990-bot:midjourney',
    'j0302140530123456789i-u12345-US:jo@example.com-bot:midjourney',
    `user:1-minimax:${'9'.repeat(200)}-image:3`,
  ])('is none of these: %s', (text) => {
    expect(minimax.parseId(text) ?? dreamina.parseId(text)).toBeUndefined();
  });
});
