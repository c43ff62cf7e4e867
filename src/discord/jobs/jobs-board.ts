import type { APIComponentInContainer } from 'discord.js';
import type { KnownAccount } from '../../jobs/account-names.ts';
import type { Job } from '../../jobs/job.ts';
import type { BoardProblem, ChannelLoad, RunningBoard } from '../../jobs/running-board.ts';
import type { WaitingPlace } from '../../jobs/submissions/waiting-order.ts';
import { isYounger } from '../../shared/clock.ts';
import { cutText } from '../../shared/text.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, maybe, oneOf, optional } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, relativeTime, row, separator, text } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook, toVerbText } from '../ui/job-words.ts';
import { toAccountText } from '../ui/known-accounts.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { openJob } from '../ui/show-controls.ts';
import { boardWords } from './board-words.ts';

const JOB_TYPES = ['image', 'video'] as const;
const CHANNELS_SHOWN = 10;
const WAITING_SHOWN = 10;
/** A list of this age is as good as new. */
const JUST_NOW_MS = 10_000;

/** What the list was asked for, carried by its controls so that Refresh asks the same. */
export interface BoardFilter {
  readonly apiChannel?: string | undefined;
  readonly type?: (typeof JOB_TYPES)[number] | undefined;
  readonly account?: KnownAccount | undefined;
}

export interface BoardCall extends Omit<BoardFilter, 'account'> {
  /** As typed. */
  readonly account?: string | undefined;
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
  args: { page: count, type: maybe(oneOf(...JOB_TYPES)), apiChannel: optional, use: optional, account: optional },
  requires: 'view',
  acknowledges: 'update',
});

export function toJobType(text: string | undefined): BoardFilter['type'] {
  return JOB_TYPES.find((type) => type === text);
}

/** What a list is shown with, besides the jobs. */
export interface BoardExtras {
  /** Those of the server that wait for a slot, by their places. */
  readonly waiting?: readonly WaitingPlace[];
  /** Epoch milliseconds. */
  readonly now?: number;
}

/** The list of running jobs: load per API channel, the jobs of one page, who waits, and what could not be had. */
export function toJobsBoard(
  board: RunningBoard,
  filter: BoardFilter,
  { waiting = [], now }: BoardExtras = {},
): OutgoingMessage {
  const body: APIComponentInContainer[] = [text(toHeading(board, filter))];
  const problems = board.problems.map(toProblemText);
  if (problems.length > 0) body.push(text(problems.join('\n')));
  if (board.channels.length > 0) body.push(text(toLoadText(board.channels)));
  if (board.isPartial) body.push(text(boardWords.partial((board.partialAccounts ?? []).map(toAccountText))));
  if (board.jobs.length > 0) body.push(separator(), text(board.jobs.map(toJobLine).join('\n')));
  if (waiting.length > 0) body.push(text(toWaitingText(waiting)));
  if (board.lookedAt !== undefined) body.push(text(toFootText(board, board.lookedAt, now)));
  if (board.jobs.length > 0) body.push(row(toOpenSelect(board.jobs)));
  body.push(row(...toPaging(board, filter)));
  const color = board.problems.length > 0 ? COLORS.warn : board.total > 0 ? COLORS.busy : COLORS.quiet;
  return { components: [container(color, body)] };
}

function toProblemText({ board, sentence, since, listedAt }: BoardProblem): string {
  const more = [
    since !== undefined && boardWords.downSince(since),
    listedAt !== undefined && boardWords.listOf(listedAt),
  ];
  return [boardWords.problem(toBoardText(board), sentence), ...more.filter(Boolean)].join(' ');
}

function toHeading(board: RunningBoard, filter: BoardFilter): string {
  const { total, lookedAt, problems, listed } = board;
  const asked = toFilterText(filter);
  const title = boardWords.heading([boardWords.title()], asked);
  if (lookedAt === undefined) return `${title}\n${boardWords.noList()}`;
  const slots = toSlotsText(board);
  if (total > 0) return boardWords.heading([...slots, boardWords.running(total)], asked);
  const missing = problems.map(({ board: name }) => toBoardText(name));
  if (missing.length > 0) return `${title}\n${boardWords.nothingOn(listed.map(toBoardText), missing)}`;
  const empty = asked === '' ? boardWords.nothing() : boardWords.nothingOf(asked);
  return `${slots.length > 0 ? boardWords.heading(slots, asked) : title}\n${empty}`;
}

