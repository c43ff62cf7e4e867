import { ComponentType } from 'discord.js';
import type { Concealment } from '../../jobs/concealed-job.ts';
import type { Job } from '../../jobs/job.ts';
import type { MediaFile, MediaResult } from '../../media/media-file.ts';
import { countOf, cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook, toVerbText } from '../ui/job-words.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toPlainLine, toSafeLine } from '../ui/outside-text.ts';
import { openJob } from '../ui/show-controls.ts';

/** A job and its picture; none where it has none or it could not be had. */
export interface ComparedJob {
  readonly job: Job;
  readonly media: MediaResult | undefined;
}

const HIDDEN_WORDS: readonly (readonly [Concealment, string])[] = [
  ['running', 'shown once reviewed'],
  ['awaiting', 'awaiting review'],
  ['refused', 'not approved by the review'],
];

/** Siblings side by side: one picture each, in the order of the lines. */
export function toComparison(entries: readonly ComparedJob[], hidden: readonly Concealment[]): OutgoingMessage {
  const held = HIDDEN_WORDS.map((look) => toHiddenText(look, hidden)).join('');
  if (entries.length === 0) return toNoticeMessage(`There is nothing to compare.${held}`);
  const files = entries.flatMap(({ media }) => (media?.kind === 'file' ? [media] : []));
  const lines = entries.map((entry, at) => toLine(entry, at + 1));
  const options = entries.map(({ job }) => ({ label: toOption(job), value: job.ref }));
  const open = row(openJob.toSelect({ list: 'compare' }, 'Open a job…', options));
  const heading = `### 🖼️ ${countOf(entries.length, 'sibling')}${held}\n${lines.join('\n')}`;
  const body = [text(heading), ...(files.length > 0 ? [toGallery(entries)] : []), open];
  return {
    components: [container(COLORS.busy, body)],
    files: files.map(({ name, path, contentType }) => ({ name, path, contentType })),
  };
}

function toHiddenText([why, words]: readonly [Concealment, string], hidden: readonly Concealment[]): string {
  const count = hidden.filter((other) => other === why).length;
  return count === 0 ? '' : `\n-# ${countOf(count, 'other job')} of the family ${words}`;
}

function toLine({ job, media }: ComparedJob, number: number): string {
  const missing =
    media?.kind === 'file' ? '' : ` · ${media === undefined ? 'no picture' : toSafeLine(media.reason, 60)}`;
  const by = job.requestedBy === undefined ? '' : ` by <@${job.requestedBy}>`;
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
