import { isVisibleTo, type Job } from '../../jobs/job.ts';
import { toJobEvent } from '../../jobs/job-events.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Transition } from '../../jobs/job-tracker.ts';
import type { Refusal } from '../../jobs/submissions/refused-submissions.ts';
import type { GuildSettings } from '../../moderation/guild-settings.ts';
import type { Alerts, AlertTask } from '../../notifications/alerts.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ModeratorPosts } from './moderator-posts.ts';

export interface AlertDeskOptions {
  readonly alerts: Alerts;
  readonly settings: GuildSettings;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly posts: ModeratorPosts;
  readonly guildIds: readonly string[];
  readonly clock: Clock;
}

/** An API channel that takes no jobs. */
export interface BlockedChannel {
  readonly version: 'v2' | 'v3';
  readonly apiChannel?: string;
}

const HOUR_MS = 3_600_000;

/** Tells the moderators of each server what they should hear of, once. */
export class AlertDesk {
  readonly #options: AlertDeskOptions;

  constructor(options: AlertDeskOptions) {
    this.#options = options;
  }

  /** Listens to `JobTracker.onTransition`. */
  readonly onTransition = async ({ job, event }: Transition): Promise<void> => {
    if (event === 'moderated') await this.#tellOf(job, 'moderated');
  };

  /** Listens to `ActRunner`: a job that the answer calls moderated is told as such. */
  readonly onRefused = async ({ act, reason, job }: Refusal): Promise<void> => {
    if (job !== undefined && toJobEvent(job) === 'moderated') return;
    const ref = job?.ref ?? (act.work.kind === 'press' ? act.work.ref : undefined);
    const { prompt } = act.work;
    const about = { ...(prompt !== undefined && { prompt }), ...(ref !== undefined && { ref }) };
    await this.#options.alerts.tell(act.guildId, `refused:${act.id}`, {
      ...{ kind: 'refused', by: act.userId, reason },
      ...about,
    });
  };

  /** Listens to `JobWatcher`. */
  readonly onLostContact = (job: Job): Promise<void> => this.#tellOf(job, 'lost-contact');

  /** Told of each 596; an API channel is shared by all servers, and named once an hour. */
  readonly onBlocked = async (blocked: BlockedChannel): Promise<void> => {
    const { alerts, guildIds, clock } = this.#options;
    const hour = Math.floor(clock.now() / HOUR_MS);
    const key = `blocked:${blocked.version}:${blocked.apiChannel ?? ''}:${hour}`;
    for (const guildId of guildIds) await alerts.tell(guildId, key, { kind: 'blocked', ...blocked });
  };

  readonly onSuspended = async (rule: Rule, reason: string): Promise<void> => {
    const { guildId, number: ruleNumber, channelId } = rule;
    const key = `suspended:${ruleNumber}:${rule.suspended?.at ?? this.#options.clock.now()}`;
    await this.#options.alerts.tell(guildId, key, { kind: 'rule-suspended', ruleNumber, channelId, reason });
  };

  /** Starts posting what is queued. */
  start(): void {
    this.#options.alerts.start((task, signal) => this.#post(task, signal));
  }

  async #tellOf(job: Job, kind: 'moderated' | 'lost-contact'): Promise<void> {
    const { alerts, guildIds } = this.#options;
    for (const guildId of guildIds) {
      if (isVisibleTo(job, guildId)) await alerts.tell(guildId, `${kind}:${job.ref}`, { kind, ref: job.ref });
    }
  }

  /** The channel is asked for when it is posted: what waits goes to where alerts go by then. */
  async #post({ guildId, key, alert }: AlertTask, signal: AbortSignal): Promise<void> {
    const { settings, jobs, posts } = this.#options;
    const { alertsChannelId: channelId } = settings.get(guildId);
    if (channelId === undefined) return;
    const job = 'ref' in alert && alert.ref !== undefined ? await jobs.get(alert.ref) : undefined;
    const notice = { kind: 'alert', alert, ...(job !== undefined && { job }) } as const;
    await posts.post({ key, guildId, channelId, notice, signal });
  }
}
