import type { Command } from '../src/discord/handlers.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';

/** All slash commands. */
export const commands: readonly Command[] = [jobs, job];
