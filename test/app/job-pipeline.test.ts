import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { connectJobPipeline, createJobPipeline } from '../../src/app/job-pipeline.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { MINUTE_MS, WatcherRig } from '../jobs/watcher-rig.ts';

/** A tracker and a watcher of the bot, whose steps only say that they began and ended. */
class PipelineRig {
  readonly rig = new WatcherRig();
  readonly done: string[] = [];
  /** The step that cannot do its part. */
  failing: string | undefined;

  constructor() {
    const pipeline = createJobPipeline({
      reviewPosts: { noteEnded: () => this.#step('note') },
      gate: { admit: () => this.#step('hold') },
      notifier: { onTransition: () => this.#step('plan'), onLostContact: () => this.#step('plan') },
      moderated: { onTransition: () => this.#step('requester') },
      alertPosts: { onTransition: () => this.#step('alert'), onLostContact: () => this.#step('alert') },
      submissions: { noteJob: () => this.#step('submission') },
      liveCards: { onChange: () => void this.done.push('live cards') },
      privateCards: { refresh: () => this.#step('private cards') },
    });
    connectJobPipeline(this.rig, pipeline);
  }

  /** Each takes a turn of its own, so that what is not awaited is seen. */
  async #step(name: string): Promise<void> {
    this.done.push(name);
    await nextTurn();
    if (name === this.failing) throw new Error('no room left');
    this.done.push(`${name} done`);
  }

  /** A job of ours that ends as it is read. */
  async end(): Promise<void> {
    const origin = { guildId: 'g1', userId: 'u1' };
    await this.rig.tracker.observe(anApiJob({ status: 'completed' }), { origin });
  }
}

const BEFORE_STORED = ['note', 'hold', 'plan', 'requester', 'alert'].flatMap((step) => [step, `${step} done`]);

describe('the pipeline of jobs', () => {
  let world: PipelineRig;

  beforeEach(() => {
    world = new PipelineRig();
  });

  it('notes, holds, plans, notifies the requester and alerts, one after the other, and only then the job is stored', async () => {
    await world.end();

    expect(world.done.slice(0, BEFORE_STORED.length)).toEqual(BEFORE_STORED);
    expect(world.done.slice(BEFORE_STORED.length, BEFORE_STORED.length + 3)).toEqual([
      'submission',
      'live cards',
      'private cards',
    ]);
  });

  it.each(['note', 'hold', 'plan', 'requester', 'alert'])(
    'does nothing after %s failed, and all again when the job is read again',
    async (step) => {
      world.failing = step;

      await expect(world.end()).rejects.toThrow('no room left');

      expect(world.done).toEqual(BEFORE_STORED.slice(0, BEFORE_STORED.indexOf(`${step} done`)));
      expect(world.rig.tracker.liveJobs()).toEqual([]);
      world.failing = undefined;
      world.done.length = 0;
      await world.end();
      expect(world.done.slice(0, BEFORE_STORED.length)).toEqual(BEFORE_STORED);
    },
  );

  it('notes and holds a job that is first met when it has ended, and notifies nobody of it', async () => {
    await world.rig.tracker.observe(anApiJob({ status: 'completed' }));

    expect(world.done.slice(0, 5)).toEqual(['note', 'note done', 'hold', 'hold done', 'submission']);
    expect(world.done).not.toContain('plan');
  });

  it('plans before it alerts where nothing is heard of a job any more', async () => {
    const { rig, done } = world;
    rig.api.put(anApiJob({ jobid: aJobid(1), status: 'progress' }));
    await rig.tick();
    done.length = 0;

    await rig.tickFor(61 * MINUTE_MS);

    expect(done.slice(0, 5)).toEqual(['plan', 'plan done', 'alert', 'alert done', 'submission']);
  });
});
