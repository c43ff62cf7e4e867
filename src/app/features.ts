import { toCommands } from '../../commands/index.ts';
import type { Command, Control, Form, MessageCommand } from '../discord/core/handlers.ts';
import { jobsFeature } from '../discord/jobs/jobs-feature.ts';
import { moderationFeature } from '../discord/moderation/moderation-feature.ts';
import { notifyFeature } from '../discord/notify/notify-feature.ts';
import type { BotServices } from '../discord/services.ts';
import { submissionsFeature } from '../discord/submissions/submissions-feature.ts';

/** All that people can use in Discord. */
export interface Handlers {
  readonly commands: readonly Command[];
  readonly messageCommands: readonly MessageCommand[];
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
}

/** Builds each feature from what it needs, and collects what they offer. */
export function buildHandlers(services: BotServices): Handlers {
  const jobs = jobsFeature(services);
  const submissions = submissionsFeature(services);
  const notify = buildNotify(services);
  const moderation = buildModeration(services);
  return {
    commands: toCommands({ jobs, submissions, notify, moderation }),
    messageCommands: [...jobs.messageCommands, ...notify.messageCommands],
    controls: [...jobs.controls, ...submissions.controls, ...notify.controls, ...moderation.controls],
    forms: [...submissions.forms, ...moderation.forms],
  };
}

function buildNotify(services: BotServices) {
  const { rules, samples, explainer, liveCards, actions, jobs, index, gate, permissions, directory, clock } = services;
  return notifyFeature({
    rules,
    samples,
    explainer,
    liveCards,
    actions,
    jobs,
    index,
    gate,
    permissions,
    directory,
    clock,
  });
}

function buildModeration(services: BotServices) {
  const { settings, reviews, reviewDesk, directory, log, actions, permissions, quotas, privacy, clock, jobAnswers } =
    services;
  return moderationFeature({
    settings,
    reviews,
    reviewDesk,
    directory,
    log,
    actions,
    permissions,
    quotas,
    privacy,
    clock,
    showJob: (ref, { caller, showProgress }) => jobAnswers.show(ref, { caller, showProgress }),
  });
}
