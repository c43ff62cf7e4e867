import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ids, startWorld, textOf, type World } from '../e2e/start-world.ts';

const FILLER_BYTES = 4_000_000;
const MOST_RULES = 150;
const JOBS = 15;

describe('while the disk is full', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const notify = (path: string, options = {}) => world.owner.command(ids.general, { path: `notify ${path}`, options });
  const posts = () => world.owner.messages(ids.showcase).filter((message) => message.author.bot);

  /** Something else takes all the room that is left: the bot's file cannot grow any more. */
  async function fillDisk(): Promise<void> {
    const other = new DatabaseSync(world.storePath);
    other.exec('CREATE TABLE filler (bytes BLOB)');
    other.prepare('INSERT INTO filler VALUES (zeroblob(?))').run(FILLER_BYTES);
    other.close();
    await world.restart(1);
  }

  /** What took the room is deleted. */
  function makeRoom(): void {
    const other = new DatabaseSync(world.storePath);
    other.exec('DROP TABLE filler');
    other.close();
  }

  /**
   * Adds rules until one is refused; answers how many were acknowledged as saved, and what was said to the refused one.
   */
  async function addRulesUntilRefused(): Promise<{ readonly saved: number; readonly refusal: string }> {
    for (let saved = 0; saved < MOST_RULES; saved += 1) {
      const { message } = await notify('add', { channel: ids.general, prompt: `castle ${'long '.repeat(12)}${saved}` });
      if (!/Rule #\d+ saved/.test(textOf(message))) return { saved, refusal: textOf(message) };
    }
    throw new Error('The disk did not get full.');
  }

  it('says so, keeps what it acknowledged, and goes on when there is room', async () => {
    await notify('add', { channel: ids.showcase, events: 'completed', media: 'none' });
    const prompts = Array.from({ length: JOBS }, (_, number) => `harbour ${number}`);
    const jobids = prompts.map((prompt) => world.useapi.world.startJob({ version: 'v3', prompt }));
    await world.app().poll();

    await fillDisk();
    const { saved, refusal } = await addRulesUntilRefused();
    for (const jobid of jobids) world.useapi.world.advance(jobid, { to: 'completed' });
    const polled = await world
      .app()
      .poll()
      .catch((thrown: unknown) => thrown);
    const shown = await world.member.command(ids.general, { path: 'jobs' });
    makeRoom();
    await world.app().poll();
    await world.app().whenIdle();
    const added = await notify('add', { channel: ids.general, prompt: 'bridge' });

    expect(refusal).toMatch(/disk is full/);
    expect(polled).toMatchObject({ code: expect.stringMatching(/-full$/) });
    expect(shown.state).toBe('answered');
    expect(textOf(added.message)).toContain(`Rule #${saved + 2} saved`);
    expect(posts()).toHaveLength(JOBS);
  });
});
