import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOwnRules } from '../../../sandbox/discord/rules/own-rules.ts';
import { checkPayload } from '../../../sandbox/discord/rules/payload-rules.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { toJobCard } from '../../../src/discord/cards/job-card.ts';
import { parseCustomId } from '../../../src/discord/core/custom-id.ts';
import { toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { toJobsBoard } from '../../../src/discord/jobs/jobs-board.ts';
import { toTextNotice } from '../../../src/discord/notify/job-notices.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { toLabelHash } from '../../../src/jobs/label-hash.ts';
import type { MediaResult } from '../../../src/media/media-file.ts';
import { aJob, aJobid } from '../../builders.ts';

function problemsOf(message: ReturnType<typeof toJobCard>) {
  const body = JSON.parse(JSON.stringify(toMessageBody(message)));
  const files = (message.files ?? []).map(({ name }, id) => ({ id, name, size: 1 }));
  return [...checkPayload('interaction-edit', body, files), ...checkOwnRules('interaction-edit', body, files)];
}

const HOSTILE = [
  '@everyone <@&1> <@2> **bold** `code` ```js\nfence``` ||spoiler|| [link](https://example.org) # head > quote',
  'see https://midjourney.com/jobs/b4d8e1a0-5c6f and <https://cdn.midjourney.com/b4d8e1a0/0_0.jpeg> and cdn.midjourney.com/x',
  '\u202Eright to left\u202C 🦊🦊🦊 \u0000\u0007 \uD800',
  '- a\n1. b\n> c\n\n\n-# d \\',
];

const wild = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(...HOSTILE),
  fc.constantFrom(...HOSTILE).map((text) => text.repeat(80).slice(0, 6_000)),
);
const label = fc.oneof(fc.constantFrom('U1', 'U2', 'V1', '🔄', '⬅️', 'Vary (Region)', 'Zoom Out 1.5x', ' '), wild);
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });

