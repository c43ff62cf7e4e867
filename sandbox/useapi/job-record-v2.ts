import { compact } from '../../src/shared/compact.ts';
import { buttonsOf } from '../midjourney/buttons.ts';
import type { SandboxJob } from '../midjourney/sandbox-job.ts';
import {
  type MessageContext,
  toAttachment,
  toAttachments,
  toContent,
  toEmbeds,
  toImageUx,
  toMessageTimestamp,
  toVideoUx,
} from './message.ts';
import type { UseapiSwitches } from './useapi-switches.ts';

/** The only form in which the account's Discord token appears in a record. */
const MASKED_DISCORD = 'NDE...secured...ABC';

export function toBodyCode(job: SandboxJob): number {
  if (job.status === 'moderated') return 422;
  return job.status === 'failed' ? 500 : 200;
}

function filled<T>(name: string, list: readonly T[]): Record<string, readonly T[]> {
  return list.length === 0 ? {} : { [name]: list };
}

function toSeed(job: SandboxJob, context: MessageContext): Record<string, unknown> {
  if (job.seedValue === undefined || job.status !== 'completed') return {};
  const content = `**${job.prompt ?? ''}** - <@987654321098765432>\n**Job ID**: ${job.guid}\n**seed** ${job.seedValue}`;
  return { seed: { value: job.seedValue, content, attachments: [toAttachment(job, context)] } };
}

function toMessageFields(job: SandboxJob, context: MessageContext): Record<string, unknown> {
  if (job.status === 'created') return {};
  return {
    messageId: job.messageId,
    content: toContent(job),
    timestamp: toMessageTimestamp(job.updatedAt),
    ...filled('attachments', toAttachments(job, context)),
    ...filled('embeds', toEmbeds(job, context)),
  };
}

/** The flat v2 record of a job, as `GET /v2/jobs/?jobid=` and the callbacks carry it. */
export function toRecordV2(
  job: SandboxJob,
  context: MessageContext,
  { replyRefPlace }: Pick<UseapiSwitches, 'replyRefPlace'>,
): Record<string, unknown> {
  if (job.verbatim !== undefined) return { ...job.verbatim, ...filled('children', job.children) };
  return {
    ...compact({
      jobid: job.jobid,
      parentJobId: job.parentJobid,
      verb: job.verb,
      status: job.status,
      created: new Date(job.createdAt).toISOString(),
      updated: new Date(job.updatedAt).toISOString(),
      prompt: job.prompt,
      button: job.button,
      blendUrls: job.blendUrls,
      blendDimensions: job.blendDimensions,
      describeUrl: job.describeUrl,
      replyUrl: job.replyUrl,
      replyRef: replyRefPlace === 'nowhere' ? undefined : job.replyRef,
      channel: job.apiChannel,
      maxJobs: job.maxJobs,
      discord: MASKED_DISCORD,
    }),
    ...filled('children', job.children),
    ...toSeed(job, context),
    ...toMessageFields(job, context),
    ...filled('buttons', buttonsOf(job)),
    ...filled('imageUx', toImageUx(job)),
    ...filled('videoUx', toVideoUx(job)),
    ...compact({ error: job.error, errorDetails: job.errorDetails }),
    code: toBodyCode(job),
  };
}
