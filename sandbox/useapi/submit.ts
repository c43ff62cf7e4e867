import { z } from 'zod';
import { compact } from '../../src/shared/compact.ts';
import { buttonsOf, isSingleUpscale, toResultKind } from '../midjourney/buttons.ts';
import { DESCRIPTION } from '../midjourney/description.ts';
import { isRunning, type SandboxJob, type SandboxJobType, type SandboxVersion } from '../midjourney/sandbox-job.ts';
import type { UseapiWorld } from './useapi-switches.ts';

/** What becomes of a submit; each version words it in its own way. */
export type SubmitOutcome =
  | { readonly outcome: 'created'; readonly job: SandboxJob }
  | { readonly outcome: 'exists'; readonly job: SandboxJob }
  | { readonly outcome: 'refused'; readonly job: SandboxJob }
  | { readonly outcome: 'invalid'; readonly error: string }
  | { readonly outcome: 'unknown-parent'; readonly jobid: string }
  | { readonly outcome: 'unknown-channel'; readonly apiChannel: string }
  | { readonly outcome: 'busy'; readonly executing: readonly SandboxJob[] }
  | { readonly outcome: 'blocked'; readonly apiChannel: string };

const shared = {
  channel: z.string().optional(),
  maxJobs: z.number().int().min(1).max(10).optional(),
  replyUrl: z
    .url({ protocol: /^https?$/ })
    .max(1024)
    .optional(),
  replyRef: z.string().max(1024).optional(),
  stream: z.union([z.boolean(), z.stringbool()]).optional(),
};

export const ImagineBody = z.object({ ...shared, prompt: z.string().trim().min(1).max(5000) });
export type ImagineBody = z.infer<typeof ImagineBody>;

export const ButtonBody = z.object({
  ...shared,
  jobid: z.string().min(1),
  button: z.string().min(1),
  prompt: z.string().max(5000).optional(),
  mask: z.string().min(1).optional(),
});
export type ButtonBody = z.infer<typeof ButtonBody>;

const Picture = z.url({ protocol: /^https?$/ });
const BlendShape = z.enum(['Portrait', 'Square', 'Landscape']).optional();

/** A submit of pictures, whichever version spells it. */
export interface PicturesBody extends Omit<ImagineBody, 'prompt'> {
  readonly verb: 'describe' | 'blend';
  readonly urls: readonly string[];
  readonly blendDimensions?: 'Portrait' | 'Square' | 'Landscape' | undefined;
}

export const DescribeBodyV2 = z
  .object({ ...shared, describeUrl: Picture })
  .transform(({ describeUrl, ...rest }): PicturesBody => ({ ...rest, verb: 'describe', urls: [describeUrl] }));

export const DescribeBodyV3 = z
  .object({ ...shared, imageUrl: Picture.optional() })
  .refine(({ imageUrl }) => imageUrl !== undefined, 'Either imageUrl or imageBlob is required')
  .transform(({ imageUrl = '', ...rest }): PicturesBody => ({ ...rest, verb: 'describe', urls: [imageUrl] }));

export const BlendBodyV2 = z
  .object({ ...shared, blendUrls: z.array(Picture).min(2).max(5), blendDimensions: BlendShape })
  .transform(({ blendUrls, ...rest }): PicturesBody => ({ ...rest, verb: 'blend', urls: blendUrls }));

/** v3 numbers the pictures from 1, and the first two must be there. */
export const BlendBodyV3 = z
  .object({
    ...shared,
    imageUrl_1: Picture,
    imageUrl_2: Picture,
    imageUrl_3: Picture.optional(),
    imageUrl_4: Picture.optional(),
    imageUrl_5: Picture.optional(),
    imageUrl_6: z.undefined('at most 5 images').optional(),
    blendDimensions: BlendShape,
  })
  .transform(({ imageUrl_1: one, imageUrl_2: two, imageUrl_3: three, imageUrl_4: four, imageUrl_5: five, ...rest }) => {
    const urls = [one, two, three, four, five].filter((url) => url !== undefined);
    return { ...rest, verb: 'blend', urls } satisfies PicturesBody as PicturesBody;
  });

/** Why a body does not fit, naming the first wrong field. */
export function toBodyError(error: z.ZodError): string {
  const issue = error.issues[0];
  return `Parameter ${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`;
}

interface SlotRequest {
  readonly version: SandboxVersion;
  readonly apiChannel: string | undefined;
  readonly jobType: SandboxJobType;
  readonly maxJobs: number | undefined;
}

/** Runs `/imagine`. */
export function submitImagine(world: UseapiWorld, version: SandboxVersion, body: ImagineBody): SubmitOutcome {
  const jobType: SandboxJobType = /\s--video\b/.test(body.prompt) ? 'video' : 'image';
  const slot = takeSlot(world, { version, apiChannel: body.channel, jobType, maxJobs: body.maxJobs });
  if (typeof slot !== 'string') return slot;
  const jobid = world.startJob({
    version,
    apiChannel: slot,
    jobType,
    prompt: body.prompt,
    replyUrl: body.replyUrl,
    replyRef: body.replyRef,
    maxJobs: body.maxJobs,
    streamed: version === 'v3' && body.stream !== false,
  });
  return settle(world, jobid, body.prompt);
}

