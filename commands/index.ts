import type { Command } from '../src/discord/core/handlers.ts';
import { imagine } from './imagine.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { mod } from './mod.ts';
import { notify } from './notify.ts';
import { watch } from './watch.ts';

/** All slash commands. */
export const commands: readonly Command[] = [jobs, job, imagine, watch, notify, mod];
