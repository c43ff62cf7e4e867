import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRunningList } from '../../../src/backends/useapi/running-list.ts';
import { parseJob } from '../../../src/backends/useapi/schemas.ts';
import { V2_ID, V3_ID, v2Job, v3Job, v3List } from './records.ts';

const NOW = Date.UTC(2025, 9, 23, 14, 16);
const v2 = (body: unknown) => parseJob('v2', body, undefined, NOW);
const v3 = (body: unknown) => parseJob('v3', body, undefined, NOW);

describe('a v2 record', () => {
  it('becomes a job, without what is not for us', () => {
    const job = v2(v2Job);

    expect(job).toEqual({
      jobid: V2_ID,
      board: 'v2',
      status: 'completed',
      verb: 'imagine',
      createdAt: Date.UTC(2025, 7, 22, 14, 38, 12, 123),
      updatedAt: Date.UTC(2025, 7, 22, 14, 40, 5, 889),
      prompt: v2Job.prompt,
      apiChannel: '1122334455667788990',
      maxJobs: 3,
      content: v2Job.content,
      bodyCode: 200,
      messageId: '1522889900112233445',
      replyRef: '2025-08-22T14:38:10.456Z',
      attachments: [
        {
          id: '1522889900112233445',
          url: v2Job.attachments[0]?.url,
          filename: 'bird.webp',
          contentType: 'image/webp',
          size: 3105492,
          width: 512,
          height: 768,
        },
      ],
      buttons: ['U1', 'U2', 'U3', 'U4', '🔄'],
      imageUx: [],
      videoUx: v2Job.videoUx,
      children: [],
      embeds: [],
    });
  });

  it('knows where else an attachment lies', () => {
    const attachments = [{ url: 'https://a.example/1.png', proxy_url: 'https://b.example/1.png' }];

    expect(v2({ jobid: V2_ID, attachments })?.attachments[0]?.proxyUrl).toBe('https://b.example/1.png');
  });

  it('says what was blended and described', () => {
    const blend = { blendUrls: ['https://a.example/1.png', 7], blendDimensions: 'Square' };
    const describeUrl = 'https://a.example/2.png';
    const request = { ...blend, imageUrl: describeUrl };

    const said = { blendUrls: ['https://a.example/1.png'], blendDimensions: 'Square', describeUrl };
    expect(v2({ jobid: V2_ID, ...blend, describeUrl })).toMatchObject(said);
    expect(v3({ jobid: V3_ID, verb: 'describe', request })).toMatchObject(said);
  });

  it.each([
    ['**a fox** - <@1> (Waiting to start)', 0],
    ['**a fox** - <@1> (31%) (fast)', 31],
    ['**a fox** - <@1> (0%) (relaxed)', 0],
    ['**a (77%) fox** - <@1> (31%) (fast)', 31],
    ['**a (77%) fox** - <@1> (fast)', undefined],
    ['**a fox** - <@1> (Stopped)', undefined],
    ['(12%)', 12],
    ['(999%)', 100],
    ['', undefined],
  ])('has its progress from the content %s', (content, percent) => {
    expect(v2({ jobid: V2_ID, content })?.progressPercent).toBe(percent);
  });

  it('keeps children, seed and the text of embeds', () => {
    const job = v2({
      jobid: V2_ID,
      children: [{ messageId: '15', button: 'U1', jobid: 'x' }, 7, null, {}],
      seed: { value: 42, content: 'seed 42', attachments: [{ url: 'https://a/b', id: 7 }, { id: 'no address' }] },
      embeds: [
        { type: 'rich', title: 'T', description: 'D', image: { url: 'https://a/c', proxy_url: 'https://b/c' } },
        'no embed',
      ],
    });

    expect(job?.children).toEqual([{ messageId: '15', button: 'U1', jobid: 'x' }]);
    expect(job?.seed).toEqual({ value: 42, content: 'seed 42', attachments: [{ url: 'https://a/b' }] });
    expect(job?.embeds).toEqual([
      { title: 'T', description: 'D', imageUrl: 'https://a/c', imageProxyUrl: 'https://b/c' },
    ]);
  });

  it('keeps what the API has yet to invent', () => {
    const job = v2({
      jobid: V2_ID,
      status: 'paused',
      verb: 'sing',
      buttons: ['Resubmit', '1️⃣', ''],
      news: { deep: [1] },
    });

    expect(job).toMatchObject({ status: 'paused', verb: 'sing', buttons: ['Resubmit', '1️⃣', ''] });
  });

  it('drops fields of the wrong type and keeps the rest', () => {
    const job = v2({
      ...v2Job,
      prompt: 7,
      created: 'soon',
      attachments: 'none',
      buttons: ['U1', 2, null],
      code: 'ok',
      verb: null,
    });

    expect(job).toMatchObject({ jobid: V2_ID, attachments: [], buttons: ['U1'], messageId: v2Job.messageId });
    expect(job?.prompt).toBeUndefined();
    expect(job).not.toHaveProperty('verb');
    expect(job?.createdAt).toBe(Date.UTC(2025, 7, 22, 14, 38, 12, 123));
  });
});