function toBoardText(name: string): string {
  return toSafeLine(name, 60);
}

/** What the list was limited to. */
function toFilterText({ type, apiChannel, account }: BoardFilter): string {
  const asked = [
    type && boardWords.type(type),
    apiChannel && boardWords.apiChannel(toSafeLine(apiChannel, 60)),
    account && boardWords.account(toAccountText(account.name)),
  ];
  return asked.filter(Boolean).join(', ');
}

/** `3 of 3 slots busy`, where the API gives every channel's number of slots. */
function toSlotsText({ channels }: RunningBoard): string[] {
  const limits = channels.flatMap(({ maxJobs }) => maxJobs ?? []);
  if (limits.length === 0 || limits.length < channels.length) return [];
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  return [boardWords.busySlots(sum(channels.map(({ total }) => total)), sum(limits))];
}

function toLoadText(channels: readonly ChannelLoad[]): string {
  const lines = channels.slice(0, CHANNELS_SHOWN).map(({ apiChannel, board, ...load }) => {
    const parts = [
      boardWords.load('all', load.total, load.maxJobs),
      load.images === undefined ? undefined : boardWords.load('images', load.images, load.maxImageJobs),
      load.videos === undefined ? undefined : boardWords.load('videos', load.videos, load.maxVideoJobs),
    ];
    const loads = parts.filter((part) => part !== undefined);
    return boardWords.channel(apiChannel === '' ? '' : toSafeLine(apiChannel, 40), toBoardText(board), loads);
  });
  const more = channels.length - lines.length;
  return [...lines, ...(more > 0 ? [boardWords.moreChannels(more)] : [])].join('\n');
}

/** Who asked for it, how far it is and since when it runs. */
function toJobLine(job: Job): string {
  const sign = job.jobType === 'video' ? '🎞️' : '🖼️';
  const percent = job.progressPercent === undefined ? '' : ` ${boardWords.percent(Math.round(job.progressPercent))}`;
  const facts = [
    `**${toSafeLine(toStatusLook(job).word, 40)}**${percent}`,
    job.requestedBy && `<@${job.requestedBy}>`,
    job.accountName && toAccountText(job.accountName),
    job.createdAt !== undefined && relativeTime(job.createdAt),
  ].filter((fact) => typeof fact === 'string');
  const what = job.isRead ? toSafeLine(job.prompt ?? toVerbText(job), 140) : boardWords.notRead();
  return boardWords.job(sign, job.ref, facts, what);
}

function toWaitingText(waiting: readonly WaitingPlace[]): string {
  const places = waiting.slice(0, WAITING_SHOWN).map(({ position, userId }) => boardWords.place(position, userId));
  return boardWords.waiting(places, waiting.length - places.length);
}

function toFootText({ hiddenCount, page, pageCount }: RunningBoard, lookedAt: number, now = Number.NaN): string {
  const parts = [
    isYounger(lookedAt, JUST_NOW_MS, now) ? boardWords.updatedNow() : boardWords.updated(lookedAt),
    hiddenCount > 0 && boardWords.others(hiddenCount),
    pageCount > 1 && boardWords.page(page + 1, pageCount),
  ];
  return `-# ${parts.filter(Boolean).join(' · ')}`;
}

function toOpenSelect(jobs: readonly Job[]) {
  const options = jobs.map((job) => ({ label: cutText(`${job.ref} · ${toJobTitle(job)}`, 100), value: job.ref }));
  return openJob.toSelect({}, boardWords.open(), options);
}

function toPaging({ page, pageCount }: RunningBoard, { type, apiChannel, account }: BoardFilter) {
  const filter = { type, apiChannel, account: account?.key };
  const refresh = turnJobsPage.toButton({ ...filter, page, use: 'refresh' }, boardWords.refresh());
  if (pageCount === 1) return [refresh];
  const [isFirst, isLast] = [page === 0, page >= pageCount - 1];
  return [
    turnJobsPage.toButton({ ...filter, page: page - 1, use: 'back' }, boardWords.previous(), { isDisabled: isFirst }),
    refresh,
    turnJobsPage.toButton({ ...filter, page: page + 1, use: 'on' }, boardWords.next(), { isDisabled: isLast }),
  ];
}
