import { compact } from '../../shared/compact.ts';
import type { RunningChannel, RunningJob, RunningList } from '../api-job.ts';
import type { SchedulerList } from './scheduler-lists.ts';
import type { ServiceAccounts } from './service-accounts.ts';
import type { Sibling } from './sibling.ts';

/**
 * A list with the service's accounts in the place of API channels; jobs of other kinds, such as songs, are left out.
 */
export function toRunningList(
  sibling: Sibling,
  { jobs, accounts }: SchedulerList,
  labels: Pick<ServiceAccounts, 'labelOf'>,
  fetchedAt: number,
): RunningList {
  const running = jobs.flatMap(({ jobid, createdAt }): RunningJob[] => {
    const id = sibling.parseId(jobid, fetchedAt);
    if (id === undefined) return [];
    const { board, jobType, account } = id;
    const job = { jobid, board, jobType, apiChannel: labels.labelOf(account) };
    return [compact({ ...job, createdAt: id.createdAt ?? createdAt })];
  });
  const maxJobs = new Map(accounts.map((one) => [labels.labelOf(one.account), one.maxJobs]));
  const byChannel = Map.groupBy(running, ({ apiChannel = '' }) => apiChannel);
  const names = [...new Set([...maxJobs.keys(), ...byChannel.keys()])];
  const channels = names.map((apiChannel): RunningChannel => {
    const own = byChannel.get(apiChannel) ?? [];
    const slots = sibling.limits === undefined ? {} : { [sibling.limits]: maxJobs.get(apiChannel) };
    return compact({ apiChannel, total: own.length, ...countKinds(own), ...slots, jobs: own });
  });
  return { board: sibling.board, fetchedAt, total: running.length, ...countKinds(running), channels };
}

function countKinds(jobs: readonly RunningJob[]) {
  const videos = jobs.filter(({ jobType }) => jobType === 'video').length;
  return { images: jobs.length - videos, videos };
}
