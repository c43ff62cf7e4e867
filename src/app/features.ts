import { toCommands } from '../../commands/index.ts';
import type { Command, Control, Form, MessageCommand } from '../discord/core/handlers.ts';
import { type DoctorNeeds, doctorFeature } from '../discord/doctor/doctor-feature.ts';
import { type JobsNeeds, jobsFeature } from '../discord/jobs/jobs-feature.ts';
import { type ModerationNeeds, moderationFeature } from '../discord/moderation/moderation-feature.ts';
import { type NotifyNeeds, notifyFeature } from '../discord/notify/notify-feature.ts';
import { type SetupFeatureNeeds, setupFeature } from '../discord/setup/setup-feature.ts';
import { type SubmissionsNeeds, submissionsFeature } from '../discord/submissions/submissions-feature.ts';

export type FeatureNeeds = JobsNeeds &
  SubmissionsNeeds &
  NotifyNeeds &
  ModerationNeeds &
  SetupFeatureNeeds &
  DoctorNeeds;

/** All that people can use in Discord. */
export interface Handlers {
  readonly commands: readonly Command[];
  readonly messageCommands: readonly MessageCommand[];
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
}

/** Builds each feature from what it needs, and collects what they offer. */
export function buildHandlers(needs: FeatureNeeds): Handlers {
  const jobs = jobsFeature(needs);
  const submissions = submissionsFeature(needs);
  const notify = notifyFeature(needs);
  const moderation = moderationFeature(needs);
  const setup = setupFeature(needs);
  const doctor = doctorFeature(needs);
  return {
    commands: toCommands({ jobs, submissions, notify, moderation, setup, doctor }),
    messageCommands: [...jobs.messageCommands, ...notify.messageCommands],
    controls: [
      ...jobs.controls,
      ...submissions.controls,
      ...notify.controls,
      ...moderation.controls,
      ...setup.controls,
      ...doctor.controls,
    ],
    forms: [...submissions.forms, ...moderation.forms, ...setup.forms],
  };
}
