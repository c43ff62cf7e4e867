import type { StartJob } from '../midjourney/new-job.ts';
import type { SandboxJob } from '../midjourney/sandbox-job.ts';
import { EXAMPLE_V2, EXAMPLES_V3, toExampleRecordV2 } from './seed-records.ts';
import type { UseapiWorld } from './useapi-switches.ts';

/** The channel of the vendor's example of a v3 list. */
export const EXAMPLE_CHANNEL = '1234567890123456789';

/** The prompt of the family that a demo shows first. */
export const LIGHTHOUSE = 'a lighthouse in a storm, oil on canvas';

/** How long before the start the first of the ended jobs was made. */
const FIRST_MADE_MS = 64 * 60_000;

/** The published example records, verbatim but for addresses; they stay as they are unless changed. */
function addPublished(world: UseapiWorld, origin: string): void {
  world.startJob({
    version: 'v2',
    prompt: EXAMPLE_V2.prompt,
    jobType: 'video',
    isStill: true,
    createdAt: Date.parse('2025-08-22T14:38:12.123Z'),
    overrides: {
      jobid: EXAMPLE_V2.jobid,
      guid: EXAMPLE_V2.guid,
      messageId: EXAMPLE_V2.messageId,
      status: 'completed',
      verbatim: toExampleRecordV2(origin, world.startedAt),
    },
  });
  for (const example of EXAMPLES_V3) {
    world.startJob({
      apiChannel: EXAMPLE_CHANNEL,
      prompt: example.prompt,
      isStill: true,
      createdAt: Date.parse(example.created),
      overrides: { jobid: example.jobid, status: 'progress', progressPercent: 31, verbatimElapsed: example.elapsed },
    });
  }
}

/** A job that was made `minutes` after the first one; `overrides` names its end. */
function addEnded(world: UseapiWorld, minutes: number, wanted: StartJob, overrides: Partial<SandboxJob> = {}): string {
  const createdAt = world.startedAt - FIRST_MADE_MS + minutes * 60_000;
  const ended = { status: 'completed' as const, updatedAt: createdAt + 31_000, ...overrides };
  return world.startJob({ ...wanted, createdAt, isStill: true, overrides: ended });
}

function addFamily(world: UseapiWorld, version: 'v2' | 'v3', minutes: number, prompt: string): void {
  const parentJobid = addEnded(world, minutes, { version, prompt });
  const child = { version, prompt, parentJobid };
  const upscale = addEnded(world, minutes + 2, { ...child, button: 'U2', kind: 'upscale' });
  addEnded(world, minutes + 4, { ...child, button: 'V1' });
  addEnded(world, minutes + 6, {
    ...child,
    parentJobid: upscale,
    button: 'Upscale (Subtle)',
    kind: 'large-upscale',
  });
}

function addBadEnds(world: UseapiWorld): void {
  const moderated = {
    status: 'moderated' as const,
    error: 'Invalid request',
    errorDetails: 'Sorry! Our AI moderator thinks this prompt is probably against our community standards.',
  };
  const failed = { status: 'failed' as const, error: 'Job failed', errorDetails: 'Midjourney did not answer in time' };
  addEnded(world, 26, { prompt: 'a battlefield full of gore' }, moderated);
  addEnded(world, 28, { version: 'v2', prompt: 'a battlefield full of gore' }, moderated);
  addEnded(world, 30, { prompt: 'a clock without hands --video' }, failed);
  addEnded(world, 32, { version: 'v2', prompt: 'a clock without hands' }, failed);
  addEnded(world, 34, { version: 'v2', prompt: 'a bridge of glass, never finished' }, { status: 'cancelled' });
  const cancelled = { status: 'failed' as const, error: 'Job cancelled by user' };
  addEnded(world, 36, { prompt: 'a bridge of glass, never finished' }, cancelled);
  addEnded(world, 38, { prompt: 'a postcard nobody kept' }, { expired: true });
  addEnded(world, 40, { version: 'v2', prompt: 'a postcard nobody kept' }, { expired: true });
}

