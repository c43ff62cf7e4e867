import { ComponentType } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOwnRules } from '../../../sandbox/discord/rules/own-rules.ts';
import { checkPayload } from '../../../sandbox/discord/rules/payload-rules.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { toJobCard } from '../../../src/discord/cards/job-card.ts';
import { toJobDetails } from '../../../src/discord/cards/job-details.ts';
import { parseCustomId } from '../../../src/discord/core/custom-id.ts';
import { toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { toJobsBoard } from '../../../src/discord/jobs/jobs-board.ts';
import { toTextNotice } from '../../../src/discord/notify/job-notices.ts';
import { concealJob } from '../../../src/jobs/concealed-job.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
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

function aFile(label: string): MediaResult {
  const name = `ref-${label}.png`;
  return { kind: 'file', label, name, path: '/nowhere', contentType: 'image/png', size: 1, isReduced: false };
}

function walk(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(walk);
  if (typeof value !== 'object' || value === null) return [];
  const record = { ...value } as Record<string, unknown>;
  return [record, ...walk(record['components'])];
}

describe('toJobCard', () => {
  it('is a message that Discord takes, whatever the record holds', () => {
    fc.assert(
      fc.property(
        job,
        media,
        fc.record({
          isPublic: fc.boolean(),
          hasShare: fc.boolean(),
          isLive: fc.boolean(),
          marks,
          above: fc.constantFrom('', '<@1> <@&2>'),
        }),
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

  it.each([
    [undefined, true, true],
    ['plain', true, false],
    ['none', false, false],
  ] as const)('offers only presses that its backend takes: %s', (presses, hasButtons, hasRemix) => {
    const job = aJob({ status: 'completed', buttons: ['U1', 'V1'], ...(presses && { presses }) });

    const json = JSON.stringify(toJobCard(job).components);

    expect(json.includes('"V1"')).toBe(hasButtons);
    expect(json.includes('"Remix…"')).toBe(hasRemix);
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
      { kind: 'missing', label: 'video-1', reason: 'it’s too large (31 MB; the limit here is 10 MB)' },
    ];

    const card = toJobCard(aJob({ status: 'completed' }), { media: results });
    const json = JSON.stringify(card.components);

    expect(json).toContain('attachment://a-grid.webp');
    expect(json).toContain('video-1: it’s too large');
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

  it('shows prompt, how it stands, picture, buttons and ref in this order', () => {
    const over = { button: 'U2', requestedBy: ids.member, parentJobid: aJobid(2), children: [{ jobid: aJobid(3) }] };
    const card = toJobCard(aJob({ status: 'completed', buttons: ['U1', 'V1'], ...over }), { media: [aFile('grid')] });
    const parts = walk(card.components).map((part) => part['content'] ?? part['label'] ?? part['type']);

    expect(parts.filter((part) => typeof part === 'string' || part === ComponentType.MediaGallery)).toEqual([
      expect.stringMatching(
        new RegExp(`^### a lighthouse in the fog\n✅ Completed · Upscale of image 2 · <@${ids.member}> · <t:\\d+:R>$`),
      ),
      ComponentType.MediaGallery,
      'U1',
      'V1',
      'Refresh',
      'Remix…',
      'Details',
      'Family',
      `-# \`${aJob().ref}\` · from \`${toJobRef(aJobid(2))}\` · 1 made from it`,
    ]);
  });

  it('keeps its head short, so that the picture is seen at once', () => {
    const prompt = `https://example.com/bird.webp ${'a very long prompt '.repeat(200)}`;
    const [head] = walk(toJobCard(aJob({ status: 'completed', prompt })).components).flatMap((part) =>
      typeof part['content'] === 'string' ? [part['content']] : [],
    );

    expect(head?.length).toBeLessThan(220);
    expect(head).toMatch(/^### 🔗 a very long prompt .*…\n✅/);
  });

  it('leaves out of a private card what its viewer may not do, and says so; in a channel it stays', () => {
    const job = aJob({ buttons: ['U1'] });
    const viewer = { mayPress: false, mayShare: false, mayCancel: false };
    const namesOf = (isPublic: boolean) =>
      walk(toJobCard(job, { viewer, isPublic, hasShare: true }).components).flatMap((part) =>
        typeof part['custom_id'] === 'string' ? [parseCustomId(part['custom_id']).name] : [],
      );

    expect(namesOf(false)).toEqual(['job-refresh', 'job-details']);
    expect(JSON.stringify(toJobCard(job, { viewer }).components)).toContain('you can’t start jobs from its buttons');
    expect(namesOf(true)).toEqual(['press', 'job-refresh', 'job-details', 'job-cancel']);
  });

  it.each([
    ['describe', { verb: 'describe', embeds: [{ description: '1️⃣ a fox\n\n2️⃣ a fern' }] }, 'a fern'],
    ['info', { verb: 'info', content: '**Subscription**: Standard' }, 'Subscription\\\\: Standard'],
    ['relax', { verb: 'relax', content: 'You are now in relax mode.' }, 'You are now in relax mode.'],
  ])('shows what Midjourney wrote where %s makes no picture', (_verb, over, said) => {
    const { prompt: _, ...job } = aJob({ status: 'completed', ...over });

    expect(JSON.stringify(toJobCard(job).components)).toContain(said);
  });

  it('says of what is held who asked for it, and of what is shared who shared it', () => {
    const job = aJob({ status: 'completed', prompt: 'a secret', requestedBy: ids.member });
    const held = JSON.stringify(toJobCard(concealJob(job, 'awaiting')).components);
    const shared = toJobCard(job, { isPublic: true, sharedBy: ids.owner });

    expect(held).toContain(`<@${ids.member}>`);
    expect(held).not.toContain('a secret');
    expect(JSON.stringify(shared.components)).toContain(`Shared by <@${ids.owner}>`);
    expect(problemsOf(shared)).toEqual([]);
  });

  it('offers on a live card that runs to notify of its end', () => {
    const offers = (over: Partial<Job>, isLive: boolean) =>
      JSON.stringify(toJobCard(aJob(over), { isPublic: true, isLive }).components).includes('job-notify-me');

    expect([offers({}, true), offers({}, false), offers({ status: 'completed' }, true)]).toEqual([true, false, false]);
  });

  it('says a reason once', () => {
    const reason = 'Sorry! Our AI moderator thinks this prompt is against our community standards.';
    const embeds = [{ title: 'Invalid request', description: reason }];
    const job = aJob({ status: 'moderated', error: 'Invalid request', errorDetails: reason, embeds });

    expect(JSON.stringify(toJobCard(job).components).split('our community standards')).toHaveLength(2);
  });

  it('gives every control an id that can be read back', () => {
    const json = JSON.stringify(toJobCard(aJob({ buttons: ['U1', 'Vary (Region)'] })).components);
    const ids = [...json.matchAll(/"custom_id":"([^"]+)"/g)].map((match) => parseCustomId(match[1] ?? ''));

    expect(ids.map((id) => id.name)).toEqual([
      'press',
      'press',
      'job-refresh',
      'press-with',
      'job-details',
      'job-cancel',
    ]);
    expect(ids.every((id) => id.texts[0] === aJob().ref)).toBe(true);
  });
});

describe('toJobDetails', () => {
  it('is a message that Discord takes, whatever the record holds', () => {
    fc.assert(
      fc.property(job, fc.boolean(), wild, (some, hidesReason, content) => {
        const whole = { ...some, content, replyRef: content, jobid: content };
        expect(problemsOf(toJobDetails(whole, { hidesReason }))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('holds what is not on the card: the whole id of both versions, versions, both dates, seed, size, reply ref', () => {
    const jobid = 'job:20250822143812123-user:12345-channel:1122334455667788990-bot:midjourney';
    const more = { seed: { value: 42, content: 'seed text', attachments: [] }, replyRef: 'mine', updatedAt: 1e12 };
    const attachments = [{ url: 'https://cdn.discordapp.com/a.png', width: 1024, height: 768 }];
    const details = toJobDetails(aJob({ jobid, board: 'v2', attachments, ...more }), { hidesReason: false });

    const said = JSON.stringify(details.components);
    for (const part of [jobid, 'v2', '42', 'seed text', 'mine', '1024 × 768', '<t:1761228920:f>', '<t:1000000000:f>'])
      expect(said).toContain(part);
    expect(problemsOf(details)).toEqual([]);
  });

  it.each([
    ['**a fox** - <@1> (fast)', 'a fox', '(fast)'],
    ['**a fox** - Image #2 <@1>', 'a fox', 'Image #2'],
    ['** - <@1> (fast)', '', '(fast)'],
    [
      '**a fox** - Upscale (Subtle) by <@1> [(Open on website)](<https://midjourney.com/jobs/1>) (fast)',
      'a fox',
      'Upscale (Subtle) (fast)',
    ],
    ['Upscaled **a fox** twice', 'a fox', 'Upscaled … twice'],
  ])('shows of what Midjourney wrote only what the prompt does not say: %s', (content, prompt, said) => {
    const details = toJobDetails(aJob({ content, prompt }), { hidesReason: false });

    const shown = JSON.stringify(details.components).replaceAll('\\\\', '');
    expect(shown).toContain(`message**\\n${said}"`);
  });

  it('keeps from others what Midjourney refused', () => {
    const job = aJob({ status: 'moderated', prompt: 'a secret', content: 'the secret', requestedBy: ids.member });

    expect(JSON.stringify(toJobDetails(job, { hidesReason: true }).components)).not.toContain('secret');
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
              board: 'v3' as const,
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
            isPartial: true,
            listed: ['v3'],
            problems: [{ board: 'v2', sentence: 'x'.repeat(length) }],
          },
          { type: 'image', apiChannel: '1234567890123456789' },
        );

        expect(problemsOf(board)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
