import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_WITHIN_MS } from '../../sandbox/discord/discord-numbers.ts';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { ids, startWorld, textOf, type World } from '../e2e/start-world.ts';

const CALLBACK_ROUTE = 'POST /interactions/{interaction_id}/{interaction_token}/callback';
const ENDING_JOBS = 8;
/** The store waits 5 s for a lock, the queue 10 s. */
const SHORTER_THAN_ANY_WAIT_MS = 4_000;
const LONGER_THAN_ANY_WAIT_MS = 60_000;

describe('while another process holds the store', () => {
  let world: World;
  let lock: { release(): void };

  beforeEach(async () => {
    world = await startWorld();
    await notify('add', { channel: ids.showcase, events: 'completed', media: 'none' });
  });
  afterEach(async () => {
    lock.release();
    await world.close();
  });

  const notify = (path: string, options = {}) => world.owner.command(ids.general, { path: `notify ${path}`, options });
  const list = () => world.member.command(ids.general, { path: 'jobs' });
  const posts = () => world.owner.messages(ids.showcase).filter((message) => message.author.bot);

  /** Holds the file's write lock, as a backup or another process would. */
  function lockStore(): { release(): void } {
    const other = new DatabaseSync(world.storePath);
    other.exec('BEGIN IMMEDIATE');
    return { release: () => other.isOpen && other.close() };
  }

  /** Jobs that were seen running and have ended since. */
  async function endJobs(count: number): Promise<void> {
    const prompts = Array.from({ length: count }, (_, number) => `harbour ${number}`);
    const jobids = prompts.map((prompt) => world.useapi.world.startJob({ version: 'v3', prompt }));
    await world.app().poll();
    for (const jobid of jobids) world.useapi.world.advance(jobid, { to: 'completed' });
  }

  /** Resolves when the bot has acknowledged one more interaction. */
  function nextAcknowledgement(): Promise<void> {
    return new Promise((resolve) => {
      const stop = world.discord.requests.subscribe(({ route }) => {
        if (route !== CALLBACK_ROUTE) return;
        stop();
        resolve();
      });
    });
  }

  /** Asks one thing after the other, each as soon as the one before is acknowledged. */
  async function askInTurn(asks: readonly (() => Promise<SeenInteraction>)[]): Promise<Promise<SeenInteraction>[]> {
    const answers: Promise<SeenInteraction>[] = [];
    for (const ask of asks) {
      const acknowledged = nextAcknowledgement();
      answers.push(ask());
      await acknowledged;
    }
    return answers;
  }

  it('acknowledges in time, saves and reports everything later, and loses nothing', async () => {
    await endJobs(ENDING_JOBS);
    lock = lockStore();
    const goOn = world.holdTime();
    const polling = world.app().poll();
    const add = () => notify('add', { channel: ids.general, prompt: 'castle' });

    const early = await askInTurn([list, add, list, add]);
    world.skip(SHORTER_THAN_ANY_WAIT_MS);
    const late = await askInTurn([list, add, list]);
    lock.release();
    goOn();
    const answers = await Promise.all([...early, ...late]);
    await polling;
    await world.app().whenIdle();

    const slow = answers.filter(({ acknowledgedAfterMs = Infinity }) => acknowledgedAfterMs >= ANSWER_WITHIN_MS);
    expect(slow).toEqual([]);
    const saved = answers.flatMap(({ message }) => /Rule #\d+ saved/.exec(textOf(message)) ?? []);
    expect(saved.toSorted()).toEqual(['Rule #2 saved', 'Rule #3 saved', 'Rule #4 saved']);
    expect(textOf((await notify('list')).message)).toContain('#4');
    expect(posts()).toHaveLength(ENDING_JOBS);
  });

  it('says what is wrong when the lock stays, and reports everything once it is gone', async () => {
    await endJobs(ENDING_JOBS);
    lock = lockStore();
    const polling = expect(world.app().poll()).rejects.toMatchObject({ code: expect.stringMatching(/-locked$/) });

    const add = () => notify('add', { channel: ids.general, prompt: 'castle' });
    const [asked] = await askInTurn([add, list, list]);
    world.skip(LONGER_THAN_ANY_WAIT_MS);
    const refused = await asked;
    await polling;
    lock.release();
    await world.app().poll();
    await world.app().whenIdle();

    expect(textOf(refused?.message)).toMatch(/Another program.*store.*Try again/s);
    expect(textOf((await notify('list')).message)).not.toContain('castle');
    expect(posts()).toHaveLength(ENDING_JOBS);
  });
});
