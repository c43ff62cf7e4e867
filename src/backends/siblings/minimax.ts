import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import type { ApiAttachment, JobType } from '../api-job.ts';
import { parseAvailable } from './scheduler-lists.ts';
import type { Sibling, SiblingRecord, SubmitFields } from './sibling.ts';
import { parseMinimaxId } from './sibling-ids.ts';
import { number, text, withoutEmails } from './wire-fields.ts';

const RATIOS: ReadonlySet<string> = new Set('21:9 16:9 5:4 4:3 3:2 1:1 2:3 3:4 4:5 9:16'.split(' '));

/** Statuses by number, as the service documents them. */
const STATUSES: ReadonlyMap<number, string> = new Map([
  [0, 'created'],
  [11, 'created'],
  [1, 'progress'],
  [12, 'progress'],
  [2, 'completed'],
  [3, 'failed'],
  [5, 'moderated'],
  [7, 'moderated'],
  [14, 'moderated'],
]);
/** The same by label, for numbers that are not documented. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['pending', 'created'],
  ['queued', 'created'],
  ['processing', 'progress'],
]);

const Record = z.object({
  id: text,
  imageId: text,
  videoId: text,
  status: number,
  statusLabel: text,
  statusFinal: z.boolean().optional().catch(undefined),
  desc: text,
  /** Epoch milliseconds. */
  createTime: number,
  width: number,
  height: number,
  downloadURL: text,
  videoURL: text,
  coverURL: text,
  error: text,
  message: text,
  replyRef: text,
});
type Record = z.infer<typeof Record>;

const Submitted = z.object({
  imageIds: z.array(z.unknown()).catch([]),
  imageId: text,
  videoIds: z.array(z.unknown()).catch([]),
  videoId: text,
});

/** MiniMax (Hailuo), where Midjourney's models go on. @see https://useapi.net/docs/api-minimax-v1 */
export const minimax: Sibling = {
  board: 'minimax',
  root: '/v1/minimax',
  capabilities: {
    // Its DELETE only ends that the job is listed: the job itself goes on, and its credits are spent.
    cancels: false,
    resets: false,
    namesForeignJobs: true,
    listHoldsRecords: false,
    submits: true,
    presses: 'none',
    echoesReplyRef: true,
  },
  paths: {
    list: '/scheduler/available',
    records: { image: '/images/', video: '/videos/' },
    submits: { image: '/images/create', video: '/videos/create' },
  },
  videoModels: /hailuo|^[tis]2v|seedance|^veo|video|director/i,
  // Pictures take no slots there.
  limits: 'maxVideoJobs',
  asksForAccount: true,
  mediaDomains: ['hailuoai.video', 'hailuoai.com', 'minimax.io'],
  parseId: parseMinimaxId,
  parseList: parseAvailable,
  parseRecord,
  toSubmitBody,
  parseSubmitted,
};

function parseRecord(body: unknown, jobid: string): SiblingRecord | undefined {
  const wire = Record.safeParse(body).data;
  const id = wire?.imageId ?? wire?.videoId ?? wire?.id;
  if (wire === undefined || id === undefined || !(id === jobid || jobid.endsWith(`:${id}`))) return undefined;
  const status = toStatus(wire);
  if (status === undefined) return undefined;
  return compact({
    status,
    prompt: wire.desc,
    createdAt: wire.createTime,
    error: toError(wire, status),
    replyRef: wire.replyRef,
    ...toMedia(wire, parseMinimaxId(jobid)?.jobType ?? 'image', status),
    embeds: [],
  });
}

/** Undefined where the record says nothing of it. */
function toStatus({ status, statusLabel, statusFinal, downloadURL, videoURL }: Record): string | undefined {
  const known = status === undefined ? undefined : STATUSES.get(status);
  if (known !== undefined) return known;
  const label = statusLabel?.toLowerCase();
  if (label !== undefined && statusFinal !== true) return LABELS.get(label) ?? label;
  if (label === 'completed' || label === 'moderated') return label;
  if (statusFinal === true) return (downloadURL ?? videoURL) === undefined ? 'failed' : 'completed';
  return status === undefined ? undefined : `status ${status}`;
}

function toError({ error, message }: Record, status: string): string | undefined {
  if (status !== 'failed' && status !== 'moderated') return undefined;
  const own = status === 'failed' ? 'The service failed to make it.' : 'The service’s moderation stopped it.';
  return withoutEmails(error ?? message) ?? own;
}

/** The address without a watermark first; a cover of a video is none of its results. */
function toMedia(wire: Record, jobType: JobType, status: string) {
  const addresses = [wire.downloadURL, wire.videoURL, ...(jobType === 'image' ? [wire.coverURL] : [])];
  const [url, proxyUrl] = [...new Set(addresses.filter((address) => address !== undefined))];
  if (status !== 'completed' || url === undefined) return { attachments: [], imageUx: [], videoUx: [] };
  if (jobType === 'video') return { attachments: [], imageUx: [], videoUx: [{ id: 1, url }] };
  const attachment: ApiAttachment = compact({ url, proxyUrl, width: toSize(wire.width), height: toSize(wire.height) });
  return { attachments: [attachment], imageUx: [{ id: 1, url }], videoUx: [] };
}

/** 0 where the service does not know it. */
function toSize(pixels: number | undefined): number | undefined {
  return pixels === 0 ? undefined : pixels;
}

function toSubmitBody({ prompt, model, account, ratio, replyUrl, replyRef }: SubmitFields): object {
  const aspectRatio = ratio !== undefined && RATIOS.has(ratio) ? ratio : undefined;
  return compact({ prompt, model, account, aspectRatio, replyUrl, replyRef });
}

function parseSubmitted(body: unknown): readonly string[] {
  const wire = Submitted.safeParse(body).data;
  if (wire === undefined) return [];
  const ids = [...wire.imageIds, wire.imageId, ...wire.videoIds, wire.videoId];
  return [...new Set(ids.filter((id) => typeof id === 'string' && parseMinimaxId(id) !== undefined))].map(String);
}
