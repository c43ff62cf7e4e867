import { type AccountNames, withAccountName } from '../../jobs/account-names.ts';
import { isVisibleTo, type Job } from '../../jobs/job.ts';
import { toJobEvent } from '../../jobs/job-events.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Transition } from '../../jobs/job-tracker.ts';
import type { Refusal } from '../../jobs/submissions/refused-submissions.ts';
import type { GuildSettings } from '../../moderation/guild-settings.ts';
import type { Alerts, AlertTask } from '../../notifications/alerts.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import type { ServedGuilds } from '../../shared/served-guilds.ts';
import type { ModeratorPosts } from './moderator-posts.ts';

export interface AlertPostsOptions {
  readonly alerts: Alerts;
  readonly settings: GuildSettings;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly posts: ModeratorPosts;
  readonly served: Pick<ServedGuilds, 'ids' | 'has'>;
  /** Whether a server may know of a board. Default: of all. */
  readonly isOpenTo?: (board: string, guildId: string) => boolean;
  readonly accounts: Pick<AccountNames, 'nameIn' | 'boardNameIn'>;
  readonly clock: Clock;
}

/** An API channel that takes no jobs. */
export interface BlockedChannel {
  readonly board: string;
  readonly apiChannel?: string;
}

const HOUR_MS = 3_600_000;

/** Alerts the moderators of each server to what they should know, once. */
export class AlertPosts {
  readonly #options: AlertPostsOptions;

  constructor(options: AlertPostsOptions) {
    this.#options = options;
  }

  /** Listens to `JobTracker.onTransition`. */
  readonly onTransition = async ({ job, event }: Transition): Promise<void> => {
    if (event === 'moderated') await this.#alertOf(job, 'moderated');
  };

  /** Listens to `SubmissionRunner`: a job that the response calls moderated is reported as moderated. */
  readonly onRefused = async ({ submission, reason, job }: Refusal): Promise<void> => {
    if (job !== undefined && toJobEvent(job) === 'moderated') return;
    const ref = job?.ref ?? (submission.work.kind === 'press' ? submission.work.ref : undefined);
    const { prompt } = submission.work;
    const alert = { kind: 'refused', by: submission.userId, reason, ...compact({ prompt, ref }) } as const;
    await this.#options.alerts.post(submission.guildId, `refused:${submission.id}`, alert);
  };

  /** Listens to `JobWatcher`. */
  readonly onLostContact = (job: Job): Promise<void> => this.#alertOf(job, 'lost-contact');

  /** Called with each 596; an API channel is shared by all servers that may use its account, and named once an hour. */
  readonly onBlocked = async (blocked: BlockedChannel): Promise<void> => {
    const { alerts, served, isOpenTo = () => true, clock } = this.#options;
    const hour = Math.floor(clock.now() / HOUR_MS);
    const key = `blocked:${blocked.board}:${blocked.apiChannel ?? ''}:${hour}`;
    const concerned = served.ids().filter((guildId) => isOpenTo(blocked.board, guildId));
    for (const guildId of concerned) await alerts.post(guildId, key, { kind: 'blocked', ...blocked });
  };

  readonly onSuspended = async (rule: Rule, reason: string, missing: readonly string[] = []): Promise<void> => {
    const { guildId, number: ruleNumber, channelId } = rule;
    const key = `suspended:${ruleNumber}:${rule.suspended?.at ?? this.#options.clock.now()}`;
    await this.#options.alerts.post(guildId, key, {
      kind: 'rule-suspended',
      ruleNumber,
      channelId,
      reason,
      missing: [...missing],
      ...compact({ code: rule.suspended?.code }),
    });
  };

  /** Starts posting what is queued. */
  start(): void {
    this.#options.alerts.start((task, signal) => this.#post(task, signal));
  }

  async #alertOf(job: Job, kind: 'moderated' | 'lost-contact'): Promise<void> {
    const { alerts, served } = this.#options;
    for (const guildId of served.ids()) {
      if (isVisibleTo(job, guildId)) await alerts.post(guildId, `${kind}:${job.ref}`, { kind, ref: job.ref });
    }
  }

  /** The channel is asked for when it is posted: what waits goes to where alerts go by then. */
  async #post({ guildId, key, alert }: AlertTask, signal: AbortSignal): Promise<void> {
    const { settings, jobs, posts, served } = this.#options;
    if (!served.has(guildId)) return;
    const { alertsChannelId: channelId } = settings.get(guildId);
    if (channelId === undefined) return;
    const job = 'ref' in alert && alert.ref !== undefined ? await jobs.get(alert.ref) : undefined;
    const { accounts } = this.#options;
    const notice = {
      kind: 'alert',
      alert,
      ...(job !== undefined && { job: withAccountName(job, accounts.nameIn(guildId, job.board)) }),
      ...(alert.kind === 'blocked' && { boardName: accounts.boardNameIn(guildId, alert.board) }),
    } as const;
    await posts.post({ key, guildId, channelId, notice, signal });
  }
}
