import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import type { ApiAttachment, ApiUpscale } from '../api-job.ts';
import { parseByAccount } from './scheduler-lists.ts';
import type { Sibling, SiblingRecord, SubmitFields } from './sibling.ts';
import { parseDreaminaId } from './sibling-ids.ts';
import { number, text, time, withoutEmails } from './wire-fields.ts';

const RATIOS: ReadonlySet<string> = new Set('1:1 3:4 16:9 4:3 9:16 2:3 3:2 21:9'.split(' '));
const MODERATED =
  /moderat|sensitive|prohibited|inappropriate|(?:community|content) (?:guidelines|policy|standards)|violat/i;
const CANCELLED = /\bcancell?ed by user\b/i;

const Image = z.object({ imageUrl: text, width: number, height: number });
type Image = z.infer<typeof Image>;
const Response = z.object({
  images: z.array(z.unknown()).catch([]),
  videoUrl: text,
  error: text,
  replyRef: text,
});
const Request = z.object({ prompt: text, replyRef: text });
const Record = z.object({
  jobid: text,
  status: text,
  created: time,
  updated: time,
  error: text,
  errorDetails: text,
  code: number,
  replyRef: text,
  request: Request.catch(() => Request.parse({})),
  /** Says little while the job is young. */
  response: Response.catch(() => Response.parse({})),
});
type Record = z.infer<typeof Record>;

/** Dreamina (ByteDance): Seedream pictures, Seedance videos. @see https://useapi.net/docs/api-dreamina-v1 */
export const dreamina: Sibling = {
  board: 'dreamina',
  root: '/v1/dreamina',
  capabilities: {
    cancels: true,
    resets: false,
    namesForeignJobs: true,
    listHoldsRecords: false,
    submits: true,
    presses: 'none',
    // Nothing documents that records carry it: it is learnt from the records themselves.
    echoesReplyRef: false,
  },
  paths: {
    list: '/scheduler',
    records: { image: '/images/', video: '/videos/' },
    submits: { image: '/images', video: '/videos' },
    cancel: '/scheduler/',
  },
  videoModels: /seedance|sora|happyhorse|wan|video|veo/i,
  asksForAccount: false,
  mediaDomains: [
    'douyinpic.com',
    'ibyteimg.com',
    'byteimg.com',
    'capcut.com',
    'capcutcdn.com',
    'capcutvod.com',
    'dreamina.com',
  ],
  parseId: parseDreaminaId,
  parseList: parseByAccount,
  parseRecord,
  toSubmitBody,
  parseSubmitted,
};

function parseRecord(body: unknown, jobid: string): SiblingRecord | undefined {
  const wire = Record.safeParse(body).data;
  if (wire?.status === undefined || (wire.jobid ?? jobid) !== jobid) return undefined;
  const status = toStatus(wire);
  return compact({
    status,
    prompt: wire.request.prompt,
    createdAt: wire.created,
    updatedAt: wire.updated,
    error: toError(wire, status),
    errorDetails: withoutEmails(wire.errorDetails),
    bodyCode: wire.code,
    replyRef: wire.request.replyRef ?? wire.response.replyRef ?? wire.replyRef,
    ...toMedia(wire, status),
    embeds: [],
  });
}

/** The service knows `created`, `completed` and `failed`; the reason of a failure says more. */
function toStatus({ status = '', error, errorDetails, response }: Record): string {
  if (status !== 'failed') return status;
  const reasons = [error, errorDetails, response.error].join('\n');
  if (CANCELLED.test(reasons)) return 'cancelled';
  return MODERATED.test(reasons) ? 'moderated' : 'failed';
}

function toError({ error, response }: Record, status: string): string | undefined {
  const says = withoutEmails(error ?? response.error);
  return says ?? (status === 'failed' ? 'The service failed to make it.' : undefined);
}

/** Several pictures are single results, one is the job's own picture. */
function toMedia({ response }: Record, status: string) {
  if (status !== 'completed') return { attachments: [], imageUx: [], videoUx: [] };
  const images = response.images.flatMap((value) => Image.safeParse(value).data ?? []);
  const imageUx = images.flatMap(({ imageUrl: url }, at): ApiUpscale[] =>
    url === undefined ? [] : [{ id: at + 1, url }],
  );
  const videoUx = response.videoUrl === undefined ? [] : [{ id: 1, url: response.videoUrl }];
  return { attachments: images.length === 1 ? images.flatMap(toAttachment) : [], imageUx, videoUx };
}

function toAttachment({ imageUrl: url, width, height }: Image): ApiAttachment[] {
  return url === undefined ? [] : [compact({ url, width, height })];
}

function toSubmitBody({ prompt, model, account, ratio: asked, replyUrl, replyRef }: SubmitFields): object {
  const ratio = asked !== undefined && RATIOS.has(asked) ? asked : undefined;
  return compact({ prompt, model, account, ratio, replyUrl, replyRef });
}

function parseSubmitted(body: unknown): readonly string[] {
  const jobid = Record.safeParse(body).data?.jobid;
  return jobid === undefined || parseDreaminaId(jobid) === undefined ? [] : [jobid];
}
