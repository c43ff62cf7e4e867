import type { Hono } from 'hono';
import { z } from 'zod';
import { compact } from '../../src/shared/compact.ts';
import { type ApiEnv, type ApiRequest, sendEmpty, sendJson } from '../midjourney/http.ts';
import { isRunning, type SandboxJob, type SandboxJobType } from '../midjourney/sandbox-job.ts';
import { findJob, type SiblingContext, type SiblingService, sendError } from './sibling-context.ts';
import { type SubmitRules, shared, submit } from './sibling-submit.ts';

const ROOT = '/v1/minimax';
const ID = /^user:\d+-minimax:[^/]+-(?:image|video):\d+$/;
/** Longest time for which the list names a job, milliseconds. */
const LISTED_MS = 60 * 60_000;
const RATIOS = ['auto', '21:9', '16:9', '5:4', '4:3', '3:2', '1:1', '2:3', '3:4', '4:5', '9:16'] as const;
const IMAGE_MODELS = [
  'image-01',
  'nano-banana-2',
  'nano-banana-pro',
  'gpt-image-1.5',
  'gpt-image-2',
  'seedream-4.5',
  'seedream-5.0',
  'midjourney-v7',
  'midjourney-niji7',
] as const;
const VIDEO_MODELS = ['T2V-01', 'I2V-01', 'MiniMax-Hailuo-02', 'MiniMax-Hailuo-2.3', 'Seedance-2.0'] as const;

const ImageBody = z.object({
  ...shared,
  prompt: z.string().trim().min(1).max(2000),
  promptOptimization: z.boolean().optional(),
  model: z.enum(IMAGE_MODELS).optional(),
  aspectRatio: z.enum(RATIOS).optional(),
  quantity: z.number().int().min(1).max(4).optional(),
});
const VideoBody = z.object({
  ...shared,
  prompt: z.string().trim().min(1).max(2000),
  promptOptimization: z.boolean().optional(),
  model: z.enum(VIDEO_MODELS).optional(),
});

const RULES: SubmitRules = { asksForAccount: true, takesSlots: (jobType) => jobType === 'video' };

/** MiniMax as useapi.net has it. */
export function minimaxService(nextNumber: () => string): SiblingService {
  return {
    root: ROOT,
    title: 'MiniMax',
    model: 'midjourney-v7',
    accounts: ['512345678'],
    toJobid: ({ account, jobType }) => `user:12345-minimax:${account}-${jobType}:${nextNumber()}`,
    toRecord,
  };
}

/** Numbers and labels of its statuses. */
const STATUSES: Readonly<Record<SandboxJob['status'], readonly [status: number, label: string]>> = {
  created: [11, 'queued'],
  started: [12, 'processing'],
  progress: [1, 'processing'],
  completed: [2, 'completed'],
  failed: [3, 'failed'],
  cancelled: [3, 'failed'],
  moderated: [7, 'moderated'],
};

function toRecord(api: SiblingContext, job: SandboxJob): Record<string, unknown> {
  const { recordRefs, reasons } = api.world.switches;
  const [status, statusLabel] = STATUSES[job.status];
  const isOver = !isRunning(job);
  const reason = isOver && job.status !== 'completed' ? (job.error ?? job.errorDetails) : undefined;
  return {
    id: job.jobid.split(':').at(-1),
    desc: job.prompt ?? '',
    status,
    canRetry: false,
    width: 0,
    height: 0,
    originFiles: [],
    hasVoice: false,
    modelID: job.jobType === 'video' ? 'MiniMax-Hailuo-02' : 'midjourney-v7',
    createTime: job.createdAt,
    batchID: api.batches.of(job.jobid),
    userIDStr: job.apiChannel,
    ...(job.status === 'completed' ? toMedia(api, job) : { coverURL: '', videoURL: '', downloadURL: '' }),
    ...(reason !== undefined && reasons !== 'nowhere' ? { [reasons]: reason } : {}),
    ...(recordRefs === 'present' ? compact({ replyUrl: job.replyUrl, replyRef: job.replyRef }) : {}),
    statusLabel,
    statusFinal: isOver,
    [job.jobType === 'video' ? 'videoId' : 'imageId']: job.jobid,
  };
}

