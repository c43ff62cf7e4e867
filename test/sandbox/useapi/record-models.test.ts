import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { startApi, type TestApi } from './start-api.ts';

const BUTTON = z.enum([
  ...(['U1', 'U2', 'U3', 'U4', 'V1', 'V2', 'V3', 'V4', '⬅️', '➡️', '⬆️', '⬇️', '🔄'] as const),
  ...(['Vary (Region)', 'Vary (Strong)', 'Vary (Subtle)', 'Zoom Out 1.5x', 'Zoom Out 2x', 'Make Square'] as const),
  ...(['Upscale (2x)', 'Upscale (4x)', 'Upscale (Subtle)', 'Upscale (Creative)'] as const),
  ...(['Redo Upscale (2x)', 'Redo Upscale (4x)', 'Redo Upscale (Subtle)', 'Redo Upscale (Creative)'] as const),
  ...(['Make Variations', 'Remaster', 'Custom Zoom', 'Animate (Low motion)', 'Animate (High motion)'] as const),
  ...(['Extend (Low motion)', 'Extend (High motion)'] as const),
]);
/** Buttons that real records hold although the published model does not name them. */
const OTHER_BUTTON = z.enum(['Resubmit', '1️⃣', '2️⃣', '3️⃣', '4️⃣']);
const TIME = z.iso.datetime({ precision: 3 });
const VERBS = [
  'imagine',
  'button',
  'blend',
  'describe',
  'info',
  'relax',
  'fast',
  'turbo',
  'variability',
  'remix',
] as const;
const RUNNING = ['created', 'started', 'progress'] as const;

const Attachment = z.object({
  id: z.string(),
  content_type: z.string(),
  filename: z.string(),
  url: z.url(),
  proxy_url: z.url(),
  size: z.number(),
  width: z.number(),
  height: z.number(),
});
const Ux = z.array(z.strictObject({ id: z.number(), url: z.string().startsWith('https://cdn.midjourney.com/') }));
const Image = z.strictObject({ url: z.url(), proxy_url: z.url(), width: z.number(), height: z.number() });
const Embed = z.object({ type: z.string(), description: z.string(), image: Image.optional() });

/** The published model of a v2 record, all of its fields and no other. */
const RecordV2 = z
  .strictObject({
    jobid: z.string(),
    parentJobId: z.string(),
    verb: z.enum([...VERBS, 'seed', 'seed_async']),
    status: z.enum([...RUNNING, 'moderated', 'completed', 'failed', 'cancelled']),
    seed: z.strictObject({ value: z.number(), content: z.string(), attachments: z.array(Attachment) }),
    created: TIME,
    updated: TIME,
    prompt: z.string(),
    blendUrls: z.array(z.string()),
    blendDimensions: z.enum(['Portrait', 'Square', 'Landscape']),
    describeUrl: z.string(),
    button: BUTTON,
    children: z.array(z.strictObject({ messageId: z.string(), button: BUTTON, jobid: z.string() })),
    buttons: z.array(z.union([BUTTON, OTHER_BUTTON])),
    imageUx: Ux,
    videoUx: Ux,
    discord: z.string().regex(/^.{3}\.{3}secured\.{3}.{3}$/),
    channel: z.string(),
    maxJobs: z.number(),
    messageId: z.string(),
    content: z.string(),
    timestamp: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
    attachments: z.array(Attachment),
    embeds: z.array(Embed),
    error: z.string(),
    errorDetails: z.string(),
    replyUrl: z.string(),
    replyRef: z.string(),
    code: z.number(),
  })
  .partial();

const Counts = { total: z.number(), images: z.number(), videos: z.number() };
const ListItem = z.strictObject({
  jobId: z.string(),
  channel: z.string(),
  jobType: z.enum(['image', 'video']),
  created: TIME,
  elapsed: z.string().regex(/^\d{2,}:\d\d$/),
});
const Channel = z.strictObject({
  ...Counts,
  maxJobs: z.number(),
  maxImageJobs: z.number(),
  maxVideoJobs: z.number(),
  jobs: z.array(ListItem),
});
const RunningList = z.strictObject({ ...Counts, channels: z.record(z.string(), Channel) });

const RecordV3 = z.strictObject({
  jobid: z.string(),
  verb: z.string(),
  jobType: z.enum(['image', 'video']).optional(),
  status: z.enum([...RUNNING, 'moderated', 'completed', 'failed']),
  created: TIME,
  updated: TIME.optional(),
  error: z.string().optional(),
  errorDetails: z.string().optional(),
  code: z.number().optional(),
  request: z.object({ prompt: z.string().optional(), stream: z.boolean() }),
  response: z
    .looseObject({
      id: z.string(),
      channel_id: z.string(),
      timestamp: z.string(),
      content: z.string(),
      attachments: z.array(Attachment),
      buttons: z.array(z.string()).optional(),
      imageUx: Ux,
      videoUx: Ux.optional(),
      progress_percent: z.number().optional(),
      children: z.record(z.string(), z.string()).optional(),
      embeds: z.array(Embed),
      components: z.array(z.looseObject({ type: z.literal(1), components: z.array(z.unknown()).min(1).max(5) })),
    })
    .optional(),
});

let api: TestApi;
afterEach(() => api.close());

async function readAll(version: 'v2' | 'v3'): Promise<readonly unknown[]> {
  const jobs = api.world.list().filter((job) => job.version === version && !job.expired);
  const toPath = (jobid: string) => (version === 'v2' ? `/v2/jobs/?jobid=${jobid}` : `/v3/midjourney/jobs/${jobid}`);
  return await Promise.all(jobs.map(async ({ jobid }) => (await api.call('GET', toPath(jobid))).body));
}

it('gives v2 records that the published model describes, field by field', async () => {
  api = await startApi({ seedJobs: true });

  const records = await readAll('v2');

  expect(records.length).toBeGreaterThan(10);
  for (const record of records) expect(RecordV2.safeParse(record).error).toBeUndefined();
});

it('gives v3 records of the documented shape, field by field', async () => {
  api = await startApi({ seedJobs: true });

  const records = await readAll('v3');

  expect(records.length).toBeGreaterThan(10);
  for (const record of records) expect(RecordV3.safeParse(record).error).toBeUndefined();
});

it('gives a v3 list that the published model describes, field by field', async () => {
  api = await startApi({ seedJobs: true });

  const { body } = await api.call('GET', '/v3/midjourney/jobs');

  expect(RunningList.safeParse(body).error).toBeUndefined();
});
