import { compact } from '../../shared/compact.ts';
import type { ApiAttachment, ApiJob, ApiUpscale, JobType } from '../api-job.ts';
import { buttonsOfAction, type Flavour } from './flavours.ts';
import { BOARD, parseTaskId } from './jobid.ts';
import { isTextAction, toPercent, toTaskStatus } from './status.ts';
import type { WireButton, WireTask } from './wire-task.ts';

export interface TaskContext {
  readonly flavour: Flavour | undefined;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** An address in a record as it can be fetched from here. */
  readonly toMediaUrl: (url: string) => string;
}

const LINK_STYLE = 5;

/** A task as a job. */
export function toJob(task: WireTask, context: TaskContext): ApiJob {
  const { status, error } = toTaskStatus(task, context.nowMs);
  const id = parseTaskId(task.id, context.nowMs);
  const parent = toParent(task);
  return compact({
    jobid: task.id,
    board: BOARD,
    status,
    error,
    verb: toText(task.action)?.toLowerCase(),
    jobType: toJobType(task.action),
    createdAt: toTime(task.submitTime) ?? id?.createdAt,
    updatedAt: toTime(task.finishTime) ?? toTime(task.startTime) ?? toTime(task.submitTime),
    prompt: toPrompt(task),
    button: parent.button,
    parentJobid: parent.jobid,
    apiChannel: toText(task.instanceId) ?? toText(task.properties?.discordInstanceId),
    progressPercent: status === 'progress' ? toPercent(task.progress) : undefined,
    replyRef: toText(task.state),
    attachments: toAttachments(task, context),
    buttons: status === 'completed' ? toButtons(task, context.flavour) : [],
    imageUx: task.imageUrls.length > 1 ? toUpscales(task.imageUrls, context) : [],
    videoUx: toUpscales(task.videoUrls, context),
    children: [],
    embeds: toEmbeds(task),
  });
}

/** What is known of a task that a submit has just made. */
export interface NewTask {
  readonly verb: string;
  readonly prompt?: string | undefined;
  readonly replyRef?: string | undefined;
  readonly button?: string | undefined;
  readonly parentJobid?: string | undefined;
  readonly describeUrl?: string | undefined;
  readonly blendUrls?: readonly string[] | undefined;
  readonly blendDimensions?: string | undefined;
}

/** A task that a submit has just made, of which the server says nothing but the id. */
export function toNewJob(jobid: string, task: NewTask, nowMs: number): ApiJob {
  return compact({
    ...task,
    jobid,
    board: BOARD,
    status: 'created',
    createdAt: parseTaskId(jobid, nowMs)?.createdAt,
    attachments: [],
    buttons: [],
    imageUx: [],
    videoUx: [],
    children: [],
    embeds: [],
  });
}

/** What a button is called: its label, else its emoji. */
export function toLabel({ label, emoji }: WireButton): string | undefined {
  return toText(label) ?? toText(emoji);
}

function toButtons(task: WireTask, flavour: Flavour | undefined): readonly string[] {
  const listsNone = flavour === 'novicezk' || (flavour === undefined && task.buttons === undefined);
  if (listsNone) return buttonsOfAction(task.action ?? '');
  return (task.buttons ?? [])
    .filter(({ customId, style }) => toText(customId) !== undefined && style !== LINK_STYLE)
    .map(toLabel)
    .filter((label) => label !== undefined);
}

/** The record says it, or the description of the older form of a press: `/up 1700000000000123 U2`. */
function toParent({ parentId, description }: WireTask): { readonly jobid?: string; readonly button?: string } {
  const match = /^\/up (\d{15,19}) ([UVR])([1-4]?)$/.exec(description?.trim() ?? '');
  const [, id, letter = '', digit = ''] = match ?? [];
  const button = match === null ? undefined : letter === 'R' ? '🔄' : letter + digit;
  return compact({ jobid: toText(parentId) ?? id, button });
}

function toJobType(action: string | undefined): JobType | undefined {
  const word = toText(action)?.toUpperCase();
  if (word === undefined || isTextAction(word)) return undefined;
  return word.startsWith('VIDEO') ? 'video' : 'image';
}

function toAttachments(task: WireTask, { toMediaUrl }: TaskContext): ApiAttachment[] {
  const { width, height, size, contentType } = task;
  const [single] = task.imageUrls.length === 1 ? task.imageUrls : [];
  const url = toText(task.imageUrl) ?? single;
  return url === undefined ? [] : [compact({ url: toMediaUrl(url), width, height, size, contentType })];
}

function toUpscales(urls: readonly string[], { toMediaUrl }: TaskContext): ApiUpscale[] {
  return urls.map((url, at) => ({ id: at + 1, url: toMediaUrl(url) }));
}

/** A description has none, although its text stands there too. */
function toPrompt({ action, prompt, promptFull, promptEn }: WireTask): string | undefined {
  if (action?.toUpperCase() === 'DESCRIBE') return undefined;
  return toText(prompt) ?? toText(promptFull) ?? toText(promptEn);
}

/** A description's text lies where a finished prompt does. */
function toEmbeds({ action, properties }: WireTask) {
  const description = isTextAction(action) ? toText(properties?.finalPrompt) : undefined;
  return description === undefined ? [] : [{ description }];
}

function toText(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}

function toTime(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}
