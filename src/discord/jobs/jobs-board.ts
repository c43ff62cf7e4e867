import type { APIComponentInContainer } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { BoardProblem, ChannelLoad, RunningBoard } from '../../jobs/running-board.ts';
import { countOf, cutText } from '../../shared/text.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, maybe, oneOf, optional } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, relativeTime, row, separator, text } from '../ui/blocks.ts';
import { toJobTitle, toVerbText } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { openJob } from '../ui/show-controls.ts';

const JOB_TYPES = ['image', 'video'] as const;
const CHANNELS_SHOWN = 10;
const VERSIONS = ['v3', 'v2'] as const;

/** What the list was asked for, carried by its controls so that Refresh asks the same. */
export interface BoardFilter {
  readonly apiChannel?: string | undefined;
  readonly type?: (typeof JOB_TYPES)[number] | undefined;
}

export interface BoardCall extends BoardFilter {
  readonly caller: Caller;
  /** Whether the caller alone sees the list. */
  readonly isPrivate: boolean;
  /** From 0. */
  readonly page: number;
}

/** Replies with a page of the running jobs, as those who will see it may. */
export type ShowBoard = (call: BoardCall) => Promise<Answer>;

/** Refresh, Previous and Next under the list; `use` tells them apart. */
export const turnJobsPage = new ControlDefinition({
  name: 'jobs-page',
  args: { page: count, type: maybe(oneOf(...JOB_TYPES)), apiChannel: optional, use: optional },
  requires: 'view',
  acknowledges: 'update',
});

export function toJobType(text: string | undefined): BoardFilter['type'] {
  return JOB_TYPES.find((type) => type === text);
}

/** The list of running jobs: load per API channel, the jobs of one page, and what could not be had. */
export function toJobsBoard(board: RunningBoard, filter: BoardFilter): OutgoingMessage {
  const body: APIComponentInContainer[] = [text(toHeading(board, filter))];
  const problems = board.problems.map(toProblemText);
  if (problems.length > 0) body.push(text(problems.join('\n')));
  if (board.channels.length > 0) body.push(text(toLoadText(board.channels)));
  if (board.jobs.length > 0) body.push(separator(), text(toJobsText(board.jobs)));
  if (board.lookedAt !== undefined) body.push(text(toFootText(board, board.lookedAt)));
  if (board.jobs.length > 0) body.push(row(toOpenSelect(board.jobs)));
  body.push(row(...toPaging(board, filter)));
  const color = board.problems.length > 0 ? COLORS.warn : board.total > 0 ? COLORS.busy : COLORS.quiet;
  return { components: [container(color, body)] };
}

function toProblemText({ version, sentence, since }: BoardProblem): string {
  return `⚠️ **${version}** ${sentence}${since === undefined ? '' : ` Unreachable since ${relativeTime(since)}; I keep trying.`}`;
}

function toHeading({ total, lookedAt, problems }: RunningBoard, filter: BoardFilter): string {
  const asked = [filter.type, filter.apiChannel && `API channel ${filter.apiChannel}`].filter(Boolean).join(', ');
  const scope = asked === '' ? '' : ` (${toSafeLine(asked, 80)})`;
  if (lookedAt === undefined) return `### Running jobs${scope}\nThe list cannot be had right now.`;
  if (total > 0) return `### ${countOf(total, 'running job')}${scope}`;
  if (problems.length > 0) return `### Running jobs${scope}\n${toPartlyText(problems)}`;
  const hint = asked === '' ? 'A job that is started at useapi.net appears here.' : 'Leave out the options to see all.';
  return `### Running jobs${scope}\nNothing is running. ${hint}`;
}

/** Nothing is said of a version whose list is missing. */
function toPartlyText(problems: readonly BoardProblem[]): string {
  const missing = problems.map(({ version }) => version);
  const listed = VERSIONS.filter((version) => !missing.includes(version));
  return `${listed.join(', ')}: nothing is running; the list of ${missing.join(', ')} cannot be had right now.`;
}

function toLoadText(channels: readonly ChannelLoad[]): string {
  const lines = channels.slice(0, CHANNELS_SHOWN).map((channel) => {
    const parts = [
      toLoad('all', channel.total, channel.maxJobs),
      toLoad('images', channel.images, channel.maxImageJobs),
      toLoad('videos', channel.videos, channel.maxVideoJobs),
    ];
    return `\`${toSafeLine(channel.apiChannel, 40)}\` ${channel.version} · ${parts.filter(Boolean).join(' · ')}`;
  });
  const more = channels.length - lines.length;
  return more > 0 ? `${lines.join('\n')}\n-# and ${countOf(more, 'more API channel')}` : lines.join('\n');
}

function toLoad(what: string, count: number | undefined, max: number | undefined): string | undefined {
  if (count === undefined) return undefined;
  return max === undefined ? `${what} **${count}**` : `${what} **${count}/${max}**`;
}

function toJobsText(jobs: readonly Job[]): string {
  return jobs.map(toJobLine).join('\n');
}

function toJobLine(job: Job): string {
  const sign = job.jobType === 'video' ? '🎞️' : '🖼️';
  const started = job.createdAt === undefined ? '' : ` · ${relativeTime(job.createdAt)}`;
  const progress = job.progressPercent === undefined ? '' : ` · ${Math.round(job.progressPercent)}%`;
  const what = job.isRead ? toSafeLine(job.prompt ?? toVerbText(job), 140) : 'prompt not read yet';
  return `${sign} \`${job.ref}\`${started}${progress}\n> ${what}`;
}

function toFootText({ hiddenCount, page, pageCount }: RunningBoard, lookedAt: number): string {
  const hidden = hiddenCount > 0 ? ` · ${countOf(hiddenCount, 'job')} of other servers` : '';
  const pages = pageCount > 1 ? ` · page ${page + 1} of ${pageCount}` : '';
  return `-# Looked ${relativeTime(lookedAt)}${hidden}${pages}`;
}

function toOpenSelect(jobs: readonly Job[]) {
  const options = jobs.map((job) => ({ label: cutText(`${job.ref} · ${toJobTitle(job)}`, 100), value: job.ref }));
  return openJob.toSelect({}, 'Open a job…', options);
}

function toPaging({ page, pageCount }: RunningBoard, filter: BoardFilter) {
  const refresh = turnJobsPage.toButton({ ...filter, page, use: 'refresh' }, 'Refresh');
  if (pageCount === 1) return [refresh];
  const [isFirst, isLast] = [page === 0, page >= pageCount - 1];
  return [
    turnJobsPage.toButton({ ...filter, page: page - 1, use: 'back' }, '◀ Previous', { isDisabled: isFirst }),
    refresh,
    turnJobsPage.toButton({ ...filter, page: page + 1, use: 'on' }, 'Next ▶', { isDisabled: isLast }),
  ];
}