/** Runs `/describe` and `/blend`. */
export function submitPictures(world: UseapiWorld, version: SandboxVersion, body: PicturesBody): SubmitOutcome {
  const slot = takeSlot(world, { version, apiChannel: body.channel, jobType: 'image', maxJobs: body.maxJobs });
  if (typeof slot !== 'string') return slot;
  const [describeUrl = ''] = body.urls;
  const blend = compact({ blendUrls: body.urls, blendDimensions: body.blendDimensions });
  const jobid = world.startJob({
    version,
    apiChannel: slot,
    verb: body.verb,
    kind: body.verb === 'describe' ? 'describe' : 'grid',
    replyUrl: body.replyUrl,
    replyRef: body.replyRef,
    maxJobs: body.maxJobs,
    streamed: version === 'v3' && body.stream !== false,
    overrides: body.verb === 'describe' ? { describeUrl, text: DESCRIPTION } : blend,
  });
  return settle(world, jobid, '');
}

/** Presses a button of a finished job. */
export function submitButton(world: UseapiWorld, version: SandboxVersion, body: ButtonBody): SubmitOutcome {
  const parent = world.find(body.jobid);
  if (parent === undefined || parent.version !== version || parent.expired) {
    return { outcome: 'unknown-parent', jobid: body.jobid };
  }
  const error = findButtonError(parent, body);
  if (error !== undefined) return { outcome: 'invalid', error };
  const existing = findExisting(world, parent, body.button);
  if (existing !== undefined) return { outcome: 'exists', job: existing };
  const kind = toResultKind(parent.kind, body.button);
  const jobType: SandboxJobType = kind === 'video' || kind === 'video-grid' ? 'video' : 'image';
  const slot = takeSlot(world, { version, apiChannel: parent.apiChannel, jobType, maxJobs: body.maxJobs });
  if (typeof slot !== 'string') return slot;
  const prompt = body.prompt ?? parent.prompt ?? '';
  const jobid = world.startJob({
    version,
    apiChannel: slot,
    jobType,
    kind,
    prompt,
    button: body.button,
    parentJobid: parent.jobid,
    mask: body.mask,
    maxJobs: body.maxJobs,
    replyUrl: body.replyUrl,
    replyRef: body.replyRef,
    streamed: version === 'v3' && body.stream !== false,
  });
  return settle(world, jobid, prompt);
}

function findButtonError(parent: SandboxJob, body: ButtonBody): string | undefined {
  const verbatim = parent.verbatim?.['buttons'];
  const buttons: readonly unknown[] = Array.isArray(verbatim) ? verbatim : buttonsOf(parent);
  if (!buttons.includes(body.button)) {
    return `Button ${body.button} is not one of the buttons of job ${parent.jobid}`;
  }
  if (body.button === 'Custom Zoom' && (body.prompt ?? '') === '')
    return 'Parameter prompt is required for Custom Zoom';
  if (body.button === 'Vary (Region)') return findMaskError(body.mask);
  return undefined;
}

/** A mask is a PNG in base64, with or without its data-address prefix. */
function findMaskError(mask: string | undefined): string | undefined {
  if (mask === undefined) return 'Parameter mask is required for Vary (Region)';
  const bytes = Buffer.from(mask.replace(/^data:image\/png;base64,/, ''), 'base64');
  const isPng = bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  return isPng ? undefined : 'Parameter mask must be a base64 encoded PNG';
}

function findExisting(world: UseapiWorld, parent: SandboxJob, button: string): SandboxJob | undefined {
  if (!isSingleUpscale(button)) return undefined;
  return parent.children
    .filter((child) => child.button === button)
    .map((child) => world.find(child.jobid))
    .find((job) => job !== undefined && (isRunning(job) || job.status === 'completed'));
}

/** The channel that takes the job: the one asked for, or the first with room. */
function takeSlot(world: UseapiWorld, request: SlotRequest): string | SubmitOutcome {
  if (request.apiChannel !== undefined && world.channels.find(request.apiChannel) === undefined) {
    return { outcome: 'unknown-channel', apiChannel: request.apiChannel };
  }
  const wanted = world.listChannels().filter(({ apiChannel }) => (request.apiChannel ?? apiChannel) === apiChannel);
  const open = wanted.filter((channel) => !channel.isBlocked);
  if (open.length === 0) return { outcome: 'blocked', apiChannel: wanted[0]?.apiChannel ?? '' };
  const free = open.find(
    ({ apiChannel, maxJobs }) => world.running(request.version, apiChannel).length < (request.maxJobs ?? maxJobs),
  );
  if (free !== undefined) return free.apiChannel;
  return { outcome: 'busy', executing: open.flatMap(({ apiChannel }) => world.running(request.version, apiChannel)) };
}

function settle(world: UseapiWorld, jobid: string, prompt: string): SubmitOutcome {
  const isRefused = world.isRefusedPrompt(prompt);
  const version = world.find(jobid)?.version;
  const refuses = isRefused && (version === 'v2' || world.switches.refusedSubmit === 'both');
  if (refuses) world.advance(jobid, { to: 'moderated' });
  const job = world.find(jobid);
  if (job === undefined) throw new RangeError(`no job ${jobid}`);
  return refuses ? { outcome: 'refused', job } : { outcome: 'created', job };
}
