import { createHmac } from 'node:crypto';
import type { SandboxJob } from './sandbox-job.ts';

/** How long a signed link works, milliseconds. */
const LINK_TTL_MS = 24 * 60 * 60 * 1000;

const SIGNING_KEY = 'sandbox-cdn';

export interface PictureSize {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Width and height by the prompt's `--ar`, with `side` pixels on the longer side. */
export function toPictureSize(prompt: string | undefined, side: number): PictureSize {
  const match = /--ar\s+(\d{1,2}):(\d{1,2})/.exec(prompt ?? '');
  const across = Number(match?.[1] ?? 1) || 1;
  const down = Number(match?.[2] ?? 1) || 1;
  const ratio = Math.min(3, Math.max(1 / 3, across / down));
  if (ratio >= 1) return { width: side, height: Math.round(side / ratio) };
  return { width: Math.round(side * ratio), height: side };
}

/** Longer side of the picture that a job's message carries, pixels. */
export function toSide(job: SandboxJob): number {
  return job.kind.endsWith('large-upscale') ? 2048 : job.kind.endsWith('upscale') ? 1280 : 1024;
}

/** Path of a job's attachment on the stand-in's CDN, unsigned. */
export function toAttachmentPath(job: SandboxJob): string {
  const words = (job.prompt ?? job.verb)
    .replace(/https?:\S+/g, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  return `/attachments/${job.apiChannel}/${job.messageId}/painter_${words || 'image'}_${job.guid}.webp`;
}

function toHex(at: number): string {
  return Math.floor(at / 1000).toString(16);
}

function toSignature(path: string, ex: string, is: string): string {
  return createHmac('sha256', SIGNING_KEY).update(`${path}|${ex}|${is}`).digest('hex');
}

/** `path?ex=…&is=…&hm=…&`, as Discord signs its links: hexadecimal seconds of expiry and issue, and a signature. */
export function signPath(path: string, issuedAt: number): string {
  const ex = toHex(issuedAt + LINK_TTL_MS);
  const is = toHex(issuedAt);
  return `${path}?ex=${ex}&is=${is}&hm=${toSignature(path, ex, is)}&`;
}

/** Whether the query belongs to `path` and has not expired at `now`. */
export function isSignedPath(path: string, query: Readonly<Record<string, string>>, now: number): boolean {
  const { ex, is, hm } = query;
  if (ex === undefined || is === undefined || hm !== toSignature(path, ex, is)) return false;
  return Number.parseInt(ex, 16) * 1000 > now;
}
