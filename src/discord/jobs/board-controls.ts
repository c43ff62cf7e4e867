import type { AccountList } from '../../jobs/account-names.ts';
import type { RunningBoards } from '../../jobs/running-board.ts';
import type { WaitingLine } from '../../jobs/submissions/waiting-line.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { requireAccount } from '../ui/known-accounts.ts';
import { type ShowBoard, toJobsBoard, turnJobsPage } from './jobs-board.ts';

export interface BoardNeeds {
  readonly boards: Pick<RunningBoards, 'read'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'conceal'>;
  readonly submissions: { readonly line: Pick<WaitingLine, 'listOf'> };
  readonly accounts: AccountList;
  readonly clock: Pick<Clock, 'now'>;
}

export interface BoardFeature {
  readonly showBoard: ShowBoard;
  readonly controls: readonly Control[];
}

/** The list of running jobs. */
export function boardFeature(needs: BoardNeeds): BoardFeature {
  const { boards, gate } = needs;
  const showBoard: ShowBoard = async ({ caller, isPrivate, page, type, apiChannel, account: named }) => {
    const { guildId } = caller;
    const account = named === undefined ? undefined : requireAccount(needs.accounts, guildId, named);
    const filter = { type, apiChannel, account };
    const board = await boards.read({ type, apiChannel, account: account?.key, guildId, page });
    const extras = { waiting: needs.submissions.line.listOf(guildId), now: needs.clock.now() };
    const audience = gate.audienceOf(caller, isPrivate);
    const jobs = board.jobs.map((job) => gate.conceal(job, audience));
    return {
      message: toJobsBoard({ ...board, jobs }, filter, extras),
      withoutWords: () => toJobsBoard({ ...board, jobs: jobs.map(toWordlessJob) }, filter, extras),
    };
  };
  const turnPage = onControl(turnJobsPage, ({ caller, source, args }) =>
    showBoard({ ...args, caller, isPrivate: source.isPrivate }),
  );
  return { showBoard, controls: [turnPage] };
}
