import { afterEach, describe, expect, it } from 'vitest';
import { type MjStandIn, startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import type { MjSwitches } from '../../../sandbox/mj/mj-switches.ts';
import { MjBackend, type MjBackendOptions } from '../../../src/backends/mj/mj-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { rejection } from '../conformance.ts';

describe('a Midjourney proxy, as its users know it', () => {
  let server: MjStandIn;
  let backend: MjBackend;

  async function start(switches: Partial<MjSwitches> = {}, options: Partial<MjBackendOptions> = {}): Promise<void> {
    server = await startMjStandIn({ speed: 0, switches });
    const { url: baseUrl, secret } = server;
    const common = { baseUrl, secret, clock: systemClock, logger: silentLogger, maxRetries: 0 };
    backend = new MjBackend({ ...common, ...options });
  }
  afterEach(async () => {
    await backend.close();
    await server.close();
  });

  function aFinished(kind: 'grid' | 'upscale' = 'grid'): string {
    const jobid = server.startTask({ prompt: 'a lighthouse', kind });
    server.world.advance(jobid, { to: 'completed' });
    return jobid;
  }

  it('lists a job that a hundred newer ones have pushed out, when it is known', async () => {
    await start();
    const old = server.startTask({ prompt: 'the first' });
    for (let n = 0; n < 100; n += 1) aFinished();

    const unknown = await backend.listRunning('mj');
    const known = await backend.listRunning('mj', { known: () => [old] });

    expect(unknown.total).toBe(0);
    expect(known.channels.flatMap(({ jobs }) => jobs).map(({ jobid }) => jobid)).toEqual([old]);
  });

  it('asks about two hundred known jobs with two calls, besides the list', async () => {
    await start();
    const known = Array.from({ length: 200 }, () => server.startTask({ prompt: 'one of many' }));
    for (let n = 0; n < 100; n += 1) aFinished();
    await backend.listRunning('mj');
    server.clearRequests();

    const list = await backend.listRunning('mj', { known: () => known });

    expect(list.total).toBe(200);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
  });

  it('waits for files that come late', async () => {
    await start({ mediaLateMs: 60_000 });
    const jobid = aFinished();

    const before = await backend.readJob(jobid);
    server.world.setSwitches({ mediaLateMs: 0 });
    const after = await backend.readJob(jobid);

    expect(before).toMatchObject({ status: 'progress', attachments: [], buttons: [] });
    expect(after).toMatchObject({ status: 'completed', attachments: [{ url: expect.any(String) }] });
  });

  it.each(['204', 'empty', 'code-4'] as const)('does not know a task, and says so with %s', async (missingTask) => {
    await start({ missingTask });

    expect(await rejection(backend.readJob('1700000000000123'))).toMatchObject({ code: 'backend-not-found' });
  });

  it.each([
    [{ submits: 'queue-full' }, 'backend-busy', false],
    [{ submits: 'queue-text' }, 'backend-busy', false],
    [{ submits: 'queue-text', language: 'en' }, 'backend-busy', false],
    [{ submits: 'limit' }, 'backend-busy', false],
    [{ submits: 'limit', language: 'en' }, 'backend-busy', false],
    [{ submits: 'no-account' }, 'backend-no-account', false],
    [{ submits: 'banned-word' }, 'backend-rejected-prompt', false],
    [{ submits: 'rate-limit' }, 'backend-busy', false],
    [{ submits: 'failed' }, 'backend-server', true],
    [{ submits: 'no-result' }, 'backend-invalid-body', true],
  ] as const)('answers a submit with %o', async (switches, code, mayHaveWritten) => {
    await start(switches);

    const error = await rejection(backend.submit({ board: 'mj', prompt: 'x' }));

    expect(error).toMatchObject({ code, mayHaveWritten });
  });

  it('takes a submit that waits its turn', async () => {
    await start({ submits: 'queued' });

    expect(await backend.submit({ board: 'mj', prompt: 'x' })).toMatchObject({ status: 'created' });
  });

  it('may ask for a second step with any button, and is given the parent’s prompt', async () => {
    await start({ secondStep: 'all' });
    const said: string[] = [];

    const jobid = aFinished();
    await backend.press({ jobid, button: 'V1', onSecondStep: async (id) => void said.push(id) });

    expect(said).toHaveLength(1);
    expect(server.world.find(said[0] ?? '')).toMatchObject({ prompt: 'a lighthouse', button: 'V1' });
  });

  it('names the task of an upscale that was made before', async () => {
    await start({ flavour: 'novicezk' });
    const jobid = aFinished();
    const first = await backend.press({ jobid, button: 'U1' });

    const second = await backend.press({ jobid, button: 'U1' });

    if (first.outcome !== 'created') throw new Error('It was there.');
    expect(second).toEqual({ outcome: 'existing', jobid: first.job.jobid });
  });

  it('sends nothing where a press would lose its prompt', async () => {
    await start({ flavour: 'novicezk' });
    const jobid = aFinished();

    const error = await rejection(backend.press({ jobid, button: 'V1', prompt: 'in another light' }));

    expect(backend.capabilities().presses).toBe('plain');
    expect(error).toMatchObject({ code: 'backend-invalid-request' });
    expect(server.requests.filter(({ path }) => path.includes('/submit/'))).toEqual([]);
  });

  it.each(['forbidden', 'nothing'] as const)('leaves a job running whose cancel does: %s', async (cancel) => {
    await start({ cancel });
    const jobid = server.startTask({ prompt: 'a lighthouse' });
    await backend.listRunning('mj');

    const { outcome } = await backend.cancel(jobid);

    expect(outcome).toBe(cancel === 'forbidden' ? 'refused' : 'accepted');
    expect((await backend.readJob(jobid)).status).toBe('created');
  });

  it('cannot cancel a press that waits for its second step, and says nothing of it', async () => {
    await start();
    const jobid = aFinished('upscale');
    let waiting = '';
    const onSecondStep = async (id: string) => {
      waiting = id;
      throw new Error('killed');
    };
    await rejection(backend.press({ jobid, button: 'Custom Zoom', prompt: 'x --zoom 1.4', onSecondStep }));

    const { outcome } = await backend.cancel(waiting);

    expect(outcome).toBe('accepted');
    expect(server.modals.find(waiting)).toBeDefined();
    expect((await backend.readJob(waiting)).status).toBe('created');
  });

  it('leaves a task in SUBMITTED although it goes on, and ends it all the same', async () => {
    await start({ staysSubmitted: true });
    const jobid = server.startTask({ prompt: 'a lighthouse' });
    server.world.advance(jobid, { to: 'progress', percent: 50 });

    const during = await backend.listRunning('mj', { known: () => [jobid] });
    server.world.advance(jobid, { to: 'completed' });

    expect(during.records).toMatchObject([{ jobid, status: 'started' }]);
    expect(await backend.readJob(jobid)).toMatchObject({ status: 'completed' });
  });

  it.each(['empty', 'missing'] as const)(
    'tells nothing of a task’s progress (%s), and then that it failed',
    async (progress) => {
      await start({ progress });
      const jobid = server.startTask({ prompt: 'a lighthouse' });
      server.world.advance(jobid, { to: 'progress', percent: 50 });

      const during = await backend.readJob(jobid);
      server.world.advance(jobid, { to: 'failed' });

      expect(during.status).toBe('progress');
      expect(during.progressPercent).toBeUndefined();
      expect(await backend.readJob(jobid)).toMatchObject({ status: 'failed', error: expect.any(String) });
    },
  );

  it('names no file while a task is in progress', async () => {
    await start();
    const jobid = server.startTask({ prompt: 'a lighthouse' });
    server.world.advance(jobid, { to: 'progress', percent: 50 });

    expect(await backend.readJob(jobid)).toMatchObject({ status: 'progress', attachments: [], imageUx: [] });
  });

  it('never ends a task with a very long prompt, and goes on with others', async () => {
    await start({ longPrompts: 'never-end' });
    server.world.setSpeed(1_000_000);
    const { jobid: endless } = await backend.submit({ board: 'mj', prompt: 'a wall '.repeat(300) });
    const { jobid: short } = await backend.submit({ board: 'mj', prompt: 'a wall' });
    await expect.poll(() => server.world.find(short)?.status).toBe('completed');

    const list = await backend.listRunning('mj', { known: () => [endless, short] });

    expect(list.channels.flatMap(({ jobs }) => jobs).map(({ jobid }) => jobid)).toEqual([endless]);
  });

  it('fails tasks while its account has a notice to confirm, which is no refusal of their prompts', async () => {
    await start({ account: 'awaits-confirmation' });
    const { jobid } = await backend.submit({ board: 'mj', prompt: 'a lighthouse' });

    const job = await backend.readJob(jobid);

    expect(job).toMatchObject({ status: 'failed', error: expect.stringContaining('notice') });
  });

  it('may not know an action’s task, and says so with 404', async () => {
    await start();
    const jobid = aFinished();
    const known = await backend.readJob(jobid);
    server.faults.add({
      match: { method: 'POST', path: '/mj/submit/action' },
      action: { kind: 'status', status: 404, body: { code: 3, description: '关联任务不存在或已失效' } },
    });

    const error = await rejection(backend.press({ jobid: known.jobid, button: 'V1' }));

    expect(error).toMatchObject({ code: 'backend-not-found', mayHaveWritten: false });
  });

  it.each(['trueai', 'novicezk'] as const)('of the kind %s refuses another secret', async (flavour) => {
    await start({ flavour }, { secret: 'wrong' });

    expect(await rejection(backend.listRunning('mj'))).toMatchObject({ code: 'backend-unauthorized', status: 401 });
  });
});
