import { compact } from '../../src/shared/compact.ts';
import { buttonsOf, isSingleUpscale } from '../midjourney/buttons.ts';
import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import { toBodyCode } from './job-record-v2.ts';
import {
  type MessageContext,
  toAttachment,
  toAttachments,
  toComponents,
  toContent,
  toEmbeds,
  toImageUx,
  toMessageTimestamp,
  toVideoUx,
} from './message.ts';
import type { UseapiSwitches } from './useapi-switches.ts';

function replyRefAt(place: UseapiSwitches['replyRefPlace'], job: SandboxJob, switches: UseapiSwitches) {
  const isHere = switches.replyRefPlace === place || switches.replyRefPlace === 'everywhere';
  return isHere ? job.replyRef : undefined;
}

/** What was asked for, as v3 repeats it. */
function toRequestV3(job: SandboxJob, switches: UseapiSwitches): Record<string, unknown> {
  return compact({
    jobId: job.parentJobid,
    button: job.button,
    prompt: job.prompt,
    channel: job.apiChannel,
    mask: job.mask === undefined ? undefined : '...',
    imageUrl: job.describeUrl,
    blendUrls: job.blendUrls,
    blendDimensions: job.blendDimensions,
    replyUrl: job.replyUrl,
    replyRef: replyRefAt('request', job, switches),
    stream: job.streamed ?? false,
  });
}

function toChildren(job: SandboxJob, switches: UseapiSwitches): Record<string, unknown> | undefined {
  if (job.children.length === 0) return undefined;
  if (switches.childrenMap === 'by-button') {
    return Object.fromEntries(job.children.map(({ button, jobid }) => [button, jobid]));
  }
  return Object.fromEntries(job.children.map(({ button, jobid, messageId }) => [jobid, { button, messageId }]));
}

function toExecuteOnce(job: SandboxJob): readonly string[] | undefined {
  const once = buttonsOf(job).filter(isSingleUpscale);
  return once.length === 0 ? undefined : once;
}

function toSeed(job: SandboxJob, context: MessageContext): Record<string, unknown> | undefined {
  if (job.seedValue === undefined || job.status !== 'completed') return undefined;
  return { value: job.seedValue, content: `**seed** ${job.seedValue}`, attachments: [toAttachment(job, context)] };
}

function toResponse(job: SandboxJob, context: MessageContext, switches: UseapiSwitches): Record<string, unknown> {
  const videoUx = toVideoUx(job);
  return compact({
    type: 0,
    id: job.messageId,
    channel_id: job.apiChannel,
    timestamp: toMessageTimestamp(job.updatedAt),
    content: toContent(job),
    attachments: toAttachments(job, context),
    embeds: toEmbeds(job, context),
    components: toComponents(job),
    buttons: job.status === 'moderated' ? undefined : buttonsOf(job),
    imageUx: toImageUx(job),
    videoUx: videoUx.length === 0 ? undefined : videoUx,
    progress_percent: job.status === 'completed' ? 100 : isRunning(job) ? (job.progressPercent ?? 0) : undefined,
    children: toChildren(job, switches),
    executeOnce: toExecuteOnce(job),
    seed: toSeed(job, context),
    replyRef: replyRefAt('response', job, switches),
  });
}

/** The v3 record of a job, as the read, the stream and the callbacks carry it. */
export function toRecordV3(
  job: SandboxJob,
  context: MessageContext,
  switches: UseapiSwitches,
): Record<string, unknown> {
  const isYoung = job.status === 'created' && switches.youngResponse === 'missing';
  return compact({
    jobid: job.jobid,
    verb: job.verb,
    jobType: job.jobType,
    status: job.status,
    created: new Date(job.createdAt).toISOString(),
    updated: job.status === 'created' ? undefined : new Date(job.updatedAt).toISOString(),
    error: job.error,
    errorDetails: job.errorDetails,
    code: isRunning(job) ? undefined : toBodyCode(job),
    request: toRequestV3(job, switches),
    response: isYoung ? undefined : toResponse(job, context, switches),
    replyRef: replyRefAt('top', job, switches),
  });
}

/** What a v3 submit answers. */
export function toSubmitV3(job: SandboxJob, switches: UseapiSwitches): Record<string, unknown> {
  return compact({
    jobid: job.jobid,
    verb: job.verb,
    jobType: job.jobType,
    status: job.status,
    created: new Date(job.createdAt).toISOString(),
    request: toRequestV3(job, switches),
    replyRef: replyRefAt('top', job, switches),
  });
}
