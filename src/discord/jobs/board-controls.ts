import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { Answer } from '../core/answer.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import { type BoardFilter, toJobsBoard } from './jobs-board.ts';

/** Refresh, Previous and Next under the list of running jobs. */
const turnPage: Control = {
  name: 'jobs-page',
  answers: 'update',
  async run({ caller, source, args: [page = '0', type = '', apiChannel = ''], services }) {
    services.permissions.requireAllowed('view', caller);
    const filter = toBoardFilter(type, apiChannel);
    return readBoard({ caller, services, isPrivate: source.isPrivate }, filter, Number.parseInt(page, 10) || 0);
  },
};

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
