import type { Hono } from 'hono';
import { z } from 'zod';
import { compact } from '../../src/shared/compact.ts';
import { type ApiEnv, type ApiRequest, sendEmpty, sendJson } from '../midjourney/http.ts';
import { toPictureSize } from '../midjourney/picture-paths.ts';
import { isRunning, type SandboxJob, type SandboxJobType } from '../midjourney/sandbox-job.ts';
import { findJob, type SiblingContext, type SiblingService } from './sibling-context.ts';
import { type SubmitRules, shared, submit } from './sibling-submit.ts';

const ROOT = '/v1/dreamina';
const PICTURES = 4;
const RATIOS = ['auto', '1:1', '3:4', '16:9', '4:3', '9:16', '2:3', '3:2', '21:9'] as const;
const MODELS: Readonly<Record<SandboxJobType, readonly string[]>> = {
  image: [
    'seedream-5.0-lite',
    'seedream-4.6',
    'seedream-4.5',
    'seedream-4.1',
    'seedream-4.0',
    'nano-banana',
    'seedream-3.0',
    'gpt-image-2',
  ],
  video: ['seedance-2.0', 'seedance-2.0-fast', 'seedance-1.5-pro', 'seedance-1.0-mini', 'sora2'],
};

const toBody = (models: readonly string[]) =>
  z.object({
    ...shared,
    prompt: z.string().trim().min(1).max(1600),
    ratio: z.enum(RATIOS).optional(),
    resolution: z.string().optional(),
    model: z
      .string()
      .refine((model) => models.includes(model), `Supported values: ${models.join(', ')}`)
      .optional(),
  });
const BODIES = { image: toBody(MODELS.image), video: toBody(MODELS.video) };

const RULES: SubmitRules = { asksForAccount: false, takesSlots: () => true };
const MODERATED = 'Content moderation: the prompt violates community guidelines';

/** Dreamina as useapi.net has it. */
export function dreaminaService(): SiblingService {
  let serial = 0;
  return {
    root: ROOT,
    title: 'Dreamina',
    model: 'seedream-4.0',
    accounts: ['US:painter@example.com'],
    toJobid({ account, jobType, at }) {
      serial += 1;
      const digits = new Date(at).toISOString().replace(/\D/g, '').slice(4);
      const stamp = `${digits}${String((serial * 48_271 + 123_457) % 1_000_000).padStart(6, '0')}`;
      return `j${stamp}${jobType.charAt(0)}-u12345-${account}-bot:dreamina`;
    },
    toRecord,
  };
}

/** `created` until it has ended. */
function toRecord(api: SiblingContext, job: SandboxJob): Record<string, unknown> {
  const { recordRefs, reasons } = api.world.switches;
  const isOver = !isRunning(job);
  const reason = toReason(job);
  return {
    jobid: job.jobid,
    type: job.jobType,
    status: isOver ? (job.status === 'completed' ? 'completed' : 'failed') : 'created',
    model: job.jobType === 'video' ? 'seedance-1.5-pro' : 'seedream-4.0',
    created: new Date(job.createdAt).toISOString(),
    ...(isOver && { updated: new Date(job.updatedAt).toISOString() }),
    request: {
      prompt: job.prompt,
      inputMode: 'generate',
      ...(recordRefs === 'present' ? compact({ replyUrl: job.replyUrl, replyRef: job.replyRef }) : {}),
    },
    response: job.status === 'completed' ? toMedia(api, job) : { forecastCost: 0 },
    ...(reason !== undefined && reasons !== 'nowhere' ? { error: reason } : {}),
    code: 200,
  };
}

function toReason({ status, error }: SandboxJob): string | undefined {
  if (status === 'moderated') return MODERATED;
  if (status === 'cancelled' || error === 'Job cancelled by user') return 'Cancelled by user';
  return status === 'failed' ? error : undefined;
}

function toMedia(api: SiblingContext, { guid, jobType, prompt, apiChannel }: SandboxJob) {
  const file = `${api.origin()}/files/${guid}`;
  const { width, height } = toPictureSize(prompt, 1024);
  if (jobType === 'video') return { videoUrl: `${file}/0.mp4`, width, height };
  const images = Array.from({ length: PICTURES }, (_, at) => ({
    imageUrl: `${file}/${at}.jpeg`,
    width,
    height,
    format: 'jpeg',
    assetId: `${apiChannel}:${at}`,
  }));
  return { images };
}

/** Accounts without jobs are not named. */
function toList({ world }: SiblingContext) {
  const running = world.running('v3').filter(isRunning);
  const now = world.clock.now();
  const byAccount = Map.groupBy(running, ({ apiChannel }) => apiChannel);
  const executing = [...byAccount].map(([account, jobs]) => {
    const items = jobs.map(({ jobid, guid, jobType, createdAt, replyUrl }) => ({
      jobid,
      submitId: guid,
      model: jobType === 'video' ? 'seedance-1.5-pro' : 'seedream-4.0',
      elapsedSeconds: Math.floor((now - createdAt) / 1000),
      ...compact({ replyUrl }),
    }));
    return [account, items] as const;
  });
  return { executing: Object.fromEntries(executing), total: running.length };
}

function sendMissing(c: ApiRequest): Response {
  return sendJson(c, 404, { error: 'Job not found' });
}

function cancel(api: SiblingContext, c: ApiRequest): Response {
  const job = findJob(api, c);
  if (job === undefined || !isRunning(job)) return sendMissing(c);
  api.world.advance(job.jobid, { to: 'cancelled' });
  return sendEmpty();
}

function read(api: SiblingContext, c: ApiRequest, jobType: SandboxJobType): Response {
  const job = findJob(api, c, jobType);
  return job === undefined ? sendMissing(c) : sendJson(c, 200, toRecord(api, job));
}

/** `/v1/dreamina/…` */
export function addDreaminaRoutes(app: Hono<ApiEnv>, api: SiblingContext, service: SiblingService): void {
  app.get(`${ROOT}/scheduler`, (c) => sendJson(c, 200, toList(api)));
  app.delete(`${ROOT}/scheduler/:id`, (c) => cancel(api, c));
  for (const jobType of ['image', 'video'] as const) {
    app.get(`${ROOT}/${jobType}s/:id`, (c) => read(api, c, jobType));
    app.post(`${ROOT}/${jobType}s`, async (c) => {
      const made = await submit(api, c, service, BODIES[jobType], RULES, (body) => ({ ...body, jobType, count: 1 }));
      if (made instanceof Response) return made;
      return sendJson(c, 200, made[0] === undefined ? {} : toRecord(api, made[0]));
    });
  }
}
