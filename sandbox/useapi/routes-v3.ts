import type { Hono } from 'hono';
import { z } from 'zod';
import { type ApiEnv, type ApiRequest, readJson, sendEmpty, sendJson } from '../midjourney/http.ts';
import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import { type ApiContext, toRecord, toRetryAfter } from './api-context.ts';
import { toSubmitV3 } from './job-record-v3.ts';
import { toJobStream } from './job-stream.ts';
import { toRunningList } from './running-list-v3.ts';
import {
  BlendBodyV3,
  ButtonBody,
  DescribeBodyV3,
  ImagineBody,
  type PicturesBody,
  type SubmitOutcome,
  submitButton,
  submitImagine,
  submitPictures,
  toBodyError,
} from './submit.ts';
import type { UseapiSwitches } from './useapi-switches.ts';

const ROOT = '/v3/midjourney';

/** v3 spells the parent `jobId`. */
const ButtonBodyV3 = z
  .object({ jobId: z.string().min(1) })
  .loose()
  .transform(({ jobId, ...rest }) => ({ ...rest, jobid: jobId }))
  .pipe(ButtonBody);

function findJob(api: ApiContext, c: ApiRequest): SandboxJob | Response {
  const jobid = c.req.param('jobid') ?? '';
  const job = api.world.find(jobid);
  if (job === undefined || job.version !== 'v3') return sendJson(c, 404, { error: 'Job not found' });
  return job.expired ? sendJson(c, 410, { error: `Job ${jobid} has expired` }) : job;
}

function readJob(api: ApiContext, c: ApiRequest): Response {
  const job = findJob(api, c);
  return job instanceof Response ? job : sendJson(c, 200, toRecord(api, job));
}

function cancelJob(api: ApiContext, c: ApiRequest): Response {
  const job = findJob(api, c);
  if (job instanceof Response) return job;
  if (isRunning(job)) {
    api.world.advance(job.jobid, { to: 'cancelled' });
    return sendEmpty();
  }
  const { cancelEndedStatus } = api.world.switches;
  if (cancelEndedStatus === 204) return sendEmpty();
  if (cancelEndedStatus === 200) return sendJson(c, 200, toRecord(api, job));
  return sendJson(c, cancelEndedStatus, { error: `Job ${job.jobid} is already ${job.status}` });
}

function sendOutcome(api: ApiContext, c: ApiRequest, outcome: SubmitOutcome): Response {
  switch (outcome.outcome) {
    case 'created':
      return sendCreated(api, c, outcome.job);
    case 'refused':
      return sendJson(c, 422, toRecord(api, outcome.job));
    case 'exists':
      return sendJson(c, api.world.switches.repeatedUpscaleStatus, toRecord(api, outcome.job));
    case 'invalid':
      return sendJson(c, 400, { error: outcome.error });
    case 'unknown-parent':
      return sendJson(c, 404, { error: 'Job not found' });
    case 'unknown-channel':
      return sendJson(c, 404, { error: `Channel ${outcome.apiChannel} not found` });
    case 'blocked':
      return sendJson(c, 596, { error: `Channel ${outcome.apiChannel} has a pending moderation message` });
    case 'busy': {
      const { headers, fields } = toRetryAfter(api.world);
      return sendJson(c, 429, { error: 'All channels are at their maximum of concurrent jobs', ...fields }, headers);
    }
  }
}

/** A submit streams the job's events unless the body says `stream: false`. */
function sendCreated(api: ApiContext, c: ApiRequest, job: SandboxJob): Response {
  if (job.streamed !== true) return sendJson(c, 201, toSubmitV3(job, api.world.switches));
  const stream = toJobStream(api.world, job.jobid, (changed) => toRecord(api, changed));
  return new Response(stream, {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  });
}

async function submit<T>(
  api: ApiContext,
  c: ApiRequest,
  schema: z.ZodType<T>,
  run: (body: T) => SubmitOutcome,
): Promise<Response> {
  const body = schema.safeParse(await readJson(c));
  if (!body.success) return sendJson(c, 400, { error: toBodyError(body.error) });
  return sendOutcome(api, c, run(body.data));
}

function resetChannel(api: ApiContext, c: ApiRequest, spelling: UseapiSwitches['resetSpelling']): Response {
  const { resetSpelling } = api.world.switches;
  const apiChannel = c.req.param('channel') ?? '';
  if (resetSpelling !== 'both' && resetSpelling !== spelling) return sendJson(c, 404, { error: 'Not Found' });
  if (api.world.channels.find(apiChannel) === undefined) {
    return sendJson(c, 404, { error: `Channel ${apiChannel} not found` });
  }
  api.world.resetChannel(apiChannel);
  return sendEmpty();
}

/** v3: `/v3/midjourney/…`. */
export function addRoutesV3(app: Hono<ApiEnv>, api: ApiContext): void {
  app.get(`${ROOT}/jobs`, (c) => sendJson(c, 200, toRunningList(api.world)));
  app.post(`${ROOT}/jobs/imagine`, (c) => submit(api, c, ImagineBody, (body) => submitImagine(api.world, 'v3', body)));
  const runPictures = (body: PicturesBody) => submitPictures(api.world, 'v3', body);
  app.post(`${ROOT}/jobs/describe`, (c) => submit(api, c, DescribeBodyV3, runPictures));
  app.post(`${ROOT}/jobs/blend`, (c) => submit(api, c, BlendBodyV3, runPictures));
  app.post(`${ROOT}/jobs/button`, (c) => submit(api, c, ButtonBodyV3, (body) => submitButton(api.world, 'v3', body)));
  app.get(`${ROOT}/jobs/:jobid`, (c) => readJob(api, c));
  app.delete(`${ROOT}/jobs/:jobid`, (c) => cancelJob(api, c));
  app.post(`${ROOT}/accounts/reset/:channel`, (c) => resetChannel(api, c, 'reset-channel'));
  app.post(`${ROOT}/accounts/:channel/reset`, (c) => resetChannel(api, c, 'channel-reset'));
}
