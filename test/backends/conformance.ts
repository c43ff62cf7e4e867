import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault, FaultAction, Faults } from '../../sandbox/midjourney/faults.ts';
import type { RequestRecord } from '../../sandbox/midjourney/request-log.ts';
import type { JobChange } from '../../sandbox/midjourney/sandbox-job.ts';
import { BackendError, JobNotFoundError } from '../../src/backends/backend-errors.ts';
import type { Backend, PressRequest } from '../../src/backends/contract.ts';

/** One kind of call: how it looks on the wire. */
export interface WireCall {
  readonly method: string;
  /** Source of a regular expression over path and query. */
  readonly path: string;
}

/** A backend in front of its stand-in, for the suite that every backend passes. */
export interface ConformanceRig {
  readonly backend: Backend;
  readonly board: string;
  /** Never to be seen in an error. */
  readonly secret: string;
  readonly faults: Faults;
  /** Oldest first; those of before the test are not among them. */
  readonly requests: readonly RequestRecord[];
  readonly calls: {
    readonly read: WireCall;
    readonly list: WireCall;
    readonly submit: WireCall;
    /** None where jobs have no buttons. */
    readonly press?: WireCall;
  };
  /** Starts a job as somebody else would, whose result is a grid; returns its id. */
  startJob(prompt: string): string;
  /** Starts an upscale of it that has ended. */
  startUpscale(parentJobid: string): string;
  advance(jobid: string, change: JobChange): void;
  /** How many jobs there are that cost something. */
  jobCount(): number;
  /** A picture on a host that is allowed, where the backend fetches the pictures that it is given. */
  aPictureUrl?(): string;
  /** An id of the right form that no job has. */
  readonly unknownJobid: string;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly writeHeadersTimeoutMs: number;
  readonly readHeadersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  readonly busyDelayMs: number;
  readonly maxBodyBytes: number;
}

/** What it has, where not all have it. */
export interface ConformanceFacts {
  /** Whether it takes a press in two steps, and has buttons that need more than a click; `no-buttons`: has none. */
  readonly secondStep: 'used' | 'unused' | 'no-such-button' | 'no-buttons';
  /** Whether its records say how far a job is; default: they do. */
  readonly tellsProgress?: false;
  /** Whether its ids tell when a job was made; default: they do. */
  readonly datesIds?: false;
}

const SECRET_TEXT = 'NobodyMayReadThisBody';
const OPTIONS: RigOptions = {
  writeHeadersTimeoutMs: 60_000,
  readHeadersTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  maxRetries: 2,
  retryDelayMs: 1,
  busyDelayMs: 1,
  maxBodyBytes: 50_000,
};

const status = (code: number, body: unknown = { error: SECRET_TEXT }, headers: Record<string, string> = {}) =>
  ({ kind: 'status', status: code, body, headers }) as const;

/** Answers that are none, whatever the backend; each fails with a `BackendError`. */
const BROKEN: readonly (readonly [name: string, action: FaultAction])[] = [
  ...[400, 401, 402, 403, 404, 405, 409, 410, 412, 418, 422, 429, 500, 502, 503, 504, 596].map(
    (code) => [String(code), status(code)] as const,
  ),
  ['403 as plain text', status(403, SECRET_TEXT, { 'content-type': 'text/plain' })],
  ['503 without a body', status(503, '')],
  ['301', status(301, '', { location: `/${SECRET_TEXT}` })],
  ['304', status(304, '')],
  ['200 as HTML', { kind: 'html' }],
  ['a redirect', { kind: 'redirect', to: `http://127.0.0.1:9/${SECRET_TEXT}` }],
  ['200 as plain text', status(200, SECRET_TEXT, { 'content-type': 'text/plain' })],
  ['200 as an image', status(200, SECRET_TEXT, { 'content-type': 'image/png' })],
  ['200 and cut JSON', status(200, `{"id":"${SECRET_TEXT}`, { 'content-type': 'application/json' })],
  ['200 and two JSON texts', status(200, '{}{}', { 'content-type': 'application/json' })],
  ['200 and garbage', { kind: 'garbage' }],
  ['200 and null', status(200, null)],
  ['200 and a number', status(200, 7)],
  ['200 and a text', status(200, `"${SECRET_TEXT}"`, { 'content-type': 'application/json' })],
  ['200 and an object of something else', status(200, { error: SECRET_TEXT, message: SECRET_TEXT })],
  ['200 and a body too large', status(200, `"${SECRET_TEXT.repeat(4_000)}"`, { 'content-type': 'application/json' })],
  ['a connection cut before the answer', { kind: 'cut' }],
  ['a connection cut within the body', { kind: 'cut', after: 'mid-body' }],
];

