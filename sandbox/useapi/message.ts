import { buttonsOf } from '../midjourney/buttons.ts';
import { signPath, toAttachmentPath, toPictureSize, toSide } from '../midjourney/picture-paths.ts';
import type { SandboxJob } from '../midjourney/sandbox-job.ts';

/** What the wire shapes need to know besides the job. */
export interface MessageContext {
  /** Root of the stand-in's CDN, `http://127.0.0.1:4800`. */
  readonly origin: string;
  /** Since when links are signed; a job that ended before is signed anew. */
  readonly linksIssuedSince: number;
}

export interface UxEntry {
  readonly id: number;
  readonly url: string;
}

const MENTION = '<@987654321098765432>';

function toProgressMark(job: SandboxJob): string {
  if (job.status === 'progress') return ` (${job.progressPercent ?? 0}%)`;
  if (job.status === 'cancelled' || job.status === 'failed') return ' (Stopped)';
  return job.status === 'completed' ? '' : ' (Waiting to start)';
}

/** Midjourney's message text: prompt, what was pressed, who asked, progress. */
export function toContent(job: SandboxJob): string {
  if (job.kind === 'text' || job.kind === 'describe' || job.kind === 'seed') return '';
  if (job.status === 'moderated') return '';
  const pressed = job.button === undefined ? '' : ` - ${toPressedText(job.button)} by`;
  const link =
    job.status === 'completed' && job.kind !== 'grid'
      ? ` [(Open on website for full quality)](<https://midjourney.com/jobs/${job.guid}>)`
      : '';
  return `**${job.prompt ?? ''}**${pressed === '' ? ' -' : pressed} ${MENTION}${link}${toProgressMark(job)} (fast)`;
}

function toPressedText(button: string): string {
  const quarter = /^U([1-4])$/.exec(button)?.[1];
  if (quarter !== undefined) return `Image #${quarter}`;
  return /^V[1-4]$|^Vary/.test(button) ? 'Variations' : button;
}

/** Discord's attachment objects of a job; empty until it is completed. */
export function toAttachments(job: SandboxJob, context: MessageContext): readonly Record<string, unknown>[] {
  if (job.status !== 'completed' || job.kind === 'text' || job.kind === 'describe' || job.kind === 'seed') return [];
  return [toAttachment(job, context)];
}

/** One attachment object with a signed link; `size` is a guess, as the picture is drawn when it is asked for. */
export function toAttachment(job: SandboxJob, context: MessageContext): Record<string, unknown> {
  const path = toAttachmentPath(job);
  const url = `${context.origin}${signPath(path, Math.max(job.updatedAt, context.linksIssuedSince))}`;
  const { width, height } = toPictureSize(job.prompt, toSide(job));
  return {
    id: job.messageId,
    filename: path.slice(path.lastIndexOf('/') + 1),
    content_type: 'image/webp',
    url,
    proxy_url: url,
    size: Math.round((width * height) / 16),
    width,
    height,
    placeholder: 'Gv2pWhCNYG',
    placeholder_version: 1,
    flags: 0,
    content_scan_version: 2,
  };
}

function toCount(job: SandboxJob): number {
  return job.kind === 'grid' || job.kind === 'video-grid' ? 4 : 1;
}

function isPicture({ kind }: SandboxJob): boolean {
  return kind === 'grid' || kind.endsWith('upscale');
}

/** `imageUx` of a finished picture job. */
export function toImageUx(job: SandboxJob): readonly UxEntry[] {
  if (job.status !== 'completed' || !isPicture(job)) return [];
  return Array.from({ length: toCount(job) }, (_, index) => ({
    id: index + 1,
    url: `https://cdn.midjourney.com/${job.guid}/0_${index}.jpeg`,
  }));
}

/** `videoUx` of a finished video job. */
export function toVideoUx(job: SandboxJob): readonly UxEntry[] {
  if (job.status !== 'completed' || (job.kind !== 'video-grid' && job.kind !== 'video')) return [];
  return Array.from({ length: toCount(job) }, (_, index) => ({
    id: index + 1,
    url: `https://cdn.midjourney.com/video/${job.guid}/${index}.mp4`,
  }));
}

/** Embeds: the text of describe and info, or why a prompt was refused. */
export function toEmbeds(job: SandboxJob, context: MessageContext): readonly Record<string, unknown>[] {
  if (job.status === 'moderated') {
    return [{ type: 'rich', title: job.error, description: job.errorDetails, color: 16711680 }];
  }
  if (job.status !== 'completed' || job.text === undefined) return [];
  const { url, proxy_url, width, height } = toAttachment(job, context);
  const image = job.kind === 'describe' ? { image: { url, proxy_url, width, height } } : {};
  return [{ type: 'rich', description: job.text, ...image }];
}

/** Discord's components: rows of five buttons. */
export function toComponents(job: SandboxJob): readonly Record<string, unknown>[] {
  const buttons = buttonsOf(job);
  const rows: Record<string, unknown>[] = [];
  for (let start = 0; start < buttons.length; start += 5) {
    const components = buttons.slice(start, start + 5).map((label, index) => ({
      type: 2,
      style: 2,
      label,
      custom_id: `MJ::JOB::${start + index}::${job.guid}`,
    }));
    rows.push({ type: 1, components });
  }
  return rows;
}

/** ISO 8601 as Discord spells message times. */
export function toMessageTimestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '000+00:00');
}
