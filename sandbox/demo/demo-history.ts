import type { DiscordStandIn } from '../discord/discord-stand-in.ts';
import type { Person, SeenInteraction, TypedCommand } from '../discord/world/people.ts';
import { sandboxIds as ids } from '../discord/world/world-plan.ts';
import { isRunning } from '../midjourney/sandbox-job.ts';
import { LIGHTHOUSE } from '../useapi/seed-jobs.ts';
import type { UseapiWorld } from '../useapi/useapi-switches.ts';
import { POSTER } from './living-jobs.ts';

/** What the demo's reviewers are asked about: a listed word. */
const REVIEWED = 'skull';
const POSTED = `a ${POSTER} for a lantern parade, screen print --ar 2:3`;
const HELD = `a ${REVIEWED} made of wild flowers, botanical plate`;

export interface DemoParts {
  readonly discord: DiscordStandIn;
  readonly world: UseapiWorld;
  /** Lets the bot look at the API at once. */
  readonly look: () => Promise<void>;
  /** Whether there is no use in going on. */
  readonly isOver: () => boolean;
}

/**
 * Gives the channels what a server has after a first hour, made by the bot itself: the people ask for it, as on any
 * server. What was set by an earlier run is left as it is.
 */
export async function makeHistory(parts: DemoParts): Promise<void> {
  const steps = [setUp, showCard, endJobs, findPrepared];
  for (const step of steps) {
    if (parts.isOver()) return;
    await step(parts);
  }
}

/** Follows a job in #general with a live card. */
export async function followJob({ discord }: DemoParts, jobid: string): Promise<void> {
  const moderator = discord.people(ids.moderator);
  await send(moderator, ids.general, { path: 'watch add', options: { job: jobid } });
}

/**
 * A rule for #showcase and a word whose results are reviewed in #moderation, where the bot starts for the first time.
 */
async function setUp(parts: DemoParts): Promise<void> {
  const asked = { path: 'job show', options: { job: LIGHTHOUSE } };
  const known = await parts.discord.people(ids.owner).autocomplete(ids.moderation, asked, 'job');
  if (known.length > 0) return;
  await ask(parts, { path: 'notify add', options: { channel: ids.showcase, prompt: POSTER } });
  await ask(parts, { path: 'mod review', options: { mode: 'off', channel: ids.moderation } });
  // biome-ignore lint/suspicious/noThenProperty: an option of the command; never awaited.
  await ask(parts, { path: 'mod words add', options: { word: REVIEWED, then: 'review' } });
}

async function showCard({ discord, world }: DemoParts): Promise<void> {
  const grid = world.list().find(({ prompt, button }) => prompt === LIGHTHOUSE && button === undefined);
  if (grid === undefined) return;
  const options = { job: grid.jobid, public: true };
  await send(discord.people(ids.moderator), ids.general, { path: 'job show', options });
}

/** Two jobs that the bot sees running and then completed: one is posted, one waits for its review. */
async function endJobs({ world, look }: DemoParts): Promise<void> {
  const jobids = [POSTED, HELD].map((prompt) => world.startJob({ prompt, isStill: true }));
  await look();
  for (const jobid of jobids) world.advance(jobid, { to: 'completed' });
  await look();
}

/** The bot suggests only jobs that it has met: somebody asks for each of those that had ended before it started. */
async function findPrepared(parts: DemoParts): Promise<void> {
  for (const { jobid } of parts.world.list().filter((job) => !isRunning(job))) {
    if (parts.isOver()) return;
    await ask(parts, { path: 'watch add', options: { job: jobid } });
  }
}

/** A command of the owner's, whose private answer is cleared away. */
async function ask({ discord }: DemoParts, command: TypedCommand): Promise<void> {
  const owner = discord.people(ids.owner);
  const { message } = await send(owner, ids.moderation, command);
  if (message !== undefined) owner.dismiss(message.id);
}

/** @throws Error where the bot gives no answer: it is gone, and asking for more would only take time. */
async function send(person: Person, channelId: string, command: TypedCommand): Promise<SeenInteraction> {
  const seen = await person.command(channelId, command);
  if (seen.failure !== undefined) throw new Error(seen.failure);
  return seen;
}
