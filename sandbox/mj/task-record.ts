import { buttonsOf } from '../midjourney/buttons.ts';
import { toPictureSize, toSide } from '../midjourney/picture-paths.ts';
import type { SandboxJob } from '../midjourney/sandbox-job.ts';
import type { MjContext } from './mj-context.ts';
import type { MjSwitches } from './mj-switches.ts';
import type { Modal } from './modals.ts';
import { words } from './words.ts';

type WireTask = Record<string, unknown>;

/** A job as a task of the dialect, in the flavour of the server. */
export function toTask(api: MjContext, job: SandboxJob): WireTask {
  const { switches, clock } = api.world;
  const isReady = job.status === 'completed' && clock.now() - job.updatedAt >= switches.mediaLateMs;
  return {
    ...toCommon(job, switches),
    ...(isReady ? toMedia(api, job) : { imageUrl: null }),
    ...toExtras(job, switches),
  };
}

/** A press that waits for its second step, as a task. */
export function toModalTask(
  { taskId, parentJobid, button, prompt, reply, createdAt }: Modal,
  switches: MjSwitches,
): WireTask {
  return {
    id: toWireId(taskId, switches),
    action: toButtonAction(button),
    status: 'MODAL',
    prompt,
    promptEn: prompt,
    description: '',
    state: switches.flavour === 'new-api' ? '' : (reply.replyRef ?? ''),
    submitTime: createdAt,
    startTime: 0,
    finishTime: 0,
    progress: '0%',
    imageUrl: null,
    failReason: null,
    properties: { finalPrompt: prompt },
    ...(switches.flavour === 'trueai' ? { parentId: parentJobid, buttons: [] } : { buttons: null }),
  };
}

function toCommon(job: SandboxJob, switches: MjSwitches): WireTask {
  const prompt = toPrompt(job);
  const isOver = !['created', 'started', 'progress'].includes(job.status);
  return {
    id: toWireId(job.jobid, switches),
    action: toAction(job),
    status: toStatus(job, switches),
    prompt,
    promptEn: prompt,
    description: toDescription(job, switches),
    state: switches.flavour === 'new-api' ? '' : (job.replyRef ?? ''),
    submitTime: job.createdAt,
    startTime: job.status === 'created' ? 0 : job.createdAt + 1,
    finishTime: isOver ? job.updatedAt : 0,
    ...toProgress(job, switches),
    failReason: toFailReason(job, switches),
    properties: { finalPrompt: prompt, discordInstanceId: job.apiChannel },
  };
}

/** That of a description is what it comes to. */
function toPrompt({ kind, status, prompt = '', text = '' }: SandboxJob): string {
  if (kind !== 'describe') return prompt;
  return status === 'completed' ? text : '';
}

function toStatus(job: SandboxJob, { youngStatus, staysSubmitted }: MjSwitches): string {
  switch (job.status) {
    case 'created':
      return youngStatus;
    case 'started':
      return 'SUBMITTED';
    case 'progress':
      return staysSubmitted ? 'SUBMITTED' : 'IN_PROGRESS';
    case 'completed':
      return 'SUCCESS';
    case 'cancelled':
      return 'CANCEL';
    default:
      return isCancelled(job) ? 'CANCEL' : 'FAILURE';
  }
}

function isCancelled({ error }: SandboxJob): boolean {
  return error === 'Job cancelled by user';
}

function toProgress({ status, progressPercent = 0 }: SandboxJob, { progress }: MjSwitches): WireTask {
  if (progress === 'missing') return {};
  if (progress === 'empty') return { progress: '' };
  return { progress: status === 'completed' ? '100%' : `${progressPercent}%` };
}

function toFailReason(job: SandboxJob, { language }: MjSwitches): string | null {
  const says = words[language];
  if (job.status === 'moderated') return says.moderated;
  if (job.status === 'cancelled' || isCancelled(job)) return says.cancelled;
  return job.status === 'failed' ? (job.error ?? says.failedTask) : null;
}

