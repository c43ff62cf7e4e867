import type { Command } from '../src/discord/core/handlers.ts';
import type { DoctorFeature } from '../src/discord/doctor/doctor-feature.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import type { ModerationFeature } from '../src/discord/moderation/moderation-feature.ts';
import type { NotifyFeature } from '../src/discord/notify/notify-feature.ts';
import type { SetupFeature } from '../src/discord/setup/setup-feature.ts';
import type { SubmissionsFeature } from '../src/discord/submissions/submissions-feature.ts';
import { blendCommand } from './blend.ts';
import { describeCommand } from './describe.ts';
import { doctorCommand } from './doctor.ts';
import { helpCommand } from './help.ts';
import { imagineCommand } from './imagine.ts';
import { jobCommand } from './job.ts';
import { jobsCommand } from './jobs.ts';
import { modCommand } from './mod.ts';
import { notifyCommand } from './notify.ts';
import { setupCommand } from './setup.ts';
import { watchCommand } from './watch.ts';

export interface Features {
  readonly notify: NotifyFeature;
  readonly jobs: JobsFeature;
  readonly submissions: SubmissionsFeature;
  readonly moderation: ModerationFeature;
  readonly setup: SetupFeature;
  readonly doctor: DoctorFeature;
}

/** All slash commands. */
export function toCommands({ jobs, submissions, notify, moderation, setup, doctor }: Features): readonly Command[] {
  const { suggestApiChannels, suggestAccounts, suggestJobs } = jobs;
  return [
    jobsCommand(jobs),
    jobCommand(jobs),
    imagineCommand({ submit: submissions.submit, suggestApiChannels, suggestAccounts }),
    describeCommand({ submitPictures: submissions.submitPictures, suggestApiChannels, suggestAccounts }),
    blendCommand({ submitPictures: submissions.submitPictures, suggestApiChannels, suggestAccounts }),
    watchCommand({ notify, jobs }),
    notifyCommand({ notify, jobs }),
    modCommand(moderation, suggestJobs),
    setupCommand(setup),
    doctorCommand(doctor),
    helpCommand(setup),
  ];
}
