import type { Account, Accounts } from '../../backends/accounts/accounts.ts';
import { qualify } from '../../backends/accounts/job-ids.ts';
import { BackendError } from '../../backends/backend-errors.ts';
import { toAccountText } from '../../discord/ui/known-accounts.ts';
import { checkAccount, type FileOutcome, type ListOutcome } from '../../doctor/account-checks.ts';
import type { Examination } from '../../doctor/examine.ts';
import { toProblemDetails, toProblemSentence } from '../../jobs/api-problems.ts';
import { isOver, type Job } from '../../jobs/job.ts';
import type { JobIndex } from '../../jobs/job-index.ts';
import { toMediaSources } from '../../jobs/job-media.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { JobTracker } from '../../jobs/job-tracker.ts';
import { MediaProblem, toReason } from '../../media/media-problem.ts';
import type { MediaStore } from '../../media/media-store.ts';
import { type Clock, isYounger } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';

interface AccountOptions {
  readonly outside: {
    readonly backend: Pick<Accounts, 'openTo' | 'ownOf' | 'find' | 'listRunning'>;
    readonly media: Pick<MediaStore, 'tryToOpen'>;
  };
  readonly jobs: {
    readonly tracker: Pick<JobTracker, 'liveIds'>;
    readonly index: Pick<JobIndex, 'search'>;
    readonly jobStore: Pick<JobStore, 'getMany'>;
  };
}

const LIST_DEADLINE_MS = 6_000;
/** A list that somebody else has just had will do. */
const LIST_AGE_MS = 5_000;
/** How far back a job is looked for whose file can be tried. */
const LOOKED_AT = 30;
/** For a server that is asked about ids alone, and about nothing where there are none. */
const NO_JOB = '0';
/** A link into Discord lives for a day. */
const FRESH_MS = 12 * 60 * 60_000;

/** Each account that a server may use, by itself. */
export function examineAccounts(
  options: AccountOptions & { readonly clock: Pick<Clock, 'now'> },
  guildId: string,
): Examination[] {
  const { outside, jobs, clock } = options;
  const accounts = outside.backend.openTo(guildId);
  // Nobody would hear of it where that fails.
  if (accounts.length === 0) return [];
  const recent = listRecent(options, guildId, clock.now());
  return accounts.map((account) => {
    const name = toAccountText(account.name);
    const isOwn = outside.backend.ownOf(guildId) === account;
    const run = async (signal: AbortSignal) => {
      const [lists, file] = await Promise.all([
        tryLists(outside.backend, account, (board) => jobs.tracker.liveIds(board)),
        recent.then((found) => tryFile(options, account, found, signal)),
      ]);
      const { clockAheadMs } = account.backend;
      return checkAccount({ name, isOwn, lists, file, ...compact({ clockAheadMs }) }, 'server');
    };
    return { topic: 'accounts', what: name, run };
  });
}

/** Asks for what runs on each board of an account. Never rejects with a `BackendError`. */
export function tryLists(backend: Pick<Accounts, 'listRunning'>, account: Account, known: (board: string) => string[]) {
  return Promise.all(
    account.backend.boards.map(async (text) => {
      const board = qualify(account.id, text);
      const asked = account.backend.capabilities(text).namesForeignJobs ? [] : [qualify(account.id, NO_JOB)];
      return { board: text, outcome: await tryList(backend, board, [...known(board), ...asked]) };
    }),
  );
}

async function tryList(backend: Pick<Accounts, 'listRunning'>, board: string, known: string[]): Promise<ListOutcome> {
  const startedAt = performance.now();
  try {
    await backend.listRunning(board, { maxAgeMs: LIST_AGE_MS, deadlineMs: LIST_DEADLINE_MS, known: () => known });
    return { isAnswered: true, ms: performance.now() - startedAt };
  } catch (thrown) {
    if (!(thrown instanceof BackendError)) throw thrown;
    const check = toProblemDetails(thrown);
    return { isAnswered: false, code: thrown.code, says: toProblemSentence(thrown), ...compact({ check }) };
  }
}

/** Finished jobs that the server may know of, newest first. */
async function listRecent({ jobs }: AccountOptions, guildId: string, now: number): Promise<readonly Job[]> {
  const refs = jobs.index.search('', guildId, LOOKED_AT).map(({ ref }) => ref);
  const found = await jobs.jobStore.getMany(refs);
  return found.flatMap((job) =>
    job !== undefined && isOver(job) && isYounger(job.observedAt, FRESH_MS, now) ? [job] : [],
  );
}

/** Opens the newest file of an account; one that is gone says nothing of the others. */
async function tryFile(
  { outside }: AccountOptions,
  account: Account,
  recent: readonly Job[],
  signal: AbortSignal,
): Promise<FileOutcome> {
  const own = recent.filter(({ board }) => outside.backend.find(board) === account);
  const [source] = own.flatMap((job) => toMediaSources(job).slice(0, 1));
  if (source === undefined) return 'none';
  try {
    await outside.media.tryToOpen(source, signal);
    return 'opened';
  } catch (thrown) {
    if (thrown instanceof MediaProblem && thrown.code === 'media-gone') return 'none';
    return { problem: toReason(thrown) };
  }
}
