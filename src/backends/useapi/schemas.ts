import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import type { ApiAttachment, ApiChild, ApiEmbed, ApiJob, ApiSeed, ApiUpscale } from '../api-job.ts';
import { type ApiVersion, parseJobid } from './job-id.ts';

/** A field of the wrong type counts as missing. */
const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const time = text.transform((value) => {
  const at = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
});
const jobType = z.enum(['image', 'video']).optional().catch(undefined);

/** An array that drops the items which do not fit; anything else than an array counts as empty. */
function list<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .array(z.unknown())
    .catch([])
    .transform((values) => values.flatMap((value) => toItems(item, value)));
}

function toItems<T>(item: z.ZodType<T>, value: unknown): T[] {
  const parsed = item.safeParse(value);
  return parsed.success ? [parsed.data] : [];
}

const Attachment: z.ZodType<ApiAttachment> = z
  .object({
    id: text,
    url: z.string().min(1),
    proxy_url: text,
    filename: text,
    content_type: text,
    size: number,
    width: number,
    height: number,
  })
  .transform(({ content_type, proxy_url, id, url, filename, size, width, height }) =>
    compact({ id, url, proxyUrl: proxy_url, filename, contentType: content_type, size, width, height }),
  );

const Upscale: z.ZodType<ApiUpscale> = z.object({ id: z.number(), url: z.string().min(1) });

const Embed: z.ZodType<ApiEmbed> = z
  .object({
    title: text,
    description: text,
    image: z.object({ url: text, proxy_url: text }).optional().catch(undefined),
  })
  .transform(({ title, description, image }) =>
    compact({ title, description, imageUrl: image?.url, imageProxyUrl: image?.proxy_url }),
  );

const Seed: z.ZodType<ApiSeed | undefined> = z
  .object({ value: number, content: text, attachments: list(Attachment) })
  .transform((seed) => compact(seed))
  .optional()
  .catch(undefined);

const WireChild = z.object({ jobid: text, jobId: text, button: text, messageId: text });

function toChild(value: unknown, key?: string): ApiChild[] {
  if (typeof value === 'string') return [toChildOfText(value, key)];
  if (Array.isArray(value)) return value.flatMap((item) => toChild(item, key));
  const parsed = WireChild.safeParse(value);
  if (!parsed.success) return [];
  const { jobid, jobId, button, messageId } = parsed.data;
  const named = keyAs(key);
  const child = {
    jobid: jobid ?? jobId ?? named.jobid,
    button: button ?? named.button,
    messageId: messageId ?? named.messageId,
  };
  return Object.values(child).every((part) => part === undefined) ? [] : [compact(child)];
}

/** `{U1: "<jobid>"}`, `{"<jobid>": "U1"}`, and in a list the bare id. */
function toChildOfText(value: string, key: string | undefined): ApiChild {
  return compact({ ...keyAs(key), ...keyAs(value) });
}

/** What a map's key (or a bare text) says about a child: its id, its message, or its button. */
function keyAs(key: string | undefined): { jobid?: string; button?: string; messageId?: string } {
  if (key === undefined) return {};
  if (parseJobid(key) !== undefined) return { jobid: key };
  return /^\d{15,20}$/.test(key) ? { messageId: key } : { button: key };
}

/** An array in v2, a map in v3, absent where there are none. */
const Children: z.ZodType<ApiChild[]> = z
  .unknown()
  .optional()
  .transform((value) => {
    if (Array.isArray(value)) return value.flatMap((item) => toChild(item));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, item]) => toChild(item, key));
  });

const Component = z.object({
  type: number,
  style: number,
  label: text,
  emoji: z.object({ name: text }).optional().catch(undefined),
  components: z.array(z.unknown()).catch([]),
});
const BUTTON = 2;
const LINK_STYLE = 5;
const MAX_COMPONENT_DEPTH = 8;

/** The buttons of a raw Discord message: v3 may show its components only. */
function toButtonLabels(components: readonly unknown[], depth = 0): string[] {
  if (depth > MAX_COMPONENT_DEPTH) return [];
  return components.flatMap((value) => {
    const component = Component.safeParse(value).data;
    if (component === undefined) return [];
    const inner = toButtonLabels(component.components, depth + 1);
    const label = component.label ?? component.emoji?.name;
    const isPressable = component.type === BUTTON && component.style !== LINK_STYLE && label !== undefined;
    return isPressable ? [label, ...inner] : inner;
  });
}

/** What was blended; nothing where nothing was. */
const blend = {
  blendUrls: z.array(z.unknown()).optional().catch(undefined),
  blendDimensions: text,
};

/** What a v2 record holds at its top, and a v3 record in `response`. */
const result = {
  content: text,
  attachments: list(Attachment),
  buttons: z.array(z.unknown()).optional().catch(undefined),
  imageUx: list(Upscale),
  videoUx: list(Upscale),
  children: Children,
  embeds: list(Embed),
  progress_percent: number,
  replyRef: text,
  seed: Seed,
};
const head = {
  jobid: text,
  jobId: text,
  verb: text,
  status: text,
  jobType,
  created: time,
  updated: time,
  error: text,
  errorDetails: text,
  code: number,
  replyRef: text,
};