describe('a v3 record', () => {
  it('is whole while it has no response yet', () => {
    const job = v3({ jobid: V3_ID, verb: 'imagine', status: 'created', request: { prompt: 'a fox' } });

    expect(job).toMatchObject({
      status: 'created',
      prompt: 'a fox',
      jobType: 'image',
      apiChannel: '1234567890123456789',
      createdAt: Date.UTC(2025, 9, 23, 14, 15, 20, 123),
      attachments: [],
      buttons: [],
      children: [],
    });
  });

  it.each([
    [{ request: { channel: 'asked' }, channel: 'top', response: { channel_id: 'discord' } }, 'asked'],
    [{ request: {}, channel: 'top', response: { channel_id: 'discord' } }, 'top'],
    [{ request: {}, response: { channel_id: 'discord' } }, 'discord'],
    [{}, '1234567890123456789'],
  ])('of %j has the API channel %s', (said, apiChannel) => {
    expect(v3({ jobid: V3_ID, status: 'started', ...said })?.apiChannel).toBe(apiChannel);
  });

  it.each([null, 'none', 7, []])('copes with a request and a response that are %j', (value) => {
    expect(v3({ jobid: V3_ID, status: 'failed', request: value, response: value })).toMatchObject({ status: 'failed' });
  });

  it('has its buttons from the components where the record lists none', () => {
    const row = (...components: unknown[]) => ({ type: 1, components });
    const components = [
      row({ type: 2, style: 2, label: 'U1' }, { type: 2, style: 2, emoji: { name: '🔄' } }, { type: 3 }),
      row({ type: 2, style: 5, label: 'Web', url: 'https://midjourney.com/jobs/x' }, 'junk'),
      { type: 17, components: [row({ type: 2, style: 1, label: 'Resubmit' })] },
    ];

    const derived = v3({ jobid: V3_ID, response: { components } });
    const listed = v3({ jobid: V3_ID, response: { components, buttons: [] } });

    expect(derived?.buttons).toEqual(['U1', '🔄', 'Resubmit']);
    expect(listed?.buttons).toEqual([]);
  });

  it.each([
    [
      'a map of records by button',
      { U1: { jobid: 'x', messageId: '15' } },
      { jobid: 'x', button: 'U1', messageId: '15' },
    ],
    ['a map of ids by button', { U1: V3_ID }, { jobid: V3_ID, button: 'U1' }],
    ['a map of buttons by id', { [V3_ID]: 'U1' }, { jobid: V3_ID, button: 'U1' }],
    ['a map of records by id', { [V3_ID]: { button: 'U1' } }, { jobid: V3_ID, button: 'U1' }],
    [
      'a map of records by message',
      { '152288990011223344': { button: 'U1', jobId: 'x' } },
      { jobid: 'x', button: 'U1', messageId: '152288990011223344' },
    ],
    ['a map of lists by button', { V1: [{ jobid: 'x' }] }, { jobid: 'x', button: 'V1' }],
    ['a list', [{ jobid: 'x', button: 'U1' }], { jobid: 'x', button: 'U1' }],
    ['a list of ids', [V3_ID], { jobid: V3_ID }],
  ])('has its children from %s', (_name, children, child) => {
    expect(v3({ jobid: V3_ID, response: { children } })?.children).toEqual([child]);
  });

  it.each([
    ['request', { request: { replyRef: 'r' } }],
    ['response', { response: { replyRef: 'r' } }],
    ['top level', { replyRef: 'r' }],
  ])('has its replyRef from the %s', (_name, place) => {
    expect(v3({ jobid: V3_ID, ...place })?.replyRef).toBe('r');
  });

  it('keeps a cancelled job as failed, and a body code apart', () => {
    const job = v3({ ...v3Job, status: 'failed', error: 'Job cancelled by user', code: 422 });

    expect(job).toMatchObject({ status: 'failed', error: 'Job cancelled by user', bodyCode: 422 });
  });
});