/** The suite that every backend passes; `start` gives a backend of its own for each test. */
export function describeBackend(
  name: string,
  facts: ConformanceFacts,
  start: (options: RigOptions) => Promise<ConformanceRig>,
): void {
  let rig: ConformanceRig;
  const open = async (options: Partial<RigOptions> = {}) => {
    rig = await start({ ...OPTIONS, ...options });
    return rig;
  };
  const hasButtons = facts.secondStep !== 'no-buttons';
  const paid = () => {
    const calls = [rig.calls.submit, ...(rig.calls.press === undefined ? [] : [rig.calls.press])];
    return rig.requests.filter((request) => calls.some((call) => isCall(request, call)));
  };
  const fail = (call: WireCall | undefined, action: FaultAction, more: Partial<Fault> = {}) => {
    if (call === undefined) throw new Error('There is no such call.');
    rig.faults.add({ match: { method: call.method, path: call.path }, action, ...more });
  };

  describe(name, () => {
    beforeEach(async () => void (await open()));
    afterEach(() => rig.close());

    describe('lists', () => {
      it('name what runs, and nothing that has ended', async () => {
        const [running, other, ended] = ['a lighthouse', 'a fox', 'a bridge'].map((prompt) => rig.startJob(prompt));
        rig.advance(ended ?? '', { to: 'completed' });
        const known = () => [running, other, ended].map(String);

        const list = await rig.backend.listRunning(rig.board, { known });

        const listed = list.channels.flatMap(({ jobs }) => jobs);
        expect(listed.map(({ jobid }) => jobid).sort()).toEqual([running, other].sort());
        expect(list).toMatchObject({ board: rig.board, total: 2 });
        expect(listed.every(({ board }) => board === rig.board)).toBe(true);
      });

      it('hold the records of what is known where they hold records, ended ones too', async () => {
        const [running, ended] = [rig.startJob('a lighthouse'), rig.startJob('a fox')];
        rig.advance(ended, { to: 'completed' });

        const { records } = await rig.backend.listRunning(rig.board, { known: () => [running, ended] });

        const said = records?.filter(({ jobid }) => [running, ended].includes(jobid));
        if (!rig.backend.capabilities(rig.board).listHoldsRecords) expect(records).toBeUndefined();
        else expect(said?.map(({ prompt }) => prompt).sort()).toEqual(['a fox', 'a lighthouse']);
      });

      it('name the jobs of others, or say that they do not', async () => {
        const foreign = rig.startJob('somebody else’s');

        const list = await rig.backend.listRunning(rig.board);

        const listed = list.channels.flatMap(({ jobs }) => jobs).map(({ jobid }) => jobid);
        expect(listed).toEqual(rig.backend.capabilities(rig.board).namesForeignJobs ? [foreign] : []);
        expect(list.isPartial ?? false).toBe(!rig.backend.capabilities(rig.board).namesForeignJobs);
      });

      it('are one call for all who ask at the same time, and none for who takes an older one', async () => {
        await rig.backend.listRunning(rig.board);
        const before = rig.requests.length;

        await Promise.all([rig.backend.listRunning(rig.board), rig.backend.listRunning(rig.board)]);
        const together = rig.requests.length - before;
        await rig.backend.listRunning(rig.board, { maxAgeMs: 60_000 });

        expect(together).toBeLessThanOrEqual(1);
        expect(rig.requests.length - before).toBe(together);
      });
    });

    describe('reading', () => {
      it('shows a job that runs', async () => {
        const jobid = rig.startJob('a lighthouse');
        rig.advance(jobid, { to: 'progress', percent: 31 });

        const job = await rig.backend.readJob(jobid);

        expect(job).toMatchObject({ jobid, board: rig.board, prompt: 'a lighthouse' });
        expect(job.progressPercent).toBe(facts.tellsProgress === false ? undefined : 31);
        expect(['created', 'started', 'progress']).toContain(job.status);
      });

      it('shows a job that has ended, with files and buttons', async () => {
        const jobid = rig.startJob('a lighthouse');
        rig.advance(jobid, { to: 'completed' });

        const job = await rig.backend.readJob(jobid);

        expect(job).toMatchObject({ jobid, status: 'completed' });
        if (hasButtons) expect(job.buttons).toEqual(expect.arrayContaining(['U1', 'V4', '🔄']));
        else expect(job.buttons).toEqual([]);
        if (hasButtons) expect(job.attachments).toHaveLength(1);
        else expect(job.attachments.length + job.imageUx.length).toBeGreaterThan(0);
        expect(rig.backend.capabilities(rig.board).presses !== 'none').toBe(hasButtons);
      });

      it.each([
        ['moderated', { to: 'moderated' }],
        ['failed', { to: 'failed', error: 'Something went wrong' }],
      ] as const)('reports %s from the rest', async (wanted, change) => {
        const jobid = rig.startJob('a lighthouse');
        rig.advance(jobid, change);

        expect(await rig.backend.readJob(jobid)).toMatchObject({ status: wanted, error: expect.any(String) });
      });

      it('says of an id that no job has that there is none', async () => {
        await expect(rig.backend.readJob(rig.unknownJobid)).rejects.toBeInstanceOf(JobNotFoundError);
      });

      it('knows its own ids by their text', () => {
        const jobid = rig.startJob('a lighthouse');

        const parsed = rig.backend.parseJobid(jobid);
        expect(parsed).toMatchObject({ board: rig.board });
        expect(typeof parsed?.createdAt).toBe(facts.datesIds === false ? 'undefined' : 'number');
        for (const text of ['', 'hello', 'abcd1234', `${jobid} `]) expect(rig.backend.parseJobid(text)).toBeUndefined();
      });

      it('sends nothing for what is no id', async () => {
        const error = await rejection(rig.backend.readJob('../admin/accounts'));

        expect(error).toMatchObject({ code: 'backend-invalid-jobid' });
        expect(rig.requests).toHaveLength(0);
      });

      it('is tried again after trouble that may pass', async () => {
        const jobid = rig.startJob('a lighthouse');
        fail(rig.calls.read, status(503), { times: 1 });

        expect(await rig.backend.readJob(jobid)).toMatchObject({ jobid });
      });

      it('ends at its deadline', async () => {
        const jobid = rig.startJob('a lighthouse');
        fail(rig.calls.read, { kind: 'delay', ms: 60_000 });

        const error = await rejection(rig.backend.readJob(jobid, { deadlineMs: 50 }));

        expect(error).toMatchObject({ code: 'backend-timed-out' });
      });

      it('ends with the signal’s reason', async () => {
        const gone = new Error('gone');

        expect(await rejection(rig.backend.readJob(rig.unknownJobid, { signal: AbortSignal.abort(gone) }))).toBe(gone);
        expect(rig.requests).toHaveLength(0);
      });
    });

    describe('a broken answer', () => {
      it.each(BROKEN)(
        'to a read is an error of its own, and reports nothing of the body: %s',
        async (_name, action) => {
          const jobid = rig.startJob('a lighthouse');
          fail(rig.calls.read, action);

          expectError(await rejection(rig.backend.readJob(jobid)));
        },
      );

      it.each(BROKEN)('to a list is an error, and no empty list: %s', async (_name, action) => {
        await rig.backend.listRunning(rig.board);
        fail(rig.calls.list, action);

        expectError(await rejection(rig.backend.listRunning(rig.board, { known: () => [rig.unknownJobid] })));
      });
    });

    describe('a submit', () => {
      it('makes one job, by one call', async () => {
        const job = await rig.backend.submit({ board: rig.board, prompt: 'a lighthouse', replyRef: 'ref-1' });

        expect(await rig.backend.readJob(job.jobid)).toMatchObject({ jobid: job.jobid, prompt: 'a lighthouse' });
        expect(job.board).toBe(rig.board);
        expect(paid()).toHaveLength(1);
        expect(rig.jobCount()).toBe(1);
      });

      it('is found by its reference where that is echoed', async () => {
        await rig.backend.listRunning(rig.board);
        await rig.backend.submit({ board: rig.board, prompt: 'another', replyRef: 'ref-0' });
        const { jobid } = await rig.backend.submit({ board: rig.board, prompt: 'a lighthouse', replyRef: 'ref-1' });

        const found = await rig.backend.findByReplyRef(rig.board, 'ref-1');

        expect(found?.jobid).toBe(rig.backend.capabilities(rig.board).echoesReplyRef ? jobid : undefined);
        expect(await rig.backend.findByReplyRef(rig.board, 'ref-2')).toBeUndefined();
      });

      it('says at once that no slot is free to who waits alone', async () => {
        fail(rig.calls.submit, status(429, '', { 'retry-after': '12' }));

        const error = await rejection(rig.backend.submit({ board: rig.board, prompt: 'x', isBusyFinal: true }));

        expect(error).toMatchObject({ code: 'backend-busy', retryAfterMs: 12_000, mayHaveWritten: false });
        expect(paid()).toHaveLength(1);
      });
    });

    describe.each(['describe', 'blend'] as const)('a submit of pictures to %s', (verb) => {
      const sent = () => rig.requests.filter(({ method, path }) => method === 'POST' && path.endsWith(`/${verb}`));
      const submit = () => {
        const url = rig.aPictureUrl?.() ?? 'https://cdn.discordapp.com/attachments/1/2/fox.png';
        const pictures = verb === 'describe' ? { verb, url } : { verb, urls: [url, url], shape: 'Landscape' as const };
        return rig.backend.submit({ board: rig.board, prompt: `/${verb} fox.png`, pictures, replyRef: 'ref-1' });
      };

      it('makes one job, by one call, or is refused where it takes none', async () => {
        const takesPictures = rig.backend.capabilities(rig.board).takesPictures === true;
        const jobid = await submit().then(
          (job) => job.jobid,
          (error: unknown) => error,
        );

        expect(sent()).toHaveLength(takesPictures ? 1 : 0);
        if (!takesPictures) return expect(jobid).toMatchObject({ code: 'backend-invalid-request' });
        rig.advance(String(jobid), { to: 'completed' });
        const job = await rig.backend.readJob(String(jobid));
        expect(job).toMatchObject({ verb, status: 'completed' });
        expect(job.embeds.some(({ description = '' }) => description !== '')).toBe(verb === 'describe');
      });

      it('is not sent again when its answer is lost', async () => {
        if (rig.backend.capabilities(rig.board).takesPictures !== true) return;
        rig.faults.add({ match: { method: 'POST', path: `${verb}$` }, takesEffect: true, action: { kind: 'cut' } });

        const error = await rejection(submit());

        expect(error).toMatchObject({ mayHaveWritten: true });
        expect(sent()).toHaveLength(1);
      });
    });

    describe('a press', () => {
      it.runIf(hasButtons)('makes one job, by one call', async () => {
        const jobid = rig.startJob('a lighthouse');
        rig.advance(jobid, { to: 'completed' });

        const result = await rig.backend.press({ jobid, button: 'V2', replyRef: 'ref-1' });

        expect(result.outcome).toBe('created');
        expect(paid()).toHaveLength(1);
        expect(rig.jobCount()).toBe(2);
      });

      it('of a button that the job does not have makes nothing', async () => {
        const jobid = rig.startJob('a lighthouse');
        rig.advance(jobid, { to: 'completed' });

        const error = await rejection(rig.backend.press({ jobid, button: 'Make Coffee' }));

        expect(error).toMatchObject({ code: 'backend-invalid-request', mayHaveWritten: false });
        expect(rig.jobCount()).toBe(1);
      });
    });

    describe.runIf(hasButtons)('a press that needs more than a click', () => {
      const press = async (): Promise<PressRequest> => {
        const grid = rig.startJob('a lighthouse');
        rig.advance(grid, { to: 'completed' });
        return {
          jobid: rig.startUpscale(grid),
          button: 'Custom Zoom',
          prompt: 'a lighthouse --zoom 1.4',
          replyRef: 'ref-1',
        };
      };

      it('makes one job, and says before which it will be where it is done in two steps', async () => {
        const request = await press();
        const before = rig.jobCount();
        const said: [string, number][] = [];
        const onSecondStep = async (jobid: string) => void said.push([jobid, rig.jobCount()]);

        const result = await rig.backend.press({ ...request, onSecondStep }).catch((error: unknown) => error);

        if (facts.secondStep === 'no-such-button') expect(result).toMatchObject({ code: 'backend-invalid-request' });
        else expect(result).toMatchObject({ outcome: 'created' });
        expect(said).toHaveLength(facts.secondStep === 'used' ? 1 : 0);
        for (const [, count] of said) expect(count).toBe(before);
        expect(rig.jobCount() - before).toBe(facts.secondStep === 'no-such-button' ? 0 : 1);
      });

      it.runIf(facts.secondStep === 'used')('goes on after a crash between the steps, once', async () => {
        const request = await press();
        const before = rig.jobCount();
        let stored = '';
        const onSecondStep = async (jobid: string) => {
          stored = jobid;
          throw new Error('killed');
        };
        await rejection(rig.backend.press({ ...request, onSecondStep }));

        const first = await rig.backend.finishPress(stored, request);
        const again = await rig.backend.finishPress(stored, request);

        expect(first).toMatchObject({ outcome: 'created', job: { jobid: stored } });
        expect(again).toMatchObject({ outcome: 'created', job: { jobid: stored } });
        expect(rig.jobCount() - before).toBe(1);
      });
    });

    describe('the money rule', () => {
      const ALL_WRITES = [
        ['a submit', (backend: Backend) => backend.submit({ board: rig.board, prompt: 'x' }), 'submit'],
        ['a press', (backend: Backend) => backend.press({ jobid: grid, button: 'V1' }), 'press'],
      ] as const;
      const WRITES = ALL_WRITES.filter(([, , call]) => hasButtons || call !== 'press');
      let grid = '';
      beforeEach(() => {
        grid = rig.startJob('a lighthouse');
        rig.advance(grid, { to: 'completed' });
      });
      const ROWS = WRITES.flatMap(([what, write, call]) =>
        BROKEN.filter(([on]) => on !== '429').flatMap(([on, action]) =>
          [false, true].map((takesEffect) => ({ what, on, takesEffect, write, call, action })),
        ),
      );

      it.each(ROWS)('sends $what once on $on (done: $takesEffect)', async ({ write, call, action, takesEffect }) => {
        fail(rig.calls[call], action, { takesEffect });

        const error = await rejection(write(rig.backend));

        expectError(error);
        expect(paid()).toHaveLength(1);
        expect(rig.jobCount()).toBe(takesEffect ? 2 : 1);
      });

      it.each(WRITES)('says of %s whose answer was lost that it may have been done', async (_what, write, call) => {
        fail(rig.calls[call], { kind: 'cut' }, { takesEffect: true });

        expect(await rejection(write(rig.backend))).toMatchObject({ mayHaveWritten: true });
      });

      it.each(WRITES)('ends %s at its deadline as of unknown outcome', async (_what, write, call) => {
        await rig.close();
        await open({ writeHeadersTimeoutMs: 100 });
        grid = rig.startJob('a lighthouse');
        rig.advance(grid, { to: 'completed' });
        fail(rig.calls[call], { kind: 'delay', ms: 60_000 });

        expect(await rejection(write(rig.backend))).toMatchObject({ code: 'backend-outcome-unknown' });
      });
    });

    describe('a cancel', () => {
      it('ends a job that runs, or says that it cannot', async () => {
        const jobid = rig.startJob('a lighthouse');
        await rig.backend.listRunning(rig.board);

        const { outcome } = await rig.backend.cancel(jobid);

        const { cancels } = rig.backend.capabilities(rig.board);
        const { status: after, error } = await rig.backend.readJob(jobid);
        expect(outcome).toBe(cancels ? 'accepted' : 'refused');
        expect(after === 'cancelled' || error === 'Job cancelled by user').toBe(cancels);
      });
    });

    describe('media', () => {
      it('are opened from where the record says', async () => {
        const jobid = rig.startJob('a lighthouse');
        rig.advance(jobid, { to: 'completed' });
        const { attachments, imageUx } = await rig.backend.readJob(jobid);
        const urls = [...attachments, ...imageUx]
          .map(({ url }) => url)
          .filter((url) => rig.backend.opensMedia(rig.board, url));

        const sizes = await Promise.all(
          urls.map(async (url) => (await buffer((await rig.backend.openMedia(rig.board, url)).stream)).length),
        );

        expect(sizes.length).toBeGreaterThan(0);
        for (const size of sizes) expect(size).toBeGreaterThan(1_000);
      });

      it('are not opened from anywhere else', async () => {
        const error = await rejection(rig.backend.openMedia(rig.board, `http://169.254.169.254/${SECRET_TEXT}`));

        expect(error).toMatchObject({ code: 'backend-invalid-request' });
        expectError(error);
        expect(rig.requests).toHaveLength(0);
      });
    });

    it('refuses calls after it was closed', async () => {
      await rig.backend.close();

      expect(await rejection(rig.backend.listRunning(rig.board))).toMatchObject({ code: 'backend-client-closed' });
    });

    function expectError(error: unknown): void {
      expect(error).toBeInstanceOf(BackendError);
      const all = [String(error), inspect(error, { depth: 6 }), JSON.stringify(error)].join('\n');
      expect(all).not.toContain(SECRET_TEXT);
      expect(all).not.toContain(rig.secret);
    }
  });
}

function isCall({ method, path }: RequestRecord, call: WireCall): boolean {
  return method === call.method && new RegExp(call.path, 'u').test(path);
}

/** What a promise rejects with; fails where it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