function toMedia(api: SiblingContext, { guid, jobType }: SandboxJob) {
  const file = `${api.origin()}/files/${guid}`;
  if (jobType === 'video')
    return { coverURL: `${file}/0.jpeg`, videoURL: `${file}/0.mp4?mark=1`, downloadURL: `${file}/0.mp4` };
  return { coverURL: `${file}/0.jpeg?small=1`, videoURL: `${file}/0.jpeg?mark=1`, downloadURL: `${file}/0.jpeg` };
}

function toElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function toItem({ world }: SiblingContext, job: SandboxJob) {
  const now = world.clock.now();
  const name = { 'by-type': `${job.jobType}Id`, videoId: 'videoId', id: 'id' }[world.switches.listIds];
  return {
    [name]: job.jobid,
    type: job.jobType,
    account: job.apiChannel,
    started: new Date(job.createdAt).toISOString(),
    elapsed: toElapsed(now - job.createdAt),
    ...compact({ replyUrl: job.replyUrl, replyRef: job.replyRef }),
  };
}

/** `available` counts videos alone. */
function toList(api: SiblingContext) {
  const { world, untracked } = api;
  const since = world.clock.now() - LISTED_MS;
  const running = world.running('v3').filter(isRunning);
  const listed = running.filter(({ jobid, createdAt }) => !untracked.has(jobid) && createdAt >= since);
  const available = world.listChannels().map(({ apiChannel, maxJobs }) => {
    const executing = listed.filter((job) => job.apiChannel === apiChannel && job.jobType === 'video').length;
    return { account: apiChannel, maxJobs, executing, available: Math.max(0, maxJobs - executing) };
  });
  return { executing: listed.map((job) => toItem(api, job)), available };
}

function untrack(api: SiblingContext, c: ApiRequest): Response {
  const job = findJob(api, c);
  const id = c.req.param('id') ?? '';
  if (!ID.test(id)) return sendError(c, 400, 'id has incorrect format');
  if (job === undefined || !isRunning(job) || api.untracked.has(id))
    return sendJson(c, 404, { error: `Unable to locate running ${id}` });
  api.untracked.add(id);
  return sendEmpty();
}

function read(api: SiblingContext, c: ApiRequest, jobType: SandboxJobType): Response {
  if (!ID.test(c.req.param('id') ?? '')) return sendError(c, 400, `${jobType}Id has incorrect format`);
  const job = findJob(api, c, jobType);
  return job === undefined ? sendError(c, 404, 'Not found.') : sendJson(c, 200, toRecord(api, job));
}

/** `/v1/minimax/…` */
export function addMinimaxRoutes(app: Hono<ApiEnv>, api: SiblingContext, service: SiblingService): void {
  app.get(`${ROOT}/scheduler/available`, (c) => sendJson(c, 200, toList(api)));
  app.delete(`${ROOT}/scheduler/:id`, (c) => untrack(api, c));
  app.get(`${ROOT}/images/:id`, (c) => read(api, c, 'image'));
  app.get(`${ROOT}/videos/:id`, (c) => read(api, c, 'video'));
  app.post(`${ROOT}/images/create`, async (c) => {
    const made = await submit(api, c, service, ImageBody, RULES, ({ quantity = api.world.switches.batch, ...body }) => {
      return { ...body, jobType: 'image', count: quantity };
    });
    if (made instanceof Response) return made;
    const statusInfo = { code: 0, httpCode: 0, message: 'Success' };
    return sendJson(c, 200, { statusInfo, imageIds: made.map(({ jobid }) => jobid) });
  });
  app.post(`${ROOT}/videos/create`, async (c) => {
    const made = await submit(api, c, service, VideoBody, RULES, (body) => ({ ...body, jobType: 'video', count: 1 }));
    if (made instanceof Response) return made;
    return sendJson(c, 200, { statusInfo: { code: 0, httpCode: 0, message: 'Success' }, videoId: made[0]?.jobid });
  });
}
