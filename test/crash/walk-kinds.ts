import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { controlOf, textOf } from '../e2e/start-world.ts';
import { byRef, type LifeWorld } from './life-world.ts';

/** One kind of message, and how it comes about. A subject is a job by its id, or a prompt that makes one. */
export interface Kind {
  readonly name: string;
  /** Once, by a bot that lives. */
  readonly prepare: (world: LifeWorld) => Promise<unknown>;
  /** By a bot that lives: the subjects of the deaths that follow. */
  readonly begin: (world: LifeWorld) => Promise<readonly string[]>;
  /** Brings about what there is to report, in the life that ends first. */
  readonly trigger: (world: LifeWorld, subject: string) => void;
  /** What people do meanwhile, where there is something to do; asked again and again. */
  readonly nudge?: (world: LifeWorld, subject: string) => Promise<unknown> | undefined;
  /** How often it was notified so far; once is right. */
  readonly count: (world: LifeWorld, subject: string) => number;
  /** Whether nothing has begun that would have to be notified. */
  readonly isForgotten?: (world: LifeWorld, subject: string) => boolean;
  /** Milliseconds to pass where it is not posted soon; default: what a lost answer takes. */
  readonly laterMs?: number;
}

const MINUTE_MS = 60_000;
/** Posted, but not as it has to be. */
const WRONG = 99;
const SUBMIT = { method: 'POST', path: '/v3/midjourney/jobs/imagine' };

const complete = (world: LifeWorld, jobid: string) => void world.useapi.world.advance(jobid, { to: 'completed' });
const moderate = (world: LifeWorld, jobid: string) => void world.useapi.world.advance(jobid, { to: 'moderated' });
const addRule = (world: LifeWorld, channel: string, more = {}) =>
  world.owner('notify add', { channel, media: 'none', events: 'completed', ...more });
const allowMember = (world: LifeWorld) => world.owner('mod allow', { action: 'submit', role: ids.artistRole });
const countIn = (channelId: string) => (world: LifeWorld, jobid: string) => world.postsOf(channelId, jobid).length;
const imagine = (world: LifeWorld, prompt: string) =>
  world.discord.people(ids.member).command(ids.general, { path: 'imagine', options: { prompt } });

/** Jobs that the bot has seen running. */
async function startJobs(world: LifeWorld, count = 1): Promise<readonly string[]> {
  const jobids = Array.from({ length: count }, () => world.useapi.world.startJob({ version: 'v3', prompt: 'a fox' }));
  await world.looks(2);
  return jobids;
}

/** A job of the member, whose answer can be edited no longer. */
async function startOwnJob(world: LifeWorld): Promise<readonly string[]> {
  const known = new Set(world.useapi.world.list().map(({ jobid }) => jobid));
  await imagine(world, 'a fox');
  await world.skip(16 * MINUTE_MS);
  const jobs = world.useapi.world.list().map(({ jobid }) => jobid);
  return jobs.filter((jobid) => !known.has(jobid));
}

async function startFollowedJob(world: LifeWorld): Promise<readonly string[]> {
  const jobids = await startJobs(world);
  for (const job of jobids) await world.owner('watch add', { job }, ids.showcase);
  await world.until(() => jobids.every((jobid) => countIn(ids.showcase)(world, jobid) > 0));
  return jobids;
}

function countEndings(world: LifeWorld, jobid: string): number {
  const texts = world.postsOf(ids.showcase, jobid).map(textOf);
  const endings = texts.filter((text) => text.includes(`<@${ids.owner}>`));
  return texts.length - endings.length === 1 ? endings.length : WRONG;
}

function approve(world: LifeWorld, jobid: string): Promise<unknown> | undefined {
  const [card] = world.postsOf(ids.moderation, jobid);
  if (card === undefined || !textOf(card).includes('"review-approve:')) return undefined;
  return world.discord.people(ids.owner).press(card.id, controlOf(card, 'review-approve'));
}

function countApproved(world: LifeWorld, jobid: string): number {
  const cards = world.postsOf(ids.moderation, jobid);
  if (cards.length > 1) return WRONG;
  return cards.every((card) => textOf(card).includes('Approved')) ? countIn(ids.showcase)(world, jobid) : 0;
}

const jobsOf = (world: LifeWorld, prompt: string) => world.useapi.world.list().filter((job) => job.prompt === prompt);

/** A prompt that nobody has typed so far, while the account is free. */
async function choosePrompt(world: LifeWorld): Promise<readonly string[]> {
  world.useapi.faults.clear();
  for (const { jobid, status } of world.useapi.world.list()) if (status !== 'completed') complete(world, jobid);
  await world.looks(2);
  return [`fox ${world.now()}`];
}

const type = (world: LifeWorld, prompt: string) => void imagine(world, prompt).catch(() => undefined);

/** Whoever paid sees the job somewhere: one for one prompt. */
function countPaid(world: LifeWorld, prompt: string): number {
  const [job, ...more] = jobsOf(world, prompt);
  if (more.length > 0) return WRONG;
  const seen = [...world.discord.people(ids.member).messages(ids.general), ...world.direct(ids.member)];
  return job !== undefined && byRef(seen).has(toJobRef(job.jobid)) ? 1 : 0;
}

const paid = {
  prepare: allowMember,
  begin: choosePrompt,
  trigger: type,
  count: countPaid,
  isForgotten: (world: LifeWorld, prompt: string) => jobsOf(world, prompt).length === 0,
};

export const KINDS: readonly Kind[] = [
  {
    name: 'a notification',
    prepare: (world) => addRule(world, ids.showcase),
    begin: startJobs,
    trigger: complete,
    count: countIn(ids.showcase),
  },
  {
    name: 'a digest',
    prepare: (world) => addRule(world, ids.showcase, { digest: 1 }),
    begin: (world) => startJobs(world, 3),
    trigger: complete,
    count: countIn(ids.showcase),
    laterMs: 11 * MINUTE_MS,
  },
  {
    name: 'a forum post',
    prepare: (world) => addRule(world, ids.forum),
    begin: startJobs,
    trigger: complete,
    count: countIn(ids.forum),
  },
  {
    name: 'the end of a live card',
    prepare: async () => undefined,
    begin: startFollowedJob,
    trigger: complete,
    count: countEndings,
  },
  {
    name: 'a review and what it lets go',
    async prepare(world) {
      await addRule(world, ids.showcase);
      await world.owner('mod review', { mode: 'on', channel: ids.moderation });
    },
    begin: startJobs,
    trigger: complete,
    nudge: approve,
    count: countApproved,
  },
  {
    name: 'an alert',
    prepare: (world) => world.owner('mod alerts', { channel: ids.moderation }),
    begin: startJobs,
    trigger: moderate,
    count: countIn(ids.moderation),
  },
  {
    name: 'a direct message',
    async prepare(world) {
      // No card there pings whoever started a job, so that a message is sent.
      const bot = { id: ids.application, kind: 'member' } as const;
      world.discord.world.setOverwrite(ids.general, { ...bot, allow: 0n, deny: Permission.SendMessages });
      await allowMember(world);
    },
    begin: startOwnJob,
    trigger: moderate,
    count: (world, jobid) => world.direct(ids.member).filter((post) => textOf(post).includes(toJobRef(jobid))).length,
  },
  { ...paid, name: 'a paid prompt' },
  {
    ...paid,
    name: 'a paid prompt whose answer is lost',
    trigger(world, prompt) {
      world.useapi.faults.add({ match: SUBMIT, times: 1, takesEffect: true, action: { kind: 'cut' } });
      type(world, prompt);
    },
  },
];
