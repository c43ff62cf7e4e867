import type { RunningBoards } from '../../jobs/running-board.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { type ShowBoard, toJobsBoard, turnJobsPage } from './jobs-board.ts';

export interface BoardNeeds {
  readonly boards: Pick<RunningBoards, 'read'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'conceal'>;
}

export interface BoardFeature {
  readonly showBoard: ShowBoard;
  readonly controls: readonly Control[];
}

/** The list of running jobs. */
export function boardFeature({ boards, gate }: BoardNeeds): BoardFeature {
  const showBoard: ShowBoard = async ({ caller, isPrivate, page, type, apiChannel }) => {
    const filter = { type, apiChannel };
    const board = await boards.read({ ...filter, guildId: caller.guildId, page });
    const audience = gate.audienceOf(caller, isPrivate);
    const jobs = board.jobs.map((job) => gate.conceal(job, audience));
    return {
      message: toJobsBoard({ ...board, jobs }, filter),
      withoutWords: () => toJobsBoard({ ...board, jobs: jobs.map(toWordlessJob) }, filter),
    };
  };
  const turnPage = onControl(turnJobsPage, ({ caller, source, args }) =>
    showBoard({ ...args, caller, isPrivate: source.isPrivate }),
  );
  return { showBoard, controls: [turnPage] };
}
