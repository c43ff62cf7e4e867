import type { Command } from '../src/discord/core/handlers.ts';
import { suggestJobs } from '../src/discord/jobs/suggestions.ts';
import type { ModerationFeature } from '../src/discord/moderation/moderation-feature.ts';
import { imagine } from './imagine.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { modCommand } from './mod.ts';
import { notify } from './notify.ts';
import { watch } from './watch.ts';

export interface Features {
  readonly moderation: ModerationFeature;
}

/** All slash commands. */
export function toCommands({ moderation }: Features): readonly Command[] {
  return [jobs, job, imagine, watch, notify, modCommand(moderation, suggestJobs)];
}
