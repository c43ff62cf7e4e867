import { checkChannels, type UsedChannel } from '../../doctor/discord-checks.ts';
import { type ChannelUse, type Finding, warning } from '../../doctor/finding.ts';
import type { ServerSetup } from '../../doctor/server-checks.ts';
import { discordWords } from '../../doctor/words.ts';
import type { Settings } from '../../moderation/settings.ts';
import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import type { DoctorOptions } from './doctor-options.ts';

type ServerOptions = Pick<DoctorOptions, 'moderation' | 'notifications' | 'posts' | 'jobs'>;

/** What a server has decided. Rejects with a `StoreError`. */
export async function readSetup(options: ServerOptions, guildId: string): Promise<ServerSetup> {
  const { moderation, notifications, posts, jobs } = options;
  const rules = await notifications.rules.list(guildId);
  const settings = moderation.settings.get(guildId);
  const { channelId } = settings.review;
  const isOpen = channelId !== undefined && posts.directory.channel(guildId, channelId)?.isOpenToAll === true;
  return {
    ruleCount: rules.length,
    pausedCount: rules.filter(({ paused }) => paused !== undefined).length,
    suspended: rules.filter(({ suspended }) => suspended !== undefined).map(({ number }) => number),
    review: toReviewState(settings),
    newJobs: toNewJobs(jobs.accounts, guildId),
    ...compact({ openReviewChannelId: isOpen ? channelId : undefined }),
  };
}

function isReviewing({ review, words }: Settings): boolean {
  return review.mode === 'on' || words.some(({ then }) => then === 'review');
}

function toReviewState(settings: Settings): ServerSetup['review'] {
  if (!isReviewing(settings)) return 'off';
  if (settings.review.channelId === undefined) return 'without-channel';
  return settings.review.mode === 'on' ? 'on' : 'for-words';
}

function toNewJobs(accounts: DoctorOptions['jobs']['accounts'], guildId: string): ServerSetup['newJobs'] {
  try {
    return accounts.submitBoardOf(guildId) === undefined ? 'not-taken' : 'taken';
  } catch (thrown) {
    if (thrown instanceof UserError) return 'closed';
    throw thrown;
  }
}

/** What the bot may do where the server wants posts. Rejects with a `StoreError`. */
export async function examineChannels(options: ServerOptions, guildId: string): Promise<readonly Finding[]> {
  const { directory } = options.posts;
  if (!directory.isAvailable(guildId)) return [warning(discordWords.outage, discordWords.outageTodo)];
  const channels = await listUses(options, guildId);
  return checkChannels(
    [...channels].map(([channelId, uses]): UsedChannel => {
      const missing = directory.channel(guildId, channelId)?.missing ?? 'unseen';
      return { channelId, uses: [...uses], missing };
    }),
  );
}

/** By channel. A rule that is paused posts nothing. */
async function listUses(
  { moderation, notifications, posts }: ServerOptions,
  guildId: string,
): Promise<ReadonlyMap<string, ReadonlySet<ChannelUse>>> {
  const uses = new Map<string, Set<ChannelUse>>();
  const note = (channelId: string | undefined, use: ChannelUse) => {
    if (channelId !== undefined) uses.set(channelId, (uses.get(channelId) ?? new Set()).add(use));
  };
  for (const { channelId, paused } of await notifications.rules.list(guildId))
    if (paused === undefined) note(channelId, 'results');
  const settings = moderation.settings.get(guildId);
  if (isReviewing(settings)) note(settings.review.channelId, 'reviews');
  note(settings.alertsChannelId, 'alerts');
  for (const channelId of await posts.liveBoards.listChannelIds(guildId)) note(channelId, 'board');
  return uses;
}
