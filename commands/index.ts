import type { Command } from '../src/discord/core/handlers.ts';
import { toMeantJob } from '../src/discord/jobs/meant-job.ts';
import { suggestApiChannels, suggestJobs } from '../src/discord/jobs/suggestions.ts';
import type { ModerationFeature } from '../src/discord/moderation/moderation-feature.ts';
import type { NotifyFeature } from '../src/discord/notify/notify-feature.ts';
import { imagine } from './imagine.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { modCommand } from './mod.ts';
import { notifyCommand } from './notify.ts';
import { watchCommand } from './watch.ts';

export interface Features {
  readonly notify: NotifyFeature;
  readonly moderation: ModerationFeature;
}

/** All slash commands. */
export function toCommands({ notify, moderation }: Features): readonly Command[] {
  return [
    jobs,
    job,
    imagine,
    watchCommand({ notify, suggestJobs, toMeantJob }),
    notifyCommand({ notify, suggestJobs, suggestApiChannels, toMeantJob }),
    modCommand(moderation, suggestJobs),
  ];
}