const WireJobV2 = z.object({
  ...head,
  ...result,
  prompt: text,
  button: text,
  parentJobId: text,
  channel: text,
  messageId: text,
  maxJobs: number,
  describeUrl: text,
  ...blend,
});

const WireRequest = z.object({
  prompt: text,
  button: text,
  jobId: text,
  jobid: text,
  channel: text,
  replyRef: text,
  imageUrl: text,
  maxJobs: number,
  ...blend,
});
const WireResponse = z.object({
  ...result,
  id: text,
  channel_id: text,
  components: z.array(z.unknown()).catch([]),
});
const WireJobV3 = z.object({
  ...head,
  channel: text,
  seed: Seed,
  request: WireRequest.catch(() => WireRequest.parse({})),
  /** Missing while the job is young. */
  response: WireResponse.catch(() => WireResponse.parse({})),
});

/**
 * Reads one job record of either version; undefined where the body is not a job at all: no object, or neither id nor
 * status.
 * @param jobid The id that was asked for: stands in for a record without one. A record with another id is not an
 * answer.
 * @param nowMs Epoch milliseconds, to date v3 ids.
 */
export function parseJob(
  version: ApiVersion,
  body: unknown,
  jobid: string | undefined,
  nowMs: number,
): ApiJob | undefined {
  const draft = version === 'v2' ? readV2(body) : readV3(body);
  if (draft === undefined) return undefined;
  if (draft.jobid === undefined && draft.status === undefined) return undefined;
  const id = draft.jobid ?? jobid;
  if (id === undefined || id === '' || (jobid !== undefined && id !== jobid)) return undefined;
  const parsed = parseJobid(id, nowMs);
  return compact({
    ...draft,
    jobid: id,
    board: version,
    status: draft.status ?? 'unknown',
    jobType: draft.jobType ?? parsed?.jobType,
    createdAt: draft.createdAt ?? parsed?.createdAt,
    apiChannel: draft.apiChannel ?? parsed?.apiChannel,
    progressPercent: draft.progressPercent ?? toProgress(draft.content),
  });
}

function readV2(body: unknown) {
  const wire = WireJobV2.safeParse(body).data;
  if (wire === undefined) return undefined;
  return {
    ...toHead(wire),
    ...toResult(wire, wire.buttons ?? []),
    prompt: wire.prompt,
    button: wire.button,
    parentJobid: wire.parentJobId,
    apiChannel: wire.channel,
    messageId: wire.messageId,
    replyRef: wire.replyRef,
    describeUrl: wire.describeUrl,
    maxJobs: wire.maxJobs,
    ...toBlend(wire),
  };
}

function readV3(body: unknown) {
  const wire = WireJobV3.safeParse(body).data;
  if (wire === undefined) return undefined;
  const { request, response } = wire;
  return {
    ...toHead(wire),
    ...toResult(response, response.buttons ?? toButtonLabels(response.components)),
    prompt: request.prompt,
    button: request.button,
    parentJobid: request.jobId ?? request.jobid,
    apiChannel: request.channel ?? wire.channel ?? response.channel_id,
    messageId: response.id,
    replyRef: request.replyRef ?? response.replyRef ?? wire.replyRef,
    seed: response.seed ?? wire.seed,
    describeUrl: wire.verb === 'describe' ? request.imageUrl : undefined,
    maxJobs: request.maxJobs,
    ...toBlend(request),
  };
}

function toBlend({
  blendUrls,
  blendDimensions,
}: {
  blendUrls?: unknown[] | undefined;
  blendDimensions?: string | undefined;
}) {
  return { blendUrls: blendUrls?.filter((url) => typeof url === 'string'), blendDimensions };
}

function toHead(wire: z.infer<typeof WireJobV2> | z.infer<typeof WireJobV3>) {
  return {
    jobid: wire.jobid ?? wire.jobId,
    verb: wire.verb,
    status: wire.status,
    jobType: wire.jobType,
    createdAt: wire.created,
    updatedAt: wire.updated,
    error: wire.error,
    errorDetails: wire.errorDetails,
    bodyCode: wire.code,
  };
}

function toResult(wire: z.infer<typeof WireResponse> | z.infer<typeof WireJobV2>, buttons: readonly unknown[]) {
  return {
    content: wire.content,
    attachments: wire.attachments,
    buttons: buttons.filter((button) => typeof button === 'string'),
    imageUx: wire.imageUx,
    videoUx: wire.videoUx,
    children: wire.children,
    embeds: wire.embeds,
    seed: wire.seed,
    progressPercent: wire.progress_percent === undefined ? undefined : clampPercent(wire.progress_percent),
  };
}

function clampPercent(value: number): number {
  return Math.min(100, Math.max(0, value));
}

/**
 * Progress as v2 writes it behind the prompt: `**prompt** - <@id> (31%) (fast)`; the prompt itself may hold such words.
 */
function toProgress(content: string | undefined): number | undefined {
  if (content === undefined) return undefined;
  const tail = content.slice(content.lastIndexOf('**') + 1);
  if (/\(Waiting to start\)/i.test(tail)) return 0;
  const percent = /\((\d{1,3})%\)/.exec(tail)?.[1];
  return percent === undefined ? undefined : clampPercent(Number(percent));
}
