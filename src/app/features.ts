import { toCommands } from '../../commands/index.ts';
import { controls, forms } from '../discord/controls.ts';
import type { Command, Control, Form, MessageCommand } from '../discord/core/handlers.ts';
import { messageCommands } from '../discord/message-commands.ts';
import { moderationFeature } from '../discord/moderation/moderation-feature.ts';
import { notifyFeature } from '../discord/notify/notify-feature.ts';
import type { BotServices } from '../discord/services.ts';

/** All that people can use in Discord. */
export interface Handlers {
  readonly commands: readonly Command[];
  readonly messageCommands: readonly MessageCommand[];
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
}

/** Builds each feature from what it needs, and collects what they offer. */
export function buildHandlers(services: BotServices): Handlers {
  const notify = buildNotify(services);
  const moderation = buildModeration(services);
  return {
    commands: toCommands({ notify, moderation }),
    messageCommands: [...messageCommands, ...notify.messageCommands],
    controls: [...controls, ...notify.controls, ...moderation.controls],
    forms: [...forms, ...moderation.forms],
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