const DESCRIPTION = [
  '1️⃣ a red fox asleep on a windowsill, morning haze --ar 1:1',
  '2️⃣ small fox curled up beside a fern, soft watercolour --ar 1:1',
  '3️⃣ sleeping animal in warm light, paper texture --ar 1:1',
  '4️⃣ storybook fox, gentle colours, visible brush strokes --ar 1:1',
].join('\n\n');

const ACCOUNT = '**Subscription**: Standard (Active monthly)\n**Fast Time Remaining**: 12.3/15.0 hours (82%)';

function addOtherVerbs(world: UseapiWorld): void {
  for (const version of ['v2', 'v3'] as const) {
    const describeUrl = 'https://example.com/fox.webp';
    const describe = { version, verb: 'describe', kind: 'describe' as const };
    addEnded(world, 0, describe, { text: DESCRIPTION, describeUrl });
    addEnded(world, 2, { version, verb: 'info', kind: 'text', jobType: undefined }, { text: ACCOUNT });
    const seed = { version, verb: 'seed', kind: 'seed' as const, jobType: undefined, prompt: 'a quiet harbour' };
    addEnded(world, 4, seed, { seedValue: 1_234_567_890 });
    const blend = { blendUrls: ['https://example.com/fox.webp', 'https://example.com/fern.webp'] };
    addEnded(world, 8, { version, verb: 'blend' }, { ...blend, blendDimensions: 'Square' });
    addEnded(world, 10, { ...seed, verb: 'seed_async' }, { seedValue: 987_654_321 });
    for (const [at, verb] of ['relax', 'fast', 'turbo', 'variability', 'remix'].entries())
      addEnded(world, 12 + at, { version, verb, kind: 'text', jobType: undefined }, { text: `Done: ${verb}` });
    const old = { version, prompt: 'a pocket watch, woodcut --v 4' };
    addEnded(world, 20, { ...old, kind: 'old-upscale' });
    addEnded(world, 22, { ...old, kind: 'old-large-upscale' });
    addEnded(world, 6, { version, prompt: 'a kite over dunes --ar 3:2 --video' });
  }
}

/** Running jobs: some move by themselves, one is stuck. */
function addRunning(world: UseapiWorld): void {
  const secondsAgo = (seconds: number) => ({ createdAt: world.startedAt - seconds * 1000 });
  world.startJob({ prompt: 'a tram climbing through fog', ...secondsAgo(1) });
  const moving = world.startJob({ prompt: 'paper boats on a green canal --video', ...secondsAgo(9) });
  world.advance(moving, { to: 'progress', percent: 31 });
  world.startJob({ version: 'v2', prompt: 'an orchard seen from a balloon', ...secondsAgo(2) });
  const other = world.startJob({ version: 'v2', prompt: 'two chairs and a lamp, charcoal', ...secondsAgo(14) });
  world.advance(other, { to: 'progress', percent: 46 });
  const stuck = world.startJob({
    prompt: 'a door that will not open',
    apiChannel: EXAMPLE_CHANNEL,
    ...secondsAgo(12 * 60),
  });
  world.advance(stuck, { to: 'stuck' });
}

/** What a world is filled with at its start. */
export interface SeedOptions {
  /** Whether the records that the vendor published are among the jobs, with the dates that they have there. */
  readonly hasPublished: boolean;
}

/** Fills a world with a few jobs in every state that began within the last hour, the most pleasing ones last. */
export function addSeedJobs(world: UseapiWorld, origin: string, { hasPublished }: SeedOptions): void {
  if (hasPublished) addPublished(world, origin);
  addOtherVerbs(world);
  addBadEnds(world);
  addFamily(world, 'v2', 44, 'a market at dawn, long shadows --ar 16:9');
  addFamily(world, 'v3', 54, LIGHTHOUSE);
  addRunning(world);
}
