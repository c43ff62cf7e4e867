import type { Bot } from '../../discord/core/bot.ts';
import type { Section } from '../../doctor/finding.ts';
import type { ObservedQueue } from '../../queue/observed-queue.ts';
import type { Clock } from '../../shared/clock.ts';
import type { DiscordPosts } from '../build-discord-posts.ts';
import type { Jobs } from '../build-jobs.ts';
import type { Moderation } from '../build-moderation.ts';
import type { Notifications } from '../build-notifications.ts';
import type { Outside } from '../outside.ts';

/** Looks at all that concerns a server. */
export type ExamineServer = (guildId: string) => Promise<readonly Section[]>;

/** What `/doctor` looks at. */
export interface DoctorOptions {
  readonly bot: Bot;
  readonly outside: Outside;
  readonly queue: Pick<ObservedQueue, 'stats'>;
  readonly jobs: Jobs;
  readonly moderation: Pick<Moderation, 'settings'>;
  readonly notifications: Pick<Notifications, 'rules'>;
  readonly posts: Pick<DiscordPosts, 'directory' | 'liveBoards'>;
  /** Writes something into the store. */
  readonly writeStore: () => Promise<void>;
  readonly clock: Clock;
}
