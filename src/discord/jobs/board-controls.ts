import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { Answer } from '../core/answer.ts';
import { onControl } from '../core/control.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import { type BoardFilter, toJobsBoard, turnJobsPage } from './jobs-board.ts';

const turnPage = onControl(turnJobsPage, ({ caller, source, args: { page, ...filter }, services }) =>
  readBoard({ caller, services, isPrivate: source.isPrivate }, filter, page),
);

export const boardControls: readonly Control[] = [turnPage];

interface BoardCall extends Pick<ControlCall, 'caller' | 'services'> {
  /** Whether the caller alone sees the list. */
  readonly isPrivate: boolean;
}

/** A page of the running jobs, as those who will see it may. */
export async function readBoard(call: BoardCall, filter: BoardFilter, page: number): Promise<Answer> {
  const { caller, services, isPrivate } = call;
  const board = await services.boards.read({ ...filter, guildId: caller.guildId, page });
  const audience = services.gate.audienceOf(caller, isPrivate);
  const jobs = board.jobs.map((job) => services.gate.conceal(job, audience));
  return {
    message: toJobsBoard({ ...board, jobs }, filter),
    withoutWords: () => toJobsBoard({ ...board, jobs: jobs.map(toWordlessJob) }, filter),
  };
}

export function toBoardFilter(type: string | undefined, apiChannel: string | undefined): BoardFilter {
  return {
    ...(type === 'image' || type === 'video' ? { type } : {}),
    ...(apiChannel !== undefined && apiChannel !== '' && { apiChannel }),
  };
}
