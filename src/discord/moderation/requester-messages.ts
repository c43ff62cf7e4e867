import type { AccountNames } from '../../jobs/account-names.ts';
import type { Job } from '../../jobs/job.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Submission } from '../../jobs/submissions/submission.ts';
import type { DirectTask } from '../../notifications/delivery/direct-notices.ts';
import { compact } from '../../shared/compact.ts';
import type { DirectMessages } from '../core/direct-messages.ts';
import { toPostError } from '../core/discord-errors.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import type { KnownOutcome } from '../ui/outcome-messages.ts';
import { uiWords } from '../ui/words.ts';
import type { ModeratorNotice } from './moderator-messages.ts';
import { isRefused, type ModeratorPosts } from './moderator-posts.ts';

/** Discord has just named the channel: that it is unknown passes. */
const UNKNOWN_CHANNEL = 10003;

export interface RequesterMessagesOptions {
  readonly posts: ModeratorPosts;
  readonly direct: Pick<DirectMessages, 'openChannel'>;
  readonly directory: Pick<GuildDirectory, 'guildName'>;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly accounts: Pick<AccountNames, 'nameIn'>;
}

export interface RequesterMessage {
  readonly userId: string;
  readonly guildId: string;
  /** Names the message for ever: at most one carries it. */
  readonly key: string;
  /** Makes the notice, given the server's name. */
  readonly toNotice: (serverName: string) => ModeratorNotice;
}

/**
 * What those who asked for a job are sent directly: once each, however often it is reported, and found again after a
 * doubt.
 */
export class RequesterMessages {
  readonly #options: RequesterMessagesOptions;

  constructor(options: RequesterMessagesOptions) {
    this.#options = options;
  }

  /** Why a job that had been taken was moderated. Rejects where that is worth another try. */
  notifyOfModeration({ id, guildId, userId }: Submission, job: Job): Promise<void> {
    const key = `moderated:${guildId}:${id}`;
    return this.notify({ userId, guildId, key, toNotice: (serverName) => ({ kind: 'moderated', job, serverName }) });
  }

  /** What was queued for one person. Rejects where that is worth another try. */
  async notifyOf({ notice, ...whom }: DirectTask): Promise<void> {
    const job = notice.kind === 'missed-mention' ? await this.#options.jobs.get(notice.ref) : undefined;
    const name = compact({ accountName: job && this.#options.accounts.nameIn(whom.guildId, job.board) });
    const toNotice = (serverName: string) =>
      notice.kind === 'missed-mention' ? { ...notice, ...name, serverName } : notice;
    return this.notify({ ...whom, toNotice });
  }

  /** What came of a submission for which no interaction waits any more. Rejects where that is worth another try. */
  notifyOfOutcome({ submission, ...known }: KnownOutcome): Promise<void> {
    const { id, guildId, userId } = submission;
    const key = `act:${guildId}:${id}:${known.result.outcome === 'may-be-running' ? 'doubt' : 'end'}`;
    const toNotice = (serverName: string) => ({ kind: 'outcome', submission, ...known, serverName }) as const;
    return this.notify({ userId, guildId, key, toNotice });
  }

  /** Ends where the person takes no direct messages; rejects where another try is worth it. */
  async notify({ userId, guildId, key, toNotice }: RequesterMessage): Promise<void> {
    const { posts, direct, directory } = this.#options;
    try {
      const channelId = await direct.openChannel(userId);
      const notice = toNotice(directory.guildName(guildId) ?? uiWords.someServer);
      await posts.post({ key, guildId, channelId, notice });
    } catch (thrown) {
      const error = thrown instanceof Error && thrown.name === 'RetryLater' ? thrown : toPostError(thrown);
      if (!isRefused(error) || error.answerCode === UNKNOWN_CHANNEL) throw error;
      await posts.giveUp(key, error.message);
    }
  }
}
