import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxJob } from '../../sandbox/midjourney/sandbox-job.ts';
import {
  type SiblingStandIn,
  type SiblingStandInName,
  startSiblingStandIn,
} from '../../sandbox/siblings/sibling-stand-in.ts';
import { CallbackKeys } from '../../src/callbacks/callback-keys.ts';
import { ids, startWorld, textOf, type World, type WorldOptions } from './start-world.ts';

/** What a test needs of a stand-in, whichever it is. */
interface Site {
  readonly requests: readonly { readonly method: string; readonly path: string }[];
  readonly world: {
    list(): readonly SandboxJob[];
    advance(jobid: string, change: { readonly to: 'completed' }): void;
  };
}

describe('calls back, over sockets', () => {
  let world: World;
  let sibling: SiblingStandIn | undefined;
  afterEach(async () => {
    await world.close();
    await sibling?.close();
    sibling = undefined;
  });

  async function start(options: WorldOptions = {}): Promise<void> {
    world = await startWorld({ hasCallbacks: true, ...options });
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
  }

  async function imagine(site: Site, prompt = 'a lighthouse'): Promise<SandboxJob> {
    await world.moderator.command(ids.general, { path: 'imagine', options: { prompt } });
    await world.app().whenIdle();
    const job = site.world.list().find((one) => one.prompt === prompt);
    if (job === undefined) throw new Error('It made no job.');
    return job;
  }

  const posts = () => world.owner.messages(ids.showcase).filter((message) => message.author.bot);
  const untilPosted = (count: number) =>
    expect
      .poll(async () => {
        await world.app().whenIdle();
        return posts().length;
      })
      .toBe(count);
  const reads = ({ requests }: Site) => requests.filter(({ method }) => method === 'GET').length;
  const call = (url: string, body: unknown = {}, method = 'POST') =>
    fetch(url, { method, ...(method === 'POST' && { body: JSON.stringify(body) }) });
  const urlOf = ({ replyUrl }: SandboxJob): string => {
    if (replyUrl === undefined) throw new Error('Nobody was told where to call back.');
    return replyUrl;
  };

  async function postsAtOnce(site: Site): Promise<void> {
    const { jobid } = await imagine(site);
    site.world.advance(jobid, { to: 'completed' });

    await untilPosted(1);

    expect(textOf(posts()[0])).toContain('a lighthouse');
    await world.app().poll();
    await world.app().whenIdle();
    expect(posts()).toHaveLength(1);
  }

  it.each(['v3', 'v2'] as const)('post the end of a job of useapi without a look at the list: %s', async (version) => {
    await start({
      accounts: (_, { url, token: secret }) => [{ id: 'studio', backend: 'useapi', url, secret, versions: [version] }],
    });

    await postsAtOnce(world.useapi);
  });

  it.each(['trueai', 'novicezk'] as const)('do so at a Midjourney proxy of the kind %s', async (flavour) => {
    await start({ mj: { switches: { flavour } } });

    await postsAtOnce(world.mj);
  });

  it.each<SiblingStandInName>(['minimax', 'dreamina'])('do so at %s', async (service) => {
    sibling = await startSiblingStandIn({ service, speed: 0, maxJobs: 20 });
    const { url, token: secret, model } = sibling;
    await start({ accounts: () => [{ id: 'studio', backend: service, url, secret, model }] });

    await postsAtOnce(sibling);
  });

  it('are not needed: what they do not tell is seen at the next look', async () => {
    await start({ useapi: { switches: { callbacks: 'lost' } } });
    const { jobid } = await imagine(world.useapi);
    world.useapi.world.advance(jobid, { to: 'completed' });

    await world.app().poll();
    await world.app().whenIdle();

    expect(posts()).toHaveLength(1);
  });

  it('post once where each is sent three times', async () => {
    await start({ useapi: { switches: { callbacks: 'repeated' } } });

    await postsAtOnce(world.useapi);
  });

  it('are asked for nowhere where nothing listens', async () => {
    world = await startWorld();

    expect((await imagine(world.useapi)).replyUrl).toBeUndefined();
  });

  it('post once, however often, in whatever order and with whatever words they come', async () => {
    await start();
    const job = await imagine(world.useapi);
    const url = urlOf(job);
    world.useapi.world.advance(job.jobid, { to: 'completed' });
    const lies = ['created', 'failed', 'completed', 'moderated', 'progress'].map((status) => ({
      jobid: job.jobid,
      status,
      response: { content: 'a lie' },
    }));

    await Promise.all(Array.from({ length: 60 }, (_, at) => call(url, lies[at % lies.length])));
    await untilPosted(1);
    await Promise.all(lies.map((lie) => call(url, lie)));
    await world.app().poll();
    await world.app().whenIdle();

    expect(posts()).toHaveLength(1);
    expect(textOf(posts()[0])).toMatch(/Completed/);
    expect(textOf(posts()[0])).not.toContain('a lie');
  });

  it('cause few reads, whoever calls and however often', async () => {
    await start();
    const [own, other] = [await imagine(world.useapi), await imagine(world.useapi, 'another')];
    const foreign = world.useapi.world.startJob({ prompt: 'of somebody else' });
    const startedAt = performance.now();
    const before = reads(world.useapi);

    for (let round = 0; round < 10; round += 1)
      await Promise.all(
        [own.jobid, other.jobid, foreign, 'nothing', '../x'].flatMap((jobid) =>
          Array.from({ length: 20 }, () => call(urlOf(own), { jobid, status: 'completed' })),
        ),
      );
    const seconds = (performance.now() - startedAt) / 1_000;

    expect(reads(world.useapi) - before).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    expect(posts()).toHaveLength(0);
  });

  it('read no job but that of the submission whose address was called', async () => {
    await start();
    const [own, other] = [await imagine(world.useapi), await imagine(world.useapi, 'another')];
    const foreign = world.useapi.world.startJob({ prompt: 'of somebody else' });
    await world.app().poll();
    const readsOf = (jobid: string) =>
      world.useapi.requests.filter(({ path }) => path.endsWith(`/jobs/${encodeURIComponent(jobid)}`)).length;
    const before = [other.jobid, foreign].map(readsOf);
    const ownBefore = readsOf(own.jobid);

    await call(urlOf(own), { jobid: other.jobid, jobId: foreign, status: 'completed' });
    await expect.poll(() => readsOf(own.jobid)).toBeGreaterThan(ownBefore);

    expect([other.jobid, foreign].map(readsOf)).toEqual(before);
    expect(before).not.toContain(0);
  });

  it('are answered with 404, and cause nothing, where one sign of the address is wrong', async () => {
    await start();
    const [job, other] = [await imagine(world.useapi), await imagine(world.useapi, 'another')];
    const url = new URL(urlOf(job));
    const [, token = '', named = ''] = url.pathname.split('/');
    const [ref = '', signature = ''] = named.split('.');
    const [, , otherNamed = ''] = new URL(urlOf(other)).pathname.split('/');
    const turned = (text: string) => text.slice(1) + text.slice(0, 1);
    const before = reads(world.useapi);
    world.useapi.world.advance(job.jobid, { to: 'started' });
    await expect.poll(() => reads(world.useapi)).toBeGreaterThan(before);
    const after = reads(world.useapi);

    const paths = [
      `/${turned(token)}/${named}`,
      `/${token}/${ref}.${turned(signature)}`,
      `/${token}/${ref}.${otherNamed.split('.')[1]}`,
      `/${token}/${turned(ref)}.${signature}`,
      `/${token}/${ref}`,
      `/${token}`,
      `/${token}/${named}/`,
      '/',
    ];
    const answers = await Promise.all(paths.map((path) => call(new URL(path, url).href, { jobid: job.jobid })));
    const got = await call(url.href, {}, 'GET');

    expect([...answers, got].map(({ status }) => status)).toEqual([...paths.map(() => 404), 404]);
    expect(await answers[0]?.text()).toBe('');
    expect(reads(world.useapi)).toBe(after);
  });

  it.each(['request', 'nowhere'] as const)(
    'find the job of a submission whose answer was lost, with our reference in its record: %s',
    async (replyRefPlace) => {
      await start({ useapi: { switches: { replyRefPlace } } });
      const { faults } = world.useapi;
      faults.add({ match: { method: 'POST' }, times: 1, takesEffect: true, action: { kind: 'cut' } });
      const mend = faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 401 } });
      const job = await imagine(world.useapi);
      const other = world.useapi.world.startJob({ prompt: 'of somebody else' });
      mend();
      const told = textOf(world.moderator.messages(ids.general).at(-1));

      await call(urlOf(job), { jobid: other, status: 'completed', request: { replyRef: job.replyRef } });
      world.useapi.world.advance(job.jobid, { to: 'completed' });
      await untilPosted(1);

      expect(told).toContain('can’t tell');
      expect(textOf(posts()[0])).toContain('a lighthouse');
      expect(world.useapi.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
      const shown = await world.member.command(ids.general, { path: 'job show', options: { job: job.jobid } });
      expect(textOf(shown.message)).toContain(ids.moderator);
    },
  );

  it('go on after a restart at the address that was given before, and for a day after new keys', async () => {
    await start();
    const job = await imagine(world.useapi);
    const path = new URL(urlOf(job)).pathname;
    await world.betweenRuns((store, clock) => new CallbackKeys(store, clock).rotate());
    const later = await imagine(world.useapi, 'another');
    const toNow = (own: string) => new URL(own, urlOf(later)).href;

    world.useapi.world.advance(job.jobid, { to: 'completed' });
    const taken = await call(toNow(path));
    await untilPosted(1);
    world.skip(24 * 60 * 60_000);
    const late = await call(toNow(path));

    expect(new URL(urlOf(later)).pathname.split('/')[1]).not.toBe(path.split('/')[1]);
    expect([taken.status, late.status]).toEqual([200, 404]);
  });
});
