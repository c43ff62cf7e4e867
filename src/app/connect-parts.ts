import { unqualify } from '../backends/accounts/job-ids.ts';
import { connectAlerts, connectLog, connectReviews } from '../discord/moderation/moderation-wiring.ts';
import { connectCards, connectSubmissions } from '../discord/submissions/submission-wiring.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Parts } from './build-parts.ts';
import { connectJobPipeline, createJobPipeline } from './job-pipeline.ts';

export interface ConnectOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Events travel upward by these calls alone. */
export function connectParts(parts: Parts, { clock, logger }: ConnectOptions): void {
  const { served, moderation, jobs, posts, notifications, discord } = parts;
  const { submissions, moderated } = jobs;
  const { gate, log, reviews, upkeep } = moderation;
  const { notifier, liveCards } = notifications;
  const { alertPosts, cardPlaces, channelPoster } = posts;
  const { reviewPosts, outcomes, channelCards, privateCards } = discord;
  connectJobPipeline(
    jobs,
    createJobPipeline({ reviewPosts, gate, notifier, moderated, alertPosts, submissions, liveCards, privateCards }),
  );
  jobs.hints?.callbacks.onCall((ref, body) => jobs.hints?.jobHints.note(ref, body));
  jobs.watcher.readLive((ref) => liveCards.hasLiveCard(ref));
  connectLog(submissions.runner, log);
  connectReviews(reviews, reviewPosts);
  connectAlerts(jobs.onBlocked, submissions.runner, alertPosts);
  connectCards(channelPoster, { jobs: jobs.jobStore, cardPlaces, channelCards, privateCards }, logger);
  connectSubmissions({ submissions, moderated }, outcomes);
  upkeep.onDue(() => reviewPosts.postAllMissing(served.ids()));
  upkeep.onDue(() => submissions.reportPending());
  moderation.privacy.include(parts.ownAccounts);
  parts.ownAccounts.onOpened((guildId) => parts.bot.refreshCommands(guildId));
  parts.ownAccounts.onDropped(async (guildId) => parts.bot.refreshCommands(guildId));
  parts.ownAccounts.onDropped((_, accountId) => jobs.drop((board) => unqualify(board).accountId === accountId));
  connectMemberships(parts, clock);
}

/** What ends when the bot leaves a server, and what of it is deleted later; each step is idempotent. */
function connectMemberships(
  { servers, moderation, ownAccounts, jobs, posts, notifications }: Parts,
  clock: Clock,
): void {
  const { memberships, upkeep } = moderation;
  upkeep.onDue(() => servers.retry());
  memberships.onLeft(async (guildId) => {
    await ownAccounts.leave(guildId);
    await notifications.rules.pauseAll(guildId, clock.now());
    await notifications.liveCards.endAllOf(guildId);
    await posts.liveBoards.endAllOf(guildId);
    await jobs.submissions.line.cancelAllOf(guildId);
  });
  // The settings, which moderation keeps, come last: they say for how long the rest is kept.
  memberships.onForgotten(async (guildId) => {
    await notifications.forget(guildId);
    await posts.greetings.forget(guildId);
    await ownAccounts.forget(guildId);
    await moderation.forget(guildId);
  });
}
