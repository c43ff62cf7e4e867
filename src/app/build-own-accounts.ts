import type { Accounts } from '../backends/accounts/accounts.ts';
import { unqualify } from '../backends/accounts/job-ids.ts';
import { logOwnAccountChange } from '../discord/moderation/audit-entries.ts';
import type { JobTracker } from '../jobs/job-tracker.ts';
import type { JobWatcher } from '../jobs/job-watcher.ts';
import type { OpenOwn } from '../jobs/own-accounts/own-account.ts';
import { OwnAccounts } from '../jobs/own-accounts/own-accounts.ts';
import { OwnPolls } from '../jobs/own-accounts/own-polls.ts';
import type { AuditLog } from '../moderation/log/audit-log.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import type { Store } from '../storage/contract.ts';
import type { AppConfig } from './app-config.ts';

export interface OwnAccountsOptions {
  readonly config: Pick<AppConfig, 'ownAccounts'>;
  readonly store: Store;
  readonly backend: Accounts;
  readonly open: OpenOwn;
  readonly served: ServedGuilds;
  readonly log: AuditLog;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Builds what keeps the accounts that servers bring; nothing is read before `load`. */
export function buildOwnAccounts({
  config,
  store,
  backend,
  open,
  served,
  log,
  clock,
  logger,
}: OwnAccountsOptions): OwnAccounts {
  return new OwnAccounts({
    keys: [],
    allowsPrivate: false,
    ...config.ownAccounts,
    store,
    accounts: backend,
    open,
    isServed: (guildId) => served.has(guildId),
    record: (event, transaction) => logOwnAccountChange(log, event, transaction),
    clock,
    logger,
  });
}

export interface OwnPollsOptions {
  readonly ownAccounts: OwnAccounts;
  readonly backend: Accounts;
  readonly watcher: JobWatcher;
  readonly tracker: JobTracker;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Builds what looks at these accounts as they come and go; what ran on one that was dropped is over. */
export function buildOwnPolls(options: OwnPollsOptions): OwnPolls {
  const { ownAccounts, backend, watcher, tracker, pollIntervalMs: everyMs, clock, logger } = options;
  const polls = new OwnPolls({ watcher, everyMs, clock, logger });
  ownAccounts.onOpened((guildId) => {
    const account = backend.ownOf(guildId);
    if (account !== undefined) polls.add(account);
  });
  ownAccounts.onClosing((accountId) => void polls.remove(accountId));
  ownAccounts.onDropped(async (_guildId, accountId) => {
    const jobs = tracker.liveJobs().filter(({ board }) => unqualify(board).accountId === accountId);
    for (const { jobid } of jobs) await tracker.observeGone(jobid);
  });
  return polls;
}