describe('any record', () => {
  const text = fc.string({ unit: 'grapheme' });
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const attachment = fc.record({
    id: text,
    content_type: text,
    filename: text,
    url: text,
    size: fc.nat(),
    width: fc.nat(),
    height: fc.nat(),
  });
  const ux = fc.array(fc.record({ id: fc.integer({ min: 1, max: 4 }), url: fc.webUrl() }));
  const fields = {
    verb: maybe(text),
    created: maybe(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
    prompt: maybe(text),
    content: maybe(text),
    buttons: maybe(fc.array(text, { maxLength: 60 })),
    attachments: maybe(fc.array(attachment)),
    imageUx: maybe(ux),
    videoUx: maybe(ux),
    children: maybe(fc.array(fc.record({ messageId: text, button: text, jobid: text }))),
    embeds: maybe(fc.array(fc.record({ type: text, description: text, image: fc.record({ url: text }) }))),
    seed: maybe(fc.record({ value: fc.nat(), content: text, attachments: fc.array(attachment) })),
    error: maybe(text),
  };
  const record = fc.record({ ...fields, jobid: fc.constant(V2_ID), status: maybe(text) });

  it('that fits the v2 model parses and keeps its buttons verbatim', () => {
    fc.assert(
      fc.property(record, (body) => {
        const job = v2(JSON.parse(JSON.stringify(body)));
        expect(job?.buttons).toEqual(body.buttons ?? []);
        expect(job?.prompt).toBe(body.prompt);
        expect(job?.imageUx).toEqual(body.imageUx ?? []);
        expect(job?.status).toBe(body.status ?? 'unknown');
      }),
    );
  });

  it('that fits the v3 shape parses and keeps its buttons verbatim', () => {
    fc.assert(
      fc.property(record, (body) => {
        const { prompt, status, ...response } = body;
        const wire = { jobid: V3_ID, status, request: { prompt }, response };
        const job = v3(JSON.parse(JSON.stringify(wire)));
        expect(job?.buttons).toEqual(body.buttons ?? []);
        expect(job?.prompt).toBe(prompt);
        expect(job?.attachments).toHaveLength(body.attachments?.filter(({ url }) => url !== '').length ?? 0);
      }),
    );
  });

  it('of any JSON gives a job or nothing, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (body, part) => {
        for (const board of ['v2', 'v3'] as const) {
          parseJob(board, body, undefined, NOW);
          const wire = Object.fromEntries(Object.keys({ ...v2Job, ...v3Job }).map((key) => [key, part]));
          expect(parseJob(board, { ...wire, jobid: V3_ID }, undefined, NOW)?.jobid).toBe(V3_ID);
          parseRunningList(board, body, NOW);
          parseRunningList(board, { total: 1, channels: { a: part, b: { jobs: [part] } } }, NOW);
          parseRunningList(board, [part, V2_ID], NOW);
        }
      }),
    );
  });
});

describe('a list', () => {
  it('keeps its good items when some are bad', () => {
    const [good] = v3List.channels['1234567890123456789'].jobs;
    const jobs = [7, null, {}, { jobId: 7 }, { jobId: 'nonsense' }, { jobId: V2_ID }, good, 'text'];

    const parsed = parseRunningList('v3', { total: 3, channels: { one: { jobs }, two: 'nothing' } }, NOW);

    expect(parsed?.skipped).toBe(8);
    expect(parsed?.list.channels).toMatchObject([{ apiChannel: 'one', total: 1, jobs: [{ jobid: V3_ID }] }]);
  });

  it('keeps the good ids of v2, by channel', () => {
    const other = V2_ID.replace('1122334455667788990', '1122334455667788991');

    const parsed = parseRunningList('v2', [V2_ID, 7, 'nonsense', other, { jobid: V2_ID }], NOW);

    expect(parsed?.skipped).toBe(2);
    expect(parsed?.list.channels.map(({ apiChannel, total }) => [apiChannel, total])).toEqual([
      ['1122334455667788990', 2],
      ['1122334455667788991', 1],
    ]);
  });

  it.each([
    ['an empty v3 list', 'v3', { total: 0, images: 0, videos: 0, channels: {} }, true],
    ['channels as an empty array', 'v3', { total: 0, channels: [] }, true],
    ['a total of none without channels', 'v3', { total: 0 }, true],
    ['a total of two without channels', 'v3', { total: 2 }, false],
    ['an error', 'v3', { error: 'no' }, false],
    ['channels that are a text', 'v3', { total: 0, channels: 'none' }, false],
    ['nothing', 'v3', null, false],
    ['an empty v2 list', 'v2', [], true],
    ['a v2 error', 'v2', { error: 'no' }, false],
  ] as const)('notifies an empty list from no list: %s', (_name, board, body, isList) => {
    expect(parseRunningList(board, body, NOW) !== undefined).toBe(isList);
  });
});