const job: fc.Arbitrary<Job> = fc
  .record(
    {
      status: fc.oneof(fc.constantFrom('created', 'progress', 'completed', 'moderated', 'failed', 'cancelled'), wild),
      verb: wild,
      prompt: wild,
      error: wild,
      errorDetails: wild,
      apiChannel: wild,
      button: label,
      progressPercent: fc.double(),
      createdAt: time,
      updatedAt: time,
      jobType: fc.constantFrom('image' as const, 'video' as const),
      buttons: fc.array(label, { maxLength: 60 }),
      children: fc.array(fc.record({ jobid: fc.string(), button: label }, { requiredKeys: [] }), { maxLength: 30 }),
      embeds: fc.array(fc.record({ title: wild, description: wild }, { requiredKeys: [] }), { maxLength: 5 }),
      seed: fc.record({ value: fc.integer(), attachments: fc.constant([]) }),
      goneAt: time,
      lostContactAt: time,
      isRead: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map((over) => aJob(over));

const marks = fc
  .array(
    fc.tuple(
      label,
      fc.record(
        { by: fc.constant(ids.member), childRef: fc.constant('abcdefgh'), link: fc.webUrl(), isWaiting: fc.boolean() },
        { requiredKeys: ['by', 'isWaiting'] },
      ),
    ),
    { maxLength: 30 },
  )
  .map((entries) => new Map(entries));

const media: fc.Arbitrary<MediaResult[]> = fc
  .array(fc.oneof(fc.record({ isReduced: fc.boolean() }), wild), { maxLength: 20 })
  .map((items) =>
    items.map(
      (item, at): MediaResult =>
        typeof item === 'string'
          ? { kind: 'missing', label: `image-${at}`, reason: item }
          : {
              kind: 'file',
              label: `image-${at}`,
              name: `ref-image-${at}.png`,
              path: '/nowhere',
              contentType: 'image/png',
              size: 1,
              ...item,
            },
    ),
  );

describe('toJobCard', () => {
  it('is a message that Discord takes, whatever the record holds', () => {
    fc.assert(
      fc.property(
        job,
        media,
        fc.record({ isPublic: fc.boolean(), hasShare: fc.boolean(), marks, above: fc.constantFrom('', '<@1> <@&2>') }),
        fc.constantFrom('', 'The API has trouble. '.repeat(40)),
        (some, results, { above, ...options }, notice) => {
          const line = options.isPublic ? { above } : {};
          const card = toJobCard(some, { media: results, ...options, ...line, ...(notice !== '' && { notice }) });

          expect(problemsOf(card)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('carries every button of sixty by the hash of its label, none past 40 components', () => {
    const labels = Array.from({ length: 60 }, (_, n) => `Button ${n}`);

    const card = toJobCard(aJob({ status: 'completed', buttons: labels }));
    const json = JSON.stringify(card.components);

    expect(labels.filter((text) => !json.includes(toLabelHash(text)))).toEqual([]);
    expect(problemsOf(card)).toEqual([]);
  });

  it('ticks upscales that were made already', () => {
    const children = [{ button: 'U2', jobid: aJobid(2) }];

    const json = JSON.stringify(toJobCard(aJob({ status: 'completed', buttons: ['U1', 'U2'], children })).components);

    expect(json).toContain('"U2 ✓"');
    expect(json).toContain('"U1"');
  });

  it('says what is missing among the media and shows the rest', () => {
    const results: MediaResult[] = [
      {
        kind: 'file',
        label: 'grid',
        name: 'a-grid.webp',
        path: '/x',
        contentType: 'image/webp',
        size: 1,
        isReduced: false,
      },
      { kind: 'missing', label: 'video-1', reason: 'too large (31 MB; the limit here is 10 MB)' },
    ];

    const card = toJobCard(aJob({ status: 'completed' }), { media: results });
    const json = JSON.stringify(card.components);

    expect(json).toContain('attachment://a-grid.webp');
    expect(json).toContain('video-1: too large');
    expect(card.files?.map((file) => file.name)).toEqual(['a-grid.webp']);
  });

  it.each([
    ['Check', { status: 'progress', lostContactAt: 1 }],
    ['Refresh', { status: 'progress' }],
    ['Refresh', { status: 'completed', lostContactAt: 1 }],
  ])('has a button %s to read the job again where it is %j', (label, over) => {
    const job = aJob(over);

    for (const message of [toJobCard(job), toTextNotice(job, 'lost-contact', { deliveryId: 'd1' })]) {
      expect(JSON.stringify(message.components)).toMatch(
        new RegExp(`"job-refresh:[^}]*"label":"${label}"|"label":"${label}"[^}]*"job-refresh:`),
      );
    }
  });

  it('gives every control an id that can be read back', () => {
    const json = JSON.stringify(toJobCard(aJob({ buttons: ['U1', 'Vary (Region)'] })).components);
    const ids = [...json.matchAll(/"custom_id":"([^"]+)"/g)].map((match) => parseCustomId(match[1] ?? ''));

    expect(ids.map((id) => id.name)).toEqual(['press', 'press', 'job-refresh', 'press-with', 'job-cancel']);
    expect(ids.every((id) => id.texts[0] === aJob().ref)).toBe(true);
  });
});

describe('toJobsBoard', () => {
  it('is a message that Discord takes, whatever the jobs hold', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 10 }), fc.nat(300), fc.nat(30), (jobs, length, channels) => {
        const withRefs = jobs.map((some, at) => ({ ...some, ref: `0000000${at}` }));
        const board = toJobsBoard(
          {
            jobs: withRefs,
            channels: Array.from({ length: channels }, (_, n) => ({
              apiChannel: `123456789012345${1000 + n}`,
              version: 'v3' as const,
              total: n,
              images: n,
              videos: 0,
              maxJobs: 3,
            })),
            page: 1,
            pageCount: 3,
            total: 23,
            hiddenCount: 2,
            lookedAt: 1_761_228_900_000,
            problems: [{ version: 'v2', sentence: 'x'.repeat(length) }],
          },
          { type: 'image', apiChannel: '1234567890123456789' },
        );

        expect(problemsOf(board)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
