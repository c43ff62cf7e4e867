import type { Hono } from 'hono';
import type { z } from 'zod';
import { type ApiEnv, type ApiRequest, readJson, sendEmpty, sendJson } from '../midjourney/http.ts';
import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import { type ApiContext, toRecord, toRetryAfter } from './api-context.ts';
import {
  BlendBodyV2,
  ButtonBody,
  DescribeBodyV2,
  ImagineBody,
  type PicturesBody,
  type SubmitOutcome,
  submitButton,
  submitImagine,
  submitPictures,
  toBodyError,
} from './submit.ts';

function sendError(c: ApiRequest, code: number, error: string): Response {
  return sendJson(c, code, { error, code });
}

/** Finds the job of `?jobid=`, or the answer that says why not. */
function findJob(api: ApiContext, c: ApiRequest): SandboxJob | Response {
  const jobid = c.req.query('jobid') ?? '';
  if (jobid === '') return sendError(c, 400, 'Query param jobid not provided');
  const job = api.world.find(jobid);
  if (job === undefined || job.version !== 'v2') return sendError(c, 404, `Unable to locate job ${jobid}`);
  return job.expired ? sendError(c, 410, 'Job has expired') : job;
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
    return sendJson(c, 200, { jobid: job.jobid, status: 'cancelled', code: 200 });
  }
  const { cancelEndedStatus } = api.world.switches;
  if (cancelEndedStatus === 204) return sendEmpty();
  if (cancelEndedStatus === 200) return sendJson(c, 200, { jobid: job.jobid, status: job.status, code: 200 });
  return sendError(c, cancelEndedStatus, `Job ${job.jobid} is already ${job.status}`);
}

function sendOutcome(api: ApiContext, c: ApiRequest, outcome: SubmitOutcome): Response {
  switch (outcome.outcome) {
    case 'created':
      return sendJson(c, 200, toRecord(api, outcome.job));
    case 'refused':
      return sendJson(c, 422, toRecord(api, outcome.job));
    case 'exists': {
      const { jobid, button } = outcome.job;
      return sendJson(c, 409, { error: `Button ${button} already executed by job ${jobid}`, button, jobid, code: 409 });
    }
    case 'invalid':
      return sendError(c, 400, outcome.error);
    case 'unknown-parent':
      return sendError(c, 404, `Unable to locate job ${outcome.jobid}`);
    case 'unknown-channel':
      return sendError(c, 404, `Unable to locate channel ${outcome.apiChannel}`);
    case 'blocked':
      return sendError(c, 596, `Channel ${outcome.apiChannel} has a pending moderation message, reset it to continue`);
    case 'busy': {
      const { headers, fields } = toRetryAfter(api.world);
      const executingJobs = outcome.executing.map(({ jobid }) => jobid);
      const error = 'Maximum number of concurrent jobs reached, wait for one to finish';
      return sendJson(c, 429, { error, executingJobs, ...fields, code: 429 }, headers);
    }
  }
}

async function submit<T>(
  api: ApiContext,
  c: ApiRequest,
  schema: z.ZodType<T>,
  run: (body: T) => SubmitOutcome,
): Promise<Response> {
  const body = schema.safeParse(await readJson(c));
  return body.success ? sendOutcome(api, c, run(body.data)) : sendError(c, 400, toBodyError(body.error));
}

function resetChannel(api: ApiContext, c: ApiRequest): Response {
  const apiChannel = c.req.param('channel') ?? '';
  if (api.world.channels.find(apiChannel) === undefined) {
    return sendError(c, 404, `Unable to locate channel ${apiChannel}`);
  }
  api.world.resetChannel(apiChannel);
  return sendEmpty();
}

/** v2: `/v2/jobs…` and the reset of a channel. */
export function addRoutesV2(app: Hono<ApiEnv>, api: ApiContext): void {
  app.get('/v2/jobs', (c) =>
    c.req.query('jobid') === undefined
      ? sendJson(
          c,
          200,
          api.world.running('v2').map(({ jobid }) => jobid),
        )
      : readJob(api, c),
  );
  app.get('/v2/jobs/', (c) => readJob(api, c));
  app.get('/v2/jobs/cancel/', (c) => cancelJob(api, c));
  app.get('/v2/jobs/cancel', (c) => cancelJob(api, c));
  app.post('/v2/jobs/imagine', (c) => submit(api, c, ImagineBody, (body) => submitImagine(api.world, 'v2', body)));
  const runPictures = (body: PicturesBody) => submitPictures(api.world, 'v2', body);
  app.post('/v2/jobs/describe', (c) => submit(api, c, DescribeBodyV2, runPictures));
  app.post('/v2/jobs/blend', (c) => submit(api, c, BlendBodyV2, runPictures));
  app.post('/v2/jobs/button', (c) => submit(api, c, ButtonBody, (body) => submitButton(api.world, 'v2', body)));
  app.post('/v2/account/midjourney/:channel/reset', (c) => resetChannel(api, c));
}
