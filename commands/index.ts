import type { Command } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import type { ModerationFeature } from '../src/discord/moderation/moderation-feature.ts';
import type { NotifyFeature } from '../src/discord/notify/notify-feature.ts';
import type { SubmissionsFeature } from '../src/discord/submissions/submissions-feature.ts';
import { imagineCommand } from './imagine.ts';
import { jobCommand } from './job.ts';
import { jobsCommand } from './jobs.ts';
import { modCommand } from './mod.ts';
import { notifyCommand } from './notify.ts';
import { watchCommand } from './watch.ts';

export interface Features {
  readonly notify: NotifyFeature;
  readonly jobs: JobsFeature;
  readonly submissions: SubmissionsFeature;
  readonly moderation: ModerationFeature;
}

/** All slash commands. */
export function toCommands({ jobs, submissions, notify, moderation }: Features): readonly Command[] {
  const { suggestApiChannels, suggestJobs, toMeantJob } = jobs;
  return [
    jobsCommand(jobs),
    jobCommand(jobs),
    imagineCommand({ submit: submissions.submit, suggestApiChannels }),
    watchCommand({ notify, suggestJobs, toMeantJob }),
    notifyCommand({ notify, suggestJobs, suggestApiChannels, toMeantJob }),
    modCommand(moderation, suggestJobs),
  ];
}