/** The older form of a press names parent and button in its description. */
function toDescription(job: SandboxJob, { flavour }: MjSwitches): string {
  const { jobid, button, parentJobid, prompt = '', verb, blendUrls = [] } = job;
  if (button === undefined && verb === 'describe') return `/describe ${jobid}.png`;
  if (button === undefined && verb === 'blend') return `/blend ${jobid} ${blendUrls.length}`;
  if (button === undefined || flavour !== 'novicezk') return `/imagine ${prompt}`;
  return `/up ${parentJobid} ${button === '🔄' ? 'R' : button}`;
}

/** What only the newer servers give. */
function toExtras(job: SandboxJob, switches: MjSwitches): WireTask {
  if (switches.flavour === 'novicezk') return {};
  const buttons = switches.buttons === 'null' ? null : buttonsOf(job).map((label) => toButton(label, job));
  if (switches.flavour === 'new-api') return { buttons };
  return {
    buttons,
    parentId: job.parentJobid ?? null,
    botType: 'MID_JOURNEY',
    instanceId: job.apiChannel,
    promptFull: toPrompt(job),
    mode: 'FAST',
  };
}

/** Signs have no label. */
function toButton(label: string, job: SandboxJob): WireTask {
  const isSign = !/[A-Za-z0-9]/.test(label) || label.includes('⃣');
  const customId = toCustomId(label, job.guid);
  return isSign
    ? { customId, emoji: label, label: '', type: 2, style: 2 }
    : { customId, emoji: '', label, type: 2, style: 2 };
}

/** A control's id, from which its button can be read again. */
function toCustomId(label: string, guid: string): string {
  return `MJ::JOB::${encodeURIComponent(label)}::${guid}`;
}

export function readCustomId(customId: string): { readonly label: string; readonly guid: string } | undefined {
  const [, label, guid] = /^MJ::JOB::(.+)::([0-9a-f-]+)$/.exec(customId) ?? [];
  return label === undefined || guid === undefined ? undefined : { label: decodeURIComponent(label), guid };
}

function toMedia(api: MjContext, job: SandboxJob): WireTask {
  const { switches } = api.world;
  const origin = switches.mediaHost === 'own' ? api.origin() : 'http://localhost:3000';
  const imageUrl = `${origin}/mj/image/${job.jobid}`;
  if (switches.flavour === 'novicezk') return { imageUrl };
  const { width, height } = toPictureSize(job.prompt, toSide(job));
  const size = switches.flavour === 'trueai' ? { width, height, contentType: 'image/webp' } : {};
  const asFile = (url: string) => (switches.imageUrls === 'texts' ? url : { url });
  const isVideo = job.kind === 'video' || job.kind === 'video-grid';
  const count = job.kind === 'grid' || job.kind === 'video-grid' ? 4 : 1;
  const files = Array.from({ length: count }, (_, at) => asFile(`${imageUrl}/${at}${isVideo ? '.mp4' : ''}`));
  return { imageUrl, ...size, ...(isVideo ? { videoUrls: files } : { imageUrls: files }) };
}

function toWireId(taskId: string, { ids }: MjSwitches): string | number {
  return ids === 'number' ? Number(taskId) : taskId;
}

const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^U[1-4]$|Upscale/, 'UPSCALE'],
  [/^V[1-4]$|^Vary \((?:Strong|Subtle)\)$|^Make Variations$/, 'VARIATION'],
  [/^🔄$/, 'REROLL'],
  [/^Vary \(Region\)$/, 'INPAINT'],
  [/^(?:Zoom Out|Custom Zoom)/, 'ZOOM'],
  [/^[⬅➡⬆⬇]/u, 'PAN'],
  [/^Animate/, 'VIDEO'],
  [/^Extend/, 'VIDEO_EXTEND'],
];

function toAction({ button, kind, verb }: SandboxJob): string {
  if (kind === 'describe') return 'DESCRIBE';
  if (button !== undefined) return toButtonAction(button);
  if (verb === 'blend') return 'BLEND';
  return kind.startsWith('video') ? 'VIDEO' : 'IMAGINE';
}

function toButtonAction(button: string): string {
  return ACTIONS.find(([pattern]) => pattern.test(button))?.[1] ?? 'ACTION';
}
