import { Events } from 'discord.js';
import { mayShareServer } from '../backends/accounts/shared-servers.ts';
import { ChannelCards } from '../discord/cards/channel-cards.ts';
import { JobAnswers } from '../discord/cards/job-answers.ts';
import { JobCards } from '../discord/cards/job-cards.ts';
import { PrivateCards } from '../discord/cards/private-cards.ts';
import { RequesterNotes } from '../discord/cards/requester-notes.ts';
import type { Bot } from '../discord/core/bot.ts';
import type { CommandsOf } from '../discord/core/command-registration.ts';
import { KeptReplies } from '../discord/core/kept-replies.ts';
import { messagePinner } from '../discord/jobs/live-board.ts';
import { ReviewAnswers } from '../discord/moderation/review-answers.ts';
import { ReviewPosts } from '../discord/moderation/review-posts.ts';
import { RuleSamples } from '../discord/notify/rule-samples.ts';
import { Router } from '../discord/router.ts';
import { SubmissionOutcomes } from '../discord/submissions/submission-outcomes.ts';
import type { OwnAccounts } from '../jobs/own-accounts/own-accounts.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import type { DiscordPosts } from './build-discord-posts.ts';
import type { Jobs } from './build-jobs.ts';
import type { Moderation } from './build-moderation.ts';
import type { Notifications } from './build-notifications.ts';
import type { ExamineServer } from './doctor/doctor-options.ts';
import { buildHandlers, type FeatureNeeds } from './features.ts';
import { toCommandsFor } from './offered-commands.ts';
import type { Outside } from './outside.ts';

export interface DiscordOptions {
  readonly examineServer: ExamineServer;
  readonly bot: Bot;
  readonly outside: Pick<Outside, 'media' | 'backend'>;
  readonly ownAccounts: OwnAccounts;
  readonly jobs: Jobs;
  readonly moderation: Moderation;
  readonly notifications: Notifications;
  readonly posts: DiscordPosts;
  readonly served: ServedGuilds;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What people use in Discord. */
export interface Discord {
  /** What a server is offered, as far as it means something there. */
  readonly commandsFor: CommandsOf;
  readonly router: Router;
  readonly reviewPosts: ReviewPosts;
  readonly outcomes: SubmissionOutcomes;
  readonly channelCards: ChannelCards;
  readonly privateCards: PrivateCards;
}

/** Builds the features of Discord and the router that takes every interaction to them. */
export function buildDiscord(options: DiscordOptions): Discord {
  const { bot, outside, ownAccounts, jobs, moderation, notifications, posts, served, clock, logger } = options;
  const { directory, alerts, requesters, moderatorPosts } = posts;
  const { jobStore, submissions, submissionStore, drafts } = jobs;
  const { reviews, settings, quotas } = moderation;
  const { liveCards } = notifications;
  const replies = new KeptReplies(clock);
  const notes = new RequesterNotes({ submissions: submissionStore, replies, liveCards, cardPlaces: posts.cardPlaces });
  const reviewPosts = new ReviewPosts({
    reviews,
    settings,
    jobs: jobStore,
    accounts: jobs.accounts,
    posts: moderatorPosts,
    requesters,
    notes,
    directory,
    notifier: notifications.notifier,
    alerts,
    logger,
  });
  const needs = buildNeeds(options, { reviewPosts, replies });
  const { channelCards, privateCards } = needs;
  const handlers = buildHandlers(needs);
  const { commands, controls, forms, messageCommands } = handlers;
  const router = new Router({
    commands,
    controls,
    forms,
    messageCommands,
    permissions: moderation.permissions,
    log: moderation.log,
    clock,
    served,
    rest: bot.interactionRest,
    logger,
  });
  bot.client.on(Events.InteractionCreate, (interaction) => router.take(interaction));
  const outcomes = new SubmissionOutcomes({
    submissions,
    replies,
    channelCards,
    privateCards,
    requesters,
    notes,
    accounts: jobs.accounts,
    drafts,
    quotas,
    logger,
  });
  const commandsFor = toCommandsFor(handlers, (guildId) =>
    guildId === undefined
      ? mayShareServer(outside.backend.configured, ownAccounts.isOffered)
      : jobs.accounts.listOf(guildId).length > 1,
  );
  return { commandsFor, router, reviewPosts, outcomes, channelCards, privateCards };
}

/** What the features share, built once. */
function buildNeeds(options: DiscordOptions, shared: Pick<FeatureNeeds, 'reviewPosts' | 'replies'>) {
  const { examineServer, bot, outside, ownAccounts, jobs, moderation, notifications, posts, clock, logger } = options;
  const { jobStore, index, submissions } = jobs;
  const { gate, reviews, settings } = moderation;
  const { liveCards } = notifications;
  const { directory, reviewGate, moderatorMessages } = posts;
  const cards = new JobCards(outside.media, posts.marks, clock, reviewGate);
  const reviewAnswers = new ReviewAnswers({ reviews, settings, messages: moderatorMessages });
  return {
    clock,
    examineServer,
    commandId: (guildId: string, name: string) => bot.commandId(guildId, name),
    accounts: jobs.accounts,
    ownAccounts,
    actions: jobs.actions,
    boards: jobs.boards,
    index,
    jobs: jobStore,
    directory,
    permissions: moderation.permissions,
    settings,
    quotas: moderation.quotas,
    words: moderation.words,
    log: moderation.log,
    gate: reviewGate,
    reviews,
    media: outside.media,
    privacy: moderation.privacy,
    ...shared,
    jobAnswers: new JobAnswers({
      actions: jobs.actions,
      cards,
      gate: reviewGate,
      permissions: moderation.permissions,
      liveCards,
      reviewAnswers,
    }),
    submissions,
    presses: submissions.presses,
    prompts: submissions.prompts,
    family: jobs.family,
    drafts: jobs.drafts,
    privateCards: new PrivateCards({ clock, logger }),
    cardPlaces: posts.cardPlaces,
    channelCards: new ChannelCards({
      rest: bot.client.rest,
      cards,
      jobs: jobStore,
      liveCards,
      directory,
      isHeld: (guildId, ref) => gate.isHeldFor(guildId, ref, false),
      logger,
    }),
    liveBoards: posts.liveBoards,
    pinMessage: messagePinner(bot.client.rest),
    rules: notifications.rules,
    explainer: notifications.explainer,
    liveCards,
    samples: new RuleSamples({ samples: notifications.samplePosts, index, jobs: jobStore, gate: reviewGate }),
  } satisfies FeatureNeeds;
}
