import { ComponentType } from 'discord.js';
import type { Concealment } from '../../jobs/concealed-job.ts';
import type { Job } from '../../jobs/job.ts';
import type { MediaFile, MediaResult } from '../../media/media-file.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook, toVerbText } from '../ui/job-words.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toPlainLine, toSafeLine } from '../ui/outside-text.ts';
import { openJob } from '../ui/show-controls.ts';
import { jobWords } from './words.ts';

/** A job and its picture; none where it has none or it could not be had. */
export interface ComparedJob {
  readonly job: Job;
  readonly media: MediaResult | undefined;
}

const HIDDEN = ['running', 'awaiting', 'refused'] as const;

/** What is compared with one another: siblings of a job, or what was made from it. */
export type Kin = 'siblings' | 'children';

/** Siblings side by side: one picture each, in the order of the lines. */
export function toComparison(
  entries: readonly ComparedJob[],
  hidden: readonly Concealment[],
  kin: Kin = 'siblings',
): OutgoingMessage {
  const held = HIDDEN.map((why) => toHiddenText(why, hidden)).join('');
  if (entries.length === 0) return toNoticeMessage(jobWords.nothingToCompare(held));
  const files = entries.flatMap(({ media }) => (media?.kind === 'file' ? [media] : []));
  const lines = entries.map((entry, at) => toLine(entry, at + 1));
  const options = entries.map(({ job }) => ({ label: toOption(job), value: job.ref }));
  const open = row(openJob.toSelect({ list: 'compare' }, jobWords.openJob, options));
  const heading = `### 🖼️ ${jobWords[kin](entries.length)}${held}\n${lines.join('\n')}`;
  const body = [text(heading), ...(files.length > 0 ? [toGallery(entries)] : []), open];
  return {
    components: [container(COLORS.busy, body)],
    files: files.map(({ name, path, contentType }) => ({ name, path, contentType })),
  };
}

function toHiddenText(why: (typeof HIDDEN)[number], hidden: readonly Concealment[]): string {
  const count = hidden.filter((other) => other === why).length;
  return count === 0 ? '' : jobWords.hidden(count, why);
}

function toLine({ job, media }: ComparedJob, number: number): string {
  const missing =
    media?.kind === 'file' ? '' : ` · ${media === undefined ? jobWords.noPicture : toSafeLine(media.reason, 60)}`;
  const by = job.requestedBy === undefined ? '' : jobWords.by(job.requestedBy);
  return `${number}. ${toStatusLook(job).sign} ${toSafeLine(toVerbText(job), 60)} \`${job.ref}\`${by}${missing}`;
}

function toGallery(entries: readonly ComparedJob[]) {
  const items = entries.flatMap(({ job, media }) => (media?.kind === 'file' ? [toItem(job, media)] : []));
  return { type: ComponentType.MediaGallery, items } as const;
}

function toItem(job: Job, { name }: MediaFile) {
  return { media: { url: `attachment://${name}` }, description: toOption(job) };
}

function toOption(job: Job): string {
  return cutText(toPlainLine(`${job.ref} · ${job.button ?? ''} ${toJobTitle(job)}`), 100);
}
