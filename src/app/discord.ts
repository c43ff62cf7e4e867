import { Events } from 'discord.js';
import { ChannelCards } from '../discord/cards/channel-cards.ts';
import { JobAnswers } from '../discord/cards/job-answers.ts';
import { JobCards } from '../discord/cards/job-cards.ts';
import { PrivateCards } from '../discord/cards/private-cards.ts';
import type { Bot } from '../discord/core/bot.ts';
import { ActReplies } from '../discord/core/kept-replies.ts';
import { ReviewAnswers } from '../discord/moderation/review-answers.ts';
import { ReviewDesk } from '../discord/moderation/review-posts.ts';
import { RuleSamples } from '../discord/notify/rule-samples.ts';
import { Router } from '../discord/router.ts';
import { ActNews } from '../discord/submissions/submission-outcomes.ts';
import type { Moderation } from '../moderation/moderation.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { DiscordPosts } from './discord-posts.ts';
import { buildHandlers, type FeatureNeeds, type Handlers } from './features.ts';
import type { Jobs } from './jobs.ts';
import type { Notifications } from './notifications.ts';
import type { Outside } from './outside.ts';

export interface DiscordOptions {
  readonly bot: Bot;
  readonly outside: Pick<Outside, 'media'>;
  readonly jobs: Jobs;
  readonly moderation: Moderation;
  readonly notifications: Notifications;
  readonly posts: DiscordPosts;
  readonly guildIds: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What people use in Discord. */
export interface Discord {
  readonly handlers: Handlers;
  readonly router: Router;
  readonly reviewDesk: ReviewDesk;
  readonly actNews: ActNews;
  readonly channelCards: ChannelCards;
  readonly privateCards: PrivateCards;
}

/** Builds the features of Discord and the router that takes every interaction to them. */
export function buildDiscord(options: DiscordOptions): Discord {
  const { bot, jobs, moderation, notifications, posts, guildIds, clock, logger } = options;
  const { directory, alerts, requesters, moderatorPosts } = posts;
  const { jobStore, acting, drafts } = jobs;
  const { reviews, settings, quotas } = moderation;
  const reviewDesk = new ReviewDesk({
    reviews,
    settings,
    jobs: jobStore,
    posts: moderatorPosts,
    requesters,
    directory,
    notifier: notifications.notifier,
    alerts,
    logger,
  });
  const needs = buildNeeds(options, reviewDesk);
  const { replies, channelCards, privateCards } = needs;
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
    guildIds,
    rest: bot.interactionRest,
    logger,
  });
  bot.client.on(Events.InteractionCreate, (interaction) => router.take(interaction));
  const actNews = new ActNews({
    acting,
    replies,
    channelCards,
    privateCards,
    requesters,
    drafts,
    quotas,
    logger,
  });
  return { handlers, router, reviewDesk, actNews, channelCards, privateCards };
}

/** What the features share, built once. */
function buildNeeds(options: DiscordOptions, reviewDesk: ReviewDesk) {
  const { bot, outside, jobs, moderation, notifications, posts, clock, logger } = options;
  const { jobStore, index, acting } = jobs;
  const { gate, reviews, settings } = moderation;
  const { liveCards } = notifications;
  const { directory, reviewGate, moderatorMessages } = posts;
  const cards = new JobCards(outside.media, posts.marks, clock, reviewGate);
  const reviewAnswers = new ReviewAnswers({ reviews, settings, messages: moderatorMessages });
  return {
    clock,
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
    reviewDesk,
    jobAnswers: new JobAnswers({ actions: jobs.actions, cards, gate: reviewGate, reviewAnswers }),
    acting,
    presses: acting.presses,
    submissions: acting.submissions,
    family: jobs.family,
    drafts: jobs.drafts,
    replies: new ActReplies(clock),
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
    rules: notifications.rules,
    explainer: notifications.explainer,
    liveCards,
    samples: new RuleSamples({ samples: notifications.samplePosts, index, jobs: jobStore, gate: reviewGate }),
  } satisfies FeatureNeeds;
}
