import { z } from 'zod';
import { compact } from '../../src/shared/compact.ts';
import { type ApiRequest, readJson } from '../midjourney/http.ts';
import type { SandboxJob, SandboxJobType } from '../midjourney/sandbox-job.ts';
import { type SiblingContext, type SiblingService, sendError } from './sibling-context.ts';

export const shared = {
  account: z.string().min(1).optional(),
  maxJobs: z.number().int().min(1).max(10).optional(),
  replyUrl: z
    .url({ protocol: /^https?$/ })
    .max(1024)
    .optional(),
  replyRef: z.string().max(1024).optional(),
};

/** A submit as each service reads it from its own body. */
export interface SubmitFields {
  readonly prompt: string;
  readonly jobType: SandboxJobType;
  /** How many jobs are made. */
  readonly count: number;
  readonly account?: string | undefined;
  readonly maxJobs?: number | undefined;
  readonly replyUrl?: string | undefined;
  readonly replyRef?: string | undefined;
}

export interface SubmitRules {
  /** Whether an account must be named where there are several. */
  readonly asksForAccount: boolean;
  /** Which jobs take slots. */
  readonly takesSlots: (jobType: SandboxJobType) => boolean;
}

/** Makes jobs, or the answer that says why not. */
export async function submit<T>(
  api: SiblingContext,
  c: ApiRequest,
  service: SiblingService,
  schema: z.ZodType<T>,
  rules: SubmitRules,
  toFields: (body: T) => SubmitFields,
): Promise<readonly SandboxJob[] | Response> {
  const body = schema.safeParse(await readJson(c));
  if (!body.success) return sendError(c, 400, toBodyError(body.error));
  const fields = toFields(body.data);
  const account = chooseAccount(api, c, fields, rules);
  if (account instanceof Response) return account;
  const refusal = findRefusal(api, c, fields, account, rules);
  return refusal ?? make(api, service, fields, account);
}

function toBodyError(error: z.ZodError): string {
  const issue = error.issues[0];
  return `Parameter ${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`;
}

function chooseAccount(
  api: SiblingContext,
  c: ApiRequest,
  { account }: SubmitFields,
  { asksForAccount }: SubmitRules,
): string | Response {
  const channels = api.world.listChannels();
  if (account === undefined && asksForAccount && channels.length > 1)
    return sendError(c, 400, 'Parameter account is required: you have several accounts configured');
  const wanted = channels.filter(({ apiChannel }) => (account ?? apiChannel) === apiChannel);
  const [first] = [...wanted.filter(({ isBlocked }) => !isBlocked), ...wanted];
  if (first === undefined) return sendError(c, 404, `Account ${account} not found`);
  if (first.isBlocked) return sendError(c, 596, `Account ${first.apiChannel} in error state: refresh token rejected`);
  return first.apiChannel;
}

function findRefusal(
  api: SiblingContext,
  c: ApiRequest,
  { prompt, jobType, maxJobs }: SubmitFields,
  account: string,
  { takesSlots }: SubmitRules,
): Response | undefined {
  const { world } = api;
  if (world.isRefusedPrompt(prompt)) return sendError(c, 422, 'Your prompt was refused by moderation');
  if (world.switches.credits === 'none') return sendError(c, 412, 'Not enough credits: requested 3, available 0');
  const running = world.running('v3', account).filter((job) => takesSlots(job.jobType ?? 'image')).length;
  const slots = maxJobs ?? world.channels.find(account)?.maxJobs ?? 0;
  if (!takesSlots(jobType) || running < slots) return undefined;
  const headers = world.switches.retryAfter === 'seconds' ? { 'retry-after': '12' } : {};
  return sendError(c, 429, `Account ${account} is at its maximum of concurrent jobs`, headers);
}

function make(
  api: SiblingContext,
  service: SiblingService,
  { prompt, jobType, count, replyUrl, replyRef }: SubmitFields,
  account: string,
): readonly SandboxJob[] {
  const given = { prompt, jobType, account, ...compact({ replyUrl, replyRef }) };
  const jobids = Array.from({ length: count }, (_, at) =>
    startSiblingJob(api, service, { ...given, ...(count > 1 && { index: at + 1 }) }),
  );
  api.batches.add(jobids);
  return jobids.flatMap((jobid) => api.world.find(jobid) ?? []);
}

export interface StartSiblingJob {
  readonly prompt?: string;
  readonly jobType?: SandboxJobType;
  readonly account?: string;
  /** Of several pictures of one prompt. */
  readonly index?: number;
  readonly replyUrl?: string;
  readonly replyRef?: string;
}

/** Makes a job, without the checks of a submit; returns its id. */
export function startSiblingJob(
  { world }: Pick<SiblingContext, 'world'>,
  service: SiblingService,
  { prompt = '', jobType = 'image', account = service.accounts[0], index, ...reply }: StartSiblingJob,
): string {
  const at = world.clock.now();
  const jobid = service.toJobid({ account, jobType, at });
  const kind = jobType === 'video' ? 'video' : 'upscale';
  const art = { seed: prompt, ...compact({ index }) };
  return world.startJob({ prompt, jobType, apiChannel: account, kind, ...reply, overrides: { jobid, art } });
}
